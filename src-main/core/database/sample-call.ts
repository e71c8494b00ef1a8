import type { CallView } from '../../../src-preload/contract/calls.ts';

/** For tests: a call that ended well, changed as the test needs it. */
export function aCall(changes: Partial<CallView> = {}): CallView {
  return {
    id: 'call-1',
    callSid: 'CA00000000000000000000000000000001',
    accountSid: 'AC00000000000000000000000000000001',
    from: '+14165557777',
    to: '+14165550100',
    workflowId: 'reception',
    workflowName: 'Reception',
    model: 'rehearsal:keywords',
    contact: { id: null, name: null, known: false },
    phase: 'ended',
    outcome: 'finished',
    startedAt: Date.UTC(2026, 10, 22, 9),
    endedAt: Date.UTC(2026, 10, 22, 9, 1),
    lastSeq: 1,
    relay: null,
    relaysOffered: 1,
    transcript: [],
    form: {},
    transfer: null,
    decision: null,
    rung: [],
    message: null,
    voicemailUrl: null,
    textsSent: [],
    modelFailed: null,
    endedByAi: false,
    safetyNet: { integrationId: 'desk', staticNumber: '+14165551234' },
    summary: null,
    ...changes,
  };
}
