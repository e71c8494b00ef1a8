import { z } from 'zod';
import { decisionSchema } from './calls.ts';
import { e164Schema } from './desk.ts';

/** Why a decision is what it is, rule by rule, in words. */

/** A made-up caller at a made-up moment. */
export const routeQuestionSchema = z.strictObject({
  integrationId: z.string(),
  /** E.164, or null for a caller who withholds it. */
  number: e164Schema.nullable(),
  /** Unix time in milliseconds. */
  at: z.int(),
  fields: z.record(z.string(), z.string()).default({}),
  called: e164Schema.nullable().default(null),
  workflowId: z.string().nullable().default(null),
  /** Instead of what the contacts say about the number. Tags make the caller known. */
  contact: z.enum(['known', 'new']).optional(),
  tags: z.array(z.string()).optional(),
});
export type RouteQuestion = z.input<typeof routeQuestionSchema>;

const ruleTraceSchema = z.object({
  name: z.string(),
  /** A number or the id of a group. */
  to: z.string(),
  outcome: z.enum(['matched', 'not-matched', 'not-looked-at']),
  /** Why it matched, or why not: sentence parts. */
  why: z.array(z.string()),
  /** Why no call can ever reach this rule; null: one can, or it is not known that none can. */
  neverMatches: z.string().nullable(),
});

/** Somebody who could be rung. */
const candidateTraceSchema = z.object({
  number: z.string(),
  outcome: z.enum(['rung', 'not-reached-in-turn', 'away', 'closed', 'resting', 'caller', 'attached']),
  /** What follows the number in a sentence. */
  says: z.string(),
});

export const routeExplanationSchema = z.object({
  integrationId: z.string(),
  /** Unix time in milliseconds. */
  at: z.number(),
  number: z.string().nullable(),
  contact: z.object({ known: z.boolean(), tags: z.array(z.string()) }),
  /** Where the number is from, like ["CA", "CA-ON"]. */
  regions: z.array(z.string()),
  rules: z.array(ruleTraceSchema),
  /** The members of the group that was chosen, in the order of their turns; null when no group was. */
  group: z
    .object({
      id: z.string(),
      strategy: z.enum(['round-robin', 'in-order', 'all-at-once']),
      members: z.array(candidateTraceSchema),
    })
    .nullable(),
  via: z.enum(['static', 'rule', 'webhook']),
  /** In the order in which they are rung; those of `together` at once. Empty when a dynamic webhook would be asked. */
  destinations: z.array(z.string()),
  together: z.array(z.string()),
  /** The decision in one sentence. */
  why: z.string(),
  /** When it is clear at the latest whether a person takes the call, in seconds. */
  atMostSeconds: z.number(),
});
export type RouteExplanation = z.infer<typeof routeExplanationSchema>;
export type RuleTrace = z.infer<typeof ruleTraceSchema>;
export type CandidateTrace = z.infer<typeof candidateTraceSchema>;

/** A decision that a call went by, and what the desk in force makes of the same facts. */
export const decisionExplanationSchema = z.object({
  callId: z.string(),
  decision: decisionSchema,
  explanation: routeExplanationSchema,
  /** Whether the desk in force decides the same. */
  isSame: z.boolean(),
});
export type DecisionExplanation = z.infer<typeof decisionExplanationSchema>;

/**
 * Who could be rung in a stretch of time. covered: somebody besides the static number, for some caller at least.
 * static-only: nobody else, whoever calls. nobody: not even the static number, as it is attached to Patchbay.
 * webhook: the dynamic webhook decides.
 */
export const coverageSpanSchema = z.object({
  /** Unix time in milliseconds. */
  from: z.number(),
  until: z.number(),
  status: z.enum(['covered', 'static-only', 'nobody', 'webhook']),
  /** Everybody whom some caller would reach, the static number last. */
  numbers: z.array(z.string()),
  /** Rules in force that lead to a group of which nobody can be rung then. */
  emptyRules: z.array(z.string()),
});
export type CoverageSpan = z.infer<typeof coverageSpanSchema>;

export const coverageSchema = z.object({
  integrationId: z.string(),
  from: z.number(),
  until: z.number(),
  spans: z.array(coverageSpanSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** A decision that an edited desk would have made otherwise. */
export const replayedChangeSchema = z.object({
  /** Of the call; null: another platform was answered. */
  callId: z.string().nullable(),
  at: z.number(),
  number: z.string().nullable(),
  integrationId: z.string(),
  /** Who was rung, in order; `together`: at once. */
  before: z.object({ destinations: z.array(z.string()), together: z.array(z.string()), why: z.string() }),
  /** Null: the desk no longer has the integration. */
  after: z
    .object({ destinations: z.array(z.string()), together: z.array(z.string()), why: z.string() })
    .nullable(),
});
export type ReplayedChange = z.infer<typeof replayedChangeSchema>;

export const replaySchema = z.object({
  /** How many decisions were replayed. */
  decisions: z.number(),
  same: z.number(),
  /** Decisions that a dynamic webhook would make: it is not asked. */
  unknown: z.number(),
  changes: z.array(replayedChangeSchema),
});
export type Replay = z.infer<typeof replaySchema>;
