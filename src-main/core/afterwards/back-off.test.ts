import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, MAX_ATTEMPTS } from './back-off.ts';

const temporary = { permanent: false, now: 1_000 };
const hours = (ms: number) => ms / 3_600_000;
const waitOf = (next: ReturnType<typeof afterFailure>) => (next === 'give-up' ? undefined : next.waitMs);

describe('afterFailure', () => {
  it('waits longer each time, up to four hours, and spans a weekend', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) =>
      waitOf(afterFailure(index + 1, temporary, () => 0.5)),
    );
    expect(waits.slice(0, 4)).toEqual([10_000, 20_000, 40_000, 80_000]);
    expect(waits.at(-1)).toBe(4 * 3_600_000);
    const all = hours(waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0));
    expect(all).toBeGreaterThan(48);
    expect(all).toBeLessThan(72);
    expect(afterFailure(MAX_ATTEMPTS, temporary)).toBe('give-up');
  });

  it('gives up at once when trying again is no use', () => {
    expect(afterFailure(1, { ...temporary, permanent: true })).toBe('give-up');
  });

  it('waits as long as the receiver asks, if that is longer', () => {
    const wait = (retryAfter: string) => waitOf(afterFailure(1, { ...temporary, retryAfter }, () => 0.5));
    expect(wait('120')).toBe(120_000);
    expect(wait('1')).toBe(10_000);
    expect(wait('999999999')).toBe(4 * 3_600_000);
    expect(wait(new Date(61_000).toUTCString())).toBe(60_000);
    expect(wait('soon')).toBe(10_000);
  });

  it('always waits a sensible while, and never the same for all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.option(fc.string(), { nil: undefined }),
        (attempts, lot, retryAfter) => {
          const wait = waitOf(afterFailure(attempts, { ...temporary, retryAfter }, () => lot)) ?? Number.NaN;
          expect(wait).toBeGreaterThanOrEqual(8_000);
          expect(hours(wait)).toBeLessThanOrEqual(4.8);
        },
      ),
      { numRuns: 300 },
    );
    expect(afterFailure(3, temporary, () => 0.1)).not.toEqual(afterFailure(3, temporary, () => 0.9));
  });
});
