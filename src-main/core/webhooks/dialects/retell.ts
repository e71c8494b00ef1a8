import type { LintFinding } from '../../../../src-preload/contract/transfers.ts';
import type { Dialect, JsonObject, Reading } from './dialect.ts';
import { broken, checkNumber, lintObject, unknownKeys } from './lint-kit.ts';
import { ownParameters } from './own-parameters.ts';
import { fieldsOf, objectOf, valueAt } from './read-json.ts';
import { retellSignature } from './retell-signature.ts';

const inboundShape = '{"call_inbound": {"dynamic_variables": {"transfer_number": "+14165551234"}}}';
const functionShape = '{"transfer_number": "+14165551234"}';

/** Retell waits 10 s for its inbound webhook and tries three times more. */
const withinMs = 8_000;

/**
 * Retell has no transfer webhook. The agent transfers to {{transfer_number}}, which comes either from the inbound
 * webhook at the start of the call or from a custom function in its midst. Events of calls only tell.
 */
export const retell: Dialect = {
  id: 'retell',
  platform: 'Retell',
  example: 'send {"event": "call_inbound", "call_inbound": {"from_number": "+14165551234"}}',
  whenUnusable: 'Retell leaves {{transfer_number}} empty, and the transfer fails.',
  signature: retellSignature,
  read(body) {
    const inbound = objectOf(body.call_inbound);
    if (inbound !== undefined) return asInbound(inbound);
    return typeof body.event === 'string' ? { kind: 'notice' } : asFunction(body);
  },
  lint: (answer) =>
    lintObject(answer, inboundShape, (object) => {
      if ('call_inbound' in object) return lintInbound(object);
      if ('transfer_number' in object) return checkNumber(object.transfer_number, 'transfer_number');
      if ('dynamic_variables' in object) {
        return [broken('"dynamic_variables" stands outside of "call_inbound".', `Answer ${inboundShape}.`)];
      }
      return [
        broken(
          'There is neither "call_inbound" nor "transfer_number"; Retell’s keys are snake_case.',
          `Answer ${inboundShape} to the inbound webhook, or ${functionShape} to a custom function.`,
        ),
      ];
    }),
};

function asInbound(inbound: JsonObject): Reading {
  return {
    kind: 'transfer',
    callers: [inbound.from_number],
    called: [inbound.to_number],
    fields: {},
    fromStart: true,
    withinMs,
    answer: ({ destination }) => ({
      call_inbound: { dynamic_variables: { transfer_number: destination }, metadata: {} },
    }),
  };
}

/** With "Payload: args only" the arguments stand at the top, and the call is not told of. */
function asFunction(body: JsonObject): Reading {
  const call = objectOf(body.call);
  const args = objectOf(body.args) ?? (call === undefined ? body : {});
  const own = ownParameters(args);
  // Of a call that Retell placed, the person is at the other end.
  const isOutbound = valueAt(call, 'direction') === 'outbound';
  const [caller, called] = isOutbound
    ? [call?.to_number, call?.from_number]
    : [call?.from_number, call?.to_number];
  return {
    kind: 'transfer',
    callers: [caller, ...own.callers],
    called: [called, ...own.called],
    fields: fieldsOf(
      own.fields,
      valueAt(call, 'collected_dynamic_variables'),
      valueAt(call, 'retell_llm_dynamic_variables'),
    ),
    withinMs,
    answer: ({ destination }) => ({ transfer_number: destination }),
  };
}

function lintInbound(object: JsonObject): LintFinding[] {
  const inbound = objectOf(object.call_inbound);
  const variables = objectOf(inbound?.dynamic_variables);
  if (inbound === undefined || variables === undefined) {
    return [broken('"call_inbound" holds no object "dynamic_variables".', `Answer ${inboundShape}.`)];
  }
  const known = [
    'override_agent_id',
    'override_agent_version',
    'agent_override',
    'dynamic_variables',
    'metadata',
  ];
  return [
    ...checkNumber(variables.transfer_number, 'call_inbound.dynamic_variables.transfer_number'),
    ...Object.entries(variables)
      .filter(([name, value]) => name !== 'transfer_number' && typeof value !== 'string')
      .map(([name]) =>
        broken(
          `"call_inbound.dynamic_variables.${name}" is no text.`,
          'Retell’s variables are text only: put the value in quotation marks.',
        ),
      ),
    ...unknownKeys(inbound, known, 'Retell', 'call_inbound.'),
    ...unknownKeys(object, ['call_inbound'], 'Retell'),
  ];
}
