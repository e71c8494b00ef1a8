import type { CallFact, CallView } from '../../../src-preload/contract/calls.ts';
import { summaryOf } from '../afterwards/summarise.ts';
import { assertNever, messageOf } from '../errors.ts';
import { countryOf, validateField } from './form.ts';
import type { ToolCall, ToolDefinition, ToolResultPart } from './language-model.ts';
import type { SessionOptions, TransferRequest } from './session.ts';
import { offeredTools, readToolCall, type ToolUse, textNotSent } from './tools.ts';
import { untilAborted } from './until-aborted.ts';

/** The caller does not wait longer than this for Twilio to take a text, in milliseconds. */
const sendTextMs = 2000;

type Saving = Extract<ToolUse, { tool: 'save_field' }>;
type HandingOver = Extract<ToolUse, { tool: 'transfer_to_human' }>;

/** Does what the model's tool calls ask for; handing over and hanging up it leaves to the session. */
export class ToolRunner {
  readonly offered: ToolDefinition[];
  readonly #options: SessionOptions;
  readonly #record: (...facts: CallFact[]) => Promise<void>;

  constructor(options: SessionOptions, record: (...facts: CallFact[]) => Promise<void>) {
    this.offered = offeredTools(options.workflow, options.mayTransfer);
    this.#options = options;
    this.#record = record;
  }

  /**
   * Facts are recorded before this returns, in the order of the calls. `saved` takes up the fields saved in this turn; the
   * call's view may not have them yet.
   * @returns what was asked for, when it was understood, and what the model is to be told.
   */
  run(
    toolCall: ToolCall,
    saved: Record<string, string>,
  ): { use: ToolUse | undefined; result: Promise<ToolResultPart> } {
    const read = readToolCall(toolCall, this.offered, this.#options.workflow);
    const outcome = read.ok ? this.#effect(read.use, saved) : read.problem;
    const result = async (): Promise<ToolResultPart> => ({
      type: 'tool-result',
      toolCallId: toolCall.toolCallId,
      toolName: toolCall.toolName,
      output: { type: read.ok ? 'text' : 'error-text', value: await outcome },
    });
    return { use: read.ok ? read.use : undefined, result: result() };
  }

  /** Completes what the model left out from what was said. */
  transferRequest({ reason, summary, department }: HandingOver): TransferRequest {
    const call = this.#options.call();
    return {
      cause: 'model',
      reason: reason ?? lastWordsOf(call) ?? 'The caller needs a person',
      summary: summary ?? summaryOf(call),
      ...(summary === undefined && { summaryBy: 'patchbay' as const }),
      ...(department !== undefined && { department }),
    };
  }

  #effect(use: ToolUse, saved: Record<string, string>): string | Promise<string> {
    switch (use.tool) {
      case 'transfer_to_human':
        return 'The caller is being connected.';
      case 'end_call':
        return 'The call ends.';
      case 'save_field':
        return this.#saveField(use, saved);
      case 'take_message': {
        const { tool: _, ...message } = use;
        void this.#record({ type: 'message.taken', ...message });
        return 'The message is taken. Say so, say good-bye and call end_call.';
      }
      case 'send_text':
        return this.#sendText(use.text.id);
      default:
        return assertNever(use);
    }
  }

  #saveField({ field, value }: Saving, saved: Record<string, string>): string {
    const { workflow, clock, call } = this.#options;
    const checked = validateField(field, value, { now: clock.now(), country: countryOf(workflow) });
    if (!checked.ok) {
      void this.#record({ type: 'field.refused', field: field.id, value, problem: checked.problem });
      return `Not saved: ${checked.problem}`;
    }
    saved[field.id] = checked.value;
    void this.#record({ type: 'field.saved', field: field.id, value: checked.value });
    const form = { ...call().form, ...saved };
    const missing = workflow.form.filter(({ id, required }) => required && form[id] === undefined);
    const next =
      missing.length > 0
        ? `Still missing: ${missing.map(({ id }) => id).join(', ')}.`
        : 'Nothing is missing.';
    return `Saved ${field.id}: ${checked.value}. ${next} Go on with the caller.`;
  }

  async #sendText(textId: string): Promise<string> {
    const { call, host, logger } = this.#options;
    try {
      const sent = await untilAborted(host.sendText(textId), AbortSignal.timeout(sendTextMs));
      if (sent === undefined) return 'The text is being sent.';
      return sent.ok
        ? 'The text is on its way.'
        : `${textNotSent}: ${sent.problem.replace(/\.$/, '')}. Tell the caller.`;
    } catch (error) {
      logger.error('a text could not be sent', { callId: call().id, error: messageOf(error) });
      return `${textNotSent}. Tell the caller.`;
    }
  }
}

/** The caller's last words as a reason for the person who picks up. */
export function lastWordsOf(call: CallView): string | undefined {
  const words = call.transcript
    .findLast(({ who }) => who === 'caller')
    ?.text.replace(/\s+/g, ' ')
    .trim();
  if (!words) return undefined;
  return `The caller said: “${words.length > 160 ? `${words.slice(0, 159)}…` : words}”`;
}
