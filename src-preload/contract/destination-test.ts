import { z } from 'zod';
import { problemSchema, verdicts } from './problem.ts';

/** What is looked at before a destination is relied on. */
export const destinationCheckIds = ['format', 'lookup', 'line-type', 'country', 'trial', 'call'] as const;

export const destinationCheckSchema = z.object({
  id: z.enum(destinationCheckIds),
  verdict: z.enum(verdicts),
  says: z.string(),
  remedy: z.string().nullable(),
  link: z.string().nullable(),
});
export type DestinationCheck = z.infer<typeof destinationCheckSchema>;

export const testCallOutcomes = [
  'person', // somebody pressed the key
  'voicemail', // a machine picked up
  'unconfirmed', // picked up, but no key was pressed, or it could not be heard (no public address yet)
  'nobody', // busy, or it rang out
  'failed', // Twilio could not place the call
] as const;
export type TestCallOutcome = (typeof testCallOutcomes)[number];

export const testCallSchema = z.object({
  outcome: z.enum(testCallOutcomes),
  says: z.string(),
  /** Seconds from ringing to being picked up; null when nobody picked up. */
  pickedUpAfterSeconds: z.number().nullable(),
  problem: problemSchema.nullable(),
});
export type TestCall = z.infer<typeof testCallSchema>;

/** The latest test of a number for an integration. A changed number is untested again. */
export const destinationTestSchema = z.object({
  number: z.string(),
  integrationId: z.string().nullable(),
  /** When the checks other than the call were made. */
  at: z.number(),
  checks: z.array(destinationCheckSchema),
  /** The number's latest test call, whichever test it was placed for. */
  call: testCallSchema.nullable(),
  /** When that call was placed; null: none was. */
  calledAt: z.number().nullable(),
  /** Ring shorter than this, or the number's voicemail takes the caller; null: no voicemail was met. */
  voicemailAfterSeconds: z.number().nullable(),
});
export type DestinationTest = z.infer<typeof destinationTestSchema>;

/** How the static number of an integration stands. */
export const destinationStandingSchema = z.object({
  integrationId: z.string(),
  number: z.string(),
  /** Null: this number was not tested for this integration. */
  test: destinationTestSchema.nullable(),
});
export type DestinationStanding = z.infer<typeof destinationStandingSchema>;
