import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handClock, rememberingLogger } from '../database/testing.ts';
import { systemClock } from '../ports.ts';
import { backOffMs, Watch } from './watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a watch', () => {
  it('looks when it is due, and then when the look says', async () => {
    const look = vi.fn<() => Promise<number | null>>().mockResolvedValueOnce(500).mockResolvedValueOnce(null);
    new Watch(look, { clock: systemClock, logger: rememberingLogger() }).start(100);
    await vi.advanceTimersByTimeAsync(99);
    expect(look).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(look).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(look).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('never looks twice at once, also when it begins anew in the middle of a look', async () => {
    const ends: (() => void)[] = [];
    let atOnce = 0;
    let most = 0;
    const look = vi.fn(async () => {
      most = Math.max(most, ++atOnce);
      await new Promise<void>((resolve) => ends.push(resolve));
      atOnce -= 1;
      return 10;
    });
    const watch = new Watch(look, { clock: systemClock, logger: rememberingLogger() });
    watch.start(0);
    await vi.advanceTimersByTimeAsync(0);
    watch.start(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(look).toHaveBeenCalledTimes(1);
    ends.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(look).toHaveBeenCalledTimes(2);
    expect(most).toBe(1);
    ends.shift()?.();
    await vi.advanceTimersByTimeAsync(10);
    // The look of the first start did not go on beside that of the second.
    expect(look).toHaveBeenCalledTimes(3);
  });

  it('stops, twice as well as once, and also in the middle of a look', async () => {
    let end = () => {};
    const look = vi.fn(async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return 10;
    });
    const watch = new Watch(look, { clock: systemClock, logger: rememberingLogger() });
    watch.start(0);
    await vi.advanceTimersByTimeAsync(0);
    watch.stop();
    watch.stop();
    end();
    await vi.advanceTimersByTimeAsync(1000);
    expect(look).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps quiet about a look that failed because everything stops', async () => {
    const logger = rememberingLogger();
    let fail = (_error: Error) => {};
    const watch = new Watch(
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
      { clock: systemClock, logger },
    );
    watch.start(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(watch.isRunning).toBe(true);
    watch.stop();
    fail(new Error('the database is closed'));
    await vi.advanceTimersByTimeAsync(0);
    expect(watch.isRunning).toBe(false);
    expect(logger.lines).toEqual([]);
  });

  it('makes up soon for what fell due while the computer slept', async () => {
    const day = 24 * 60 * 60_000;
    const clock = handClock(0);
    const look = vi.fn(() => Promise.resolve(null));
    new Watch(look, { clock, logger: rememberingLogger() }).start(day);
    // The clock goes on in the sleep, the timers do not.
    clock.set(day);
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('is not put off by a clock that is set back', async () => {
    const hour = 60 * 60_000;
    const clock = handClock(1000 * hour);
    const look = vi.fn(() => Promise.resolve(null));
    new Watch(look, { clock, logger: rememberingLogger() }).start(hour);
    clock.set(0);
    await vi.advanceTimersByTimeAsync(hour - 1);
    expect(look).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('goes on after a look that threw', async () => {
    const logger = rememberingLogger();
    const look = vi.fn(() => Promise.reject(new Error('oops')));
    const watch = new Watch(look, { clock: systemClock, logger });
    watch.start(0);
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(look).toHaveBeenCalledTimes(2);
    expect(logger.lines[0]).toMatchObject({ level: 'error', facts: { problem: 'oops' } });
    watch.stop();
  });
});

it('backs off by 1, 2, 4, 8 and then 15 minutes', () => {
  expect([1, 2, 3, 4, 5, 6, 100].map((failures) => backOffMs(failures) / 60_000)).toEqual([
    1, 2, 4, 8, 15, 15, 15,
  ]);
});
