import { openCall } from '../../src-main/core/test-support/sample-call.ts';
import type { CallEvent, CallFact, CallRow, CallView } from '../../src-preload/contract/calls.ts';

/** Calls for tests: complete, with what a test is about given over the rest. */

export function sampleCall(id: string, over: Partial<CallView> = {}): CallView {
  const contact = { id: 1, name: 'Corner Bakery', known: true };
  return openCall({ id, callSid: `CA${id}`, contact, ...over });
}

export const sampleDecision: NonNullable<CallView['decision']> = {
  integrationId: 'front-desk',
  destinations: ['+14165551234'],
  via: 'static',
  why: 'The integration has only its static number',
  tookMs: 0.4,
};

export function sampleEvent(callId: string, seq: number, fact: CallFact): CallEvent {
  return { callId, seq, at: 1000 + seq, fact };
}

export function sampleRow(id: string, over: Partial<CallRow> = {}): CallRow {
  return {
    id,
    from: '+14165557777',
    to: '+14165550100',
    workflowId: 'reception',
    workflowName: 'Reception',
    model: 'rehearsal:keywords',
    phase: 'ended',
    outcome: 'finished',
    startedAt: 1000,
    endedAt: 2000,
    summary: null,
    contactName: null,
    reason: null,
    destination: null,
    fallbackReason: null,
    ...over,
  };
}
