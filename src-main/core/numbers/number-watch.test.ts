import { afterEach, describe, expect, it, vi } from 'vitest';
import { rememberingLogger } from '../database/testing.ts';
import { NumberWatch, waitAfter } from './number-watch.ts';

const minute = 60_000;

describe('waitAfter', () => {
  it.each([
    [0, 15 * minute],
    [1, 15_000],
    [2, 30_000],
    [5, 4 * minute],
    [9, 15 * minute],
    [5000, 15 * minute],
  ])('waits after %i failures in a row', (failures, wait) => {
    expect(waitAfter(failures, () => 0.5)).toBe(wait);
    expect(waitAfter(failures, () => 0)).toBe(wait * 0.8);
  });
});

describe('NumberWatch', () => {
  afterEach(() => void vi.useRealTimers());

  it('looks at the start, sooner while something is unfinished, then at its leisure, and not after the stop', async () => {
    vi.useFakeTimers();
    const answers = [true, new Error('the database is closed'), false, false];
    const looks: number[] = [];
    const startedAt = Date.now();
    const logger = rememberingLogger();
    const watch = new NumberWatch({
      logger,
      tend: async () => {
        looks.push(Date.now() - startedAt);
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer ?? false;
      },
    });
    watch.start();
    watch.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(looks).toHaveLength(3);
    expect(looks[0]).toBe(0);
    expect(logger.lines.map(({ level }) => level)).toEqual(['error']);
    await vi.advanceTimersByTimeAsync(11 * minute);
    expect(looks).toHaveLength(3);
    // Looking at some numbers meanwhile puts off nothing.
    await watch.look(() => false);
    looks.pop();
    await vi.advanceTimersByTimeAsync(7 * minute);
    expect(looks).toHaveLength(4);
    watch.stop();
    watch.stop();
    watch.soon();
    await vi.advanceTimersByTimeAsync(60 * minute);
    expect(looks).toHaveLength(4);
  });
});
