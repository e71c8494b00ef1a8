import type { Schedule } from '../../../src-preload/contract/desk.ts';
import { LocalTime } from './local-time.ts';
import { PublicHolidays } from './public-holidays.ts';

/** How a schedule stands at a moment. `until` is the moment at which it turns, null when it does not within a year. */
export interface ScheduleState {
  open: boolean;
  until: number | null;
}

interface Span {
  /** Milliseconds since the midnight with which its day begins; `end` is past the next one for a span past midnight. */
  start: number;
  end: number;
}

type Stretch = ScheduleState & { from: number };

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const daysLookedAhead = 370;
const hoursKept = 1000;

/** 1 January 1970, the day 0, was a Thursday. */
const weekdays = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const;

const compiled = new WeakMap<Schedule, CompiledSchedule>();

/** Arranges a schedule for being asked. The same schedule is compiled once. */
export function compileSchedule(schedule: Schedule): CompiledSchedule {
  const known = compiled.get(schedule);
  if (known !== undefined) return known;
  const made = new CompiledSchedule(schedule);
  compiled.set(schedule, made);
  return made;
}

/** Whether the schedule is open at a moment (Unix milliseconds). */
export function isOpen(schedule: CompiledSchedule, now: number): boolean {
  return schedule.stateAt(now).open;
}

/**
 * A schedule in its own time zone: open in the spans of its weekdays, but for closed days and public holidays. What is
 * open is what the clocks on the wall say, so a span that the clocks skip is never open, and one that they show twice
 * is open twice. A span past midnight ("22:00-06:00") belongs to the day on which it starts.
 */
export class CompiledSchedule {
  readonly id: string;
  readonly timeZone: string;
  readonly #spans: readonly (readonly Span[])[];
  readonly #closed: ReadonlySet<number>;
  readonly #holidays: PublicHolidays | null;
  readonly #time: LocalTime;
  /** By the hour that was asked about: a state is worked out once, not for each call. */
  readonly #stretches = new Map<number, Stretch>();
  /** The one that was asked for last: calls come in the order of time. */
  #last: Stretch = { open: false, from: 0, until: 0 };

  constructor(schedule: Schedule) {
    this.id = schedule.id;
    this.timeZone = schedule.timezone;
    this.#spans = weekdays.map((weekday) => (schedule.open[weekday] ?? []).map(spanOf));
    this.#closed = new Set(schedule.closed?.map(dayOf));
    this.#holidays =
      schedule.holidays === undefined ? null : new PublicHolidays(schedule.holidays, schedule.timezone);
    this.#time = new LocalTime(schedule.timezone);
  }

  /** True or false when it is never anything else; null: it turns. */
  get always(): boolean | null {
    if (this.#spans.every((spans) => spans.length === 0)) return false;
    const neverCloses = this.#closed.size === 0 && this.#holidays === null && this.#spans.every(fillDay);
    return neverCloses ? true : null;
  }

  /** How it stands at a moment (Unix milliseconds). Cheap for every moment near one that was asked for. */
  stateAt(now: number): ScheduleState {
    const { from, until } = this.#last;
    if (now < from || (until !== null && now >= until)) this.#last = this.#stretchAt(now);
    return this.#last;
  }

  #stretchAt(now: number): Stretch {
    const hour = Math.floor(now / hourMs);
    let stretch = this.#stretches.get(hour);
    if (stretch === undefined || now < stretch.from) stretch = this.#stretchFrom(hour * hourMs);
    else if (stretch.until === null || now < stretch.until) return stretch;
    while (stretch.until !== null && now >= stretch.until) stretch = this.#stretchFrom(stretch.until);
    if (this.#stretches.size >= hoursKept) this.#stretches.clear();
    this.#stretches.set(hour, stretch);
    return stretch;
  }

  /** What the wall clock shows at a moment, in the milliseconds of LocalTime. */
  localOf(at: number): number {
    return this.#time.localOf(at);
  }

  /** Why the whole day of a moment is closed: the holiday's name, or "a closed day"; null when it is a day like others. */
  closedDay(at: number): string | null {
    return this.#closedBecause(Math.floor(this.localOf(at) / dayMs));
  }

  #stretchFrom(from: number): Stretch {
    const open = this.#readsOpen(this.localOf(from));
    const latest = from + daysLookedAhead * dayMs;
    for (let at = from; at < latest; ) {
      const offset = this.#time.offsetAt(at);
      const turn = this.#nextTurn(at + offset, open);
      const until = turn === null ? latest : turn - offset;
      const shift = this.#time.nextShift(at, until);
      if (shift === null) return { from, open, until: turn === null ? null : until };
      if (this.#readsOpen(this.localOf(shift)) !== open) return { from, open, until: shift };
      at = shift;
    }
    return { from, open, until: null };
  }

  /** Whether it is open when the wall clock shows this. */
  #readsOpen(local: number): boolean {
    const day = Math.floor(local / dayMs);
    const time = local - day * dayMs;
    return (
      this.#spansOn(day).some(({ start, end }) => start <= time && time < end) ||
      this.#spansOn(day - 1).some(({ end }) => time < end - dayMs)
    );
  }

  /** The first time on the wall clock after `local` at which it is no longer `open`, were the clocks never put forward or back. */
  #nextTurn(local: number, open: boolean): number | null {
    // Without spans nothing ever turns.
    if (this.always !== null) return null;
    const first = Math.floor(local / dayMs);
    for (let day = first; day < first + daysLookedAhead; day++) {
      const turns = [
        ...this.#spansOn(day - 1).map(({ end }) => end - dayMs),
        ...this.#spansOn(day).flatMap(({ start, end }) => [start, end]),
      ]
        .filter((time) => time >= 0 && time < dayMs)
        .map((time) => day * dayMs + time)
        .filter((time) => time > local && this.#readsOpen(time) !== open);
      if (turns.length > 0) return Math.min(...turns);
    }
    return null;
  }

  #spansOn(day: number): readonly Span[] {
    if (this.#closedBecause(day) !== null) return [];
    return this.#spans[((day % 7) + 7) % 7] ?? [];
  }

  #closedBecause(day: number): string | null {
    if (this.#closed.has(day)) return 'a closed day';
    return this.#holidays?.on(day) ?? null;
  }
}

function spanOf(text: string): Span {
  const [start = 0, end = 0] = text.split('-').map((time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return hours * hourMs + minutes * minuteMs;
  });
  return { start, end: end > start ? end : end + dayMs };
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00Z`) / dayMs;
}

/** Whether the spans leave nothing of their own day out. */
function fillDay(spans: readonly Span[]): boolean {
  let filled = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start > filled) return false;
    filled = Math.max(filled, end);
  }
  return filled >= dayMs;
}
