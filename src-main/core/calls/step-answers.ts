import { hangUpTwiml } from '../twilio/twiml.ts';
import type { CallLog } from './call-log.ts';

/** A caller is on the line, and Patchbay knows nothing of this step of the call: its record was lost. */
export class UnknownStepError extends Error {
  override readonly name = 'UnknownStepError';
  readonly callId: string;
  readonly step: string;

  constructor(callId: string, step: string) {
    super(`nothing is known of step ${step} of call ${callId}`);
    this.callId = callId;
    this.step = step;
  }
}

/** Answers each step of a call once: Twilio may ask twice, at the same time or later, and gets the same TwiML again. */
export class StepAnswers {
  readonly #log: Pick<CallLog, 'answerOf' | 'view'>;
  readonly #making = new Map<string, Promise<string>>();

  constructor(log: Pick<CallLog, 'answerOf' | 'view'>) {
    this.#log = log;
  }

  /**
   * The step's answer; `make` makes and records it when there is none.
   * @param callOver nobody is on the line to hear it
   * @throws UnknownStepError when there is a caller on the line and nothing is known of this step.
   */
  async once(callId: string, step: string, callOver: boolean, make: () => Promise<string>): Promise<string> {
    const underWay = this.#making.get(keyOf(callId, step));
    if (underWay !== undefined) return underWay;
    const answered = this.#log.answerOf(callId, step);
    if (answered !== undefined) return answered;
    if (this.#log.view(callId) !== undefined) return this.make(callId, step, make);
    if (callOver) return hangUpTwiml();
    throw new UnknownStepError(callId, step);
  }

  /** Makes the answer of a step that was never asked for before. */
  make(callId: string, step: string, make: () => Promise<string>): Promise<string> {
    const key = keyOf(callId, step);
    const making = make().finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** The answers about this call that are being made. */
  underWay(callId: string): Promise<string>[] {
    return [...this.#making].flatMap(([key, answer]) => (key.startsWith(keyOf(callId, '')) ? [answer] : []));
  }
}

function keyOf(callId: string, step: string): string {
  return `${callId} ${step}`;
}
