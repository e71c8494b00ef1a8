import type { Problem } from '../../src-preload/contract/problem.ts';
import { asProblem } from '../core/twilio/error-catalogue.ts';

interface WithProblem {
  PROBLEM(options: { message: string; data: Problem }): Error;
}

/** What the operator can act on leaves the API as a PROBLEM; anything else is a fault of ours. */
function problemOf(errors: WithProblem, thrown: unknown): unknown {
  const problem = asProblem(thrown);
  return problem === null ? thrown : errors.PROBLEM({ message: problem.says, data: problem });
}

/** Runs `work`. @throws what it throws, as a PROBLEM where the operator can act on it. */
export async function explained<T>(errors: WithProblem, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw problemOf(errors, thrown);
  }
}

/** As `explained`, for work that tells its steps. */
export async function* explainedSteps<T>(
  errors: WithProblem,
  steps: AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  try {
    yield* steps;
  } catch (thrown) {
    throw problemOf(errors, thrown);
  }
}

/** Runs `work`. @throws NOT_FOUND in place of an error of this class, with its words; else what it throws. */
export async function orNotFound<T>(
  errors: { NOT_FOUND(options: { message: string }): Error },
  missing: abstract new (...args: never[]) => Error,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof missing ? errors.NOT_FOUND({ message: thrown.message }) : thrown;
  }
}
