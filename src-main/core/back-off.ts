/** When something that failed is tried again: the arithmetic that all who wait have in common. */

/** A part of each wait is drawn by lot, so that what failed together does not come back together. */
const jitter = 0.2;

/**
 * @param failures in a row, at least 1.
 * @returns `firstMs`, twice that after the next failure, and so on, but `longestMs` at most.
 */
export function doubled(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures - 1, 40), longestMs);
}

/** @param random draws from [0, 1). @returns the wait, longer or shorter by a fifth at most, in whole milliseconds. */
export function jittered(waitMs: number, random: () => number = Math.random): number {
  return Math.round(waitMs * (1 - jitter + 2 * jitter * random()));
}
