import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import { statesOfAreaCode } from './area-codes.ts';
import { provinces, states } from './region-codes.ts';

/** The country with most of the numbers of a calling code that several countries share. */
const mainCountry: Record<string, CountryCode> = {
  7: 'RU',
  39: 'IT',
  44: 'GB',
  47: 'NO',
  61: 'AU',
  212: 'MA',
  262: 'RE',
  290: 'SH',
  358: 'FI',
  590: 'GP',
  599: 'CW',
};

/** Numbers that are of a network or a price, and of no place. */
const placeless = new Set(['TOLL_FREE', 'PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'UAN']);

const northAmerica = '1';
const areaCodeEnd = '+1416'.length;
const nowhere: readonly string[] = [];

const countryByCode = new Map<string, CountryCode>();
for (const country of getCountries()) {
  const code = getCountryCallingCode(country);
  if (code !== northAmerica) countryByCode.set(code, mainCountry[code] ?? country);
}

/**
 * Where a number is from: its country (ISO 3166-1), and for Canada and the United States the states or provinces of its
 * area code (ISO 3166-2), like ["CA", "CA-ON"]. A number says where it was given out, not where its owner is. Numbers
 * of no place, like toll-free ones, are from nowhere.
 * @param number E.164
 */
export function regionsOf(number: string): readonly string[] {
  const code = callingCodeOf(number);
  if (code === null) return nowhere;
  if (code === northAmerica) return regionsOfAreaCode(number.slice(2, areaCodeEnd));
  if (mainCountry[code] === undefined) return regionsOfCode(code);
  const country = parsePhoneNumberFromString(number)?.country;
  return country === undefined ? regionsOfCode(code) : [country];
}

/**
 * The regions that every number with this prefix is of; none where they differ or that can't be told from the prefix.
 * @param prefix "+" and digits
 */
export function regionsOfPrefix(prefix: string): readonly string[] {
  const code = callingCodeOf(prefix);
  if (code === null) return nowhere;
  if (code !== northAmerica) return mainCountry[code] === undefined ? regionsOfCode(code) : nowhere;
  return prefix.length < areaCodeEnd ? nowhere : regionsOfAreaCode(prefix.slice(2, areaCodeEnd));
}

/** False when no number with this prefix can be of the region; true when one is, or may be. */
export function canBeOf(region: string, prefix: string): boolean {
  const [country = ''] = region.split('-');
  if (!isSupportedCountry(country)) return false;
  const code = getCountryCallingCode(country);
  const digits = prefix.slice(1);
  if (!digits.startsWith(code)) return code.startsWith(digits);
  return code !== northAmerica || prefix.length < areaCodeEnd || regionsOfPrefix(prefix).includes(region);
}

/** Why there is no such region, as a part of a sentence that names what there is; null when there is one. */
export function regionProblem(region: string): string | null {
  const [country = '', state] = region.split('-');
  if (!isSupportedCountry(country)) return `there is no country "${country}" with phone numbers (ISO 3166)`;
  if (state === undefined) return null;
  const known = { US: states, CA: provinces }[country as string];
  if (known === undefined) {
    return `of ${country} only the country is known; use "${country}". States and provinces are known of US and CA`;
  }
  if (Object.hasOwn(known, state)) return null;
  return `there is no "${region}"; those of ${country} are ${Object.keys(known).join(', ')}`;
}

/** Calling codes have up to three digits, and none begins with another one. Null: too short, or no code of a country. */
function callingCodeOf(number: string): string | null {
  if (number.startsWith('+1')) return northAmerica;
  for (let end = 2; end <= 4 && end <= number.length; end++) {
    const code = number.slice(1, end);
    if (countryByCode.has(code)) return code;
  }
  return null;
}

const byCode = new Map<string, readonly string[]>();

function regionsOfCode(code: string): readonly string[] {
  let regions = byCode.get(code);
  if (regions === undefined) {
    const country = countryByCode.get(code);
    regions = country === undefined ? nowhere : [country];
    byCode.set(code, regions);
  }
  return regions;
}

const byAreaCode = new Map<string, readonly string[]>();

/** An area code is of one country, and the 800 of them are worked out once each. */
function regionsOfAreaCode(areaCode: string): readonly string[] {
  const known = byAreaCode.get(areaCode);
  if (known !== undefined) return known;
  if (!/^[2-9]\d\d$/.test(areaCode)) return nowhere;
  const within = statesOfAreaCode(areaCode);
  const country = within[0]?.slice(0, 2) ?? countryOfAreaCode(areaCode);
  const regions = country === undefined ? nowhere : [country, ...within];
  byAreaCode.set(areaCode, regions);
  return regions;
}

/** Some area codes are given out in part: the country is that of the first number which could be there. */
function countryOfAreaCode(areaCode: string): CountryCode | undefined {
  for (const exchange of '23456789') {
    const probe = parsePhoneNumberFromString(`+1${areaCode}${exchange}345678`);
    if (probe?.country === undefined) continue;
    return placeless.has(probe.getType() ?? '') ? undefined : probe.country;
  }
  return undefined;
}
