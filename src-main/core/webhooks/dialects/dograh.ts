import type { Dialect } from './dialect.ts';
import { broken, checkNumber, lintObject, unknownKeys, warning } from './lint-kit.ts';
import { ownParameters } from './own-parameters.ts';
import { objectOf } from './read-json.ts';

const shape = '{"transfer_context": {"destination": "+14165551234"}}';

/**
 * Dograh’s dynamic HTTP resolver: a flat body of the operator’s own parameters, answered under transfer_context. Its
 * time limit can be set, and 3 s is the most that its documentation advises. Without custom_message Dograh says its own.
 */
export const dograh: Dialect = {
  id: 'dograh',
  platform: 'Dograh',
  example: 'send the caller’s number as the preset parameter "number"',
  whenUnusable: 'Dograh fails the transfer before it dials, and the AI goes on with the caller.',
  read: (body) => ({
    kind: 'transfer',
    ...ownParameters(body),
    withinMs: 2_500,
    answer: ({ destination }) => ({ transfer_context: { destination } }),
  }),
  lint: (answer) =>
    lintObject(answer, shape, (object) => {
      const context = objectOf(object.transfer_context);
      if (context === undefined) {
        const misplaced = 'destination' in object ? ' The destination stands outside of it.' : '';
        return [
          broken(
            `There is no object "transfer_context", and Dograh reads nothing else.${misplaced}`,
            `Answer ${shape}.`,
          ),
        ];
      }
      const { destination, custom_message } = context;
      const isSip = typeof destination === 'string' && /^(?:PJ)?SIP[/:]./i.test(destination);
      return [
        ...(isSip ? [] : checkNumber(destination, 'transfer_context.destination')),
        ...(isSip
          ? [
              warning(
                'A SIP destination works with Asterisk only.',
                'With Twilio or Telnyx, answer a number.',
              ),
            ]
          : []),
        ...(custom_message === undefined || typeof custom_message === 'string'
          ? []
          : [
              broken(
                '"transfer_context.custom_message" is no text.',
                'Put it in quotation marks, or leave it out.',
              ),
            ]),
        ...unknownKeys(context, ['destination', 'custom_message'], 'Dograh', 'transfer_context.'),
        ...unknownKeys(object, ['transfer_context'], 'Dograh'),
      ];
    }),
};
