import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { FormField, Workflow } from '../../../src-preload/contract/desk.ts';
import { assertNever } from '../errors.ts';
import { parseContact } from './form-contact.ts';
import { parseDate } from './form-date.ts';
import { digitsForWords } from './number-words.ts';

/** An answer as it is kept, or one sentence that tells the model what to ask the caller. */
export type FieldCheck = { ok: true; value: string } | { ok: false; problem: string };

export interface FieldContext {
  /** Unix time in milliseconds. */
  now: number;
  /** The country whose national numbers are meant, ISO 3166-1 alpha-2. */
  country: string;
}

const maxLength = 1000;

/** What models pass when the caller has not said it. */
const placeholders =
  /^(?:n\/?a|none|null|undefined|unknown|not (?:provided|given|specified|available|stated|mentioned)|tbd|\?+|-+)$/i;

/**
 * Checks one answer and brings it into the form in which it is kept: text trimmed, a number like "12.5", a date like
 * "2026-03-04", a choice as the desk file writes it, "yes" or "no", an e-mail address or an E.164 number. A value that it
 * returned is returned unchanged. Never throws.
 */
export function validateField(field: FormField, raw: string, context: FieldContext): FieldCheck {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in an answer
  const text = raw.replaceAll(/[\u0000-\u001f\u007f\s]+/g, ' ').trim();
  const label = `“${field.label}”`;
  if (text === '' || (field.type !== 'choice' && placeholders.test(text))) {
    return { ok: false, problem: `The caller has not answered ${label} yet; ask for it.` };
  }
  if (text.length > maxLength) {
    return {
      ok: false,
      problem: `The answer to ${label} is too long; ask the caller to say it in a sentence.`,
    };
  }
  switch (field.type) {
    case 'text':
      return { ok: true, value: text };
    case 'number':
      return parseNumber(text, label);
    case 'date':
      return parseDate(text, context.now, label);
    case 'choice':
      return parseChoice(text, field.options ?? [], label);
    case 'yes-no':
      return parseYesNo(text, label);
    case 'contact':
      return parseContact(text, context.country, label);
    default:
      return assertNever(field.type);
  }
}

/** The country in which a workflow's callers are most likely to be: its number's, else its language's, else the United States. */
export function countryOf(workflow: Pick<Workflow, 'number' | 'language'>): CountryCode {
  const fromNumber = parsePhoneNumberFromString(workflow.number)?.country;
  if (fromNumber) return fromNumber;
  const fromLanguage = workflow.language.split('-').at(-1)?.toUpperCase() ?? '';
  return isSupportedCountry(fromLanguage) ? fromLanguage : 'US';
}

function parseNumber(text: string, label: string): FieldCheck {
  const plain = digitsForWords(text)
    .replaceAll(/\b(?:minus|negative) (?=\d)/gi, '-')
    .replaceAll(
      /(\d) point ((?:\d ?)+)/gi,
      (_, whole: string, part: string) => `${whole}.${part.replaceAll(' ', '')}`,
    )
    .replaceAll(/(\d)[\s'’](?=\d{3}\b)/g, '$1');
  const found = plain.match(/(?<![\d.,])-?\d[\d.,]*/g) ?? [];
  const [only] = found;
  if (only === undefined || found.length > 1) {
    return { ok: false, problem: `${label} needs one number; ask the caller which one.` };
  }
  const number = Number(withoutGrouping(only.replace(/[.,]+$/, '')));
  if (!Number.isFinite(number)) {
    return { ok: false, problem: `${label} needs a number; ask the caller to say it again.` };
  }
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) {
    return { ok: false, problem: `The number for ${label} is too large; ask the caller to say it again.` };
  }
  const value = number.toFixed(6).replace(/\.?0+$/, '');
  return { ok: true, value: value === '-0' ? '0' : value };
}

/** "1,200.50" and "1.200,50" → "1200.50"; a single comma before three digits groups them, else it is a decimal comma. */
function withoutGrouping(digits: string): string {
  const lastComma = digits.lastIndexOf(',');
  const lastDot = digits.lastIndexOf('.');
  if (lastComma >= 0 && lastDot >= 0) {
    return lastComma < lastDot ? digits.replaceAll(',', '') : digits.replaceAll('.', '').replace(',', '.');
  }
  if (lastComma >= 0) {
    return /^-?\d{1,3}(?:,\d{3})+$/.test(digits) ? digits.replaceAll(',', '') : digits.replace(',', '.');
  }
  return /^-?\d{1,3}(?:\.\d{3}){2,}$/.test(digits) ? digits.replaceAll('.', '') : digits;
}

function parseChoice(text: string, options: readonly string[], label: string): FieldCheck {
  const said = plainWords(text);
  const named = (matches: (option: string) => boolean): string | undefined => {
    const found = options.filter(matches);
    return found.length === 1 ? found[0] : undefined;
  };
  const choice =
    options.find((option) => option === text) ??
    named((option) => plainWords(option) === said && said !== '') ??
    named((option) => containsWords(said, plainWords(option))) ??
    named((option) => containsWords(plainWords(option), said)) ??
    options[positionIn(said) - 1];
  if (choice !== undefined) return { ok: true, value: choice };
  return { ok: false, problem: `${label} is one of: ${options.join(', ')}; ask the caller which one.` };
}

function plainWords(text: string): string {
  return digitsForWords(text.toLowerCase().replaceAll('&', ' and '))
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function containsWords(text: string, words: string): boolean {
  return words !== '' && ` ${text} `.includes(` ${words} `);
}

const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

/** "the second 1", "option 2", "number 2" → 2; 0 when no position is named. Number words are digits by now. */
function positionIn(said: string): number {
  const [, ordinal = ''] = /^(?:the )?(\w+)(?: 1| option| choice)?$/.exec(said) ?? [];
  const [, cardinal = '0'] = /^(?:the )?(?:option|number|choice) (\d+)$/.exec(said) ?? [];
  return ordinals.indexOf(ordinal) + 1 || Number(cardinal);
}

const yes =
  /^(?:y|yes|yeah|yep|yup|ya|sure|certainly|absolutely|definitely|correct|right|true|ok|okay|of course|affirmative|please do|go ahead|i do|i am|i have|i would|i will|it is|that s right|that is right|that s correct|that is correct|sounds good|1)\b/;
const no =
  /^(?:n|no|nope|nah|never|not|false|negative|incorrect|wrong|i don t|i do not|i am not|i m not|i haven t|i have not|i wouldn t|it isn t|it is not|it s not|that s wrong|that is wrong|none|0)\b/;

function parseYesNo(text: string, label: string): FieldCheck {
  const said = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:(?:um|uh|well|oh|hmm|so|actually) )+/, '');
  const saysYes = yes.test(said) && !/\b(?:but no|or no|yes and no)\b/.test(said);
  const saysNo = no.test(said) && !/^(?:no|not) (?:problem|doubt|worries)\b|\bor yes\b/.test(said);
  if (
    /^(?:not sure|no idea|i don t know|i do not know|i am not sure|i m not sure)\b/.test(said) ||
    saysYes === saysNo
  ) {
    return { ok: false, problem: `${label} needs a yes or a no; ask the caller which of the two.` };
  }
  return { ok: true, value: saysYes ? 'yes' : 'no' };
}
