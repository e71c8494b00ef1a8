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
  /** The AI could not go on: the static number was rung, whatever the rules say. */
  aiFailed: boolean;
}

/** The facts that decisions go by; a log of these alone can be replayed. */
export const factsOfDecisions: readonly CallFact['type'][] = [
  'received',
  'handed-over',
  'field.saved',
  'transfer.requested',
  'transfer.decided',
];

type Asking = Pick<CallView, 'from' | 'to' | 'workflowId' | 'handedOver' | 'form' | 'transfer'>;

/**
 * What rules can ask about a call, its contact apart. Of a call that another platform handed over it is what the platform was
 * called with: Patchbay's own number and workflow stand only between the two.
 */
export function callerFactsOf(call: Asking): Omit<RouteFacts, 'contact' | 'now'> {
  const { from, to, workflowId, handedOver } = call;
  const fields = fieldsOf(call);
  return handedOver === null
    ? { number: from, fields, called: to, workflowId }
    : { number: from, fields, called: handedOver.called, workflowId: null };
}

/** The form, and the department that the caller was said to want; below them what another platform's AI collected. */
function fieldsOf({ form, transfer, handedOver }: Asking): Record<string, string> {
  return {
    ...handedOver?.fields,
    ...(transfer?.department && { department: transfer.department }),
    ...form,
  };
}

/**
 * The decisions of a call in the order in which they were made, from its log. Pure.
 * @param tagsToday of the contact with this number (E.164): stand in where a log does not say those of then
 */
export function decisionsOf(
  events: readonly CallEvent[],
  tagsToday: (number: string) => readonly string[],
): RecordedDecision[] {
  const decisions: RecordedDecision[] = [];
  let call: CallView | null = null;
  for (const event of events) {
    if (call !== null && event.fact.type === 'transfer.decided') {
      const { decision } = event.fact;
      const { from, transfer } = call;
      const { known } = call.contact;
      const tags = decision.seen?.tags ?? (known && from !== null ? tagsToday(from) : []);
      decisions.push({
        decision,
        facts: { ...callerFactsOf(call), contact: { known, tags }, now: event.at - decision.tookMs },
        state: stateSeenBy(decision.seen),
        aiFailed: transfer?.cause === 'model-error' || transfer?.cause === 'relay-failed',
      });
    }
    call = reduceCall(call, event);
  }
  return decisions;
}

/** What a decision remembered of earlier ones, from what is on record of it. */
export function stateSeenBy(seen: Decision['seen']): RouteState {
  const resting = new Set(seen?.resting);
  return {
    ...freshState,
    lastTaken: () => seen?.lastTaken,
    restsUntil: (destination) => (resting.has(destination) ? Number.POSITIVE_INFINITY : 0),
  };
}
