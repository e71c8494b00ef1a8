import { z } from 'zod';

/** How one of the operator's Twilio numbers is configured, Twilio's words for each setting; "" means not set. */
export const numberConfigSchema = z.object({
  voiceUrl: z.string(),
  voiceMethod: z.string(),
  voiceFallbackUrl: z.string(),
  voiceFallbackMethod: z.string(),
  statusCallback: z.string(),
  statusCallbackMethod: z.string(),
  /** A TwiML application or a SIP trunk that is set wins over the voice URL. */
  voiceApplicationSid: z.string(),
  trunkSid: z.string(),
});
export type NumberConfig = z.infer<typeof numberConfigSchema>;
export const numberConfigKeys = numberConfigSchema.keyof().options;

/** One setting that would be, or was, changed. */
export const configChangeSchema = z.object({
  setting: numberConfigSchema.keyof(),
  /** What stands there now. */
  now: z.string(),
  /** What Patchbay sets, has set, or wants back. */
  patchbay: z.string(),
});
export type ConfigChange = z.infer<typeof configChangeSchema>;

export const twilioNumberSchema = z.object({
  sid: z.string(),
  number: z.string(),
  name: z.string(),
  voice: z.boolean(),
  config: numberConfigSchema,
  /** Null: Patchbay has nothing to do with it. "attaching", "detaching": that was begun and not finished. */
  attachment: z
    .object({
      workflowId: z.string(),
      state: z.enum(['attaching', 'attached', 'detaching']),
      since: z.number(),
      /** Settings that someone changed since, with both values. */
      drift: z.array(configChangeSchema),
      /** Why it is not finished, in plain words. */
      problem: z.string().nullable(),
    })
    .nullable(),
});
export type TwilioNumber = z.infer<typeof twilioNumberSchema>;

/** What attaching, detaching or repairing would change. `token` stands for what was seen: it is asked for again when doing it. */
export const numberPlanSchema = z.object({
  sid: z.string(),
  number: z.string(),
  changes: z.array(configChangeSchema),
  /** What the operator should know first, a plain sentence each. */
  warnings: z.array(z.string()),
  token: z.string(),
});
export type NumberPlan = z.infer<typeof numberPlanSchema>;
