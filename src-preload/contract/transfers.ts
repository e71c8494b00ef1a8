import { z } from 'zod';

/** The AI platforms that Patchbay answers in their own words, by what stands behind the router key. */
export const dialectIds = [
  'callcow',
  'vapi',
  'retell',
  'elevenlabs',
  'dograh',
  'synthflow',
  'bland',
] as const;
export type DialectId = (typeof dialectIds)[number];

/** What a platform would make of a pasted answer: one plain sentence, and what mends it. */
export const lintFindingSchema = z.object({
  verdict: z.enum(['ok', 'warning', 'broken']),
  says: z.string(),
  remedy: z.string().nullable(),
});
export type LintFinding = z.infer<typeof lintFindingSchema>;

/** A call as the platform that took it told of it afterwards. */
export const platformCallSchema = z.object({
  /** The platform’s own id. */
  callId: z.string(),
  workflowId: z.string().nullable(),
  workflowName: z.string().nullable(),
  /** Numbers in E.164; null: withheld, or no phone call. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** "success", "not_picked_up", … as the platform says. */
  status: z.string(),
  summary: z.string(),
  transcript: z.array(z.object({ role: z.string(), content: z.string() })),
  form: z.record(z.string(), z.string()),
  /** When the platform says that the call was made; Unix time in milliseconds, like `receivedAt`. */
  createdAt: z.number().nullable(),
  receivedAt: z.number(),
});
export type PlatformCall = z.infer<typeof platformCallSchema>;

/** A platform's call in the list of all of them. */
export const platformCallRowSchema = platformCallSchema.extend({
  id: z.number(),
  integrationId: z.string(),
  /** The transfer that it belongs to; null: none was found, as of a call in which nobody was handed over. */
  transferId: z.number().nullable(),
});
export type PlatformCallRow = z.infer<typeof platformCallRowSchema>;

/** A caller whom another platform’s AI handed over, with what that platform told of the call afterwards. */
export const transferSchema = z.object({
  id: z.number(),
  at: z.number(),
  integrationId: z.string(),
  dialect: z.enum(dialectIds),
  /** E.164; null: withheld. */
  caller: z.string().nullable(),
  called: z.string().nullable(),
  destination: z.string(),
  fallbackReason: z.string().nullable(),
  /** `destination` is the integration’s hand-over number: whom to ring is decided when the platform’s call arrives there. */
  isAwaited: z.boolean(),
  /** Why the platform was not answered with the hand-over number that the integration has. */
  problem: z.string().nullable(),
  /** The call of Patchbay’s own that the transfer became, where it did. */
  callId: z.string().nullable(),
  platformCall: platformCallSchema.nullable(),
});
export type Transfer = z.infer<typeof transferSchema>;
