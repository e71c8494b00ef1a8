import { z } from 'zod';
import { problemSchema } from './problem.ts';

/** An entry of Twilio's debugger (Monitor alerts), in words and joined to the call it concerns. */
export const alertSchema = z.object({
  sid: z.string(),
  at: z.number(),
  level: z.string(),
  /** Twilio's call SID, of the call or one of its legs; null: it concerns no call. */
  callSid: z.string().nullable(),
  requestUrl: z.string().nullable(),
  problem: problemSchema,
});
export type Alert = z.infer<typeof alertSchema>;

export const alertListSchema = z.object({
  /** The newest first. */
  alerts: z.array(alertSchema),
  /** Why Twilio could not be asked for the latest ones; null: it was. */
  problem: problemSchema.nullable(),
});
export type AlertList = z.infer<typeof alertListSchema>;
