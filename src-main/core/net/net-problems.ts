import type { Problem } from '../../../src-preload/contract/problem.ts';
import { ProblemError, TwilioRequestError } from '../errors.ts';
import { consolePages } from '../twilio/console-pages.ts';

/** Twilio's Console shows Functions services, their builds and their logs here. */
const functionsConsole = 'https://console.twilio.com/us1/develop/functions/services';

function problem(says: string, remedy: string, link: string | null = null): Problem {
  return { code: null, status: null, says, remedy, link };
}

export const netProblems = {
  noAccount: problem(
    'No Twilio account is connected, so there is no place for the net.',
    'Connect the account first.',
  ),
  nothingToCatch: problem(
    'No number is attached to a workflow, so there is nothing that the net could catch.',
    'Attach a number to a workflow first.',
  ),
  buildFailed: problem(
    'Twilio could not build the Function that answers for the net.',
    'Publish the net again. If that fails too, look at the service “patchbay-net” in the Console.',
    functionsConsole,
  ),
  buildTooSlow: problem(
    'Twilio has been building the net for three minutes and is not done.',
    'Patchbay goes on with it by itself; or publish the net again.',
    functionsConsole,
  ),
  notServed: problem(
    'The net is deployed, but Twilio does not answer with it yet.',
    'Patchbay looks again by itself; or publish the net again. If it stays so, look at the service “patchbay-net” in the Console.',
    functionsConsole,
  ),
  stopped: problem(
    'Patchbay was stopped while it published the net.',
    'It goes on with it at the next start.',
  ),
  numberGone: problem(
    'The number is not in this Twilio account any more.',
    'If it was released or moved, detach it from its workflow.',
    consolePages.numbers,
  ),
  noDomain: problem(
    'Twilio gave the net no address.',
    'Publish the net again. If it stays so, delete the service “patchbay-net” in the Console and publish once more.',
    functionsConsole,
  ),
} as const satisfies Record<string, Problem>;

/** Whether the same request may succeed later without anybody doing anything. */
export function mayPass(thrown: unknown): boolean {
  const cause = thrown instanceof ProblemError && thrown.cause !== undefined ? thrown.cause : thrown;
  if (cause instanceof TwilioRequestError) return cause.retryable;
  if (cause instanceof ProblemError) {
    return cause.problem === netProblems.buildTooSlow || cause.problem === netProblems.notServed;
  }
  return false;
}
