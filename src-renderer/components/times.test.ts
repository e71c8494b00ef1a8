import { describe, expect, it } from 'vitest';
import { formatDay, formatPrecise, formatRunning, formatSpan } from './times.ts';

describe('spans', () => {
  it('that run are a clock', () => {
    expect([0, 7_400, 127_000, 3_727_000].map(formatRunning)).toEqual(['0:00', '0:07', '2:07', '1:02:07']);
  });

  it('never run backwards when two clocks differ a little', () => {
    expect(formatRunning(-3000)).toBe('0:00');
  });

  it('that are over are in units', () => {
    expect([0, 42_000, 60_000, 127_000, 3_720_000].map(formatSpan)).toEqual([
      '0 sec',
      '42 sec',
      '1 min',
      '2 min 7 sec',
      '1 hr 2 min',
    ]);
  });

  it('that are short keep their milliseconds', () => {
    expect([0.42, 12, 2003].map(formatPrecise)).toEqual(['0.4 ms', '12 ms', '2 sec']);
  });
});

describe('days', () => {
  const midnight = (day: number) => new Date(2026, 10, day).getTime();

  it('near are named from today, others by their date', () => {
    expect(formatDay(midnight(22), midnight(22))).toBe('Today');
    expect(formatDay(midnight(21), midnight(22))).toBe('Yesterday');
    expect(formatDay(midnight(19), midnight(22))).toBe('Thursday, November 19');
  });
});
