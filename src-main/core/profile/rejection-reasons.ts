import { z } from 'zod';
import type { Profile } from '../../../src-preload/contract/profile.ts';
import { errorPage } from '../twilio/console-pages.ts';

type Reason = Profile['reasons'][number];

/** One requirement of an Evaluation, or one field of it: they are told in the same words (Twilio, Evaluations). */
interface Finding {
  requirement_friendly_name?: string | null | undefined;
  friendly_name?: string | null | undefined;
  passed?: boolean | null | undefined;
  failure_reason?: string | null | undefined;
  error_code?: number | null | undefined;
  invalid?: unknown[] | null | undefined;
}

const finding: z.ZodType<Finding> = z.object({
  requirement_friendly_name: z.string().nullish().catch(null),
  friendly_name: z.string().nullish().catch(null),
  passed: z.boolean().nullish().catch(null),
  failure_reason: z.string().nullish().catch(null),
  error_code: z.coerce.number().nullish().catch(null),
  invalid: z.array(z.unknown()).nullish().catch(null),
});

const evaluation = z.object({
  status: z.string().catch(''),
  results: z.array(z.unknown()).nullish().catch(null),
  dateCreated: z
    .union([z.date(), z.string()])
    .transform((value) => new Date(value).getTime() || 0)
    .catch(0),
});

/**
 * Why Twilio rejected a profile: what the latest Evaluation found wanting, field by field, then the profile's own codes.
 *
 * @param evaluations instances of the twilio package
 * @param errorCodes the profile's `errors`
 * @param explain the words for a code of Twilio's; undefined: there are none
 */
export function rejectionReasons(
  evaluations: readonly unknown[],
  errorCodes: readonly number[],
  explain: (code: number) => string | undefined,
): Reason[] {
  const [latest] = evaluations
    .flatMap((each) => evaluation.safeParse(each).data ?? [])
    .toSorted((a, b) => b.dateCreated - a.dateCreated);
  const found =
    latest?.status === 'compliant' ? [] : (latest?.results ?? []).flatMap((each) => reasonsIn(each, null));
  const told = new Set(found.map(({ code }) => code));
  const untold = errorCodes.filter((code) => !told.has(code));
  const reasons = [...found, ...untold.map((code) => ({ says: explain(code) ?? seeCode(code), code }))];
  return [...new Map(reasons.map((reason) => [reason.says, reason])).values()];
}

/** @param within the requirement that this field belongs to */
function reasonsIn(result: unknown, within: string | null): Reason[] {
  const parsed = finding.safeParse(result);
  if (!parsed.success || parsed.data.passed === true) return [];
  const { requirement_friendly_name, friendly_name, failure_reason, error_code, invalid } = parsed.data;
  const name = requirement_friendly_name || friendly_name || null;
  const path = [within, name].filter((part) => part !== null);
  const label = [...new Set(path)].join(', ');
  const nested = (invalid ?? []).flatMap((each) => reasonsIn(each, name ?? within));
  const own = failure_reason?.trim();
  // A requirement without words of its own is told by its fields; without either, by its name.
  if (!own && (nested.length > 0 || label === '')) return nested;
  const says = own ? (label === '' ? own : `${label}: ${own}`) : `${label}: Twilio gave no reason.`;
  return [{ says, code: error_code ?? null }, ...nested];
}

function seeCode(code: number): string {
  return `Twilio gives the code ${code}; see ${errorPage(code)}.`;
}
