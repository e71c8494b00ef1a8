import type { LanguageModel } from 'ai';
import type { CallerCard, CallFact, CallView, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import type { Workflow } from '../../../src-preload/contract/desk.ts';
import { summaryOf } from '../afterwards/summarise.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import { announcesTransfer } from './announces-transfer.ts';
import {
  asStreamingModel,
  type LanguageModelV4,
  type Message,
  type ModelRequest,
  rehearsalProvider,
  type ToolCall,
  type ToolResultPart,
} from './language-model.ts';
import { callerMessage, toMessages } from './messages.ts';
import { describeModelError } from './model-error.ts';
import { patienceMs } from './patience.ts';
import { buildPrompt } from './prompt.ts';
import { readReply } from './reply.ts';
import { lastWordsOf, ToolRunner } from './tool-runner.ts';
import { handOverTool, readToolCall } from './tools.ts';
import { untilAborted } from './until-aborted.ts';

/** What the call does for its receptionist. */
export interface SessionHost {
  /** Appends facts; resolves when they are on disk. */
  record(...facts: CallFact[]): Promise<void>;
  /** A piece of what the AI says, straight to the WebSocket; `last` ends the utterance. */
  speak(token: string, last: boolean): void;
  /** Records text.sent or text.failed. */
  sendText(textId: string): Promise<{ ok: true; messageSid: string } | { ok: false; problem: string }>;
  /** Records, decides and ends the relay session; idempotent. */
  transfer(request: TransferRequest): Promise<void>;
  /** The conversation ended by itself: records model.ended-call and ends the relay session. */
  endCall(reason: string): Promise<void>;
  /** Records model.failed and gets the caller to a human, or to voicemail. */
  modelFailed(problem: string): Promise<void>;
}

export interface TransferRequest {
  cause: 'model' | 'caller-key' | 'announced-only';
  reason: string;
  summary: string;
  /** The model gave no summary, so Patchbay made one. */
  summaryBy?: 'patchbay';
  department?: string;
}

export interface SessionLimits {
  /** How long the first text or tool call of a round may take at most (see `patienceMs`), in milliseconds. */
  firstTokenMs?: number;
  /** How long a stream may fall silent at most, and how long the caller may hear nothing after speaking, in milliseconds. */
  silenceMs?: number;
  /** How often the model may be asked for one prompt of the caller's. */
  toolRounds?: number;
}

export interface SessionOptions {
  workflow: Workflow;
  purpose: RelayPurpose;
  /** Whether the caller can be handed over; not when nobody could pick up and no further try is left. */
  mayTransfer: boolean;
  call: () => CallView;
  caller: CallerCard;
  host: SessionHost;
  /** May throw ModelUnavailableError. */
  model: () => LanguageModel;
  clock: Clock;
  logger: Logger;
  limits?: SessionLimits;
}

/** Tool calls that follow a hand-over in the same answer (a last save_field) are waited for this long, in milliseconds. */
const afterDecisionMs = 1000;

const nudge =
  '[Patchbay: You told the caller that they are being connected, but you did not call transfer_to_human. Call it now. Say nothing.]';

/** How the session ends. Once this stands, nothing that the caller says or presses changes it. */
type Ending =
  | { kind: 'transfer'; request: TransferRequest }
  | { kind: 'end'; reason: string }
  | { kind: 'failed'; problem: string }
  | { kind: 'closed' };

/** What follows one prompt of the caller's: up to `toolRounds` answers of the model and one utterance. */
interface Turn {
  abort: AbortController;
  /** `clock.now()` of the prompt. */
  since: number;
  /** Fails the turn when the caller has heard nothing for too long. */
  deadline: NodeJS.Timeout;
  said: string;
  /** Form fields saved in this turn; the view may not have them yet. */
  saved: Record<string, string>;
}

/**
 * The AI's side of one relay session: asks the model, speaks its words as they come, does what its tools ask for. The caller's
 * prompts are taken one at a time; a new one or a barge-in cuts the answer to the one before.
 */
export class ReceptionistSession {
  readonly #options: SessionOptions;
  readonly #limits: Required<SessionLimits>;
  readonly #tools: ToolRunner;
  #turn: Turn | undefined;
  #ending: Ending | undefined;
  #handedOver = false;
  /** The AI's last utterance is complete and may still be playing to the caller. */
  #utteranceComplete = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#limits = { firstTokenMs: 4000, silenceMs: 5000, toolRounds: 5, ...options.limits };
    this.#tools = new ToolRunner(options, (...facts) => this.#record(...facts));
    try {
      options.model(); // lets the provider load while the greeting plays
    } catch {
      // the first prompt reports it
    }
  }

  /** The caller's words. Resolves when the answer is spoken, cut, or the call handed on. */
  async callerSaid(text: string): Promise<void> {
    if (this.#ending || text.trim() === '') return;
    this.#cutTurn({ endUtterance: true });
    this.#utteranceComplete = false;
    const turn = this.#startTurn();
    const stopped = new Promise<void>((resolve) =>
      turn.abort.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    await Promise.race([this.#record({ type: 'caller.said', text }), stopped]);
    if (!turn.abort.signal.aborted) await this.#answer(turn, text);
  }

  /** The caller spoke over the AI; `heard` is what they heard of its utterance, `afterMs` how long that took. */
  async interrupted(heard: string, afterMs: number): Promise<void> {
    if (this.#ending) return;
    const interruption: CallFact = { type: 'ai.interrupted', heard, afterMs };
    if (this.#turn) {
      // While the model still thinks there is nothing to cut, and the caller still waits for an answer.
      if (this.#turn.said.trim() !== '') await this.#cutTurn({ endUtterance: false, after: [interruption] });
      return;
    }
    const last = this.#options.call().transcript.at(-1);
    if (!this.#utteranceComplete && (last?.who !== 'ai' || last.interrupted === true)) return;
    this.#utteranceComplete = false;
    await this.#record(interruption);
  }

  /** 0 asks for a person; when no try is left, it is left aside. */
  async callerPressed(digit: string): Promise<void> {
    if (this.#ending || digit !== '0' || !this.#options.mayTransfer) return;
    this.#cutTurn({ endUtterance: true });
    await this.#end({
      kind: 'transfer',
      request: {
        cause: 'caller-key',
        reason: 'The caller pressed 0 to reach a person',
        summary: summaryOf(this.#options.call()),
      },
    });
  }

  /** The relay session is over. What was being said is recorded; a hand-over already decided still happens. */
  close(): void {
    this.#cutTurn({ endUtterance: false });
    if (this.#ending) void this.#end(this.#ending);
    else this.#ending = { kind: 'closed' };
  }

  #startTurn(): Turn {
    const { firstTokenMs, silenceMs } = this.#limits;
    const turn: Turn = {
      abort: new AbortController(),
      since: this.#options.clock.now(),
      deadline: setTimeout(
        () => void this.#fail('The model let the caller wait too long for an answer.'),
        Math.max(firstTokenMs, silenceMs),
      ),
      said: '',
      saved: {},
    };
    this.#turn = turn;
    return turn;
  }

  async #answer(turn: Turn, text: string): Promise<void> {
    let model: LanguageModelV4;
    try {
      model = asStreamingModel(this.#options.model());
    } catch (error) {
      await this.#fail(describeModelError(error));
      return;
    }
    const { transcript } = this.#options.call();
    const messages = toMessages(transcript);
    // The disk can refuse a fact; the caller is answered all the same.
    if (transcript.at(-1)?.who !== 'caller') messages.push(callerMessage(text));
    const system: Message = { role: 'system', content: this.#prompt(turn) };

    let asked = 0;
    let joint = '';
    while (asked++ < this.#limits.toolRounds) {
      const results: Promise<ToolResultPart>[] = [];
      const reply = await readReply(model, this.#request(model, turn, [system, ...messages]), {
        signal: turn.abort.signal,
        firstOutputMs: this.#patience(turn, this.#limits.firstTokenMs),
        silenceMs: () => this.#patience(turn, this.#limits.silenceMs),
        urgentTool: handOverTool,
        onText: (delta) => {
          this.#speak(turn, joint === '' ? delta : joint + delta.trimStart());
          joint = '';
        },
        onToolCall: (call) => {
          joint = turn.said.trim() === '' ? '' : ' ';
          results.push(this.#useTool(turn, call));
        },
      });
      if (this.#turn !== turn) return;
      if (this.#ending) break;
      if (reply.end.kind === 'failed') {
        await this.#fail(reply.end.problem);
        return;
      }
      if (results.length === 0) break;
      const outcomes = await untilAborted(Promise.all(results), turn.abort.signal);
      if (outcomes === undefined || this.#turn !== turn) return;
      messages.push({ role: 'assistant', content: reply.content }, { role: 'tool', content: outcomes });
    }
    if (asked > this.#limits.toolRounds && turn.said.trim() === '' && !this.#ending) {
      await this.#fail(`The model called tools ${this.#limits.toolRounds} times without a word.`);
      return;
    }
    await this.#finishTurn(turn, model, [system, ...messages]);
  }

  /** The model has said what it had to say: the utterance is recorded, and what it decided happens. */
  async #finishTurn(turn: Turn, model: LanguageModelV4, messages: Message[]): Promise<void> {
    const said = turn.said.trim();
    if (said === '' && !this.#ending) {
      await this.#fail('The model gave an empty answer.');
      return;
    }
    const onDisk = this.#closeTurn(turn, true);
    this.#utteranceComplete = said !== '';
    if (this.#ending?.kind !== 'transfer' && this.#options.mayTransfer && announcesTransfer(said)) {
      await this.#actOnAnnouncement(model, messages, turn, said);
    } else if (this.#ending) await this.#end(this.#ending);
    else await onDisk;
  }

  /** The AI told the caller that they are being connected and did nothing: it is asked once to act, then Patchbay acts. */
  async #actOnAnnouncement(
    model: LanguageModelV4,
    messages: Message[],
    turn: Turn,
    said: string,
  ): Promise<void> {
    const call = this.#options.call();
    let request: TransferRequest = {
      cause: 'announced-only',
      reason: lastWordsOf(call) ?? 'The AI announced a transfer',
      summary: summaryOf(call),
    };
    this.#ending = { kind: 'transfer', request };
    void this.#record({ type: 'model.mismatch', said });
    const { firstTokenMs, silenceMs } = this.#limits;
    const waited = this.#options.clock.now() - turn.since;
    const patience = Math.min(firstTokenMs, Math.max(silenceMs - waited, firstTokenMs / 2));
    const tools = this.#tools.offered.filter(({ name }) => name === handOverTool);
    const acted = new AbortController();
    const reply = await readReply(
      model,
      {
        ...this.#request(model, turn, [
          ...messages,
          { role: 'assistant', content: [{ type: 'text', text: said }] },
          callerMessage(nudge),
        ]),
        tools,
        toolChoice: { type: 'required' },
      },
      {
        signal: AbortSignal.any([acted.signal, AbortSignal.timeout(patience)]),
        firstOutputMs: patience,
        silenceMs: patience,
        urgentTool: handOverTool,
        onText: () => undefined,
        onToolCall: () => acted.abort(),
      },
    );
    for (const toolCall of reply.toolCalls) {
      const read = readToolCall(toolCall, tools, this.#options.workflow);
      if (read.ok && read.use.tool === handOverTool) request = this.#tools.transferRequest(read.use);
    }
    await this.#end({ kind: 'transfer', request });
  }

  #patience(turn: Turn, limitMs: number): number {
    return patienceMs(limitMs, this.#options.clock.now() - turn.since);
  }

  /** Words that a tool call stands between are parted by one space, whichever side brings it. */
  #speak(turn: Turn, words: string): void {
    const token = /\s$/.test(turn.said) ? words.trimStart() : words;
    if (this.#turn !== turn || token === '') return;
    turn.said += token;
    this.#options.host.speak(token, false);
    if (turn.said.trim() !== '') clearTimeout(turn.deadline);
  }

  /** Does what a tool call asks for, at once. A hand-over or good-bye is noted and happens when the answer is complete. */
  async #useTool(turn: Turn, toolCall: ToolCall): Promise<ToolResultPart> {
    const { use, result } = this.#tools.run(toolCall, turn.saved);
    if (use?.tool === handOverTool) {
      this.#decide(turn, { kind: 'transfer', request: this.#tools.transferRequest(use) });
    } else if (use?.tool === 'end_call' && !this.#ending) {
      this.#decide(turn, { kind: 'end', reason: use.reason ?? 'The conversation was over' });
    }
    return result;
  }

  /** From here on the answer runs to its end, whatever the caller does. */
  #decide(turn: Turn, ending: Ending): void {
    this.#ending = ending;
    clearTimeout(turn.deadline);
    const timer = setTimeout(() => turn.abort.abort(), afterDecisionMs);
    turn.abort.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Stops the running turn; what was spoken of its utterance is recorded, with what happened then. */
  #cutTurn(cut: { endUtterance: boolean; after?: CallFact[] }): Promise<void> {
    return this.#turn ? this.#closeTurn(this.#turn, cut.endUtterance, cut.after) : Promise.resolve();
  }

  #closeTurn(turn: Turn, endUtterance: boolean, after: CallFact[] = []): Promise<void> {
    this.#turn = undefined;
    clearTimeout(turn.deadline);
    turn.abort.abort();
    const text = turn.said.trim();
    if (text === '') return Promise.resolve();
    if (endUtterance) this.#options.host.speak('', true);
    return this.#record({ type: 'ai.said', text }, ...after);
  }

  async #fail(problem: string): Promise<void> {
    if (this.#ending) return;
    this.#cutTurn({ endUtterance: true });
    const { call, workflow, logger } = this.#options;
    logger.warn('the model failed', { callId: call().id, model: workflow.model, problem });
    await this.#end({ kind: 'failed', problem });
  }

  async #end(ending: Ending): Promise<void> {
    this.#ending = ending;
    if (this.#handedOver) return;
    this.#handedOver = true;
    const { host, logger, call } = this.#options;
    try {
      if (ending.kind === 'transfer') await host.transfer(ending.request);
      else if (ending.kind === 'end') await host.endCall(ending.reason);
      else if (ending.kind === 'failed') await host.modelFailed(ending.problem);
    } catch (error) {
      logger.error('a receptionist session could not be handed on', {
        callId: call().id,
        ending: ending.kind,
        error: messageOf(error),
      });
    }
  }

  /** Appends facts in the order of the calls. A disk that refuses them must not silence the AI. */
  async #record(...facts: CallFact[]): Promise<void> {
    try {
      await this.#options.host.record(...facts);
    } catch (error) {
      this.#options.logger.error('facts of a call could not be recorded', {
        callId: this.#options.call().id,
        facts: facts.map(({ type }) => type),
        error: messageOf(error),
      });
    }
  }

  #form(turn: Turn): Record<string, string> {
    return { ...this.#options.call().form, ...turn.saved };
  }

  #prompt(turn: Turn): string {
    const { workflow, purpose, mayTransfer, caller, call, clock } = this.#options;
    const form = this.#form(turn);
    return buildPrompt({
      workflow,
      purpose,
      mayTransfer,
      caller,
      rung: call().rung,
      form,
      now: clock.now(),
    });
  }

  #request(model: LanguageModelV4, turn: Turn, prompt: Message[]): ModelRequest {
    if (model.provider !== rehearsalProvider) return { prompt, tools: this.#tools.offered };
    const { workflow, purpose, mayTransfer } = this.#options;
    const facts = JSON.parse(JSON.stringify({ workflow, purpose, mayTransfer, form: this.#form(turn) }));
    return { prompt, tools: this.#tools.offered, providerOptions: { [rehearsalProvider]: facts } };
  }
}
