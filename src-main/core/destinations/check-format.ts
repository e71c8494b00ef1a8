import {
  type CountryCode,
  type PhoneNumber,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import { assertNever } from '../errors.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

export interface FormatResult {
  finding: Finding;
  /** E.164; null when the format is broken, so that nothing else can be looked at. */
  number: string | null;
  /** ISO 3166-1 alpha-2; null for numbers that belong to no country (satellites, +800), or when it can't be told. */
  country: CountryCode | null;
}

export interface FormatContext {
  /** Numbers in E.164 whose country is likely the operator's; the first that has one counts. */
  homeNumbers: readonly string[];
  /** Numbers that Patchbay itself answers: a destination among them would call Patchbay again. */
  answeredNumbers: readonly string[];
}

/** Longer than any spelling of a phone number. */
const longestSpelling = 40;

const example = 'Write it with “+”, the country code and the number, like +14165551234.';

/** Whether a destination is a phone number that people can be rung at, by the numbering plans that libphonenumber knows. */
export function checkFormat(raw: string, { homeNumbers, answeredNumbers }: FormatContext): FormatResult {
  const spelling = raw.trim();
  const digits = spelling.replace(/[\s().\-\u2010-\u2015\u00a0]/g, '');
  if (digits === '') return refused('No number was given.', example);
  if (spelling.length > longestSpelling) return refused('That is too long for a phone number.', example);
  if (/^\+?\d{1,6}$/.test(digits)) {
    return refused(
      'That is an emergency number or a short code, which Patchbay never dials.',
      'Name a phone that belongs to you or your business.',
    );
  }
  if (!digits.startsWith('+')) return withoutCountryCode(spelling, homeNumbers);
  if (!/^\+\d+$/.test(digits)) return refused('There is more than digits in that number.', example);

  const parsed = parsePhoneNumberFromString(digits);
  const length = validatePhoneNumberLength(digits);
  if (parsed === undefined || length !== undefined) return refused(lengthProblem(length), example);
  const number: string = parsed.number;
  if (answeredNumbers.includes(number)) {
    return refused(
      'Patchbay itself answers that number, so a caller would come back to the AI.',
      'Name the phone of a person.',
    );
  }
  const finding = kindOf(parsed);
  if (finding.verdict === 'broken') return { finding, number: null, country: null };
  return {
    finding:
      finding.verdict === 'ok' && spelling !== number
        ? warning(`That is read as ${number}.`, { remedy: `Write it that way: ${number}.` })
        : finding,
    number,
    country: parsed.country ?? null,
  };
}

/** The country of an E.164 number, where it can be told. */
export function countryOf(number: string): CountryCode | null {
  return parsePhoneNumberFromString(number)?.country ?? null;
}

function kindOf(parsed: PhoneNumber): Finding {
  const type = parsed.getType();
  switch (type) {
    case 'PREMIUM_RATE':
      return broken('That is a premium-rate number, which costs money for every minute.', {
        remedy: 'Name an ordinary landline or mobile number.',
      });
    case 'SHARED_COST':
    case 'UAN':
      return warning(
        'That is a service number, which may not be reachable from other networks or countries.',
        {
          remedy: 'Prefer the landline or mobile number behind it.',
        },
      );
    case 'TOLL_FREE':
      // Twilio, "International Voice Quirks": toll-free numbers choose which calls they accept.
      return parsed.countryCallingCode === '1'
        ? ok('The format is right: a toll-free number.')
        : warning('That is a toll-free number, which may refuse calls from other networks or countries.', {
            remedy: 'Prefer the landline or mobile number behind it.',
          });
    case 'PAGER':
    case 'VOICEMAIL':
      return warning(
        `That is the number of a ${type === 'PAGER' ? 'pager' : 'voicemail'}, where nobody picks up.`,
        {
          remedy: 'Name a phone that a person answers.',
        },
      );
    case undefined:
      return warning('The length is right, but no such range of numbers is known there.', {
        remedy: 'Check the number for a typing mistake; a test call tells for sure.',
      });
    default:
      return ok('The format is right.');
  }
}

function withoutCountryCode(spelling: string, homeNumbers: readonly string[]): FormatResult {
  const says = 'The number does not start with “+” and the country code.';
  for (const home of homeNumbers) {
    const defaultCountry = countryOf(home);
    if (defaultCountry === null) continue;
    const parsed = parsePhoneNumberFromString(spelling, { defaultCountry, extract: false });
    if (parsed?.isValid())
      return refused(says, `Write it as ${parsed.number}, if that is the phone you mean.`);
    break;
  }
  return refused(says, example);
}

function lengthProblem(length: ReturnType<typeof validatePhoneNumberLength>): string {
  switch (length) {
    case 'INVALID_COUNTRY':
      return 'The number starts with a country code that no country has.';
    case 'TOO_SHORT':
      return 'The number is too short for its country.';
    case 'TOO_LONG':
      return 'The number is too long for its country.';
    case 'INVALID_LENGTH':
      return 'Numbers of its country do not have that many digits.';
    case 'NOT_A_NUMBER':
    case undefined:
      return 'That is not a phone number.';
    default:
      return assertNever(length);
  }
}

function refused(says: string, remedy: string): FormatResult {
  return { finding: broken(says, { remedy }), number: null, country: null };
}
