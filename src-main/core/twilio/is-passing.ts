import { ProblemError, TwilioRequestError } from '../errors.ts';

/** Whether the same request may work a little later without anybody doing anything, as with a network that is away. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof ProblemError) return isPassing(thrown.cause);
  return thrown instanceof TwilioRequestError && thrown.retryable;
}
