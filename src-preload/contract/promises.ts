import { z } from 'zod';

/**
 * open: the caller waits for the call back. kept: the caller was reached in time. late: reached after the promised time.
 * broken: the time has passed and nobody has called back.
 */
export const promiseStates = ['open', 'kept', 'late', 'broken'] as const;
export type PromiseState = (typeof promiseStates)[number];

/** How a caller was reached after all. */
export const promiseEndings = [
  'called-back', // the operator called back from here
  'caller-called', // the caller called again and reached a person
  'marked', // the operator says so
] as const;
export type PromiseEnding = (typeof promiseEndings)[number];

/** A call back that a caller who reached nobody was promised. */
export const promiseSchema = z.object({
  id: z.string(),
  callId: z.string(),
  /** The caller's number, and the Twilio number that was called, in E.164. */
  number: z.string(),
  called: z.string(),
  contactName: z.string().nullable(),
  /** What the caller wanted, in a sentence; empty when it is not known. */
  reason: z.string(),
  /** What the caller can name when calling again. */
  caseNumber: z.string(),
  madeAt: z.number(),
  dueAt: z.number(),
  state: z.enum(promiseStates),
  /** Why the caller did not, or may not, have the text, in plain words; null: it went out, or is on its way. */
  textProblem: z.string().nullable(),
  endedAt: z.number().nullable(),
  endedBy: z.enum(promiseEndings).nullable(),
  /** How often the operator tried to call back. */
  attempts: z.number(),
});
export type CallbackPromise = z.infer<typeof promiseSchema>;

export const promiseCountsSchema = z.record(z.enum(promiseStates), z.number());
export type PromiseCounts = z.infer<typeof promiseCountsSchema>;

/** What came of one call back. */
export const callbackSchema = z.object({
  reached: z.boolean(),
  /** One plain sentence. */
  says: z.string(),
  promise: promiseSchema,
});
export type Callback = z.infer<typeof callbackSchema>;
