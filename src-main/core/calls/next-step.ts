import type { CallOutcome, CallView, DialResult, RelayPurpose } from '../../../src-preload/contract/calls.ts';
import type { NoAnswerStep } from '../../../src-preload/contract/desk.ts';
import { nextRound, type RingRules, type Round, wasAskedForMessage } from './ring-plan.ts';

/** What Twilio is told to do with the caller next. */
export type NextStep =
  | { kind: 'relay'; purpose: RelayPurpose }
  | { kind: 'dial'; round: Round }
  | { kind: 'voicemail' }
  /** The caller is promised a call back by text, and hears so. */
  | { kind: 'text' }
  /** Nothing is left to offer. */
  | { kind: 'good-bye' }
  | { kind: 'hang-up'; outcome: CallOutcome };

/** What the desk in force says about a call. */
export interface Standing {
  /** The call's workflow is still in the desk. */
  aiIsThere: boolean;
  rules: RingRules;
  /** What follows, in order, when no round brought a person. */
  noAnswer: readonly NoAnswerStep[];
}

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

/** What follows a dial. A human who picked up and pressed 3 has a message taken, whatever else the plan holds. */
export function afterDial(call: CallView, result: DialResult, standing: Standing): NextStep {
  if (result === 'answered') return { kind: 'hang-up', outcome: 'human-on-the-line' };
  if (wasAskedForMessage(call)) return takeMessage(call, standing) ?? afterRounds(call, standing);
  return ringOrOffer(call, standing);
}

/** The next round; when none is left, what the caller is offered instead. */
export function ringOrOffer(call: CallView, standing: Standing): NextStep {
  const round = nextRound(call, standing.rules);
  return round === undefined ? afterRounds(call, standing) : { kind: 'dial', round };
}

/** The first step of noAnswer that the caller was not offered yet. "next" is the rounds themselves. */
export function afterRounds(call: CallView, standing: Standing): NextStep {
  for (const step of standing.noAnswer) {
    if (step === 'text' && !call.offered.includes('text')) return { kind: 'text' };
    if (step === 'voicemail' && !call.offered.includes('voicemail')) return { kind: 'voicemail' };
    const message = step === 'message' ? takeMessage(call, standing) : undefined;
    if (message !== undefined) return message;
  }
  return { kind: 'good-bye' };
}

/**
 * A message by the AI, or by voicemail when the AI failed in this call or its workflow is no longer there.
 * @returns undefined when the caller was offered it already.
 */
function takeMessage(call: CallView, { aiIsThere }: Standing): NextStep | undefined {
  const aiWorks = aiIsThere && call.modelFailed === null && call.transfer?.cause !== 'relay-failed';
  if (call.offered.includes(aiWorks ? 'message' : 'voicemail')) return undefined;
  return aiWorks ? { kind: 'relay', purpose: 'message' } : { kind: 'voicemail' };
}

/** How a relay session ended, as Twilio's `<Connect action>` tells it. */
export interface RelayEnding {
  errorCode: string | undefined;
  /** The caller's call is over (hung up). */
  callOver: boolean;
}

/** Twilio's error code for a WebSocket that dropped while the call goes on (64105). */
const droppedWebSocket = '64105';

/**
 * What follows a relay session. "human" means that the caller must reach a person although nothing was decided:
 * the session failed for good, or a stop came between request and decision.
 */
export function afterRelay(
  call: CallView,
  ending: RelayEnding,
  standing: Standing,
): NextStep | { kind: 'human' } {
  if (ending.callOver) return { kind: 'hang-up', outcome: outcomeOf(call) };
  // A caller whose message is being taken may have asked for a person once more.
  const isHandedOver = call.transfer !== null && call.phase !== 'taking-message';
  if (isHandedOver) return call.decision === null ? { kind: 'human' } : ringOrOffer(call, standing);
  if (call.phase === 'taking-message') {
    if (call.endedByAi || call.relay?.messageTaken) return afterMessage(call, standing);
    return mayResume(call, ending, standing) ? { kind: 'relay', purpose: 'message' } : { kind: 'voicemail' };
  }
  if (call.endedByAi) return { kind: 'hang-up', outcome: outcomeOf(call) };
  return mayResume(call, ending, standing) ? { kind: 'relay', purpose: 'resumed' } : { kind: 'human' };
}

/** A text may still follow the message, where the steps say so. */
function afterMessage(call: CallView, { noAnswer }: Standing): NextStep {
  const textFollows = noAnswer.includes('text', noAnswer.indexOf('message'));
  return textFollows && !call.offered.includes('text')
    ? { kind: 'text' }
    : { kind: 'hang-up', outcome: outcomeOf(call) };
}

function mayResume(call: CallView, ending: RelayEnding, { aiIsThere }: Standing): boolean {
  return (
    ending.errorCode === droppedWebSocket &&
    aiIsThere &&
    call.modelFailed === null &&
    call.relaysOffered <= maxResumes
  );
}
