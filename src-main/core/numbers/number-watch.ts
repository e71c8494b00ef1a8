import { doubled, jittered } from '../back-off.ts';
import type { AttachedNumber } from '../database/attached-numbers.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../ports.ts';

/** How often an attached number is looked at when all is well. */
const usualWaitMs = 15 * 60_000;
/** The first wait after something was left unfinished; it doubles up to the usual one. */
const firstWaitMs = 15_000;

/** @param failures in a row. @param random draws from [0, 1). */
export function waitAfter(failures: number, random: () => number = Math.random): number {
  return jittered(failures === 0 ? usualWaitMs : doubled(failures, firstWaitMs, usualWaitMs), random);
}

export interface NumberWatchDeps {
  /** @returns whether something is unfinished, so that it must be looked at again soon. */
  tend: (only: (row: AttachedNumber) => boolean) => Promise<boolean>;
  logger: Logger;
}

/** Looks after the numbers from time to time, sooner while something is unfinished. */
export class NumberWatch {
  readonly #deps: NumberWatchDeps;
  #running = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: NumberWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.look();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Something was left unfinished. */
  soon(): void {
    this.#failures = Math.max(this.#failures, 1);
    this.#schedule();
  }

  /** Never rejects. @param only the numbers to look at; all of them when it is left out. */
  async look(only?: (row: AttachedNumber) => boolean): Promise<void> {
    let isUnfinished = true;
    try {
      isUnfinished = await this.#deps.tend(only ?? (() => true));
    } catch (thrown) {
      // While Patchbay stops, the database is closed already.
      if (this.#running)
        this.#deps.logger.error('The numbers could not be looked after', { problem: messageOf(thrown) });
    }
    // A look at some numbers that went well must not put off the one at all of them.
    if (only !== undefined && !isUnfinished) return;
    this.#failures = isUnfinished ? this.#failures + 1 : 0;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#timer = setTimeout(() => void this.look(), waitAfter(this.#failures));
    this.#timer.unref();
  }
}
