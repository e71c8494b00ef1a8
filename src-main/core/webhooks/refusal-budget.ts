import type { Clock } from '../ports.ts';

const minuteMs = 60_000;

/**
 * How many refused requests go on record: whoever finds the public address may send as many as they like, and must not
 * fill the disk with them. What Twilio or a platform with a key sends is always recorded.
 */
export class RefusalBudget {
  readonly #clock: Clock;
  readonly #perMinute: number;
  #minute = 0;
  #taken = 0;

  constructor(clock: Clock, perMinute = 60) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Whether this refusal is still to be recorded. */
  take(): boolean {
    const minute = Math.floor(this.#clock.now() / minuteMs);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#taken = 0;
    }
    this.#taken++;
    return this.#taken <= this.#perMinute;
  }
}
