import type { Dialect } from './dialect.ts';
import { broken, checkNumber, lintObject, unknownKeys } from './lint-kit.ts';

/** CallCow’s Dynamic Transfer, which the path without a dialect speaks too. It publishes no time limit. */
export const callcow: Dialect = {
  id: 'callcow',
  platform: 'CallCow',
  example: 'send {"number": "+14165551234"}',
  whenUnusable: 'CallCow transfers the caller to the fallback number that is set up there.',
  read: (body) => ({
    kind: 'transfer',
    callers: [body.number],
    called: [],
    fields: {},
    withinMs: null,
    answer: ({ destination }) => ({ transferNumber: destination }),
  }),
  lint: (answer) =>
    lintObject(answer, '{"transferNumber": "+14165551234"}', (object) => [
      ...('transferNumber' in object
        ? checkNumber(object.transferNumber, 'transferNumber')
        : [
            broken(
              'There is no "transferNumber", and CallCow looks at nothing else.',
              'Put the number under "transferNumber", written like this, at the top of the answer.',
            ),
          ]),
      ...unknownKeys(object, ['transferNumber'], 'CallCow'),
    ]),
};
