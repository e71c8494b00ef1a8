const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** How long to wait before attempt number `attempt` (from 0) to reach the core again: doubling, at most ten seconds. */
export function backOffMs(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}

/** Waits; an abort ends the wait at once. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
