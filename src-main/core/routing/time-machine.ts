import type { Decision } from '../../../src-preload/contract/calls.ts';
import { integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type { Replay, ReplayedChange } from '../../../src-preload/contract/routing.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import type { CompiledIntegration } from './compile-rules.ts';
import { decideRoute } from './decide-route.ts';
import type { RecordedDecision } from './facts-of-call.ts';

/** A decision of the past, and the call that went by it; null: another platform was answered, with one destination. */
export interface PastDecision extends RecordedDecision {
  callId: string | null;
}

type Outcome = Pick<Decision, 'destinations' | 'together' | 'why'>;

/**
 * What another desk would have made of past decisions, with all that each of them went by then. Pure: nothing is touched,
 * and no webhook is asked.
 *
 * @param isAttached whether calls to this number come to Patchbay, so that it is never rung
 */
export function replayDecisions(
  past: Iterable<PastDecision>,
  desk: CompiledDesk,
  isAttached: (number: string) => boolean,
): Replay {
  const replay: Replay = { decisions: 0, same: 0, unknown: 0, changes: [] };
  for (const made of past) {
    replay.decisions += 1;
    const compiled = desk.integrationById.get(integrationNowOf(made, desk));
    if (compiled !== undefined && compiled.integration.dynamic?.webhook !== undefined && !made.aiFailed) {
      replay.unknown += 1;
      continue;
    }
    const after = compiled === undefined ? null : outcomeOf(made, compiled, isAttached);
    if (after !== null && isSame(made.decision, after)) replay.same += 1;
    else replay.changes.push(changeOf(made, after));
  }
  return replay;
}

function outcomeOf(
  { callId, decision, facts, state, aiFailed }: PastDecision,
  compiled: CompiledIntegration,
  isAttached: (number: string) => boolean,
): Outcome {
  if (aiFailed) return { destinations: [compiled.integration.staticNumber], why: decision.why };
  const { destinations, together, why } = decideRoute(facts, compiled, { ...state, isAttached });
  return callId === null ? { destinations: destinations.slice(0, 1), why } : { destinations, together, why };
}

/** A workflow may hand over to another integration in the other desk. */
function integrationNowOf({ facts, decision }: PastDecision, desk: CompiledDesk): string {
  const workflow = desk.workflowById.get(facts.workflowId ?? '');
  return workflow === undefined ? decision.integrationId : integrationIdOf(workflow);
}

/** Whether the same destinations are rung, in the same order, the same ones at once. */
export function isSame(before: Omit<Outcome, 'why'>, after: Omit<Outcome, 'why'>): boolean {
  return (
    before.destinations.join() === after.destinations.join() &&
    (before.together ?? []).join() === (after.together ?? []).join()
  );
}

function changeOf({ callId, facts, decision }: PastDecision, after: Outcome | null): ReplayedChange {
  return {
    callId,
    at: facts.now,
    number: facts.number,
    integrationId: decision.integrationId,
    before: shown(decision),
    after: after === null ? null : shown(after),
  };
}

function shown({ destinations, together = [], why }: Outcome): ReplayedChange['before'] {
  return { destinations: [...destinations], together: [...together], why };
}
