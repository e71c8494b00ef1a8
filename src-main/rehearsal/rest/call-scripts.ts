import { assertNever } from '../../core/errors.ts';
import type { DestinationPlan } from '../call-plan.ts';

/** What happens when a number is called over the API. Script seconds, counted from the first ring. */
export type CallScript =
  /** Somebody picks up; presses this when a `<Gather>` asks for a key, or nothing. */
  | { kind: 'person'; afterSeconds: number; presses?: string | null; talkSeconds?: number }
  | { kind: 'voicemail'; afterSeconds: number; talkSeconds?: number }
  | { kind: 'busy'; afterSeconds?: number }
  | { kind: 'no-answer' }
  /** Twilio can't place it; its error code stands in the call's notifications. */
  | { kind: 'failed'; code: number };

/** What a number does of which nothing is said. */
export const friendlyPerson: CallScript = { kind: 'person', afterSeconds: 2, presses: '1' };

/** When a call rings and how the ringing ends; script seconds since the call was asked for. */
export interface Timeline {
  /** Null: it never rings. */
  ringsAt: number | null;
  decidedAt: number;
  outcome: 'in-progress' | 'busy' | 'no-answer' | 'failed';
}

/** From the request to the first ring. */
const connectSeconds = 0.5;
/** A busy phone says so after its first ring. */
const busySeconds = 1;

/** @param timeoutSeconds how long Twilio lets it ring. */
export function timelineOf(script: CallScript, timeoutSeconds: number): Timeline {
  const rung = (seconds: number, outcome: Timeline['outcome']): Timeline => ({
    ringsAt: connectSeconds,
    decidedAt: connectSeconds + seconds,
    outcome,
  });
  switch (script.kind) {
    case 'person':
    case 'voicemail':
      return script.afterSeconds < timeoutSeconds
        ? rung(script.afterSeconds, 'in-progress')
        : rung(timeoutSeconds, 'no-answer');
    case 'busy':
      return rung(Math.min(script.afterSeconds ?? busySeconds, timeoutSeconds), 'busy');
    case 'no-answer':
      return rung(timeoutSeconds, 'no-answer');
    case 'failed':
      return { ringsAt: null, decidedAt: connectSeconds, outcome: 'failed' };
    default:
      return assertNever(script);
  }
}

/** What answering machine detection finds, and how many seconds after the answer. */
export function detectionOf(
  script: CallScript,
  mode: 'Enable' | 'DetectMessageEnd',
): { answeredBy: string; seconds: number } {
  if (script.kind !== 'voicemail') return { answeredBy: 'human', seconds: 2 };
  return mode === 'Enable'
    ? { answeredBy: 'machine_start', seconds: 4 }
    : { answeredBy: 'machine_end_beep', seconds: 8 };
}

/** What a destination of a rehearsed caller does when it is rung over the API. */
export function scriptOf(plan: DestinationPlan): CallScript {
  switch (plan.outcome) {
    case 'answers':
    case 'declines': {
      const { afterSeconds, talkSeconds, presses } = plan;
      return { kind: 'person', afterSeconds, talkSeconds, presses };
    }
    case 'voicemail':
      return { kind: 'voicemail', afterSeconds: plan.afterSeconds, talkSeconds: plan.talkSeconds };
    case 'busy':
      return { kind: 'busy', afterSeconds: plan.afterSeconds };
    case 'no-answer':
      return { kind: 'no-answer' };
    case 'invalid':
      return { kind: 'failed', code: 13224 };
    default:
      return assertNever(plan);
  }
}

/** The same number, rung by a `<Dial>`. */
export function destinationOf(script: CallScript): DestinationPlan {
  const talkSeconds = 20;
  switch (script.kind) {
    case 'person':
      return {
        outcome: 'answers',
        afterSeconds: script.afterSeconds,
        talkSeconds,
        presses: script.presses ?? '',
      };
    case 'voicemail':
      return { outcome: 'voicemail', afterSeconds: script.afterSeconds, talkSeconds };
    case 'busy':
      return { outcome: 'busy', afterSeconds: busySeconds };
    case 'no-answer':
      return { outcome: 'no-answer' };
    case 'failed':
      return { outcome: 'invalid' };
    default:
      return assertNever(script);
  }
}
