import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deskSchema, type Schedule } from '../../../src-preload/contract/desk.ts';
import { compileSchedule, isOpen } from './schedules.ts';
import { readsOpen } from './test-support/arbitrary-rules.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function scheduleOf(parts: object): Schedule {
  const desk = deskSchema.parse({ patchbay: 1, schedules: [{ id: 'office', ...parts }] });
  const [schedule] = desk.schedules;
  if (schedule === undefined) throw new Error('the desk has a schedule');
  return schedule;
}

const everyDay = (...spans: string[]) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((weekday) => [weekday, spans]));

// Moments around which clocks are put forward or back, by half an hour, an hour or a day, at midnight and at other times.
const zones: readonly [string, number][] = [
  ['America/Toronto', Date.UTC(2026, 2, 8)],
  ['America/Toronto', Date.UTC(2026, 10, 1)],
  ['Europe/London', Date.UTC(2026, 2, 29)],
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 4)],
  ['Asia/Kathmandu', Date.UTC(2026, 0, 1)],
  ['America/Sao_Paulo', Date.UTC(2018, 10, 4)],
  ['America/Sao_Paulo', Date.UTC(2019, 1, 16)],
  ['Asia/Beirut', Date.UTC(2026, 2, 28)],
  ['Pacific/Apia', Date.UTC(2011, 11, 30)],
  ['America/St_Johns', Date.UTC(2026, 10, 1)],
];

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
  .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${minutes}`);
const span = fc
  .tuple(time, fc.oneof({ weight: 5, arbitrary: time }, { weight: 1, arbitrary: fc.constant('24:00') }))
  .map(([from, to]) => `${from}-${to}`);
const spans = fc.array(span, { maxLength: 2 });

const scheduleAndMoment = fc.constantFrom(...zones).chain(([timezone, around]) =>
  fc.record({
    schedule: fc
      .record({
        timezone: fc.constant(timezone),
        open: fc.record(
          { mon: spans, tue: spans, wed: spans, thu: spans, fri: spans, sat: spans, sun: spans },
          { requiredKeys: [] },
        ),
        closed: fc.array(
          fc
            .integer({ min: -3, max: 3 })
            .map((days) => new Date(around + days * day).toISOString().slice(0, 10)),
          { maxLength: 2 },
        ),
      })
      .map(scheduleOf),
    at: fc.integer({ min: -3 * 24 * 60, max: 3 * 24 * 60 }).map((minutes) => around + minutes * minute),
  }),
);

describe('a schedule', () => {
  it('is open when the clock on the wall says so, minute by minute, until the moment that it names', () => {
    fc.assert(
      fc.property(scheduleAndMoment, ({ schedule, at }) => {
        const compiled = compileSchedule(schedule);
        const { open, until } = compiled.stateAt(at);
        expect(open).toBe(readsOpen(schedule, at));
        const end = Math.min(until ?? Number.POSITIVE_INFINITY, at + 2 * day);
        for (let moment = at; moment < end; moment += 5 * minute) {
          expect(readsOpen(schedule, moment)).toBe(open);
        }
        if (until === null) return;
        expect(until).toBeGreaterThan(at);
        expect(readsOpen(schedule, until - 1)).toBe(open);
        expect(readsOpen(schedule, until)).toBe(!open);
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same whatever was asked before', () => {
    fc.assert(
      fc.property(
        scheduleAndMoment,
        fc.array(fc.integer({ min: -48, max: 48 })),
        ({ schedule, at }, hours) => {
          const compiled = compileSchedule(schedule);
          for (const more of hours) {
            const moment = at + more * (hour / 2);
            expect(isOpen(compiled, moment)).toBe(readsOpen(schedule, moment));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['2026-11-23T13:59:59Z', false, '09:00 has not struck'],
    ['2026-11-23T14:00:00Z', true, 'at 09:00'],
    ['2026-11-23T16:59:59Z', true, 'before noon'],
    ['2026-11-23T17:00:00Z', false, 'at noon'],
    ['2026-11-23T18:00:00Z', true, 'at 13:00'],
    ['2026-11-23T22:00:00Z', false, 'at 17:00'],
    ['2026-11-24T15:00:00Z', false, 'on another weekday'],
  ])('with two spans a day at %s: %s, %s', (at, open) => {
    const schedule = scheduleOf({
      timezone: 'America/Toronto',
      open: { mon: ['09:00-12:00', '13:00-17:00'] },
    });
    expect(isOpen(compileSchedule(schedule), Date.parse(at))).toBe(open);
  });

  it('lets a span past midnight belong to the day on which it starts', () => {
    const nights = compileSchedule(
      scheduleOf({
        timezone: 'UTC',
        open: { fri: ['22:00-06:00'], sat: ['20:00-24:00'] },
        closed: ['2026-11-28'],
      }),
    );
    const at = (text: string) => isOpen(nights, Date.parse(text));
    expect(at('2026-11-27T21:59Z')).toBe(false);
    expect(at('2026-11-27T22:00Z')).toBe(true);
    expect(at('2026-11-28T05:59Z'), 'although Saturday is closed').toBe(true);
    expect(at('2026-11-28T06:00Z')).toBe(false);
    expect(at('2026-11-28T21:00Z'), 'Saturday is closed').toBe(false);
    expect(at('2026-12-05T23:59Z')).toBe(true);
    expect(at('2026-12-06T00:00Z')).toBe(false);
  });

  it('skips what the clocks skip, and is open twice in the hour that comes twice', () => {
    const early = compileSchedule(
      scheduleOf({ timezone: 'America/Toronto', open: { sun: ['02:00-03:00', '01:00-01:30'] } }),
    );
    // 8 March 2026: 01:59 is followed by 03:00.
    expect(early.stateAt(Date.parse('2026-03-08T06:30:00Z'))).toMatchObject({
      open: false,
      until: Date.parse('2026-03-15T05:00:00Z'),
    });
    // 1 November 2026: 01:59 is followed by 01:00.
    expect(isOpen(early, Date.parse('2026-11-01T05:10:00Z'))).toBe(true);
    expect(isOpen(early, Date.parse('2026-11-01T05:40:00Z'))).toBe(false);
    expect(isOpen(early, Date.parse('2026-11-01T06:10:00Z'))).toBe(true);
  });

  it('closes on public holidays of country and state, and on days of its own', () => {
    const toronto = compileSchedule(
      scheduleOf({
        timezone: 'America/Toronto',
        open: everyDay('09:00-17:00'),
        holidays: { country: 'CA', state: 'ON' },
        closed: ['2026-12-24'],
      }),
    );
    const noon = (date: string) => Date.parse(`${date}T17:00:00Z`);
    expect(isOpen(toronto, noon('2026-12-23'))).toBe(true);
    expect(toronto.closedDay(noon('2026-12-24'))).toBe('a closed day');
    expect(toronto.closedDay(noon('2026-12-25'))).toBe('Christmas Day');
    expect(isOpen(toronto, noon('2026-12-25'))).toBe(false);
    expect(toronto.stateAt(noon('2026-12-24')).until).toBe(Date.parse('2026-12-27T14:00:00Z'));
    // Family Day is one of Ontario's, and not one of Quebec's.
    expect(toronto.closedDay(noon('2026-02-16'))).toBe('Family Day');
    const montreal = compileSchedule(
      scheduleOf({
        timezone: 'America/Toronto',
        open: everyDay('09:00-17:00'),
        holidays: { country: 'CA', state: 'QC' },
      }),
    );
    expect(montreal.closedDay(noon('2026-02-16'))).toBeNull();
  });

  it('closes on the day on which a holiday is observed, also when that is in the year before', () => {
    const newYork = compileSchedule(
      scheduleOf({
        timezone: 'America/New_York',
        open: everyDay('09:00-17:00'),
        holidays: { country: 'US' },
      }),
    );
    const noon = (date: string) => Date.parse(`${date}T17:00:00Z`);
    // 4 July 2026 and 1 January 2028 are Saturdays.
    expect(newYork.closedDay(noon('2026-07-03'))).toContain('Independence Day');
    expect(isOpen(newYork, noon('2026-07-02'))).toBe(true);
    expect(newYork.closedDay(noon('2027-12-31'))).toContain('New Year');
    expect(isOpen(newYork, noon('2027-12-30'))).toBe(true);
  });

  it('takes whole days of holidays only, and all days of a long one', () => {
    const holidaysOf = (country: string, timezone: string) =>
      compileSchedule(scheduleOf({ timezone, open: everyDay('08:00-18:00'), holidays: { country } }));
    const turkey = holidaysOf('TR', 'Europe/Istanbul');
    const closed = ['2026-03-19', '2026-03-20', '2026-03-21', '2026-03-22', '2026-03-23'].map(
      (date) => turkey.closedDay(Date.parse(`${date}T09:30:00Z`)) !== null,
    );
    expect(closed).toEqual([false, true, true, true, false]);
    const guatemala = holidaysOf('GT', 'America/Guatemala');
    expect(guatemala.closedDay(Date.parse('2026-12-24T19:00:00Z')), 'from noon only').toBeNull();
    expect(guatemala.closedDay(Date.parse('2026-12-25T19:00:00Z'))).not.toBeNull();
  });

  it('knows when it is never anything else', () => {
    const always = (parts: object) => compileSchedule(scheduleOf({ timezone: 'UTC', ...parts })).always;
    expect(always({ open: {} })).toBe(false);
    expect(always({ open: everyDay('00:00-24:00') })).toBe(true);
    expect(always({ open: everyDay('00:00-12:00', '11:00-00:00') })).toBe(true);
    expect(always({ open: everyDay('00:00-24:00'), closed: ['2026-12-24'] })).toBeNull();
    expect(always({ open: everyDay('00:00-12:00', '13:00-24:00') })).toBeNull();
    expect(compileSchedule(scheduleOf({ timezone: 'UTC', open: {} })).stateAt(0)).toMatchObject({
      open: false,
      until: null,
    });
  });
});
