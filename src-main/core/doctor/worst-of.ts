import type { Verdict } from '../../../src-preload/contract/problem.ts';

/** From what needs no attention to what needs it most. */
const bySeverity: readonly Verdict[] = ['ok', 'warning', 'unknown', 'broken'];

/** The worst of some verdicts; "ok" of none. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const worst = Math.max(0, ...verdicts.map((verdict) => bySeverity.indexOf(verdict)));
  return bySeverity[worst] ?? 'ok';
}
