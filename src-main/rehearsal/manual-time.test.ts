import { describe, expect, it } from 'vitest';
import { ManualTime } from './manual-time.ts';

describe('ManualTime', () => {
  it('lets sleepers wake at their second, in order, also those that sleep again', async () => {
    const time = new ManualTime(Date.parse('2026-01-01T00:00:00Z'));
    const woken: [string, number][] = [];
    const sleep = async (name: string, seconds: readonly number[]): Promise<void> => {
      for (const each of seconds) {
        await time.sleep(each);
        woken.push([name, time.now()]);
      }
    };
    void sleep('one', [1, 2]);
    void sleep('other', [2, 5]);
    await time.advance(4);
    expect(woken).toEqual([
      ['one', 1000],
      ['other', 2000],
      ['one', 3000],
    ]);
    expect(time.date().toISOString()).toBe('2026-01-01T00:00:04.000Z');
    await time.advance(3);
    expect(woken.at(-1)).toEqual(['other', 7000]);
  });

  it('wakes nobody who was called away', async () => {
    const time = new ManualTime();
    const away = new AbortController();
    const slept = time.sleep(1, away.signal);
    away.abort();
    expect(await slept).toBe(false);
    expect(await time.sleep(1, away.signal)).toBe(false);
  });
});
