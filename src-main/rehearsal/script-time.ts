/** People speak about 15 characters a second. */
const charactersPerSecond = 15;

/** The time that passes on a rehearsed call. It runs `speed` times faster than the clock. */
export class ScriptTime {
  readonly speed: number;

  constructor(speed: number) {
    if (!(speed > 0 && Number.isFinite(speed))) throw new RangeError(`speed must be above 0, not ${speed}`);
    this.speed = speed;
  }

  /** The clock that calls are timed with, in real milliseconds; it starts anywhere and never goes back. */
  now(): number {
    return performance.now();
  }

  /** Today's date on the line. */
  date(): Date {
    return new Date();
  }

  /** Real milliseconds that script seconds take. */
  toMs(seconds: number): number {
    return (seconds * 1000) / this.speed;
  }

  /** Script seconds that real milliseconds are, as Twilio counts them: whole ones. */
  toSeconds(ms: number): number {
    return Math.round((ms * this.speed) / 1000);
  }

  /** How long these words take to speak, in script seconds. */
  speaking(words: string): number {
    return words.length / charactersPerSecond;
  }

  /** @returns whether the time passed; false when the signal came first. */
  async sleep(seconds: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    return await new Promise<boolean>((resolve) => {
      const finish = (slept: boolean): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve(slept);
      };
      const wake = (): void => finish(false);
      const timer = setTimeout(() => finish(true), this.toMs(seconds));
      signal?.addEventListener('abort', wake);
    });
  }
}
