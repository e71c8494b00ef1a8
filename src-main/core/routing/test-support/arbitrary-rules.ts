import fc from 'fast-check';
import { type Desk, deskSchema, type Rule } from '../../../../src-preload/contract/desk.ts';
import type { RouteState } from '../groups.ts';
import type { RouteFacts } from '../route-facts.ts';

/** Desks, facts and memories in which few values come up often, so that rules and callers meet. */

export const staticNumber = '+14165551234';
const monday = Date.UTC(2026, 10, 23);

// Area codes of one province, of another one, of two, of none; and a country that shares nothing.
const areas = ['+1416', '+1647', '+1204', '+1902', '+1800', '+49'];
const prefix = fc.oneof(
  fc.constantFrom('+1', '+14', '+4', '+49', '+491', ...areas),
  fc.tuple(fc.constantFrom(...areas), fc.constantFrom('1', '2', '12')).map(([area, more]) => area + more),
);
const number = fc
  .tuple(fc.constantFrom(...areas), fc.constantFrom('12', '21', '55'))
  .map(([area, more]) => `${area}${more}34567`);
const region = fc.constantFrom('CA', 'CA-ON', 'CA-MB', 'CA-NS', 'CA-PE', 'US', 'US-NY', 'DE');
const tag = fc.constantFrom('vip', 'new', 'known', '*');
const value = fc.constantFrom('billing', 'Billing ', 'sales', '');
const workflow = fc.constantFrom('day', 'night');
const called = fc.constantFrom('+14165550100', '+14165550101');
const someOf = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const members = ['+14165550001', '+14165550002', '+14165550003', '+14165550004', '+14165550005'];
const schedules = ['office', 'nights', 'never', 'always'];

const condition = fc.record(
  {
    callerPrefix: someOf(prefix),
    callerRegion: someOf(region),
    contact: fc.oneof(fc.constantFrom('known', 'new'), fc.record({ tag })),
    called: someOf(called),
    workflow: someOf(workflow),
    field: fc.dictionary(fc.constantFrom('department', 'city'), someOf(value), { maxKeys: 2 }),
    times: fc.record({ schedule: fc.constantFrom(...schedules), open: fc.boolean() }),
  },
  { requiredKeys: [] },
);

/** Most rules have a condition or two; one in so many has more combinations than an index takes. */
const when = fc.oneof(
  { weight: 20, arbitrary: condition },
  {
    weight: 1,
    arbitrary: condition.map((rest) => ({
      ...rest,
      called: Array.from({ length: 40 }, (_, at) => `+1416555${String(at + 80).padStart(4, '0')}`),
      field: {
        department: [...Array.from({ length: 20 }, (_, at) => `department ${at}`), 'billing'],
      },
    })),
  },
);

export const arbitraryRule = fc
  .record({
    name: fc.constantFrom('A', 'B', 'C'),
    to: fc.oneof(
      fc.constantFrom(...members, staticNumber),
      fc.constantFrom('in-order', 'round-robin', 'all-at-once'),
    ),
    when,
  })
  .map(({ when: { times, ...rest }, ...rule }) => ({ ...rule, when: { ...rest, ...times } }));

const member = fc.oneof(
  fc.constantFrom(...members),
  fc.record(
    {
      number: fc.constantFrom(...members),
      schedule: fc.constantFrom(...schedules),
      away: fc.boolean(),
      seconds: fc.integer({ min: 5, max: 120 }),
    },
    { requiredKeys: ['number'] },
  ),
);
const group = (strategy: string) =>
  fc.array(member, { minLength: 1, maxLength: 6 }).map((numbers) => ({ id: strategy, strategy, numbers }));

export function deskOf(parts: { rules: unknown[]; groups?: unknown[]; noAnswer?: readonly string[] }): Desk {
  return deskSchema.parse({
    patchbay: 1,
    integrations: [
      {
        id: 'desk',
        name: 'Desk',
        staticNumber,
        dynamic: { rules: parts.rules },
        ...(parts.noAnswer && { noAnswer: parts.noAnswer }),
      },
    ],
    groups: parts.groups ?? [],
    schedules: [
      {
        id: 'office',
        timezone: 'America/Toronto',
        open: { mon: ['09:00-12:00', '13:00-17:00'], tue: ['09:00-17:00'] },
        closed: ['2026-11-24'],
      },
      { id: 'nights', timezone: 'Europe/Berlin', open: { mon: ['22:00-06:00'], sun: ['22:00-06:00'] } },
      { id: 'never', timezone: 'UTC', open: {} },
      {
        id: 'always',
        timezone: 'UTC',
        open: Object.fromEntries(
          ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ['00:00-24:00']]),
        ),
      },
    ],
  });
}

/** Desks with one integration, whose rules have conditions of every kind. */
export const arbitraryDesk: fc.Arbitrary<Desk> = fc
  .record({
    rules: fc.array(arbitraryRule, { maxLength: 20 }),
    groups: fc.tuple(group('in-order'), group('round-robin'), group('all-at-once')),
    noAnswer: fc.constantFrom(['next', 'message'], ['message']),
  })
  .map(deskOf);

export const arbitraryFacts: fc.Arbitrary<RouteFacts> = fc.record({
  number: fc.option(fc.oneof({ weight: 9, arbitrary: number }, fc.constantFrom(...members))),
  contact: fc.record({ known: fc.boolean(), tags: fc.array(tag, { maxLength: 2 }) }),
  fields: fc.dictionary(fc.constantFrom('department', 'city', 'name'), value, { maxKeys: 3 }),
  called: fc.option(called),
  workflowId: fc.option(workflow),
  now: fc.integer({ min: 0, max: 4 * 24 * 60 }).map((minutes) => monday + minutes * 60_000),
});

export const arbitraryState: fc.Arbitrary<RouteState> = fc
  .record({
    last: fc.option(fc.constantFrom(...members), { nil: undefined }),
    resting: fc.subarray(members),
    attached: fc.subarray(members, { maxLength: 2 }),
  })
  .map(({ last, resting, attached }) => ({
    lastTaken: () => last,
    restsUntil: (destination) => (resting.includes(destination) ? Number.MAX_SAFE_INTEGER : 0),
    isAttached: (destination) => attached.includes(destination),
  }));

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows, as "2026-11-23 09:00:00". */
function wallClock(timeZone: string, at: number): string {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, clock);
  return clock.format(at);
}

/** Whether a schedule is open, read off the clock on the wall. */
export function readsOpen(schedule: Desk['schedules'][number], at: number): boolean {
  const shown = wallClock(schedule.timezone, at);
  const time = shown.slice(11, 16);
  const local = new Date(`${shown.slice(0, 10)}T00:00Z`);
  const spansOn = (date: Date) => {
    const weekday = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[date.getUTCDay()] ?? 'sun';
    const isClosed = schedule.closed?.includes(date.toISOString().slice(0, 10));
    return isClosed ? [] : (schedule.open[weekday] ?? []).map((span) => span.split('-'));
  };
  const yesterday = new Date(local.getTime() - 24 * 60 * 60_000);
  return (
    spansOn(local).some(([start = '', end = '']) => start <= time && (end <= start || time < end)) ||
    spansOn(yesterday).some(([start = '', end = '']) => end <= start && time < end)
  );
}

/** The first rule that holds, said as plainly as possible. `regions` are those of the caller's number. */
export function naiveMatch(facts: RouteFacts, desk: Desk, regions: readonly string[]): Rule | undefined {
  const known = facts.number !== null && facts.contact.known;
  const plain = (text: string) => text.trim().toLowerCase();
  return desk.integrations[0]?.dynamic?.rules?.find(({ when: { field = {}, ...asked } }) => {
    const schedule = desk.schedules.find(({ id }) => id === asked.schedule);
    return (
      (!asked.callerPrefix || asked.callerPrefix.some((start) => facts.number?.startsWith(start))) &&
      (!asked.callerRegion || asked.callerRegion.some((one) => regions.includes(one))) &&
      (asked.contact !== 'known' || known) &&
      (asked.contact !== 'new' || !known) &&
      (typeof asked.contact !== 'object' || (known && facts.contact.tags.includes(asked.contact.tag))) &&
      (!asked.called || asked.called.some((one) => one === facts.called)) &&
      (!asked.workflow || asked.workflow.some((one) => one === facts.workflowId)) &&
      Object.entries(field).every(([name, values]) => {
        const said = facts.fields[name];
        return said !== undefined && values.some((one) => plain(one) === plain(said));
      }) &&
      (schedule === undefined || readsOpen(schedule, facts.now) === asked.open)
    );
  });
}
