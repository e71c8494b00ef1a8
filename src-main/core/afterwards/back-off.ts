/** When a delivery that failed is tried again. */

/** A receiver that restarts is back within seconds. */
const FIRST_WAIT_MS = 10_000;
/** No longer than this between two tries, so that a receiver that was mended is served the same morning. */
const LONGEST_WAIT_MS = 4 * 60 * 60_000;
/** With the waits above these tries span about 54 hours: what breaks on a Friday night can be mended on Sunday. */
export const MAX_ATTEMPTS = 24;
/** A part of each wait is drawn by lot, so that items that failed together do not all come back together. */
const JITTER = 0.2;

/**
 * @param attempts the tries so far, the failed one included.
 * @param failure `permanent`: trying again is no use. `retryAfter`: the header of that name, if there was one
 * (RFC 9110, 10.2.3: seconds or a date); it can lengthen a wait, not shorten it.
 * @param random draws from [0, 1).
 */
export function afterFailure(
  attempts: number,
  failure: { permanent: boolean; retryAfter?: string | undefined; now: number },
  random: () => number = Math.random,
): 'give-up' | { waitMs: number } {
  if (failure.permanent || attempts >= MAX_ATTEMPTS) return 'give-up';
  const doubled = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  const asked = Math.min(askedFor(failure.retryAfter, failure.now), LONGEST_WAIT_MS);
  const wait = Math.max(doubled * (1 - JITTER + 2 * JITTER * random()), asked);
  return { waitMs: Math.round(wait) };
}

function askedFor(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 0;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : date - now;
}
