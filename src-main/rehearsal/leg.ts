import { randomBytes } from 'node:crypto';
import type { DestinationPlan } from './call-plan.ts';
import type { PlacedCall } from './placed-call.ts';
import { ReportOrder } from './report-order.ts';
import { sendStatus } from './status-callback.ts';
import type { TwimlElement } from './twiml.ts';

export type LegStatus =
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled';

/** Which `statusCallbackEvent` asks for the report of a status. */
const eventOf: Record<LegStatus, 'initiated' | 'ringing' | 'answered' | 'completed'> = {
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'completed',
  'no-answer': 'completed',
  failed: 'completed',
  canceled: 'completed',
};

/** The leg to one destination: its status, and Twilio's reports of it. */
export class Leg {
  readonly sid = `CA${randomBytes(16).toString('hex')}`;
  readonly number: string;
  readonly plan: DestinationPlan;
  readonly element: TwimlElement;
  readonly callerId: string;
  /** Twilio's error, when the number can't be called. */
  error: { code: number; message: string } | undefined;
  status: LegStatus | undefined;
  answeredAt: number | undefined;
  readonly #call: PlacedCall;
  readonly #order: ReportOrder<Record<string, string>>;
  #sequence = 0;
  #reports: Promise<void> = Promise.resolve();

  constructor(call: PlacedCall, element: TwimlElement, plan: DestinationPlan, callerId: string) {
    this.#call = call;
    this.element = element;
    this.number = element.text.trim();
    this.plan = plan;
    this.callerId = callerId;
    this.#order = new ReportOrder(call.plan.faults.callbacksShuffled, (report) => this.#deliver(report));
  }

  get isOver(): boolean {
    return this.status !== undefined && eventOf[this.status] === 'completed';
  }

  /** Script seconds since somebody picked up. */
  get talkSeconds(): number {
    return this.answeredAt === undefined
      ? 0
      : this.#call.time.toSeconds(this.#call.time.now() - this.answeredAt);
  }

  /** The leg has another status: it is told to whoever asked for it. */
  becomes(status: LegStatus): void {
    if (this.isOver) return;
    this.status = status;
    if (status === 'in-progress') this.answeredAt = this.#call.time.now();
    this.#call.trace.add('destination', `${this.number} ${status}`);
    const { statusCallback, statusCallbackEvent = 'completed' } = this.element.attributes;
    if (statusCallback === undefined || !statusCallbackEvent.split(/\s+/).includes(eventOf[status])) return;
    this.#order.add(this.#report(status), this.isOver);
  }

  /** The parameters of a request about this leg. */
  parameters(): Record<string, string> {
    return {
      AccountSid: this.#call.line.account.sid,
      ApiVersion: '2010-04-01',
      CallSid: this.sid,
      ParentCallSid: this.#call.callSid,
      CallStatus: this.status ?? 'initiated',
      Direction: 'outbound-dial',
      From: this.callerId,
      To: this.number,
      Caller: this.callerId,
      Called: this.number,
    };
  }

  #report(status: LegStatus): Record<string, string> {
    const sequence = this.#sequence;
    this.#sequence += 1;
    return {
      ...this.parameters(),
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(sequence),
      Timestamp: new Date().toUTCString(),
      ...(eventOf[status] === 'completed' ? { CallDuration: String(this.talkSeconds), Duration: '1' } : {}),
      ...(this.error === undefined
        ? {}
        : { ErrorCode: String(this.error.code), ErrorMessage: this.error.message }),
    };
  }

  /** One after the other, beside the call: nobody at Twilio waits for a status callback. */
  #deliver(params: Record<string, string>): void {
    const call = this.#call;
    const { statusCallback = '', statusCallbackMethod } = this.element.attributes;
    this.#reports = this.#reports.then(() =>
      sendStatus(
        call.line.webhooks,
        {
          url: call.resolve(statusCallback),
          method: statusCallbackMethod === 'GET' ? 'GET' : 'POST',
        },
        params,
      ),
    );
    call.inBackground(this.#reports);
  }
}
