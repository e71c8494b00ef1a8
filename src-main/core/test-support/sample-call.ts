import type { CallFact, CallView } from '../../../src-preload/contract/calls.ts';
import { reduceCall } from '../calls/call-state.ts';

export const received: Extract<CallFact, { type: 'received' }> = {
  type: 'received',
  callSid: 'CA00000000000000000000000000000001',
  accountSid: 'AC00000000000000000000000000000001',
  from: '+14165557777',
  to: '+14165550100',
  workflowId: 'reception',
  workflowName: 'Reception',
  model: 'rehearsal:keywords',
  contactId: null,
  contactName: null,
  contactKnown: false,
  safetyNet: { integrationId: 'desk', staticNumber: '+14165551234' },
};

/** For tests: a call that has just come in and was offered to the AI, changed as the test needs it. */
export function openCall(changes: Partial<CallView> = {}): CallView {
  const call = reduceCall(null, { callId: 'call-1', seq: 1, at: 1000, fact: received });
  return { ...call, relaysOffered: 1, ...changes };
}

/** For tests: a phone that was rung without an answer, changed as the test needs it. */
export function rungPhone(changes: Partial<CallView['rung'][number]> = {}): CallView['rung'][number] {
  return {
    destination: '+14165551234',
    dial: 1,
    startedAt: 1,
    endedAt: 2,
    ringSeconds: 20,
    screened: false,
    warm: false,
    choice: null,
    legSid: null,
    status: 'no-answer',
    ...changes,
  };
}

/** For tests: a call that ended well, changed as the test needs it. */
export function endedCall(changes: Partial<CallView> = {}): CallView {
  return openCall({
    phase: 'ended',
    outcome: 'finished',
    startedAt: Date.UTC(2026, 10, 22, 9),
    endedAt: Date.UTC(2026, 10, 22, 9, 1),
    ...changes,
  });
}
