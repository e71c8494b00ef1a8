import { ORPCError } from '@orpc/server';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';

/** Logs what the API failed at. What the contract expects, like NOT_FOUND, is an answer and no failure. */
export function apiErrorLogger(logger: Logger): (error: unknown) => void {
  return (error) => {
    if (error instanceof ORPCError && error.status < 500) return;
    // A PROBLEM is told to the operator, with its remedy: Twilio or the network said no, and nothing here failed.
    if (error instanceof ORPCError && error.defined) {
      logger.info('What the UI asked for could not be done.', { problem: error.message });
      return;
    }
    const cause =
      error instanceof ORPCError && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    logger.error('The UI asked for something that failed.', { problem: `${messageOf(error)}${cause}` });
  };
}
