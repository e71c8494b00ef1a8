import { type CountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js';

const e164 = /^\+[1-9]\d{6,14}$/;

/** What carriers send in place of a withheld number: the words ANONYMOUS, RESTRICTED, … typed on a phone's keys. */
const withheldNumbers = new Set([
  '+266696687', // ANONYMOUS
  '+7378742833', // RESTRICTED
  '+2562533', // BLOCKED
  '+8656696', // UNKNOWN
  '+86282452253', // UNAVAILABLE
  '+7748283', // PRIVATE
]);

/** Longer than any spelling of a phone number, and short enough to parse at no cost. */
const longestSpelling = 64;

/**
 * The caller's number in E.164, or null when it is withheld, missing or no phone number. A number without a country
 * code is read as one of the country of `homeNumber` (E.164), as a phone there would dial it.
 */
export function callerNumberOf(raw: unknown, homeNumber?: string): string | null {
  if (typeof raw !== 'string' || raw.length > longestSpelling) return null;
  if (e164.test(raw)) return withheldNumbers.has(raw) ? null : raw;
  const spelling = raw
    .trim()
    .replace(/^(?:tel|sips?):/i, '')
    .replace(/@.*$/, '');
  if (!/\d/.test(spelling)) return null;
  const home = homeNumber === undefined ? undefined : callingCodeOf(homeNumber);
  const parsed = parsePhoneNumberFromString(spelling, {
    extract: false,
    ...(home === undefined ? {} : { defaultCallingCode: home }),
  });
  if (parsed === undefined || !parsed.isPossible() || !e164.test(parsed.number)) return null;
  return withheldNumbers.has(parsed.number) ? null : parsed.number;
}

function callingCodeOf(number: string): CountryCallingCode | undefined {
  return parsePhoneNumberFromString(number)?.countryCallingCode;
}
