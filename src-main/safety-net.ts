import type { Logger } from './core/ports.ts';

/**
 * Catches what no code caught. A rejected promise belongs to one call or request, and the others go on. After an
 * exception the process's state is not to be trusted: it ends with code 1 once `stop` has finished what is in flight.
 *
 * @param stop stops the host and ends the process with `process.exitCode`; called again with each further exception
 */
export function installSafetyNet(logger: Logger, stop: () => void): void {
  process.on('unhandledRejection', (reason) => {
    logger.error('A failure that nothing handled; the host goes on.', { problem: reason });
  });
  process.on('uncaughtException', (error) => {
    logger.error('An exception that nothing caught; the host ends.', { problem: error });
    process.exitCode = 1;
    stop();
  });
}
