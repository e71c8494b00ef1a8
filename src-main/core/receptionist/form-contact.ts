import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { FieldCheck } from './form.ts';
import { digitsForWords } from './number-words.ts';

const emailPattern =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** An e-mail address, also spoken ("jo at example dot com"), or a phone number in any notation, also as words, as E.164. */
export function parseContact(text: string, country: string, label: string): FieldCheck {
  const email = spokenEmail(text);
  if (email !== undefined) {
    if (email.length <= 254 && emailPattern.test(email)) return { ok: true, value: email };
    return {
      ok: false,
      problem: `The e-mail address for ${label} is not complete or not valid; ask the caller to spell it.`,
    };
  }
  const digits = spokenDigits(text);
  if (!/\d/.test(digits)) {
    return {
      ok: false,
      problem: `${label} needs an e-mail address or a phone number; ask the caller for one of them.`,
    };
  }
  const region: CountryCode = isSupportedCountry(country) ? country : 'US';
  const phone = parsePhoneNumberFromString(digits, region);
  if (phone?.isValid()) return { ok: true, value: phone.number };
  return {
    ok: false,
    problem: `The phone number for ${label} is not complete or not valid; ask the caller to say it digit by digit, with the area code.`,
  };
}

function spokenEmail(text: string): string | undefined {
  const spoken = ` ${text.toLowerCase().replaceAll('’', "'")} `
    .replaceAll(/\s(?:at sign|at)\s/g, '@')
    .replaceAll(/\s(?:dot|period)\s/g, '.')
    .replaceAll(/\sunderscore\s/g, '_')
    .replaceAll(/\s(?:dash|hyphen|minus)\s/g, '-')
    .replaceAll(/\splus(?: sign)?\s/g, '+')
    .trim()
    .replace(/^(?:(?:it'?s|it is|my|the|is|e-?mail|address)\s+)+/, '')
    .replace(/[.,;!?]+$/, '');
  if (!/@.*\./.test(spoken) && !text.includes('@')) return undefined;
  return digitsForWords(spoken).replaceAll(/\s+/g, '');
}

const repeats: Record<string, number> = { double: 2, triple: 3 };

/** "four one six, double five" → "41655"; what is written in digits stays as it is. */
function spokenDigits(text: string): string {
  const words = digitsForWords(text.toLowerCase().replaceAll(/\b(?:oh|o)\b/g, 'zero'))
    .replaceAll(/\b(double|triple) (\d)/g, (_, times: string, digit: string) =>
      digit.repeat(repeats[times] ?? 1),
    )
    .replaceAll(/\bplus\s*(?=\d)/g, '+');
  // libphonenumber reads letters as the keys of a keypad and words before the number as noise; neither is wanted here.
  const [number = ''] = words.match(/\+?[\d(][\d\s().,/-]*(?:\s*(?:ext|extension|x)\.?\s*\d+)?/) ?? [];
  return number.replaceAll(',', ' ');
}
