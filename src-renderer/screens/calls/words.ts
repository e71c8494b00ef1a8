import { assertNever } from '../../../src-main/core/errors.ts';
import type {
  CallOutcome,
  CallPhase,
  CallView,
  Decision,
  DialResult,
  Offer,
  RelayPurpose,
  ScreenChoice,
  TranscriptLine,
} from '../../../src-preload/contract/calls.ts';
import type { PromiseEnding } from '../../../src-preload/contract/promises.ts';

/** The words of the screen for what the contract names. */

type TransferCause = NonNullable<CallView['transfer']>['cause'];
type RingStatus = CallView['rung'][number]['status'];

/** good: reached its aim. soft: ended in order. bad: the caller got nothing. */
export type Tone = 'good' | 'soft' | 'bad' | 'busy';

export const outcomeWords: Record<CallOutcome, { label: string; tone: Tone; sentence: string }> = {
  'human-on-the-line': { label: 'Reached a human', tone: 'good', sentence: 'the caller reached a human' },
  'message-taken': { label: 'Message taken', tone: 'good', sentence: 'a message was taken' },
  finished: { label: 'Finished', tone: 'soft', sentence: 'the conversation ended by itself' },
  'caller-hung-up': { label: 'Caller hung up', tone: 'soft', sentence: 'the caller hung up' },
  'not-reached': {
    label: 'Nobody reached',
    tone: 'bad',
    sentence: 'nobody picked up and no message was left',
  },
  'not-set-up': {
    label: 'Number not set up',
    tone: 'bad',
    sentence: 'no workflow answers the number called',
  },
  lost: { label: 'End unknown', tone: 'bad', sentence: 'Patchbay never heard how it ended' },
};

export const promiseEndedWords: Record<PromiseEnding, string> = {
  'called-back': 'The operator called back and reached the caller.',
  'caller-called': 'The caller called again and reached a person.',
  marked: 'The operator says that the caller was reached.',
};

export const phaseWords: Record<CallPhase, string> = {
  talking: 'Talking with the AI',
  transferring: 'Transferring',
  ringing: 'Ringing',
  connected: 'Connected',
  'taking-message': 'Taking a message',
  ended: 'Ended',
};

export const causeWords: Record<TransferCause, string> = {
  model: 'The AI asked for a human',
  'caller-key': 'The caller pressed 0 for a human',
  'announced-only': 'The AI announced a transfer but did not act, so Patchbay did',
  'model-error': 'The AI failed, so Patchbay asked for a human',
  'relay-failed': 'The conversation broke off, so Patchbay asked for a human',
  platform: 'Another platform’s AI handed the caller over',
};

export const ringWords: Record<RingStatus, { label: string; tone: Tone }> = {
  ringing: { label: 'Ringing', tone: 'busy' },
  screening: { label: 'Hears who calls', tone: 'busy' },
  'in-progress': { label: 'On the line', tone: 'good' },
  answered: { label: 'Answered', tone: 'good' },
  busy: { label: 'Busy', tone: 'bad' },
  'no-answer': { label: 'No answer', tone: 'bad' },
  failed: { label: 'Could not be called', tone: 'bad' },
  canceled: { label: 'Stopped', tone: 'soft' },
};

/** What a human who picked up chose; whoever takes the call is told by the status. */
const choiceWords: Record<Exclude<ScreenChoice, 'take'>, { label: string; tone: Tone }> = {
  pass: { label: 'Passed it on', tone: 'soft' },
  message: { label: 'Wants a message taken', tone: 'soft' },
  none: { label: 'No key pressed', tone: 'bad' },
};

/** How a phone that was rung stands. */
export function phoneWords({ status, choice }: CallView['rung'][number]): { label: string; tone: Tone } {
  return choice === null || choice === 'take' ? ringWords[status] : choiceWords[choice];
}

export const screenWords: Record<ScreenChoice, string> = {
  take: 'pressed 1 and takes the call',
  pass: 'pressed 2 and passes the call on',
  message: 'pressed 3 and has a message taken',
  none: 'pressed no key',
};

export const offerWords: Record<Offer, string> = {
  message: 'Nobody took the call: the AI takes a message.',
  voicemail: 'Nobody took the call: the caller can speak to a voicemail.',
  text: 'Nobody took the call: the caller is promised a call back by text.',
  'good-bye': 'Nobody took the call, and nothing is left to offer: the caller hears so.',
};

export const dialWords: Record<DialResult, string> = {
  answered: 'picked up',
  busy: 'was busy',
  'no-answer': 'did not pick up',
  failed: 'could not be called',
  canceled: 'was not rung any longer',
};

export const purposeWords: Record<RelayPurpose, string> = {
  conversation: 'to talk with the caller',
  resumed: 'to go on with the conversation',
  message: 'to take a message',
};

export const speakerWords: Record<TranscriptLine['who'], string> = { caller: 'Caller', ai: 'AI' };

/** How a destination was found, in a few words. */
export function viaWords(decision: Decision): string {
  switch (decision.via) {
    case 'static':
      return 'Static number';
    case 'rule':
      return decision.rule === undefined ? 'By a rule' : `By the rule “${decision.rule}”`;
    case 'webhook':
      return 'By your webhook';
    case 'fallback':
      return 'Fallback to the static number';
    default:
      return assertNever(decision.via);
  }
}

/** Who calls, in the best words that are known; a withheld number is said to be withheld. */
export function callerWords(
  name: string | null,
  number: string | null,
  format: (number: string) => string,
): string {
  if (name !== null && name !== '') return name;
  return number === null ? 'Withheld number' : format(number);
}

/** True for a model that only practises: no real AI, and no account behind it. */
export const isPracticeModel = (model: string): boolean => model.startsWith('rehearsal:');
