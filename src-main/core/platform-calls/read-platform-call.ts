import { z } from 'zod';
import type { PlatformCall } from '../../../src-preload/contract/transfers.ts';
import { jsonOf } from '../json-of.ts';
import { callerNumberOf } from '../routing/caller-number.ts';

/** A platform's call with what it passed along unread. */
export type KeptCall = PlatformCall & { context: string };

const text = z.union([z.string(), z.number().transform(String)]);
const lenientText = text.catch('');
const nullableText = text.nullable().catch(null);

/** The payload that CallCow publishes (docs.callcow.ai/webhooks/webhook): only the id is insisted on. */
const payloadSchema = z.object({
  call_id: text.pipe(z.string().min(1).max(200)),
  workflow_id: nullableText.default(null),
  workflow_name: nullableText.default(null),
  phone_number_from: z.unknown().optional(),
  phone_number_to: z.unknown().optional(),
  call_status: lenientText.default(''),
  call_summary: lenientText.default(''),
  messages: z.array(z.unknown()).catch([]).default([]),
  context: z.unknown().optional(),
  form_fills: z.unknown().optional(),
  created_at: z.unknown().optional(),
});

const lineSchema = z.object({ role: lenientText.default(''), content: text });
const filledSchema = z.record(z.string(), z.unknown());

/**
 * Reads what CallCow tells of a call that has ended. Null: there is no call_id, by which a second delivery is known.
 *
 * @param homeNumber E.164; numbers without a country code are of its country.
 * @param receivedAt Unix time in milliseconds.
 */
export function readPlatformCall(body: unknown, homeNumber: string, receivedAt: number): KeptCall | null {
  const { success, data } = payloadSchema.safeParse(body);
  if (!success) return null;
  return {
    callId: data.call_id,
    workflowId: data.workflow_id,
    workflowName: data.workflow_name,
    from: callerNumberOf(data.phone_number_from, homeNumber),
    to: callerNumberOf(data.phone_number_to, homeNumber),
    status: data.call_status,
    summary: data.call_summary,
    transcript: data.messages.flatMap((line) => lineSchema.safeParse(line).data ?? []),
    form: formOf(data.form_fills),
    context: textOf(data.context),
    createdAt: timeOf(data.created_at),
    receivedAt,
  };
}

/** An object of fields, or the JSON of one; what is no flat value stays JSON. */
function formOf(raw: unknown): Record<string, string> {
  const filled = filledSchema.safeParse(typeof raw === 'string' ? jsonOf(raw) : raw).data ?? {};
  return Object.fromEntries(
    Object.entries(filled)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, textOf(value)]),
  );
}

/** A text as it is, anything else as JSON; what is nested too deep for that counts as nothing. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

/** ISO 8601; CallCow writes it without a zone and means UTC. */
function timeOf(raw: unknown): number | null {
  if (typeof raw !== 'string') return null;
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(raw.trim());
  const at = Date.parse(hasZone ? raw.trim() : `${raw.trim()}Z`);
  return Number.isNaN(at) ? null : at;
}
