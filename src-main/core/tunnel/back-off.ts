const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** A part of each wait is drawn by lot. */
const jitter = 0.2;

/**
 * How long to wait before a tunnel is tried again, in milliseconds. Callers are waiting, so it begins soon and is never
 * far apart.
 *
 * @param failures in a row so far, at least 1.
 * @param random draws from [0, 1).
 */
export function waitBeforeTry(failures: number, random: () => number = Math.random): number {
  const doubled = Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs);
  return Math.round(Math.min(doubled * (1 - jitter + 2 * jitter * random()), longestWaitMs));
}
