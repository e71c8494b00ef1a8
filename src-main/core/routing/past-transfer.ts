import { z } from 'zod';
import { decisionSchema } from '../../../src-preload/contract/calls.ts';
import { stateSeenBy } from './facts-of-call.ts';
import type { PastDecision } from './time-machine.ts';

/** What a decision about another platform's caller went by, beyond numbers and time. */
export const wentBySchema = z.object({
  /** What the platform's AI had collected. */
  fields: z.record(z.string(), z.string()),
  /** Whether the caller was a contact. */
  known: z.boolean(),
  seen: decisionSchema.shape.seen,
});
export type WentBy = z.infer<typeof wentBySchema>;

/** A caller of another platform who was led to a destination at once. */
export const pastTransferSchema = z.object({
  /** Unix milliseconds. */
  at: z.number(),
  integrationId: z.string(),
  /** E.164, like the numbers below; null: withheld. */
  caller: z.string().nullable(),
  /** Null: the platform did not tell. */
  called: z.string().nullable(),
  /** What the platform was answered. */
  destination: z.string(),
  fallbackReason: z.string().nullable(),
  wentBy: wentBySchema,
});
export type PastTransfer = z.infer<typeof pastTransferSchema>;

/** A transfer as the time machine replays it. */
export function decisionOfTransfer(transfer: PastTransfer): PastDecision {
  const { at, integrationId, caller, called, destination, fallbackReason, wentBy } = transfer;
  const { fields, known, seen } = wentBy;
  return {
    callId: null,
    decision: {
      integrationId,
      destinations: [destination],
      via: fallbackReason === null ? 'rule' : 'fallback',
      why: fallbackReason ?? 'This destination was named then.',
      tookMs: 0,
    },
    facts: {
      number: caller,
      contact: { known, tags: seen?.tags ?? [] },
      fields,
      called,
      workflowId: null,
      now: at,
    },
    state: stateSeenBy(seen),
    aiFailed: false,
  };
}
