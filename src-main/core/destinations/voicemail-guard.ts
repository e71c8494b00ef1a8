/** Nobody reaches a phone in less; it is also the least ring time that an integration can have. */
export const leastRingSeconds = 5;

/** A voicemail that picks up exactly when the ringing stops still wins now and then: carriers differ by a second or so. */
const marginSeconds = 2;

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
