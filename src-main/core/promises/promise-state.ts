import type { PromiseState } from '../../../src-preload/contract/promises.ts';

/** How a promise stands at `now`. Times are Unix milliseconds; `endedAt` is null until the caller was reached. */
export function promiseState(
  { dueAt, endedAt }: { dueAt: number; endedAt: number | null },
  now: number,
): PromiseState {
  if (endedAt !== null) return endedAt <= dueAt ? 'kept' : 'late';
  return now <= dueAt ? 'open' : 'broken';
}
