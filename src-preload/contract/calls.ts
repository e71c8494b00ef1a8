import { z } from 'zod';
import { promiseEndings } from './promises.ts';
import { dialectIds } from './transfers.ts';

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
  /** How long a destination rings where it is not as long as the integration says; by number, in seconds. */
  seconds: z.record(z.string(), z.number()).optional(),
  /** When it is clear at the latest whether a person takes the call, in seconds from the decision. */
  atMostSeconds: z.number().optional(),
  /** One plain sentence for the operator. */
  why: z.string(),
  /** Why the dynamic way failed, in plain words; only with via "fallback". */
  fallbackReason: z.string().optional(),
  tookMs: z.number(),
  /** What the decision went by beyond the facts of the call, so that it can be explained later. */
  seen: z
    .object({
      /** The contact's tags. */
      tags: z.array(z.string()).optional(),
      /** The member that the decision before began with, of a round-robin group. */
      lastTaken: z.string().optional(),
      /** Destinations left out because they rested. */
      resting: z.array(z.string()).optional(),
    })
    .optional(),
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
  'platform', // another platform's AI, which handed the caller over
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

/** What a human who picked up wants: 1, 2 or 3 was pressed, or no key (a voicemail presses none). */
export const screenChoices = ['take', 'pass', 'message', 'none'] as const;
export type ScreenChoice = (typeof screenChoices)[number];

/** Who wrote a sentence about a call. */
const authors = ['model', 'patchbay', 'platform'] as const;

/** What follows when no round brought a person; "good-bye": nothing is left to offer. */
export const offers = ['message', 'voicemail', 'text', 'good-bye'] as const;
export type Offer = (typeof offers)[number];

/**
 * A caller whom another platform's AI has handed over: the platform was told the number that was called here, and this is
 * the call that it was awaited to make.
 */
const handedOverSchema = z.object({
  /** The request of the platform's that it belongs to. */
  transferId: z.number(),
  integrationId: z.string(),
  dialect: z.enum(dialectIds),
  /** The platform as it writes itself. */
  platform: z.string(),
  /** caller: the platform passed the caller's number on. platform-number: it showed its own, and no other call was awaited. */
  matchedBy: z.enum(['caller', 'platform-number']),
  /** The number that the caller had called, in E.164; null: not known. */
  called: z.string().nullable(),
  /** What the platform's AI collected. */
  fields: z.record(z.string(), z.string()),
  /** In the words of the platform's AI. */
  reason: z.string().optional(),
  summary: z.string().optional(),
});
export type HandedOver = z.infer<typeof handedOverSchema>;

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
  handedOverSchema.extend({ type: z.literal('handed-over') }),
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
    /** The model asked for a person and gave no summary, so Patchbay made it. */
    summaryBy: z.literal('patchbay').optional(),
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
    /** All that are rung at once, `destination` the first of them; absent: it alone. */
    together: z.array(z.string()).optional(),
    callerId: z.string(),
    ringSeconds: z.number(),
    /** Whoever picks up is asked for a key before the caller is put through. */
    screen: z.boolean().optional(),
    /** The phones are rung over REST, and the caller waits in a conference. */
    warm: z.boolean().optional(),
  }),
  /** Twilio rings a phone of a warm dial. */
  z.object({
    type: z.literal('leg.placed'),
    destination: z.string(),
    dial: z.number(),
    legSid: z.string(),
  }),
  /** Twilio does not ring a phone of a warm dial; the others ring. */
  z.object({
    type: z.literal('leg.refused'),
    destination: z.string(),
    dial: z.number(),
    problem: z.string(),
  }),
  /** No phone of a warm dial could be rung over REST: the same phones are rung as in a dial that is not warm. */
  z.object({
    type: z.literal('warm.failed'),
    dial: z.number(),
    problem: z.string(),
    callerId: z.string(),
  }),
  /** The caller is in the conference of a dial, for so many seconds at most unless somebody joins. */
  z.object({ type: z.literal('caller.waits'), dial: z.number(), seconds: z.number() }),
  /** A human has heard the briefing and joins the caller; the other phones of the dial are stopped. */
  z.object({ type: z.literal('leg.joined'), destination: z.string(), dial: z.number() }),
  /** A human who joined was gone before the caller was there. */
  z.object({ type: z.literal('leg.parted'), destination: z.string(), dial: z.number() }),
  z.object({
    type: z.literal('dial.ended'),
    /** Who took the call; else the first of those that were rung. */
    destination: z.string(),
    /** Counts the call's dials from 1; absent in older logs. */
    dial: z.number().optional(),
    result: z.enum(dialResults),
    legSid: z.string().optional(),
    /** How long the caller and the human spoke, in seconds. */
    talkSeconds: z.number().optional(),
  }),
  z.object({
    type: z.literal('leg.changed'),
    destination: z.string(),
    /** Absent in older logs. */
    dial: z.number().optional(),
    legSid: z.string(),
    status: z.string(),
    errorCode: z.string().optional(),
  }),
  /** What a human hears of the call; the latest one counts. */
  z.object({ type: z.literal('briefing.ready'), text: z.string(), by: z.enum(authors) }),
  /** A human who picked up hears it, and is put through without a key. */
  z.object({
    type: z.literal('briefing.said'),
    destination: z.string(),
    dial: z.number(),
    text: z.string(),
  }),
  /** A human who picked up hears who calls and why, and is asked for a key. */
  z.object({ type: z.literal('screen.asked'), destination: z.string(), dial: z.number(), text: z.string() }),
  z.object({
    type: z.literal('screen.answered'),
    destination: z.string(),
    dial: z.number(),
    choice: z.enum(screenChoices),
    /** Somebody else had taken the call already. */
    late: z.boolean().optional(),
  }),
  /** Nobody took the call; this is what the caller is offered. */
  z.object({ type: z.literal('nobody.answered'), offer: z.enum(offers) }),
  z.object({ type: z.literal('voicemail.recorded'), recordingUrl: z.string(), seconds: z.number() }),
  /** The recording is on this computer: `file` in the folder recordings/ of the data folder. */
  z.object({
    type: z.literal('voicemail.kept'),
    file: z.string(),
    contentType: z.string(),
    bytes: z.number(),
    seconds: z.number(),
  }),
  /** Twilio did not hand the recording over, and is not asked for it again. */
  z.object({ type: z.literal('voicemail.lost'), problem: z.string() }),
  /** A caller who reached nobody is promised a call back by `dueAt`; written before the text goes out. */
  z.object({ type: z.literal('promise.made'), caseNumber: z.string(), dueAt: z.number() }),
  z.object({ type: z.literal('promise.text-sent'), messageSid: z.string() }),
  z.object({ type: z.literal('promise.text-failed'), problem: z.string() }),
  /** The caller was reached after all. */
  z.object({ type: z.literal('promise.ended'), by: z.enum(promiseEndings) }),
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
  /** The dial that it is of, counted from 1: those that ring at once share it. */
  dial: z.number(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** How long the dial may ring. */
  ringSeconds: z.number(),
  /** Whoever picks up is asked for a key. */
  screened: z.boolean(),
  /** Rung over REST while the caller waits in a conference. */
  warm: z.boolean(),
  /** The key that was pressed; null: none was asked for, or not yet answered. */
  choice: z.enum(screenChoices).nullable(),
  /** Twilio's SID of the leg, once it is known. */
  legSid: z.string().nullable(),
  /** "screening": somebody picked up and hears who calls. "in-progress": the human is there. */
  status: z.enum(['ringing', 'screening', 'in-progress', ...dialResults]),
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
  /** Null: the caller has called here. */
  handedOver: handedOverSchema.nullable(),
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
      summaryBy: z.literal('patchbay').optional(),
      department: z.string().optional(),
      at: z.number(),
    })
    .nullable(),
  /** The latest one; a caller who reached nobody may ask again. */
  decision: decisionSchema.nullable(),
  /** How many dials there were before the latest decision. */
  dialsBefore: z.number(),
  /** The sentence about the call that a human hears; of the latest transfer. */
  briefing: z.object({ text: z.string(), by: z.enum(authors) }).nullable(),
  rung: z.array(rungSchema),
  /** The caller is in the conference of this dial since `since`; not yet, or no more: null. */
  waiting: z.object({ dial: z.number(), since: z.number(), seconds: z.number() }).nullable(),
  /** What the caller was offered since the latest decision, because nobody took the call. */
  offered: z.array(z.enum(offers)),
  message: z
    .object({ text: z.string(), name: z.string().optional(), callback: z.string().optional() })
    .nullable(),
  voicemailUrl: z.string().nullable(),
  /** The voicemail as it is kept on this computer. */
  recording: z
    .object({ file: z.string(), contentType: z.string(), bytes: z.number(), seconds: z.number() })
    .nullable(),
  textsSent: z.array(z.string()),
  /** The call back that the caller was promised; `told`: the text with it went out. */
  promise: z.object({ caseNumber: z.string(), dueAt: z.number(), told: z.boolean() }).nullable(),
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
