import { jsonOf } from '../../json-of.ts';
import type { Dialect } from './dialect.ts';
import { lintVapi } from './lint-vapi.ts';
import { fieldsOf, objectOf, valueAt } from './read-json.ts';

const asksForTransfer = 'transfer-destination-request';
const asksForAssistant = 'assistant-request';

/** Vapi waits 20 s for a destination, and 7.5 s, at one place of its documentation 5 s, before an AI has answered. */
const withinMs = { [asksForTransfer]: 15_000, [asksForAssistant]: 4_500 };

/**
 * Vapi’s server messages. Two of them ask for a destination; all others (status-update, end-of-call-report, …) may
 * come to the same address and only tell. A message stands under "message", in older examples at the top.
 */
export const vapi: Dialect = {
  id: 'vapi',
  platform: 'Vapi',
  example: `send {"message": {"type": "${asksForTransfer}", "customer": {"number": "+14165551234"}}}`,
  whenUnusable: 'Vapi does not transfer: its AI is told that the tool failed, and goes on with the caller.',
  read(body) {
    const message = objectOf(body.message) ?? body;
    const { type } = message;
    if (typeof type === 'string' && type !== asksForTransfer && type !== asksForAssistant) {
      return { kind: 'notice' };
    }
    return {
      kind: 'transfer',
      callers: [
        valueAt(message, 'customer', 'number'),
        valueAt(message, 'call', 'customer', 'number'),
        valueAt(message, 'customer', 'phoneNumber'),
        message.number,
      ],
      called: [
        valueAt(message, 'phoneNumber', 'number'),
        valueAt(message, 'call', 'phoneNumber', 'number'),
        valueAt(message, 'call', 'phoneNumber'),
      ],
      fields: fieldsOf(
        ...toolArguments(message),
        valueAt(message, 'artifact', 'variables'),
        valueAt(message, 'artifact', 'variableValues'),
        valueAt(message, 'call', 'assistantOverrides', 'variableValues'),
      ),
      withinMs: withinMs[type === asksForAssistant ? asksForAssistant : asksForTransfer],
      answer: ({ destination }) => ({ destination: { type: 'number', number: destination } }),
    };
  },
  lint: lintVapi,
};

/** An AI calls a tool or two at a time. */
const mostCalls = 20;

/**
 * What the AI gave to the transfer tool: with the request, or in the last message of the transcript that calls a tool.
 * Arguments come as an object, or as the JSON of one.
 */
function toolArguments(message: unknown): unknown[] {
  const transcript = listAt(message, 'artifact', 'messages');
  const calls = [
    ...listAt(message, 'toolCallList'),
    ...listAt(message, 'toolCalls'),
    ...listAt(
      transcript.findLast((line) => listAt(line, 'toolCalls').length > 0),
      'toolCalls',
    ),
  ];
  const given = [
    valueAt(message, 'functionCall', 'parameters'),
    ...calls
      .slice(0, mostCalls)
      .flatMap((call) => [
        valueAt(call, 'parameters'),
        valueAt(call, 'arguments'),
        valueAt(call, 'function', 'arguments'),
      ]),
  ];
  return given.map((value) => (typeof value === 'string' ? jsonOf(value) : value));
}

function listAt(value: unknown, ...path: readonly string[]): unknown[] {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list : [];
}
