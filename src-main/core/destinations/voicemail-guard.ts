import type { TestCallOutcome } from '../../../src-preload/contract/destination-test.ts';
import { assertNever } from '../errors.ts';

/** Nobody reaches a phone in less; it is also the least ring time that an integration can have. */
export const leastRingSeconds = 5;

/** A voicemail that picks up exactly when the ringing stops still wins now and then: carriers differ by a second or so. */
const marginSeconds = 2;

/** The same voicemail picks up within so many seconds; carriers let its delay be set in steps of 5 s. */
const spreadSeconds = 4;

/**
 * The ring time to use, in whole seconds, so that a voicemail which picks up after `voicemailAfterSeconds` is not reached.
 *
 * @param voicemailAfterSeconds null: no voicemail was met
 */
export function belowVoicemail(seconds: number, voicemailAfterSeconds: number | null): number {
  if (voicemailAfterSeconds === null) return seconds;
  return Math.min(seconds, Math.max(leastRingSeconds, Math.floor(voicemailAfterSeconds) - marginSeconds));
}

/**
 * Whether ringing shorter can keep callers from this voicemail. One that picks up at once belongs to a phone that was
 * off or forwards everything: ringing for 5 s would not help then, and would cut off the person when it is on again.
 */
export function canBeOutrun(voicemailAfterSeconds: number): boolean {
  return Math.floor(voicemailAfterSeconds) - marginSeconds >= leastRingSeconds;
}

/**
 * When the voicemail picks up, after another test call: the fastest that was met. A phone that clearly rang on beyond
 * that time shows that the voicemail was put off, or is gone.
 *
 * @param known seconds, before this call; null: no voicemail was met
 * @param call `rangForSeconds`: from the first ring until it was picked up or over; null: not known
 */
export function voicemailLearned(
  known: number | null,
  call: { outcome: TestCallOutcome; rangForSeconds: number | null },
): number | null {
  const rang = call.rangForSeconds;
  if (rang === null) return known;
  const isOutdated = known !== null && rang > known + spreadSeconds;
  switch (call.outcome) {
    case 'voicemail':
      if (!canBeOutrun(rang)) return known;
      return known === null || isOutdated ? rang : Math.min(known, rang);
    case 'person':
    case 'nobody':
      return isOutdated ? null : known;
    // Perhaps the voicemail after all.
    case 'unconfirmed':
    case 'failed':
      return known;
    default:
      return assertNever(call.outcome);
  }
}
