import { z } from 'zod';
import { problemSchema } from './problem.ts';

/** The seven statuses in which an operator can meet their Business Profile. */
export const profileStatuses = [
  'approved',
  'in-review',
  'pending',
  'draft',
  'rejected',
  'error',
  'no-profile',
] as const;
export type ProfileStatus = (typeof profileStatuses)[number];

export const profileSchema = z.object({
  status: z.enum(profileStatuses),
  /** What Twilio said last, where it could not be asked this time; null: it never said. Any other status is its own. */
  lastKnown: z.enum(profileStatuses).nullable(),
  /** The status as a person reads it, like "In review". */
  label: z.string(),
  means: z.string(),
  next: z.string(),
  /** The Console page where the next step is done. */
  consoleUrl: z.string(),
  profileSid: z.string().nullable(),
  name: z.string().nullable(),
  /** Why Twilio rejected it, in words, from its Evaluations. */
  reasons: z.array(z.object({ says: z.string(), code: z.number().nullable() })),
  /** What stands in the way of asking; only with status "error". */
  problem: problemSchema.nullable(),
  /** What an approved profile unlocks, with the account's limits as they are now. */
  unlocks: z.array(z.string()),
  /** Unix milliseconds; null: it does not expire. */
  validUntil: z.number().nullable(),
  /** Plain sentences, like an expired profile. An unapproved profile warns and forbids nothing. */
  warnings: z.array(z.string()),
  checkedAt: z.number(),
});
export type Profile = z.infer<typeof profileSchema>;

/** A status that was seen: from `at` until `lastSeenAt` at least. */
export const profileSightingSchema = z.object({
  status: z.enum(profileStatuses),
  profileSid: z.string().nullable(),
  reasons: z.array(z.string()),
  at: z.number(),
  lastSeenAt: z.number(),
});
export type ProfileSighting = z.infer<typeof profileSightingSchema>;
