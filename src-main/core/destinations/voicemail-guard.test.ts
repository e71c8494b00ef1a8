import { expect, it } from 'vitest';
import { belowVoicemail, canBeOutrun } from './voicemail-guard.ts';

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
