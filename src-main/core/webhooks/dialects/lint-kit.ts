import type { LintFinding } from '../../../../src-preload/contract/transfers.ts';
import { readTransferNumber } from '../../routing/transfer-number.ts';
import type { JsonObject } from './dialect.ts';
import { objectOf } from './read-json.ts';

/** What the dialects’ lints share. */

export function broken(says: string, remedy: string): LintFinding {
  return { verdict: 'broken', says, remedy };
}

export function warning(says: string, remedy: string): LintFinding {
  return { verdict: 'warning', says, remedy };
}

/** Lints an answer that must be an object. `shape` shows how it should look. */
export function lintObject(
  answer: unknown,
  shape: string,
  lint: (object: JsonObject) => LintFinding[],
): LintFinding[] {
  const object = objectOf(answer);
  if (object !== undefined) return lint(object);
  const what = Array.isArray(answer) ? 'a list' : 'a single value';
  return [broken(`The answer is ${what}, and an object is expected.`, `Answer ${shape}.`)];
}

/** Whether a number can be dialled as it stands: E.164, in quotation marks. `at` names the place. */
export function checkNumber(value: unknown, at: string): LintFinding[] {
  const remedy = 'Write it in E.164 form, in quotation marks: "+14165551234".';
  if (value === undefined || value === null) return [broken(`There is no "${at}".`, remedy)];
  if (typeof value !== 'string') return [broken(`"${at}" is no text.`, remedy)];
  const read = readTransferNumber(value);
  if (!read.ok) return [broken(`"${at}" ${read.problem}.`, remedy)];
  if (read.number === value) return [];
  return [broken(`"${at}" holds more than "+" and digits, which is not E.164.`, remedy)];
}

/** Keys that the platform does not know, and where it can be told, what was meant. `within` ends with a dot. */
export function unknownKeys(
  object: JsonObject,
  known: readonly string[],
  platform: string,
  within = '',
): LintFinding[] {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = known.find((name) => plain(name) === plain(key));
      return warning(
        `${platform} does not know "${within}${key}" and passes over it.`,
        meant === undefined ? 'Leave it out, or check its spelling.' : `Write it as "${within}${meant}".`,
      );
    });
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
