import type { FieldCheck } from './form.ts';
import { digitsForWords } from './number-words.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = 'january february march april may june july august september october november december'.split(
  ' ',
);
const ordinalWords: Record<string, number> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
  thirteenth: 13,
  fourteenth: 14,
  fifteenth: 15,
  sixteenth: 16,
  seventeenth: 17,
  eighteenth: 18,
  nineteenth: 19,
  twentieth: 20,
  thirtieth: 30,
};

/** A day of the calendar, without an hour or a time zone; the month counts from 1. */
interface Day {
  year: number;
  month: number;
  day: number;
}

/**
 * Understands a day as callers say it and returns it as ISO 8601 writes it (2026-03-04). "Today" is the day in the time zone of
 * the machine. A weekday is its next coming, a day without a year the next such day. Day and month that could be swapped
 * (03/04) are refused with the question to ask.
 */
export function parseDate(text: string, now: number, label: string): FieldCheck {
  const today = dayOf(new Date(now));
  const said = spoken(text);
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:t.*)?$/.exec(said);
  if (iso) return calendarDay(numbersOf(iso), label);

  const numeric = /^(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?$/.exec(said);
  if (numeric) return numericDay(numbersOf(numeric), today, label);

  const weekday = weekdays.findIndex((name) =>
    new RegExp(`\\b${name.slice(0, 3)}(?:${name.slice(3)}|s|rs|nes|ur)?\\b`).test(said),
  );
  const named = namedDay(said, today);
  if (named) {
    const checked = calendarDay(named, label);
    if (!checked.ok || weekday < 0 || weekdayOf(named) === weekday) return checked;
    return {
      ok: false,
      problem: `${spokenDay(named)} is a ${capital(weekdays[weekdayOf(named)])}, not a ${capital(weekdays[weekday])}; ask the caller which day they mean for ${label}.`,
    };
  }
  const relative = relativeDay(said, today, weekday);
  if (relative && relative.year >= 1 && relative.year <= 9999) return { ok: true, value: isoOf(relative) };
  return { ok: false, problem: `${label} needs a day; ask the caller for the day and the month.` };
}

function spoken(text: string): string {
  const low = text
    .toLowerCase()
    .replaceAll(
      /\b(twenty|thirty)[ -](first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b/g,
      (_, ten: string, one: string) => String((ten === 'twenty' ? 20 : 30) + (ordinalWords[one] ?? 0)),
    )
    .replaceAll(/\b[a-z]+th\b|\b(?:first|second|third)\b/g, (word) => String(ordinalWords[word] ?? word));
  return digitsForWords(low)
    .replaceAll(/(\d)(?:st|nd|rd|th)\b/g, '$1')
    .replaceAll(/[,!?]|\.(?=\s|$)/g, ' ')
    .replaceAll(/\b(?:the|of|on|for|please|it'?s|it is|maybe|how about|by)\b/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** "march 3", "3 march 2027", "march 3 2027", and a bare "3" */
function namedDay(said: string, today: Day): Day | undefined {
  const names = months.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)}|t)?`).join('|');
  const found =
    new RegExp(`\\b(?<month>${names}) (?<day>\\d{1,2})(?: (?<year>\\d{4}|\\d{2} \\d{2}))?\\b`).exec(said) ??
    new RegExp(`\\b(?<day>\\d{1,2}) (?<month>${names})(?: (?<year>\\d{4}|\\d{2} \\d{2}))?\\b`).exec(said);
  if (found?.groups) {
    const { month = '', day = '', year } = found.groups;
    const which = months.findIndex((name) => name.startsWith(month.slice(0, 3))) + 1;
    if (year !== undefined) return { year: Number(year.replace(' ', '')), month: which, day: Number(day) };
    return comingOf(which, Number(day), today);
  }
  const bare = /^(?:\w+day )?(\d{1,2})$/.exec(said);
  if (!bare) return undefined;
  const day = Number(bare[1]);
  // "The 31st" is the next month that has one.
  for (let ahead = 0; ahead < 12; ahead++) {
    const month = ((today.month - 1 + ahead) % 12) + 1;
    const candidate = { year: today.year + Math.floor((today.month - 1 + ahead) / 12), month, day };
    if (exists(candidate) && isoOf(candidate) >= isoOf(today)) return candidate;
  }
  return { year: today.year, month: today.month, day };
}

function relativeDay(said: string, today: Day, weekday: number): Day | undefined {
  const ahead = aheadOf(said);
  if (weekday >= 0) {
    const from = ahead === undefined ? today : plusDays(today, ahead);
    const toGo = (weekday - weekdayOf(from) + 7) % 7;
    if (/\blast\b/.test(said)) return plusDays(today, (weekday - weekdayOf(today) - 7) % 7 || -7);
    if (/\bweek from\b/.test(said)) return plusDays(today, ((weekday - weekdayOf(today) + 7) % 7 || 7) + 7);
    return plusDays(from, toGo === 0 && !/\btoday\b/.test(said) ? 7 : toGo);
  }
  return ahead === undefined ? undefined : plusDays(today, ahead);
}

function aheadOf(said: string): number | undefined {
  if (/\bday after tomorrow\b/.test(said)) return 2;
  if (/\bday before yesterday\b/.test(said)) return -2;
  if (/\bweek from tomorrow\b/.test(said)) return 8;
  if (/\btomorrow\b/.test(said)) return 1;
  if (/\byesterday\b/.test(said)) return -1;
  const span = /\b(?:in )?(an?|\d{1,3}) (day|week)s?(?: from (?:now|today)| ago)?\b/.exec(said);
  if (span && /\b(?:in|from|ago)\b/.test(said)) {
    const many = /^\d/.test(span[1] ?? '') ? Number(span[1]) : 1;
    const days = many * (span[2] === 'week' ? 7 : 1);
    return /\bago\b/.test(said) ? -days : days;
  }
  if (/\b(?:today|tonight|now|right away|as soon as possible|asap)\b/.test(said)) return 0;
  return undefined;
}

function numericDay(parts: number[], today: Day, label: string): FieldCheck {
  const [first = 0, second = 0, year] = parts;
  const fullYear = year === undefined ? undefined : year < 100 ? 2000 + year : year;
  const make = (day: number, month: number): Day =>
    fullYear === undefined ? comingOf(month, day, today) : { year: fullYear, month, day };
  if (first <= 12 && second <= 12 && first !== second && first > 0 && second > 0) {
    const monthOf = (month: number): string => capital(months[month - 1]);
    return {
      ok: false,
      problem: `The date for ${label} can be read two ways; ask the caller whether they mean ${monthOf(first)} ${second} or ${monthOf(second)} ${first}.`,
    };
  }
  return calendarDay(first > 12 ? make(first, second) : make(second, first), label);
}

function comingOf(month: number, day: number, today: Day): Day {
  for (let year = today.year; year < today.year + 8; year++) {
    const candidate = { year, month, day };
    if (exists(candidate) && isoOf(candidate) >= isoOf(today)) return candidate;
  }
  return { year: today.year, month, day };
}

function calendarDay(day: Day | number[], label: string): FieldCheck {
  const wanted = Array.isArray(day) ? { year: day[0] ?? 0, month: day[1] ?? 0, day: day[2] ?? 0 } : day;
  if (exists(wanted)) return { ok: true, value: isoOf(wanted) };
  return {
    ok: false,
    problem: `The calendar has no such day for ${label}; ask the caller for the day and the month again.`,
  };
}

function numbersOf(match: RegExpExecArray): number[] {
  return match.slice(1).flatMap((part) => (part === undefined ? [] : [Number(part)]));
}

function exists({ year, month, day }: Day): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const made = utc({ year, month, day });
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

/** Days are reckoned in UTC, where each has 24 hours. */
function utc({ year, month, day }: Day): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function weekdayOf(day: Day): number {
  return utc(day).getUTCDay();
}

function plusDays(day: Day, days: number): Day {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + days);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function dayOf(date: Date): Day {
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

function isoOf({ year, month, day }: Day): string {
  const padded = (value: number, length: number): string => String(value).padStart(length, '0');
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function spokenDay({ month, day }: Day): string {
  return `${capital(months[month - 1])} ${day}`;
}

function capital(word = ''): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
