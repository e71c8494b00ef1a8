import type { Desk } from '../../../src-preload/contract/desk.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The promised time as the caller reads it: "3:45 PM EST", with the weekday in front when it is not today, and the date when
 * it is a week away. The zone is named because the caller may live in another, and this computer stand in a third.
 * Times are Unix milliseconds.
 *
 * @param language a BCP 47 tag; one that the runtime does not know is read as English
 * @param timeZone of the IANA database
 */
export function callbackTime(dueAt: number, now: number, language: string, timeZone: string): string {
  const locale = Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? 'en-US';
  const format = (options: Intl.DateTimeFormatOptions, at: number) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);
  const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'numeric', day: 'numeric' };
  const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' };
  if (format(day, dueAt) === format(day, now)) return format(time, dueAt);
  const far = dueAt - now >= 6 * dayMs;
  return format({ weekday: 'long', ...(far ? { month: 'long', day: 'numeric' } : {}), ...time }, dueAt);
}

/** Where the operator works: the time zone of the desk's schedules when they share one, else this computer's. */
export function operatorTimeZone({ schedules }: Pick<Desk, 'schedules'>): string {
  const [zone, ...others] = new Set(schedules.map(({ timezone }) => timezone));
  return zone !== undefined && others.length === 0
    ? zone
    : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
