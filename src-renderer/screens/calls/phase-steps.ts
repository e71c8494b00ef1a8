import type { CallPhase, CallView } from '../../../src-preload/contract/calls.ts';

export interface PhaseStep {
  phase: CallPhase;
  state: 'done' | 'now' | 'ahead';
}

const inOrder: readonly CallPhase[] = [
  'talking',
  'transferring',
  'ringing',
  'connected',
  'taking-message',
  'ended',
];

/**
 * The steps of a call: those that it went through, the one where it is, and, while it is open, those that a
 * transfer would bring. Taking a message shows only once it comes to that.
 */
export function phaseSteps(call: CallView): PhaseStep[] {
  const now = inOrder.indexOf(call.phase);
  return inOrder.flatMap((phase, index): PhaseStep[] => {
    if (phase === call.phase) return [{ phase, state: 'now' }];
    if (index > now) return phase === 'taking-message' ? [] : [{ phase, state: 'ahead' }];
    return wentThrough(call, phase) ? [{ phase, state: 'done' }] : [];
  });
}

function wentThrough(call: CallView, phase: CallPhase): boolean {
  if (phase === 'talking') return call.relaysOffered > 0 || call.transcript.length > 0;
  if (phase === 'transferring') return call.transfer !== null;
  if (phase === 'ringing') return call.rung.length > 0;
  if (phase === 'connected') {
    return call.rung.some((leg) => leg.status === 'answered' || leg.status === 'in-progress');
  }
  return call.relay?.purpose === 'message' || call.message !== null || call.voicemailUrl !== null;
}
