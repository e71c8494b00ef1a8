import { z } from 'zod';

/** A failure in the operator's words: what it means, what mends it, and where to read or do that. */
export const problemSchema = z.object({
  /** Twilio's error code, where it gave one. */
  code: z.number().nullable(),
  /** The HTTP status, where there was an answer. */
  status: z.number().nullable(),
  /** One plain sentence. */
  says: z.string(),
  /** What the operator can do, in one or two sentences. */
  remedy: z.string(),
  /** Twilio's page about it, or the Console page where it is mended. */
  link: z.string().nullable(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Of a link in a chain: works; works, but the operator should know something; does not work; could not be looked at. */
export const verdicts = ['ok', 'warning', 'broken', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];
