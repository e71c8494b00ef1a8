import type { CallEvent, CallFact, CallView, Decision } from '../../../src-preload/contract/calls.ts';
import { reduceCall } from '../calls/call-state.ts';
import { freshState, type RouteState } from './groups.ts';
import type { RouteFacts } from './route-facts.ts';

/** A decision that a call went by, and all that it went by. */
export interface RecordedDecision {
  decision: Decision;
  facts: RouteFacts;
  /** What it remembered of earlier decisions, as far as it mattered. */
  state: RouteState;
}

/** The facts that decisions go by; a log of these alone can be replayed. */
export const factsOfDecisions: readonly CallFact['type'][] = [
  'received',
  'field.saved',
  'transfer.requested',
  'transfer.decided',
];

/** The fields that rules can ask about: the form, and the department that the caller was said to want. */
export function fieldsOf({ form, transfer }: Pick<CallView, 'form' | 'transfer'>): Record<string, string> {
  return { ...(transfer?.department && { department: transfer.department }), ...form };
}

/** The decisions of a call in the order in which they were made, from its log. Pure. */
export function decisionsOf(events: readonly CallEvent[]): RecordedDecision[] {
  const decisions: RecordedDecision[] = [];
  let call: CallView | null = null;
  for (const event of events) {
    if (call !== null && event.fact.type === 'transfer.decided') {
      const { decision } = event.fact;
      const { from, to, contact, workflowId } = call;
      decisions.push({
        decision,
        facts: {
          number: from,
          contact: { known: contact.known, tags: decision.seen?.tags ?? [] },
          fields: fieldsOf(call),
          called: to,
          workflowId,
          now: event.at - decision.tookMs,
        },
        state: stateSeenBy(decision),
      });
    }
    call = reduceCall(call, event);
  }
  return decisions;
}

function stateSeenBy({ seen }: Decision): RouteState {
  const resting = new Set(seen?.resting);
  return {
    ...freshState,
    lastTaken: () => seen?.lastTaken,
    restsUntil: (destination) => (resting.has(destination) ? Number.POSITIVE_INFINITY : 0),
  };
}
