import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';

type HolidaysClass = typeof Holidays;

const dayMs = 24 * 60 * 60 * 1000;
/** A day on which the clocks are put forward is that short. */
const shortestDayMs = 23 * 60 * 60 * 1000;

let loaded: HolidaysClass | undefined;

/** The package is large and few schedules need it, so it is loaded when the first one does. */
function holidaysClass(): HolidaysClass {
  if (loaded === undefined) {
    const required = createRequire(import.meta.url)('date-holidays') as HolidaysClass & {
      default?: HolidaysClass;
    };
    loaded = required.default ?? required;
  }
  return loaded;
}

/** Where a schedule's public holidays are those of: ISO 3166-1 country, state as date-holidays names it. */
export interface HolidayPlace {
  country: string;
  state?: string | undefined;
}

/** What is wrong with the place, as a part of a sentence that names what there is; null when its holidays are known. */
export function placeProblem({
  country,
  state,
}: HolidayPlace): { key: keyof HolidayPlace; says: string } | null {
  const known = new (holidaysClass())();
  const countries = known.getCountries();
  if (!Object.hasOwn(countries, country)) {
    return {
      key: 'country',
      says: `there are no holidays of "${country}"; the countries are ${listOf(countries)}`,
    };
  }
  if (state === undefined) return null;
  const states = known.getStates(country) ?? {};
  if (Object.hasOwn(states, state)) return null;
  const remedy =
    Object.keys(states).length === 0
      ? `the holidays of ${country} are the same everywhere; leave "state" out`
      : `those of ${country} are ${listOf(states)}`;
  return { key: 'state', says: `there is no state "${state}"; ${remedy}` };
}

function listOf(names: Record<string, string>): string {
  return Object.keys(names).join(', ');
}

/**
 * The public holidays of a place, by local day. A holiday counts for each day whose noon it covers; half holidays do
 * not count, as a closed day is a whole one. Days are counted from 1 January 1970.
 */
export class PublicHolidays {
  readonly #place: HolidayPlace;
  readonly #timeZone: string;
  readonly #years = new Map<number, ReadonlyMap<number, string>>();
  #calendar: Holidays | undefined;

  /** @param timeZone in which the days begin and end */
  constructor(place: HolidayPlace, timeZone: string) {
    this.#place = place;
    this.#timeZone = timeZone;
  }

  /** What is celebrated on a day; undefined: nothing. */
  on(day: number): string | undefined {
    const year = new Date(day * dayMs).getUTCFullYear();
    let names = this.#years.get(year);
    if (names === undefined) {
      names = this.#of(year);
      this.#years.set(year, names);
    }
    return names.get(day);
  }

  #of(year: number): ReadonlyMap<number, string> {
    this.#calendar ??= this.#open();
    const names = new Map<number, string>();
    // One that begins in the last days of a year can reach into the next.
    for (const { type, date, start, end, name } of [
      ...this.#calendar.getHolidays(year - 1),
      ...this.#calendar.getHolidays(year),
    ]) {
      const lasts = end.getTime() - start.getTime();
      if (type !== 'public' || lasts < shortestDayMs) continue;
      const begins = localStart(date);
      for (let day = Math.floor(begins / dayMs); day * dayMs < begins + lasts; day++) {
        const noon = (day + 0.5) * dayMs;
        if (noon >= begins && noon < begins + lasts && !names.has(day)) names.set(day, name);
      }
    }
    return names;
  }

  #open(): Holidays {
    const { country, state } = this.#place;
    const options = { timezone: this.#timeZone };
    const Calendar = holidaysClass();
    return state === undefined ? new Calendar(country, options) : new Calendar(country, state, options);
  }
}

/** date-holidays writes "2026-12-25 00:00:00", and "2026-03-20 00:00:00 -0600" for one that begins six hours before. */
function localStart(date: string): number {
  const [, day, time, sign, hours, minutes] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: ([+-])(\d\d)(\d\d))?/.exec(date) ?? [];
  const shift = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 * 1000;
  return Date.parse(`${day}T${time}Z`) + (sign === '-' ? -shift : shift);
}
