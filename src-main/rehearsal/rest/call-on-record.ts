import type { Endpoint } from '../call-start.ts';
import type { PlacedCall } from '../placed-call.ts';
import type { CallStatus } from './calls-placed.ts';

/** A call as the API shows it, whoever began it. */
export interface CallOnRecord {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly status: CallStatus;
  readonly isOver: boolean;
  readonly answeredBy: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Seconds of talk; null while it goes on and where there was none. */
  readonly duration: number | null;
  hangUp(): void;
  /** Leads it to other TwiML; only one that is in progress can be led. */
  leadTo(document: Endpoint | { twiml: string }): void;
}

/** A call that came in. */
export class IncomingCall implements CallOnRecord {
  readonly direction = 'inbound';
  readonly answeredBy = null;
  readonly call: PlacedCall;
  readonly createdAt: Date;
  #endedAt: Date | null = null;
  #duration: number | null = null;

  constructor(call: PlacedCall) {
    this.call = call;
    this.createdAt = call.time.date();
    call.over.addEventListener('abort', () => {
      this.#endedAt = call.time.date();
      this.#duration = call.talkSeconds;
    });
  }

  get sid(): string {
    return this.call.callSid;
  }

  get from(): string {
    return this.call.from;
  }

  get to(): string {
    return this.call.plan.to;
  }

  get isOver(): boolean {
    return this.call.over.aborted;
  }

  get status(): CallStatus {
    if (this.isOver) return 'completed';
    return this.call.answeredAt === undefined ? 'ringing' : 'in-progress';
  }

  get startedAt(): Date | null {
    return this.createdAt;
  }

  get endedAt(): Date | null {
    return this.#endedAt;
  }

  get duration(): number | null {
    return this.#duration;
  }

  hangUp(): void {
    this.call.hangUp('patchbay');
  }

  leadTo(document: Endpoint | { twiml: string }): void {
    this.call.leadTo(document);
  }
}
