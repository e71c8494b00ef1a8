// Words are English, as the screen is; the clock is written as the operator's system writes it.
const words = 'en';
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const exactClock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const dayAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const dayName = new Intl.DateTimeFormat(words, { weekday: 'long', day: 'numeric', month: 'long' });
const relativeDay = new Intl.RelativeTimeFormat(words, { numeric: 'auto' });
const twoDigits = new Intl.NumberFormat(words, { minimumIntegerDigits: 2 });
const unit = (name: 'millisecond' | 'second' | 'minute' | 'hour', display: 'short' | 'long') =>
  new Intl.NumberFormat(words, {
    style: 'unit',
    unit: name,
    unitDisplay: display,
    maximumFractionDigits: name === 'millisecond' ? 1 : 0,
  });
const shortUnits = {
  hour: unit('hour', 'short'),
  minute: unit('minute', 'short'),
  second: unit('second', 'short'),
};
const milliseconds = unit('millisecond', 'short');
const longSeconds = unit('second', 'long');

/** A time of day, like "2:05 PM". Times are Unix time in milliseconds. */
export const formatClock = (at: number): string => clock.format(at);

/** A time of day with seconds. */
export const formatExactClock = (at: number): string => exactClock.format(at);

export const formatDayAndClock = (at: number): string => dayAndClock.format(at);

/** "Today", "Yesterday" or the day by name; both are midnights of the local time zone. */
export function formatDay(day: number, today: number): string {
  const daysAgo = Math.round((today - day) / 86_400_000);
  if (daysAgo > 1 || daysAgo < 0) return dayName.format(day);
  const name = relativeDay.format(-daysAgo, 'day');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A span that is running, like "2:07" or "1:02:07". */
export function formatRunning(ms: number): string {
  const { hours, minutes, seconds } = partsOf(ms);
  const tail = twoDigits.format(seconds);
  return hours > 0 ? `${hours}:${twoDigits.format(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** A span that is over, like "42 sec" or "2 min 7 sec". */
export function formatSpan(ms: number): string {
  const { hours, minutes, seconds } = partsOf(ms);
  const parts = [
    hours > 0 ? shortUnits.hour.format(hours) : '',
    minutes > 0 ? shortUnits.minute.format(minutes) : '',
    hours === 0 && (seconds > 0 || minutes === 0) ? shortUnits.second.format(seconds) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** A short span with its milliseconds, like "12 ms"; from a second on like {@link formatSpan}. */
export const formatPrecise = (ms: number): string => (ms < 1000 ? milliseconds.format(ms) : formatSpan(ms));

/** Seconds in a sentence, like "20 seconds". */
export const formatSeconds = (seconds: number): string => longSeconds.format(seconds);

function partsOf(ms: number): { hours: number; minutes: number; seconds: number } {
  const all = Math.max(0, Math.round(ms / 1000));
  return { hours: Math.floor(all / 3600), minutes: Math.floor(all / 60) % 60, seconds: all % 60 };
}
