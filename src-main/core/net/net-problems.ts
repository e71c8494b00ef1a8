import type { Problem } from '../../../src-preload/contract/problem.ts';
import { ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { consolePages } from '../twilio/console-pages.ts';
import { isPassing } from '../twilio/is-passing.ts';

export const netProblems = {
  noAccount: plainProblem(
    'No Twilio account is connected, so there is no place for the net.',
    'Connect the account first.',
  ),
  otherAccount: plainProblem(
    'The number belongs to a Twilio account that is not connected.',
    'Connect that account to look at it.',
  ),
  nothingToCatch: plainProblem(
    'No number is attached to a workflow, so there is nothing that the net could catch.',
    'Attach a number to a workflow first.',
  ),
  buildFailed: plainProblem(
    'Twilio could not build the Function that answers for the net.',
    'Publish the net again. If that fails too, look at the service “patchbay-net” in the Console.',
    consolePages.functions,
  ),
  buildTooSlow: plainProblem(
    'Twilio has been building the net for three minutes and is not done.',
    'Patchbay goes on with it by itself; or publish the net again.',
    consolePages.functions,
  ),
  notServed: plainProblem(
    'The net is deployed, but Twilio does not answer with it yet.',
    'Patchbay looks again by itself; or publish the net again. If it stays so, look at the service “patchbay-net” in the Console.',
    consolePages.functions,
  ),
  stopped: plainProblem(
    'Patchbay was stopped while it published the net.',
    'It goes on with it at the next start.',
  ),
  numberGone: plainProblem(
    'The number is not in this Twilio account any more.',
    'If it was released or moved, detach it from its workflow.',
    consolePages.numbers,
  ),
  noDomain: plainProblem(
    'Twilio gave the net no address.',
    'Publish the net again. If it stays so, delete the service “patchbay-net” in the Console and publish once more.',
    consolePages.functions,
  ),
} as const satisfies Record<string, Problem>;

/** Whether the same request may succeed later without anybody doing anything. */
export function mayPass(thrown: unknown): boolean {
  if (thrown instanceof ProblemError) {
    const { buildTooSlow, notServed } = netProblems;
    if (thrown.problem === buildTooSlow || thrown.problem === notServed) return true;
  }
  return isPassing(thrown);
}
