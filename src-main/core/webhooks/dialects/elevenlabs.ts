import type { LintFinding } from '../../../../src-preload/contract/transfers.ts';
import type { Dialect } from './dialect.ts';
import { broken, checkNumber, lintObject, unknownKeys, warning } from './lint-kit.ts';
import { ownParameters } from './own-parameters.ts';
import { objectOf } from './read-json.ts';

const type = 'conversation_initiation_client_data';
const shape = `{"type": "${type}", "dynamic_variables": {"transfer_number": "+14165551234"}}`;
const variableName = /^(?!system__)[A-Za-z_]\w{0,99}$/;

/**
 * The conversation initiation webhook of ElevenLabs agents, asked at the start of a call: the destination goes into a
 * dynamic variable, to which a transfer rule of the agent points. The variable is "transfer_number", or what ?var= in
 * the address names, which may come more than once: the answer must hold every variable that the agent defines.
 */
export const elevenlabs: Dialect = {
  id: 'elevenlabs',
  platform: 'ElevenLabs',
  example: 'send {"caller_id": "+14165551234", "agent_id": "…", "called_number": "…", "call_sid": "…"}',
  whenUnusable:
    'ElevenLabs has no value for the agent’s variables: the call may not start, or the transfer fails.',
  read: (body, query) => ({
    kind: 'transfer',
    ...ownParameters(body),
    fromStart: true,
    withinMs: 4_000,
    answer: ({ destination }) => ({
      type,
      dynamic_variables: Object.fromEntries(variablesIn(query).map((name) => [name, destination])),
    }),
  }),
  lint: (answer) =>
    lintObject(answer, shape, (object) => [
      ...(object.type === type
        ? []
        : [
            broken(
              object.type === undefined ? 'There is no "type".' : '"type" is not the one that is expected.',
              `Begin the answer with "type": "${type}".`,
            ),
          ]),
      ...lintVariables(object.dynamic_variables),
      ...unknownKeys(
        object,
        ['type', 'dynamic_variables', 'conversation_config_override', 'custom_llm_extra_body', 'user_id'],
        'ElevenLabs',
      ),
    ]),
};

function variablesIn(query: URLSearchParams): string[] {
  const named = query.getAll('var').filter((name) => variableName.test(name));
  return named.length === 0 ? ['transfer_number'] : named.slice(0, 20);
}

function lintVariables(value: unknown): LintFinding[] {
  const variables = objectOf(value);
  if (variables === undefined) {
    return [broken('There is no object "dynamic_variables".', `Answer ${shape}.`)];
  }
  const entries = Object.entries(variables);
  const findings = entries.flatMap(([name, inner]) => {
    if (name.startsWith('system__')) {
      return [
        broken(
          `"${name}" begins with "system__", which is reserved.`,
          'Choose another name for the variable.',
        ),
      ];
    }
    return ['string', 'number', 'boolean'].includes(typeof inner)
      ? []
      : [broken(`"${name}" is no text, number or yes-no.`, 'Variables hold flat values only.')];
  });
  // Whichever variable holds the destination: its name is the operator’s.
  const likely = entries.filter(
    ([name, inner]) => /number|dest|transfer|phone/i.test(name) || /^\+?\d{7,}$/.test(String(inner)),
  );
  const numbers = likely.length === 0 ? [] : likely.map(([name, inner]) => checkNumber(inner, name));
  if (numbers.length === 0) {
    findings.push(
      warning(
        'No variable looks like a phone number.',
        'Put the destination into the variable to which the agent’s transfer rule points.',
      ),
    );
  }
  return [...findings, ...numbers.flat()];
}
