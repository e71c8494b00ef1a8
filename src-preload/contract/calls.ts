import { z } from 'zod';

/** What a call is made of: the facts in its log, and the view that the reducer makes of them. */

/** Where a call goes, and why. `destinations` are rung in this order; there is always at least one. */
export const decisionSchema = z.object({
  integrationId: z.string(),
  destinations: z.array(z.string()).min(1),
  /** static: the integration has nothing dynamic, or no rule matched. fallback: the dynamic way failed. */
  via: z.enum(['static', 'rule', 'webhook', 'fallback']),
  rule: z.string().optional(),
  /** The group that the destinations are of. */
  group: z.string().optional(),
  /** Of `destinations`, those that are rung at once, at the beginning; absent: one after the other. */
  together: z.array(z.string()).optional(),
  /** One plain sentence for the operator. */
  why: z.string(),
  /** Why the dynamic way failed, in plain words; only with via "fallback". */
  fallbackReason: z.string().optional(),
  tookMs: z.number(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** The workflow's integration and its static number as the call came in: they hold whatever happens to the desk meanwhile. */
const safetyNetSchema = z.object({ integrationId: z.string(), staticNumber: z.string() });

/** Who or what asked for a human. */
export const transferCauses = [
  'model',
  'caller-key',
  'announced-only',
  'model-error',
  'relay-failed',
] as const;

export const callOutcomes = [
  'human-on-the-line', // somebody picked up and was bridged to the caller
  'message-taken', // the AI or the voicemail took a message
  'finished', // the conversation ended by itself
  'caller-hung-up', // before anything of the above
  'not-reached', // nobody picked up and no message was left
  'not-set-up', // no workflow answers the number that was called
  'lost', // Patchbay never heard how the call ended
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** What the AI is there for while a relay session lasts. */
export const relayPurposes = ['conversation', 'resumed', 'message'] as const;
export type RelayPurpose = (typeof relayPurposes)[number];

export const dialResults = ['answered', 'busy', 'no-answer', 'failed', 'canceled'] as const;
export type DialResult = (typeof dialResults)[number];

/** One fact of a call. Facts are appended before they are acted on and never changed. */
export const callFactSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('received'),
    callSid: z.string(),
    accountSid: z.string(),
    /** E.164, or null for a withheld caller. */
    from: z.string().nullable(),
    to: z.string(),
    workflowId: z.string().nullable(),
    workflowName: z.string().nullable(),
    model: z.string().nullable(),
    contactId: z.number().nullable(),
    contactName: z.string().nullable(),
    contactKnown: z.boolean(),
    safetyNet: safetyNetSchema.nullable(),
    forwardedFrom: z.string().optional(),
    callerName: z.string().optional(),
    stirVerstat: z.string().optional(),
  }),
  /** The TwiML that answered a step of the call; answering the step again repeats it. */
  z.object({ type: z.literal('answered'), step: z.string(), twiml: z.string() }),
  z.object({ type: z.literal('relay.offered'), token: z.string(), purpose: z.enum(relayPurposes) }),
  z.object({ type: z.literal('relay.connected'), sessionId: z.string() }),
  z.object({
    type: z.literal('relay.ended'),
    sessionStatus: z.string(),
    errorCode: z.string().optional(),
    errorMessage: z.string().optional(),
  }),
  z.object({ type: z.literal('relay.error'), description: z.string() }),
  z.object({ type: z.literal('caller.said'), text: z.string() }),
  z.object({ type: z.literal('caller.pressed'), digit: z.string() }),
  z.object({ type: z.literal('ai.said'), text: z.string() }),
  /** The caller spoke over the AI: only `heard` of its last words was heard. */
  z.object({ type: z.literal('ai.interrupted'), heard: z.string(), afterMs: z.number() }),
  z.object({ type: z.literal('field.saved'), field: z.string(), value: z.string() }),
  z.object({ type: z.literal('field.refused'), field: z.string(), value: z.string(), problem: z.string() }),
  z.object({
    type: z.literal('message.taken'),
    message: z.string(),
    name: z.string().optional(),
    callback: z.string().optional(),
  }),
  z.object({ type: z.literal('text.sent'), textId: z.string(), messageSid: z.string() }),
  z.object({ type: z.literal('text.failed'), textId: z.string(), problem: z.string() }),
  z.object({
    type: z.literal('transfer.requested'),
    cause: z.enum(transferCauses),
    reason: z.string(),
    summary: z.string(),
    department: z.string().optional(),
  }),
  z.object({ type: z.literal('transfer.decided'), decision: decisionSchema }),
  /** What the model said and what it did differ: it announced a transfer and called no tool. */
  z.object({ type: z.literal('model.mismatch'), said: z.string() }),
  z.object({ type: z.literal('model.failed'), problem: z.string() }),
  z.object({ type: z.literal('model.ended-call'), reason: z.string() }),
  z.object({
    type: z.literal('dial.started'),
    destination: z.string(),
    callerId: z.string(),
    ringSeconds: z.number(),
  }),
  z.object({
    type: z.literal('dial.ended'),
    destination: z.string(),
    result: z.enum(dialResults),
    legSid: z.string().optional(),
    /** How long the caller and the human spoke, in seconds. */
    talkSeconds: z.number().optional(),
  }),
  z.object({
    type: z.literal('leg.changed'),
    destination: z.string(),
    legSid: z.string(),
    status: z.string(),
    errorCode: z.string().optional(),
  }),
  z.object({ type: z.literal('voicemail.recorded'), recordingUrl: z.string(), seconds: z.number() }),
  z.object({ type: z.literal('ended'), outcome: z.enum(callOutcomes), detail: z.string().optional() }),
  z.object({ type: z.literal('summarised'), summary: z.string(), by: z.enum(['model', 'patchbay']) }),
  z.object({ type: z.literal('note'), text: z.string() }),
]);
export type CallFact = z.infer<typeof callFactSchema>;

/** A fact as it stands in the log: `seq` counts from 1 within the call, `at` is Unix time in milliseconds. */
export const callEventSchema = z.object({
  callId: z.string(),
  seq: z.number(),
  at: z.number(),
  fact: callFactSchema,
});
export type CallEvent = z.infer<typeof callEventSchema>;

export const callPhases = [
  'talking',
  'transferring',
  'ringing',
  'connected',
  'taking-message',
  'ended',
] as const;
export type CallPhase = (typeof callPhases)[number];

const transcriptLineSchema = z.object({
  who: z.enum(['caller', 'ai']),
  text: z.string(),
  at: z.number(),
  interrupted: z.boolean().optional(),
});
export type TranscriptLine = z.infer<typeof transcriptLineSchema>;

const rungSchema = z.object({
  destination: z.string(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** "ringing" until the dial has ended; "in-progress" once a leg says that somebody answered. */
  status: z.enum(['ringing', 'in-progress', ...dialResults]),
});

/** A call as the reducer sees it after its last fact. */
export const callViewSchema = z.object({
  id: z.string(),
  callSid: z.string(),
  accountSid: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  workflowId: z.string().nullable(),
  workflowName: z.string().nullable(),
  /** "provider:model"; one that starts with "rehearsal:" is no real model and is labelled so wherever it shows. */
  model: z.string().nullable(),
  contact: z.object({ id: z.number().nullable(), name: z.string().nullable(), known: z.boolean() }),
  safetyNet: safetyNetSchema.nullable(),
  phase: z.enum(callPhases),
  outcome: z.enum(callOutcomes).nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  lastSeq: z.number(),
  relay: z
    .object({
      token: z.string(),
      purpose: z.enum(relayPurposes),
      sessionId: z.string().nullable(),
      over: z.boolean(),
      /** A message was taken since the AI was asked to take one. */
      messageTaken: z.boolean(),
    })
    .nullable(),
  /** Relay sessions offered so far, the first included. */
  relaysOffered: z.number(),
  transcript: z.array(transcriptLineSchema),
  form: z.record(z.string(), z.string()),
  transfer: z
    .object({
      cause: z.enum(transferCauses),
      reason: z.string(),
      summary: z.string(),
      department: z.string().optional(),
      at: z.number(),
    })
    .nullable(),
  decision: decisionSchema.nullable(),
  rung: z.array(rungSchema),
  message: z
    .object({ text: z.string(), name: z.string().optional(), callback: z.string().optional() })
    .nullable(),
  voicemailUrl: z.string().nullable(),
  textsSent: z.array(z.string()),
  modelFailed: z.string().nullable(),
  /** The AI ended the conversation itself. */
  endedByAi: z.boolean(),
  summary: z.string().nullable(),
});
export type CallView = z.infer<typeof callViewSchema>;

/** What a call looks like in a list. */
export const callRowSchema = callViewSchema
  .pick({
    id: true,
    from: true,
    to: true,
    workflowId: true,
    workflowName: true,
    model: true,
    phase: true,
    outcome: true,
    startedAt: true,
    endedAt: true,
    summary: true,
  })
  .extend({
    contactName: z.string().nullable(),
    reason: z.string().nullable(),
    destination: z.string().nullable(),
    fallbackReason: z.string().nullable(),
  });
export type CallRow = z.infer<typeof callRowSchema>;

/** What the UI needs to know of the caller beyond the call itself. */
export const callerCardSchema = z.object({
  contactId: z.number().nullable(),
  number: z.string().nullable(),
  name: z.string().nullable(),
  notes: z.string(),
  tags: z.array(z.string()),
  /** Earlier calls, newest first, the present one left out. */
  history: z.array(
    z.object({
      callId: z.string(),
      at: z.number(),
      outcome: z.enum(callOutcomes).nullable(),
      summary: z.string().nullable(),
    }),
  ),
});
export type CallerCard = z.infer<typeof callerCardSchema>;
