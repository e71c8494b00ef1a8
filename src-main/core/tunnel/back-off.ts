import { doubled, jittered } from '../back-off.ts';

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/**
 * How long to wait before a tunnel is tried again, in milliseconds. Callers are waiting, so it begins soon and is never
 * far apart.
 *
 * @param failures in a row so far, at least 1.
 * @param random draws from [0, 1).
 */
export function waitBeforeTry(failures: number, random: () => number = Math.random): number {
  return Math.min(jittered(doubled(failures, firstWaitMs, longestWaitMs), random), longestWaitMs);
}
