import { ORPCError } from '@orpc/server';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';

/** Logs what the API failed at. What the contract expects, like NOT_FOUND, is an answer and no failure. */
export function apiErrorLogger(logger: Logger): (error: unknown) => void {
  return (error) => {
    if (error instanceof ORPCError && error.status < 500) return;
    const cause =
      error instanceof ORPCError && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    logger.error('The UI asked for something that failed.', { problem: `${messageOf(error)}${cause}` });
  };
}
