import { messageOf } from './core/errors.ts';
import { redactText } from './core/logging/redact.ts';

/** Faults of the program, not of what it was given. */
const ownFaults = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * Why a host did not start, for whoever reads the terminal: the reason alone, with a stack only where the fault is
 * Patchbay's own. Phone numbers and passwords are masked, as in the log.
 */
export function startProblem(error: unknown): string {
  return redactText(plainProblem(error));
}

function plainProblem(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${error.port} is taken: end the program that listens there, or choose another port`;
  }
  const ownFault = ownFaults.some((fault) => error instanceof fault);
  return ownFault ? (error.stack ?? error.message) : error.message;
}
