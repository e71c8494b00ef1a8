import { z } from 'zod';
import { problemSchema, verdicts } from './problem.ts';

/** What Twilio would do right now with a call to an attached number, if this machine vanished. */
export const numberNetSchema = z.object({
  number: z.string(),
  workflowId: z.string(),
  verdict: z.enum(verdicts),
  /** Plain sentences, in the order in which a caller would live through it. */
  says: z.array(z.string()),
  /** Who would be rung; null: nobody. */
  destination: z.string().nullable(),
  problem: problemSchema.nullable(),
});
export type NumberNet = z.infer<typeof numberNetSchema>;

export const netSchema = z.object({
  state: z.enum(['none', 'publishing', 'published', 'outdated', 'failed']),
  /** Where Twilio's own servers answer; null: nothing is published. */
  url: z.string().nullable(),
  publishedAt: z.number().nullable(),
  verifiedAt: z.number().nullable(),
  problem: problemSchema.nullable(),
  numbers: z.array(numberNetSchema),
});
export type Net = z.infer<typeof netSchema>;
