import { describe, expect, it } from 'vitest';
import { doubled, jittered } from './back-off.ts';

describe('doubled', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [7, 60_000],
    [100_000, 60_000],
  ])('waits after %i failures in a row', (failures, waitMs) => {
    expect(doubled(failures, 1_000, 60_000)).toBe(waitMs);
  });
});

describe('jittered', () => {
  it('draws a fifth of the wait by lot', () => {
    expect([0, 0.5, 0.999999].map((drawn) => jittered(10_000, () => drawn))).toEqual([8_000, 10_000, 12_000]);
  });
});
