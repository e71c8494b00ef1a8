import { setImmediate as nextTurn } from 'node:timers/promises';
import { ScriptTime } from './script-time.ts';

/** Turns of the event loop between two moments: what one of them set off begins before the next one comes. */
const turnsBetween = 5;

interface Sleeper {
  dueMs: number;
  wake: () => void;
}

/** A line's time that stands still until it is moved by hand, so that a test knows the second of everything. */
export class ManualTime extends ScriptTime {
  readonly #startsAt: number;
  #nowMs = 0;
  #sleepers: Sleeper[] = [];

  /** @param startsAt Unix milliseconds. */
  constructor(startsAt: number = Date.now()) {
    super(1);
    this.#startsAt = startsAt;
  }

  override now(): number {
    return this.#nowMs;
  }

  override date(): Date {
    return new Date(this.#startsAt + this.#nowMs);
  }

  override async sleep(seconds: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    return await new Promise<boolean>((resolve) => {
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', abort);
      };
      const sleeper: Sleeper = {
        dueMs: this.#nowMs + seconds * 1000,
        wake: () => {
          leave();
          resolve(true);
        },
      };
      const abort = (): void => {
        leave();
        resolve(false);
      };
      signal?.addEventListener('abort', abort);
      this.#sleepers.push(sleeper);
    });
  }

  /** Lets so many seconds pass, moment by moment. */
  async advance(seconds: number): Promise<void> {
    const until = this.#nowMs + seconds * 1000;
    for (;;) {
      for (let turn = 0; turn < turnsBetween; turn += 1) await nextTurn();
      const next = this.#sleepers.toSorted((one, other) => one.dueMs - other.dueMs)[0];
      if (next === undefined || next.dueMs > until) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
    }
    this.#nowMs = until;
  }
}
