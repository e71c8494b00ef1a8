import { expect, it } from 'vitest';
import { belowVoicemail, canBeOutrun, voicemailLearned } from './voicemail-guard.ts';

it.each([
  [20, null, 20],
  [120, null, 120],
  [20, 18, 16],
  [20, 18.9, 16],
  [20, 30, 20],
  [10, 18, 10],
  [20, 7, 5],
  [20, 3, 5],
  [5, 3, 5],
])('%i s with a voicemail after %s s ring %i s', (seconds, voicemail, rung) => {
  expect(belowVoicemail(seconds, voicemail)).toBe(rung);
});

it('can’t outrun a voicemail that picks up at once', () => {
  expect([1, 6.9, 7, 25].map(canBeOutrun)).toEqual([false, false, true, true]);
});

it.each([
  // The fastest counts.
  [null, 'voicemail', 18.4, 18.4],
  [18, 'voicemail', 12, 12],
  [18, 'voicemail', 22, 18],
  // It was put off, or is gone: the phone rang on.
  [18, 'voicemail', 30, 30],
  [18, 'person', 30, null],
  [18, 'nobody', 55, null],
  // That tells nothing of it.
  [18, 'person', 20, 18],
  [18, 'nobody', 1, 18],
  [18, 'unconfirmed', 30, 18],
  [18, 'failed', null, 18],
  [18, 'voicemail', null, 18],
  [null, 'voicemail', 6.9, null],
  [18, 'voicemail', 2, 18],
  [null, 'person', 30, null],
] as const)(
  'with a voicemail after %s s, %s after %s s teaches: %s s',
  (known, outcome, rangForSeconds, learned) => {
    expect(voicemailLearned(known, { outcome, rangForSeconds })).toBe(learned);
  },
);
