import type { Dialect } from './dialect.ts';
import { broken, checkNumber, warning } from './lint-kit.ts';
import { ownParameters } from './own-parameters.ts';
import { objectOf } from './read-json.ts';

const shape = '[{"phone_number": "+14165551234", "department": "Sales", "agent_name": "Kim"}]';

/**
 * A custom action of Synthflow’s, for a dynamic transfer: the operator’s own parameters, answered with a list of
 * destinations, from which its AI takes the fitting one. Ours holds the one that the rules decided.
 */
export const synthflow: Dialect = {
  id: 'synthflow',
  platform: 'Synthflow',
  example: 'send {"number": "{user_phone_number}"}',
  whenUnusable: 'Synthflow’s AI finds no number in the action’s result, and the transfer fails.',
  read: (body) => ({
    kind: 'transfer',
    ...ownParameters(body),
    withinMs: 8_000,
    answer: ({ destination, integrationName, fields }) => [
      {
        phone_number: destination,
        department: fields.department ?? integrationName,
        agent_name: integrationName,
      },
    ],
  }),
  lint(answer) {
    if (!Array.isArray(answer)) {
      return [
        broken(
          'The answer is no list, and Synthflow looks for the numbers in a list.',
          `Put square brackets around it: ${shape}.`,
        ),
      ];
    }
    if (answer.length === 0) {
      return [broken('The list is empty: there is no number to transfer to.', `Answer ${shape}.`)];
    }
    return answer.flatMap((item: unknown, index) => {
      const option = objectOf(item);
      if (option === undefined) {
        return [
          broken(
            `Entry ${index + 1} of the list is no object.`,
            'Write each entry as {"phone_number": "+14165551234"}.',
          ),
        ];
      }
      const missing = ['department', 'agent_name'].filter((name) => !(name in option));
      return [
        ...checkNumber(option.phone_number, `phone_number of entry ${index + 1}`),
        ...(missing.length > 0 && answer.length > 1
          ? [
              warning(
                `Entry ${index + 1} has no ${missing.map((name) => `"${name}"`).join(' and no ')}: Synthflow’s AI has less to choose by.`,
                `Say what each number is for: ${shape}.`,
              ),
            ]
          : []),
      ];
    });
  },
};
