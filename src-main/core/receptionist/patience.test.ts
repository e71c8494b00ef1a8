import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patienceMs } from './patience.ts';

describe('patienceMs', () => {
  it.each([
    [5000, 0, 5000],
    [5000, 800, 5000],
    [5000, 3000, 2800],
    [5000, 3800, 2000],
    [5000, 5799, 2000],
    [5000, 5800, 5000],
    [4000, 3500, 2300],
    [100, 3000, 100],
  ])('of at most %i ms, %i ms after the prompt, is %i ms', (limit, age, patience) => {
    expect(patienceMs(limit, age)).toBe(patience);
  });

  it('never exceeds the limit, and falls below 2 s only with it', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(20_000), (limit, age) => {
        const patience = patienceMs(limit, age);
        return patience <= limit && patience >= Math.min(limit, 2000);
      }),
    );
  });
});
