import { parsePhoneNumberFromString } from 'libphonenumber-js';

export type TransferNumber = { ok: true; number: string } | { ok: false; problem: string };

/**
 * Reads the number that another system wants the call to go to. Spaces, dashes, dots and parentheses are tolerated;
 * the rest must be E.164 (ITU-T E.164: at most 15 digits, country code first) and a length that the country uses, so
 * that neither emergency numbers nor short codes are ever dialled.
 * `problem` continues "its transferNumber …".
 */
export function readTransferNumber(raw: string): TransferNumber {
  const number = raw.replace(/[\s().\-\u2010-\u2015\u00a0]/g, '');
  if (number === '') return { ok: false, problem: 'is empty' };
  if (/^\+?\d{1,6}$/.test(number)) {
    return { ok: false, problem: 'is an emergency number or a short code, which Patchbay never dials' };
  }
  if (!number.startsWith('+')) {
    return { ok: false, problem: 'does not start with "+" and the country code' };
  }
  if (!/^\+[1-9]\d{6,14}$/.test(number)) {
    return { ok: false, problem: 'is not a phone number in E.164 form, like "+14165551234"' };
  }
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined || !parsed.isPossible()) {
    return { ok: false, problem: 'is no number that its country has' };
  }
  return { ok: true, number: parsed.number };
}
