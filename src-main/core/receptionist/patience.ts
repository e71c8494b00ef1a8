/** A call whose model has failed is to be handed on within 6 s of the caller's prompt; dialling takes a little of it. */
const handOverByMs = 5800;

/** A model that has just spoken is given at least so much for its next words. */
const leastMs = 2000;

/**
 * How long the caller may now hear nothing before the model counts as failed, in milliseconds. `limitMs` is how long at most; while
 * the caller's prompt is younger than 5.8 s, silence lasts only until it is that old, but at least 2 s. An answer older than
 * that has kept the caller company, and has the whole limit.
 */
export function patienceMs(limitMs: number, promptAgeMs: number): number {
  const left = handOverByMs - promptAgeMs;
  return left <= 0 ? limitMs : Math.min(limitMs, Math.max(left, leastMs));
}
