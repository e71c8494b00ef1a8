import type { CallOutcome, CallView, DialResult, RelayPurpose } from '../../../src-preload/contract/calls.ts';

/** What Twilio is told to do with the caller next. */
export type NextStep =
  | { kind: 'relay'; purpose: RelayPurpose }
  | { kind: 'dial'; destination: string }
  | { kind: 'voicemail' }
  | { kind: 'hang-up'; outcome: CallOutcome };

/** A call is dialled to at most this many destinations, so that no plan can become a loop. */
export const maxDials = 4;

/** A dropped relay is offered anew at most this often; then a human is dialled. */
export const maxResumes = 2;

/** How the caller's call stands when the caller is gone or nothing is left to do. */
export function outcomeOf(call: CallView): CallOutcome {
  if (call.rung.some((rung) => rung.status === 'answered' || rung.status === 'in-progress'))
    return 'human-on-the-line';
  if (call.message !== null || call.voicemailUrl !== null) return 'message-taken';
  if (call.endedByAi && call.transfer === null) return 'finished';
  if (call.rung.some((rung) => rung.endedAt !== null && rung.status !== 'canceled')) return 'not-reached';
  return 'caller-hung-up';
}

/** The next destination that the decision names and that was not rung yet. */
export function nextDestination(call: CallView): string | undefined {
  if (call.rung.length >= maxDials) return undefined;
  return call.decision?.destinations.find(
    (destination) => !call.rung.some((rung) => rung.destination === destination),
  );
}

/**
 * What follows a dial that brought no human: the decision's next destination; the static number when the
 * destination could not be dialled at all; else a message.
 */
export function afterDial(call: CallView, result: DialResult, aiIsThere: boolean): NextStep {
  if (result === 'answered') return { kind: 'hang-up', outcome: 'human-on-the-line' };
  const next = nextDestination(call);
  if (next !== undefined) return { kind: 'dial', destination: next };
  const staticNumber = call.safetyNet?.staticNumber;
  if (
    result === 'failed' &&
    staticNumber !== undefined &&
    call.rung.length < maxDials &&
    !call.rung.some((rung) => rung.destination === staticNumber)
  ) {
    return { kind: 'dial', destination: staticNumber };
  }
  return takeMessage(call, aiIsThere);
}

/**
 * A message by the AI, or by voicemail when the AI failed in this call or its workflow is no longer there.
 * @param aiIsThere whether the call's workflow is still in the desk
 */
export function takeMessage(call: CallView, aiIsThere: boolean): NextStep {
  const aiWorks = aiIsThere && call.modelFailed === null && call.transfer?.cause !== 'relay-failed';
  return aiWorks ? { kind: 'relay', purpose: 'message' } : { kind: 'voicemail' };
}

/** How a relay session ended, as Twilio's `<Connect action>` tells it. */
export interface RelayEnding {
  errorCode: string | undefined;
  /** The caller's call is over (hung up). */
  callOver: boolean;
  /** The call's workflow is still in the desk. */
  aiIsThere: boolean;
}

/** Twilio's error code for a WebSocket that dropped while the call goes on (64105). */
const droppedWebSocket = '64105';

/**
 * What follows a relay session. "human" means that the caller must reach a person although nothing was decided:
 * the session failed for good.
 */
export function afterRelay(call: CallView, ending: RelayEnding): NextStep | { kind: 'human' } {
  if (ending.callOver) return { kind: 'hang-up', outcome: outcomeOf(call) };
  const next = nextDestination(call);
  const takingMessage = call.relay?.purpose === 'message' || call.phase === 'taking-message';
  if (takingMessage) {
    if (call.endedByAi || call.relay?.messageTaken) return { kind: 'hang-up', outcome: outcomeOf(call) };
    return mayResume(call, ending) ? { kind: 'relay', purpose: 'message' } : { kind: 'voicemail' };
  }
  if (call.transfer !== null) {
    // A stop came between request and decision.
    if (call.decision === null) return { kind: 'human' };
    return next === undefined ? takeMessage(call, ending.aiIsThere) : { kind: 'dial', destination: next };
  }
  if (call.endedByAi) return { kind: 'hang-up', outcome: outcomeOf(call) };
  return mayResume(call, ending) ? { kind: 'relay', purpose: 'resumed' } : { kind: 'human' };
}

function mayResume(call: CallView, ending: RelayEnding): boolean {
  return (
    ending.errorCode === droppedWebSocket &&
    ending.aiIsThere &&
    call.modelFailed === null &&
    call.relaysOffered <= maxResumes
  );
}
