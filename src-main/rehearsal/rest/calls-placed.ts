import { messageOf } from '../../core/errors.ts';
import { callParameters } from '../call-parameters.ts';
import type { CallerStep, CallPlan } from '../call-plan.ts';
import type { Endpoint } from '../call-start.ts';
import type { Rung } from '../dial.ts';
import { type LineContext, PlacedCall } from '../placed-call.ts';
import { ReportOrder } from '../report-order.ts';
import { sendStatus } from '../status-callback.ts';
import type { CallOnRecord } from './call-on-record.ts';
import { type CallScript, destinationOf, detectionOf, type Timeline, timelineOf } from './call-scripts.ts';
import { newSid } from './sid.ts';

export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export type StatusEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

const eventOf: Record<CallStatus, StatusEvent> = {
  queued: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'completed',
  failed: 'completed',
  'no-answer': 'completed',
  canceled: 'completed',
};

/** A call as it was asked for. */
export interface CallOrder {
  from: string;
  /** Twilio's word for a call that came in, whose number is to be shown. */
  callToken: string | undefined;
  to: string;
  document: Endpoint | { twiml: string };
  fallback: Endpoint | undefined;
  statusCallback: Endpoint | undefined;
  statusEvents: readonly StatusEvent[];
  timeoutSeconds: number;
  timeLimitSeconds: number;
  machineDetection: 'Enable' | 'DetectMessageEnd' | undefined;
  /** The TwiML does not wait for the detection; its result goes there, if anywhere. */
  asyncDetection: { callback: Endpoint | undefined } | undefined;
}

/** Every number of the account's script, for what a `<Dial>` rings. */
export type Scripts = ReadonlyMap<string, CallScript>;

/**
 * A call that was placed over the API. Its status follows from its script and the line's time alone, so whoever asks
 * at a second gets that second's answer. Its times are the line's, too: on a line that runs fast, `start_time` is as
 * many seconds after `date_created` as the script says.
 */
export class RehearsedCall implements CallOnRecord {
  readonly direction = 'outbound-api';
  readonly sid = newSid('CA');
  readonly order: CallOrder;
  readonly createdAt: Date;
  /** What answering machine detection found. */
  answeredBy: string | null = null;
  readonly #script: CallScript;
  readonly #scripts: Scripts;
  readonly #line: LineContext;
  readonly #timeline: Timeline;
  readonly #caller: PlacedCall | undefined;
  /** How the caller's own record has it. */
  readonly #rung: Rung;
  readonly #reportOrder: ReportOrder<{ to: Endpoint; params: Record<string, string> }>;
  readonly #begun: number;
  readonly #over = new AbortController();
  #status: CallStatus = 'queued';
  #endedAt: number | undefined;
  #run: PlacedCall | undefined;
  #sequence = 0;
  #reports: Promise<void> = Promise.resolve();

  /** @param caller for whom somebody is rung; absent: the operator's own call. */
  constructor(
    order: CallOrder,
    script: CallScript,
    scripts: Scripts,
    line: LineContext,
    caller?: PlacedCall | undefined,
  ) {
    this.order = order;
    this.#caller = caller;
    this.#rung = { number: order.to, callerId: order.from, status: 'initiated' };
    caller?.rung.push(this.#rung);
    this.#reportOrder = new ReportOrder(caller?.plan.faults.callbacksShuffled ?? false, ({ to, params }) =>
      this.#send(to, params),
    );
    this.#script = script;
    this.#scripts = scripts;
    this.#line = line;
    this.#timeline = timelineOf(script, order.timeoutSeconds);
    this.#begun = line.time.now();
    this.createdAt = new Date(Math.floor(line.time.date().getTime() / 1000) * 1000);
    this.#tell();
    void this.#live();
  }

  get status(): CallStatus {
    this.#catchUp();
    return this.#status;
  }

  get from(): string {
    return this.order.from;
  }

  get to(): string {
    return this.order.to;
  }

  get isOver(): boolean {
    return eventOf[this.status] === 'completed';
  }

  /** When somebody picked up, or when Twilio gave up on it; null before. */
  get startedAt(): Date | null {
    const isDecided = this.#seconds() >= this.#timeline.decidedAt && this.status !== 'canceled';
    return isDecided ? this.#dateAt(this.#timeline.decidedAt) : null;
  }

  get endedAt(): Date | null {
    return this.isOver ? this.#dateAt(this.#endedAt ?? this.#timeline.decidedAt) : null;
  }

  /** Seconds of talk; null while it goes on and where there was none. */
  get duration(): number | null {
    if (this.status !== 'completed') return null;
    return Math.max(0, Math.round((this.#endedAt ?? 0) - this.#timeline.decidedAt));
  }

  /** What the TwiML brought about; undefined before it ran. */
  get run(): PlacedCall | undefined {
    return this.#run;
  }

  /** Patchbay ends it: before somebody picks up it is cancelled, later it is hung up. */
  hangUp(): void {
    if (this.isOver) return;
    if (this.#status === 'in-progress') {
      this.#run?.hangUp('patchbay');
      this.#end('completed');
    } else {
      this.#end('canceled');
    }
  }

  leadTo(document: Endpoint | { twiml: string }): void {
    this.#run?.leadTo(document);
  }

  /** Hangs up and waits until nothing of it is under way. */
  async stop(): Promise<void> {
    this.hangUp();
    await this.#run?.ended;
    await this.#reports;
  }

  /** Brings the status up to the line's time. */
  #catchUp(): void {
    const { ringsAt, decidedAt, outcome } = this.#timeline;
    const seconds = this.#seconds();
    if (this.#status === 'queued' && ringsAt !== null && seconds >= ringsAt) this.#become('ringing');
    if ((this.#status !== 'queued' && this.#status !== 'ringing') || seconds < decidedAt) return;
    if (outcome === 'in-progress') {
      this.#become('in-progress');
      return;
    }
    if (this.#script.kind === 'failed') this.#log(this.#script.code, 'The call could not be placed');
    this.#end(outcome, decidedAt);
  }

  async #live(): Promise<void> {
    const { ringsAt, decidedAt } = this.#timeline;
    if (ringsAt !== null) await this.#sleepUntil(ringsAt);
    this.#catchUp();
    await this.#sleepUntil(decidedAt);
    this.#catchUp();
    if (this.#status !== 'in-progress') return;
    try {
      await this.#talk();
    } catch (error) {
      this.#log(11200, messageOf(error));
      this.#end('completed');
    }
  }

  async #talk(): Promise<void> {
    const { machineDetection, asyncDetection, timeLimitSeconds } = this.order;
    if (machineDetection !== undefined) {
      const detecting = this.#detect(machineDetection);
      if (asyncDetection === undefined) await detecting;
    }
    if (this.#over.signal.aborted) return;
    const run = new PlacedCall(this.#plan(), this.#line, {
      direction: 'outbound-api',
      callSid: this.sid,
      document: this.order.document,
      fallback: this.order.fallback,
      parameters: this.answeredBy === null ? {} : { AnsweredBy: this.answeredBy },
    });
    this.#run = run;
    run.over.addEventListener('abort', () => this.#end('completed'));
    void this.#line.time.sleep(timeLimitSeconds, run.over).then((isUp) => {
      if (isUp) run.hangUp('patchbay');
    });
    const caller = this.#caller;
    if (caller === undefined) {
      await run.ended;
      return;
    }
    caller.phonesScreening += 1;
    caller.watch.notify();
    const { problems, error } = await run.ended;
    caller.phonesScreening -= 1;
    if (error !== undefined) problems.push(`${error.code}: ${error.message}`);
    for (const problem of problems) caller.addProblem(`${this.to}: ${problem}`);
  }

  async #detect(mode: 'Enable' | 'DetectMessageEnd'): Promise<void> {
    const { answeredBy, seconds } = detectionOf(this.#script, mode);
    await this.#sleepUntil(this.#timeline.decidedAt + seconds);
    if (this.#over.signal.aborted) return;
    this.answeredBy = answeredBy;
    const callback = this.order.asyncDetection?.callback;
    if (callback === undefined) return;
    this.#send(callback, {
      AccountSid: this.#line.account.sid,
      CallSid: this.sid,
      AnsweredBy: answeredBy,
      MachineDetectionDuration: String(seconds * 1000),
    });
  }

  /** Who was called is "the caller" of the TwiML: whoever hears it and presses keys. */
  #plan(): CallPlan {
    return {
      from: this.order.from,
      to: this.order.to,
      steps: stepsOf(this.#script),
      destinations: Object.fromEntries(
        [...this.#scripts].map(([number, script]) => [number, [destinationOf(script)]]),
      ),
      faults: {
        webhooksTwice: this.#caller?.plan.faults.webhooksTwice ?? false,
        callbacksShuffled: false,
        forgedSignature: false,
      },
    };
  }

  #become(status: CallStatus): void {
    this.#status = status;
    this.#tell();
  }

  #end(status: CallStatus, at: number = this.#seconds()): void {
    if (eventOf[this.#status] === 'completed') return;
    this.#endedAt = at;
    this.#status = status;
    this.#over.abort();
    this.#tell();
  }

  /** The status goes to whoever asked for it, one after the other, beside the call. */
  #tell(): void {
    const { statusCallback, statusEvents, from, to } = this.order;
    const status = this.#status;
    const event = eventOf[status];
    this.#rung.status = status === 'queued' ? 'initiated' : status;
    this.#caller?.trace.add('destination', `${to} ${this.#rung.status}`);
    if (statusCallback === undefined || !statusEvents.includes(event)) return;
    const params = {
      ...callParameters({
        accountSid: this.#line.account.sid,
        callSid: this.sid,
        // Twilio's word for a call that is being placed differs from the resource's.
        callStatus: status === 'queued' ? 'initiated' : status,
        plan: { from, to },
        start: { direction: 'outbound-api' },
      }),
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(this.#sequence++),
      Timestamp: this.#line.time.date().toUTCString(),
      ...(this.answeredBy === null ? {} : { AnsweredBy: this.answeredBy }),
      ...(event === 'completed' ? { CallDuration: String(this.duration ?? 0), Duration: '1' } : {}),
    };
    this.#reportOrder.add({ to: statusCallback, params }, event === 'completed');
  }

  #send(to: Endpoint, params: Record<string, string>): void {
    this.#reports = this.#reports
      .then(() => sendStatus(this.#line.webhooks, to, params))
      .catch((error: unknown) => this.#log(11200, messageOf(error)));
  }

  #log(errorCode: number, text: string): void {
    this.#line.report?.({
      errorCode,
      level: 'error',
      text,
      callSid: this.sid,
      requestUrl: null,
      requestMethod: null,
    });
  }

  /** Script seconds since the call was asked for. */
  #seconds(): number {
    const { time } = this.#line;
    return ((time.now() - this.#begun) * time.speed) / 1000;
  }

  #dateAt(seconds: number): Date {
    return new Date(this.createdAt.getTime() + Math.floor(seconds) * 1000);
  }

  async #sleepUntil(seconds: number): Promise<void> {
    // A timer may fire a little early; the second it stands for must have come then.
    for (let left = seconds - this.#seconds(); left > 0 && !this.#over.signal.aborted; ) {
      await this.#line.time.sleep(left, this.#over.signal);
      left = seconds - this.#seconds();
    }
  }
}

/** What whoever picks up does: presses a key when asked, talks once somebody is there, and hangs up. */
function stepsOf(script: CallScript): CallerStep[] {
  const presses = script.kind === 'person' ? script.presses : undefined;
  const talkSeconds = 'talkSeconds' in script ? script.talkSeconds : undefined;
  return [
    ...(presses ? [{ do: 'press' as const, digits: presses }] : []),
    ...(talkSeconds === undefined
      ? []
      : [
          { do: 'wait-for' as const, moment: 'connected' as const },
          { do: 'wait' as const, seconds: talkSeconds },
          { do: 'hang-up' as const },
        ]),
  ];
}
