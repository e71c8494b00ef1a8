import { describe, expect, it } from 'vitest';
import { callbackTime, operatorTimeZone } from './callback-time.ts';

const now = Date.parse('2026-11-25T19:00:00Z');
/** Some runtimes put a narrow no-break space before AM and PM. */
const plain = (text: string) => text.replaceAll(/\s/g, ' ');

describe('callbackTime', () => {
  it('names the hour today, the weekday later, the date a week away', () => {
    const inMinutes = (minutes: number) =>
      plain(callbackTime(now + minutes * 60_000, now, 'en-US', 'America/Toronto'));
    expect(inMinutes(45)).toBe('2:45 PM EST');
    expect(inMinutes(24 * 60)).toBe('Thursday, 2:00 PM EST');
    expect(inMinutes(7 * 24 * 60)).toBe('Wednesday, December 2 at 2:00 PM EST');
  });

  it('counts days where the operator works', () => {
    // 21:30 in Toronto: ten hours later is another day there.
    const late = Date.parse('2026-11-26T02:30:00Z');
    expect(plain(callbackTime(late + 36e6, late, 'en-US', 'America/Toronto'))).toBe('Thursday, 7:30 AM EST');
  });

  it('speaks the workflow’s language, and English where it knows none', () => {
    expect(plain(callbackTime(now, now, 'fr-CA', 'America/Toronto'))).toBe('14 h 00 HNE');
    expect(plain(callbackTime(now, now, 'zz', 'America/Toronto'))).toBe('2:00 PM EST');
  });
});

describe('operatorTimeZone', () => {
  const schedule = (timezone: string) => ({ id: 'office', timezone, open: {} });

  it('is the schedules’ when they share one, else this computer’s', () => {
    const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(operatorTimeZone({ schedules: [schedule('Asia/Tokyo'), schedule('Asia/Tokyo')] })).toBe(
      'Asia/Tokyo',
    );
    expect(operatorTimeZone({ schedules: [schedule('Asia/Tokyo'), schedule('Europe/Paris')] })).toBe(here);
    expect(operatorTimeZone({ schedules: [] })).toBe(here);
  });
});
