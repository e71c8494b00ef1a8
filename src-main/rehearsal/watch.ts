/** Lets one part of a call wait until another part has brought something about. */
export class Watch {
  readonly #waiters = new Set<() => void>();

  /** Something has changed: everybody who waits looks again. */
  notify(): void {
    for (const look of [...this.#waiters]) look();
  }

  /**
   * Waits until `condition` holds, which is looked at now and at every `notify`.
   * @returns whether it holds; false when the time was up or the signal came first. Milliseconds.
   */
  async until(
    condition: () => boolean,
    { timeoutMs, signal }: { timeoutMs?: number | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<boolean> {
    if (condition()) return true;
    if (signal?.aborted) return false;
    return await new Promise<boolean>((resolve) => {
      const finish = (met: boolean): void => {
        this.#waiters.delete(look);
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        resolve(met);
      };
      const look = (): void => {
        if (condition()) finish(true);
      };
      const giveUp = (): void => finish(condition());
      const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
      signal?.addEventListener('abort', giveUp);
      this.#waiters.add(look);
    });
  }
}
