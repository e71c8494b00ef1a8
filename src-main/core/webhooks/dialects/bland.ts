import type { Dialect } from './dialect.ts';
import { broken, checkNumber, lintObject } from './lint-kit.ts';
import { ownParameters } from './own-parameters.ts';

/**
 * Bland’s webhook node: the operator writes the body and maps the fields of the answer, so there is no fixed contract.
 * The number comes under both usual names.
 */
export const bland: Dialect = {
  id: 'bland',
  platform: 'Bland',
  example: 'send the caller’s number under "number"',
  whenUnusable: 'The variable that your webhook node maps stays empty, and the transfer that uses it fails.',
  read: (body) => ({
    kind: 'transfer',
    ...ownParameters(body),
    withinMs: 8_000,
    answer: ({ destination }) => ({ transferNumber: destination, phone_number: destination }),
  }),
  lint: (answer) =>
    lintObject(answer, '{"phone_number": "+14165551234"}', (object) => {
      const names = ['phone_number', 'transferNumber'].filter((name) => name in object);
      if (names.length > 0) return names.flatMap((name) => checkNumber(object[name], name));
      return [
        broken(
          'There is neither "phone_number" nor "transferNumber" at the top of the answer.',
          'Answer with one of them, or map your own name for the number in the webhook node.',
        ),
      ];
    }),
};
