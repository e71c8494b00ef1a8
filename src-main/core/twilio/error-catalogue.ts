import type { Problem } from '../../../src-preload/contract/problem.ts';
import { ProblemError } from '../errors.ts';

/** The words for what was thrown, where it is something that an operator can act on; null: a fault of ours. */
export function asProblem(thrown: unknown): Problem | null {
  if (thrown instanceof ProblemError) return thrown.problem;
  return null;
}
