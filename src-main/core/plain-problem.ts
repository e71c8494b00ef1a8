import type { Problem } from '../../src-preload/contract/problem.ts';

/** A problem without a code or status of Twilio's. @param link where it is mended; null: nowhere in particular. */
export function plainProblem(says: string, remedy: string, link: string | null = null): Problem {
  return { code: null, status: null, says, remedy, link };
}
