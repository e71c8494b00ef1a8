import { expect, it } from 'vitest';
import { waitBeforeTry } from './back-off.ts';

const middle = () => 0.5;

it('waits twice as long after each failure, a minute at most', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => waitBeforeTry(failures, middle));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

it('draws a part of the wait by lot', () => {
  expect(waitBeforeTry(1, () => 0)).toBe(800);
  expect(waitBeforeTry(1, () => 0.999999)).toBe(1200);
  expect(waitBeforeTry(20, () => 0.999999)).toBe(60_000);
});
