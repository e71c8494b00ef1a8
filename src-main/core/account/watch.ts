import { doubled } from '../back-off.ts';
import { messageOf } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';

const minuteMs = 60_000;
/** No longer than this between two tries, so that a network that is back is noticed soon. */
const longestBackOffMs = 15 * minuteMs;
/** A timer stands still while the computer sleeps, the clock does not: it is asked at least this often. */
const longestTimerMs = 5 * minuteMs;

/** @param failures in a row, 1 or more. @returns 1, 2, 4, 8, then 15 minutes, in milliseconds. */
export function backOffMs(failures: number): number {
  return doubled(failures, minuteMs, longestBackOffMs);
}

/**
 * Looks at something again and again, never twice at once. The look itself says in how many milliseconds the next one is
 * due; null: none is. What fell due while the computer slept is made up for soon after. Its timer keeps no process alive, and nothing that it throws gets out.
 */
export class Watch {
  readonly #look: () => Promise<number | null>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  /** Counts starts and stops: a look that ends after one of them does not arm the timer again. */
  #turn = 0;
  #isRunning = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(look: () => Promise<number | null>, { clock, logger }: { clock: Clock; logger: Logger }) {
    this.#look = look;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Begins anew, with the first look in `inMs`. */
  start(inMs: number): void {
    this.stop();
    this.#isRunning = true;
    this.#arm(inMs, this.#turn);
  }

  stop(): void {
    this.#turn += 1;
    this.#isRunning = false;
    clearTimeout(this.#timer);
  }

  /** False once it was stopped: what a look brings then is of no interest, nor is its failure. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  #arm(inMs: number, turn: number): void {
    this.#wait(inMs, this.#clock.now() + inMs, turn);
  }

  /** Whichever comes first, so that a clock that is set back puts nothing off. */
  #wait(leftMs: number, dueAt: number, turn: number): void {
    const waitMs = Math.min(leftMs, longestTimerMs);
    this.#timer = setTimeout(() => {
      const stillMs = Math.min(leftMs - waitMs, dueAt - this.#clock.now());
      if (stillMs > 0) this.#wait(stillMs, dueAt, turn);
      else this.#looking = this.#looking.then(() => this.#lookOnce(turn));
    }, waitMs);
    this.#timer.unref();
  }

  async #lookOnce(turn: number): Promise<void> {
    if (turn !== this.#turn) return;
    let nextInMs: number | null;
    try {
      nextInMs = await this.#look();
    } catch (thrown) {
      if (!this.#isRunning) return;
      this.#logger.error('A look at the Twilio account failed', { problem: messageOf(thrown) });
      nextInMs = longestBackOffMs;
    }
    if (nextInMs !== null && turn === this.#turn) this.#arm(nextInMs, turn);
  }
}
