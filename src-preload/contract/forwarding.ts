import { z } from 'zod';

/** When the operator's own phone sends a call on to Patchbay. */
export const forwardingConditions = ['no-answer', 'busy', 'unreachable', 'all-unanswered', 'always'] as const;
export type ForwardingCondition = (typeof forwardingConditions)[number];

export const carrierSchema = z.object({
  id: z.string(),
  name: z.string(),
  country: z.string(),
  /** Where the codes stand. */
  sources: z.array(z.string()),
  /** What is special about this carrier, a plain sentence each. */
  notes: z.array(z.string()),
  /** Seconds of ringing that can be chosen; null: the carrier sets it. */
  ringSeconds: z.array(z.number()).nullable(),
});
export type Carrier = z.infer<typeof carrierSchema>;

export const forwardingStepSchema = z.object({
  condition: z.enum(forwardingConditions),
  /** The exact keys to dial, the operator's Patchbay number in them. */
  turnOn: z.string(),
  turnOff: z.string(),
  /** Keys that say how it stands; null: this carrier has none. */
  check: z.string().nullable(),
});
export const forwardingGuideSchema = z.object({
  carrier: carrierSchema,
  number: z.string(),
  steps: z.array(forwardingStepSchema),
  /** How to try that it works, step by step. */
  tryIt: z.array(z.string()),
});
export type ForwardingGuide = z.infer<typeof forwardingGuideSchema>;
