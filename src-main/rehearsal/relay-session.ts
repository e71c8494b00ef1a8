import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { assertNever } from '../core/errors.ts';
import { type RelayReport, readRelayCommand } from './relay-messages.ts';
import type { ScriptTime } from './script-time.ts';
import type { Trace } from './trace.ts';
import type { TwimlElement } from './twiml.ts';
import { Utterance } from './utterance.ts';
import type { Watch } from './watch.ts';

/** How a session ended, as the `<Connect action>` tells it. */
export type RelayEnd =
  | { status: 'ended'; handoffData: string | undefined }
  | { status: 'completed' }
  | { status: 'failed'; errorCode: 64102 | 64105; errorMessage: string };

export interface RelaySessionOptions {
  element: TwimlElement;
  address: { url: string; headers: Record<string, string> };
  call: {
    callSid: string;
    accountSid: string;
    from: string;
    to: string;
    forwardedFrom: string;
    callerName: string;
  };
  time: ScriptTime;
  trace: Trace;
  watch: Watch;
  /** Told what Twilio would have logged as an error while the call went on. */
  onProblem: (problem: string) => void;
}

/** Twilio gives up on a WebSocket that does not open in this time; real milliseconds. */
const handshakeMs = 5_000;

/** A WebSocket whose farewell is not answered in this time is torn down; real milliseconds. */
const farewellMs = 1_000;

/** Without a greeting the caller listens this long for the AI before speaking first; real milliseconds. */
const silenceBeforeCallerMs = 2_000;

/** One ConversationRelay session: Twilio's speech service between the caller and Patchbay's AI. */
export class RelaySession {
  readonly sessionId = `VX${randomBytes(16).toString('hex')}`;
  readonly ended: Promise<RelayEnd>;
  readonly #options: RelaySessionOptions;
  readonly #socket: WebSocket;
  readonly #finish: (end: RelayEnd) => void;
  readonly #openedAt = performance.now();
  #over: RelayEnd | undefined;
  #connected = false;
  #utterance: Utterance | undefined;
  /** After an interruption Twilio drops what still comes of the old answer. */
  #deaf = false;
  #awaitingAi = false;
  /** When the caller had spoken, until the AI's first word comes. */
  #askedAt: number | undefined;
  #firstWordMs: number | undefined;
  /** Patchbay has ended the session; the AI's last words are still being spoken. */
  #pendingEnd: RelayEnd | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RelaySessionOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<RelayEnd>();
    this.ended = promise;
    this.#finish = resolve;
    this.#socket = new WebSocket(options.address.url, {
      headers: options.address.headers,
      handshakeTimeout: handshakeMs,
      perMessageDeflate: false,
    });
    this.#socket.on('open', () => this.#setUp());
    this.#socket.on('message', (data) => this.#receive(String(data)));
    this.#socket.on('error', (error) => {
      if (!this.#connected) this.#fail(64102, `the WebSocket did not open: ${error.message}`);
    });
    this.#socket.on('close', (code) => this.#fail(64105, `the WebSocket was closed with code ${code}`));
  }

  /** Whether the WebSocket stands. */
  get isConnected(): boolean {
    return this.#connected && !this.isOver;
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Whether the caller hears the AI right now. */
  get aiIsTalking(): boolean {
    const utterance = this.#utterance;
    if (this.isOver || utterance === undefined || utterance.text === '') return false;
    return !utterance.isOver(performance.now());
  }

  /** Whether the AI has finished and waits for the caller. */
  get isCallersTurn(): boolean {
    if (!this.isConnected || this.#awaitingAi) return false;
    return this.#utterance === undefined || this.#utterance.isOver(performance.now());
  }

  /** What the AI said last, or is saying. */
  get lastWords(): string {
    return this.#utterance?.text ?? '';
  }

  /** The caller speaks; Twilio sends the words when they are spoken. @returns whether anybody still listened. */
  async say(words: string, signal: AbortSignal): Promise<boolean> {
    const { time, trace } = this.#options;
    if (!(await time.sleep(time.speaking(words), signal)) || this.isOver) return false;
    trace.add('caller', words);
    this.#beginCallersTurn();
    const lang = this.#attribute('transcriptionLanguage') ?? this.#attribute('language') ?? 'en-US';
    if (this.#attribute('partialPrompts') === 'true') {
      const half = words
        .split(' ')
        .slice(0, Math.ceil(words.split(' ').length / 2))
        .join(' ');
      this.#send({ type: 'prompt', voicePrompt: half, lang, last: false });
    }
    this.#send({ type: 'prompt', voicePrompt: words, lang, last: true });
    return true;
  }

  /** The caller presses a key; Twilio tells it when the TwiML asks for key presses. */
  press(digit: string): boolean {
    if (this.isOver) return false;
    if (this.#attribute('dtmfDetection') !== 'true') {
      this.#options.trace.add('caller', `pressed ${digit}, which this relay does not detect`);
      return false;
    }
    this.#options.trace.add('caller', `pressed ${digit}`);
    this.#deaf = false;
    this.#send({ type: 'dtmf', digit });
    return true;
  }

  /**
   * The caller speaks over the AI once `afterWords` of its words have been heard.
   * @returns whether the AI was interrupted: not when it had said less than that, or may not be interrupted.
   */
  async interrupt(afterWords: number, signal: AbortSignal): Promise<boolean> {
    const { watch, trace } = this.#options;
    const reached = () => this.#utterance?.heardWordsAt(afterWords);
    await watch.until(() => this.isOver || reached() !== undefined || this.isCallersTurn, { signal });
    const point = reached();
    const utterance = this.#utterance;
    if (this.isOver || signal.aborted || utterance === undefined || point === undefined) return false;
    const waitMs = point.at - performance.now();
    if (waitMs > 0) await watch.until(() => this.isOver, { signal, timeoutMs: waitMs });
    if (this.isOver || signal.aborted || this.#utterance !== utterance) return false;
    if (utterance.isOver(performance.now()) && waitMs <= 0) return false;
    if (!this.#mayInterrupt(utterance)) {
      trace.add('caller', 'spoke over the AI, which does not let itself be interrupted');
      return false;
    }
    const durationMs = Math.round(
      (performance.now() - (utterance.startedAt ?? 0)) * this.#options.time.speed,
    );
    trace.add('caller', `spoke over the AI after "${point.words}"`);
    this.#silenceAi();
    this.#deaf = true;
    this.#send({
      type: 'interrupt',
      utteranceUntilInterrupt: point.words,
      durationUntilInterruptMs: durationMs,
    });
    // Nothing is left to be spoken, so a session that Patchbay has ended is over now.
    if (this.#pendingEnd !== undefined) this.#end(this.#pendingEnd);
    return true;
  }

  /** The WebSocket breaks, as a network does it: without a farewell. */
  drop(): void {
    this.#options.trace.add('twilio', 'the WebSocket broke');
    this.#socket.terminate();
    this.#fail(64105, 'the WebSocket broke');
  }

  /** The caller is gone. */
  hangUp(): void {
    this.#end({ status: 'completed' });
  }

  /** How long the session lasted so far, in script seconds. */
  get seconds(): number {
    return this.#options.time.toSeconds(performance.now() - this.#openedAt);
  }

  #setUp(): void {
    const { call, element, trace, watch } = this.#options;
    this.#connected = true;
    trace.add('twilio', 'opened the relay’s WebSocket', performance.now() - this.#openedAt);
    const parameters = element.children.filter((child) => child.name === 'Parameter');
    this.#send({
      type: 'setup',
      sessionId: this.sessionId,
      accountSid: call.accountSid,
      parentCallSid: '',
      callSid: call.callSid,
      from: call.from,
      to: call.to,
      forwardedFrom: call.forwardedFrom,
      callType: 'PSTN',
      callerName: call.callerName,
      direction: 'inbound',
      callStatus: 'RINGING',
      customParameters: Object.fromEntries(
        parameters.map(({ attributes }) => [attributes.name ?? '', attributes.value ?? '']),
      ),
    });
    const greeting = this.#attribute('welcomeGreeting');
    if (greeting !== undefined && greeting !== '') {
      trace.add('ai', greeting);
      this.#hear(greeting, true);
    } else {
      this.#awaitingAi = true;
      this.#wakeIn(silenceBeforeCallerMs, () => {
        this.#awaitingAi = false;
      });
    }
    watch.notify();
  }

  #receive(data: string): void {
    if (this.isOver || this.#pendingEnd !== undefined) return;
    const { trace } = this.#options;
    const command = readRelayCommand(data);
    if ('problem' in command) {
      this.#options.onProblem(`64107: a message to the relay is not valid: ${command.problem}`);
      this.#send({ type: 'error', description: `Invalid message received: ${command.problem}` });
      return;
    }
    switch (command.type) {
      case 'text':
        if (this.#deaf) {
          if (command.token !== '')
            trace.add('twilio', `dropped "${command.token}", said after the interruption`);
          return;
        }
        this.#hear(command.token, command.last);
        if (command.last) {
          trace.add('ai', this.lastWords, this.#firstWordMs);
          this.#firstWordMs = undefined;
        }
        break;
      case 'end': {
        const end: RelayEnd = { status: 'ended', handoffData: command.handoffData };
        this.#pendingEnd = end;
        this.#awaitingAi = true;
        // Twilio lets the AI finish its words before the session ends.
        const leftMs = (this.#utterance?.spokenAt ?? 0) - performance.now();
        if (leftMs > 0) this.#wakeIn(leftMs, () => this.#end(end));
        else this.#end(end);
        break;
      }
      case 'play':
        trace.add('ai', `played ${command.source}`);
        break;
      case 'sendDigits':
        trace.add('ai', `sent the digits ${command.digits}`);
        break;
      case 'language':
        trace.add('ai', 'changed the language');
        break;
      default:
        assertNever(command);
    }
  }

  #hear(words: string, last: boolean): void {
    const now = performance.now();
    const before = this.#utterance;
    const utterance =
      before === undefined || before.complete
        ? new Utterance(this.#options.time.toMs(this.#options.time.speaking('a')))
        : before;
    this.#utterance = utterance;
    if (this.#askedAt !== undefined) this.#firstWordMs = now - this.#askedAt;
    this.#askedAt = undefined;
    utterance.add(words, last, Math.max(now, before?.spokenAt ?? 0));
    this.#awaitingAi = !last;
    this.#wakeIn(Math.max(0, utterance.spokenAt - now));
    this.#options.watch.notify();
  }

  #beginCallersTurn(): void {
    this.#deaf = false;
    this.#awaitingAi = true;
    this.#askedAt = performance.now();
    this.#utterance = undefined;
    clearTimeout(this.#timer);
  }

  #silenceAi(): void {
    this.#utterance = undefined;
    this.#awaitingAi = false;
    clearTimeout(this.#timer);
  }

  #mayInterrupt(utterance: Utterance): boolean {
    const greeting = this.#attribute('welcomeGreeting');
    const attribute = utterance.text === greeting ? 'welcomeGreetingInterruptible' : 'interruptible';
    return ['any', 'speech', 'true'].includes(this.#attribute(attribute) ?? 'any');
  }

  #wakeIn(ms: number, act: () => void = () => {}): void {
    clearTimeout(this.#timer);
    // A timer may fire a fraction of a millisecond early.
    this.#timer = setTimeout(() => {
      act();
      this.#options.watch.notify();
    }, Math.ceil(ms) + 1);
  }

  #attribute(name: string): string | undefined {
    return this.#options.element.attributes[name];
  }

  #send(report: RelayReport): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(report));
  }

  #fail(errorCode: 64102 | 64105, errorMessage: string): void {
    this.#end({ status: 'failed', errorCode, errorMessage });
  }

  #end(end: RelayEnd): void {
    if (this.#over !== undefined) return;
    this.#over = end;
    clearTimeout(this.#timer);
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else this.#socket.close(1000);
    setTimeout(() => this.#socket.terminate(), farewellMs).unref();
    this.#finish(end);
    this.#options.watch.notify();
  }
}
