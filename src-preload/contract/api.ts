import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { accountSchema, credentialsSchema, subaccountSchema } from './account.ts';
import { alertListSchema, alertSchema } from './alerts.ts';
import { callEventSchema, callerCardSchema, callRowSchema, callViewSchema } from './calls.ts';
import { e164Schema } from './desk.ts';
import { destinationStandingSchema, destinationTestSchema } from './destination-test.ts';
import { examinationSchema } from './doctor.ts';
import { carrierSchema, forwardingGuideSchema } from './forwarding.ts';
import { netSchema } from './net.ts';
import { numberPlanSchema, twilioNumberSchema } from './numbers.ts';
import { problemSchema } from './problem.ts';
import { profileSchema, profileSightingSchema } from './profile.ts';
import { progressOf } from './progress.ts';
import { callbackSchema, promiseCountsSchema, promiseSchema } from './promises.ts';
import {
  coverageSchema,
  decisionExplanationSchema,
  replaySchema,
  routeExplanationSchema,
  routeQuestionSchema,
} from './routing.ts';
import {
  dialectIds,
  lintFindingSchema,
  platformCallRowSchema,
  platformCallSchema,
  transferSchema,
} from './transfers.ts';
import { tunnelChoiceSchema, tunnelSchema } from './tunnel.ts';

/** The one contract between the core and its UI: over a MessagePort on the desktop, HTTP and event streams in the browser. */

const statusSchema = z.object({
  host: z.enum(['desktop', 'headless']),
  version: z.string(),
  webhookUrl: z.string(),
  publicUrl: z.string().nullable(),
  rehearsal: z.boolean(),
  twilio: z.enum(['rehearsal', 'connected', 'not-connected']),
  workflows: z.array(z.object({ id: z.string(), name: z.string(), number: z.string(), model: z.string() })),
  /** Plain sentences about what the operator should know, like parts of the desk file that are not in force. */
  warnings: z.array(z.string()),
});
export type AppStatus = z.infer<typeof statusSchema>;

/** What happens on the open calls. "speaking" carries a piece of what the AI is saying; it is not in the log yet. */
export const liveUpdateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), calls: z.array(callViewSchema) }),
  z.object({ kind: z.literal('event'), event: callEventSchema, call: callViewSchema }),
  z.object({ kind: z.literal('speaking'), callId: z.string(), text: z.string() }),
]);
export type LiveUpdate = z.infer<typeof liveUpdateSchema>;

/** How the after-call webhook of a call fares. "dead": given up, the operator can try again. */
const deliverySchema = z.object({
  url: z.string(),
  state: z.enum(['waiting', 'delivered', 'dead']),
  attempts: z.number(),
  nextAt: z.number(),
  lastProblem: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const callDetailSchema = z.object({
  call: callViewSchema,
  events: z.array(callEventSchema),
  caller: callerCardSchema,
  /** Null when the workflow has no after-call webhook, or the call has not ended. */
  delivery: deliverySchema.nullable(),
  /** What Twilio's debugger says of this call and its legs. */
  alerts: z.array(alertSchema),
  /** The call back that the caller was promised, as it stands now. */
  promise: promiseSchema.nullable(),
  /** What the platform that handed the caller over told of its part of the call, once it has. */
  platformCall: platformCallSchema.nullable(),
});
export type CallDetail = z.infer<typeof callDetailSchema>;

const recordingSchema = z.object({
  /** Of a sound, like "audio/mpeg". */
  contentType: z.string(),
  base64: z.string(),
});
export type Recording = z.infer<typeof recordingSchema>;

const rehearsalScriptSchema = z.object({ file: z.string(), name: z.string(), about: z.string() });
export type RehearsalScript = z.infer<typeof rehearsalScriptSchema>;

const rehearsalResultSchema = z.object({
  name: z.string(),
  passed: z.boolean(),
  problems: z.array(z.string()),
  ended: z.string(),
  tookMs: z.number(),
});
export type RehearsalResult = z.infer<typeof rehearsalResultSchema>;

/** The request is right, the state of things is not (RFC 9110, 15.5.10). */
const conflict = { status: 409 };

/** Twilio, ngrok or the network said no, or the state of things does: the data say what mends it. */
const problem = { PROBLEM: { status: 502, data: problemSchema } };

export const contract = {
  app: {
    status: oc.output(statusSchema),
  },
  calls: {
    /** The newest calls first; `before` is the `startedAt` of the last one of the page before. */
    list: oc
      .input(z.object({ limit: z.int().min(1).max(200).default(50), before: z.number().optional() }))
      .output(z.array(callRowSchema)),
    get: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ id: z.string() }))
      .output(callDetailSchema),
    /** The voicemail that the caller left, once it is on this computer. */
    recording: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ id: z.string() }))
      .output(recordingSchema),
    /** Starts with a snapshot of the open calls, then every update as it happens. */
    live: oc.output(eventIterator(liveUpdateSchema)),
    /** Gives an after-call webhook that was given up a fresh start. */
    redeliver: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ id: z.string() }))
      .output(deliverySchema),
  },
  desk: {
    export: oc.output(z.object({ yaml: z.string() })),
    apply: oc
      .errors({ REFUSED: { status: 422, data: z.object({ problems: z.array(z.string()) }) } })
      .input(z.object({ yaml: z.string().max(5_000_000) }))
      .output(z.object({ warnings: z.array(z.string()) })),
    /** A member of groups is away for now, or back: in every group that has it, and in the desk file. */
    setAway: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ number: e164Schema, away: z.boolean() }))
      .output(z.object({ warnings: z.array(z.string()) })),
  },
  rehearsal: {
    scripts: oc.output(z.array(rehearsalScriptSchema)),
    /** Puts the practice desk in force; refused when a desk is there already. */
    loadPracticeDesk: oc
      .errors({ DESK_IN_USE: conflict, NOT_REHEARSING: conflict })
      .output(z.object({ warnings: z.array(z.string()) })),
    /** Places the call and answers when it has ended; watch it over `calls.live` meanwhile. */
    place: oc
      .errors({ NOT_FOUND: {}, NOT_REHEARSING: conflict })
      .input(z.object({ file: z.string() }))
      .output(rehearsalResultSchema),
  },
  account: {
    /** What was last seen of the account; null: none is connected. */
    get: oc.output(accountSchema.nullable()),
    /** Asks Twilio anew. */
    check: oc.errors(problem).output(accountSchema),
    /** Checks the credentials, and keeps them only when Twilio takes them. Also how a rotated token is entered. */
    connect: oc.errors(problem).input(credentialsSchema).output(accountSchema),
    /** Refused while numbers are attached. */
    disconnect: oc.errors(problem).output(z.object({})),
    subaccounts: oc.errors(problem).output(z.array(subaccountSchema)),
    /** From the main account: works with this subaccount from now on. */
    useSubaccount: oc
      .errors(problem)
      .input(z.object({ accountSid: z.string() }))
      .output(accountSchema),
  },
  profile: {
    get: oc.output(profileSchema.nullable()),
    check: oc.errors(problem).output(profileSchema),
    /** Every status that was seen, the newest first. */
    history: oc.output(z.array(profileSightingSchema)),
  },
  destinations: {
    /** How the static number of every integration stands. */
    list: oc.output(z.array(destinationStandingSchema)),
    /** Everything but the call. The line type costs money and is looked up only when asked for. */
    check: oc
      .errors(problem)
      .input(
        z.object({
          number: z.string().max(40),
          integrationId: z.string().optional(),
          lineType: z.boolean().default(false),
        }),
      )
      .output(destinationTestSchema),
    /** Rings the number and asks whoever picks up for a key. Costs a short call. */
    ring: oc
      .errors(problem)
      .input(z.object({ number: e164Schema, integrationId: z.string().optional() }))
      .output(progressOf(destinationTestSchema)),
  },
  numbers: {
    list: oc.errors(problem).output(z.array(twilioNumberSchema)),
    planAttach: oc
      .errors(problem)
      .input(z.object({ sid: z.string(), workflowId: z.string() }))
      .output(numberPlanSchema),
    /** `token` is the plan's: what it did not name is never overwritten. */
    attach: oc
      .errors(problem)
      .input(z.object({ sid: z.string(), workflowId: z.string(), token: z.string() }))
      .output(progressOf(twilioNumberSchema)),
    planDetach: oc
      .errors(problem)
      .input(z.object({ sid: z.string() }))
      .output(numberPlanSchema),
    detach: oc
      .errors(problem)
      .input(z.object({ sid: z.string(), token: z.string() }))
      .output(progressOf(twilioNumberSchema)),
    planRepair: oc
      .errors(problem)
      .input(z.object({ sid: z.string() }))
      .output(numberPlanSchema),
    /** Puts Patchbay's settings back where someone changed them. */
    repair: oc
      .errors(problem)
      .input(z.object({ sid: z.string(), token: z.string() }))
      .output(twilioNumberSchema),
  },
  tunnel: {
    get: oc.output(tunnelSchema),
    use: oc.errors(problem).input(tunnelChoiceSchema).output(tunnelSchema),
    /** ngrok's authtoken goes into the vault. */
    setToken: oc
      .errors(problem)
      .input(z.object({ token: z.string().trim().min(1).max(200) }))
      .output(tunnelSchema),
    /** Tries at once instead of waiting for the next try. */
    retry: oc.output(tunnelSchema),
    prove: oc.errors(problem).output(tunnelSchema),
  },
  net: {
    /** Asks Twilio what it would do without this machine. */
    status: oc.output(netSchema),
    publish: oc.errors(problem).output(progressOf(netSchema)),
  },
  promises: {
    /** Those still to be kept, the one due first at the top; then the others, the newest first. */
    list: oc.input(z.object({ limit: z.int().min(1).max(500).default(100) })).output(z.array(promiseSchema)),
    /** Of those made since `since`, Unix milliseconds; 0 counts all. */
    counts: oc.input(z.object({ since: z.number().default(0) })).output(promiseCountsSchema),
    /** Rings the operator (the integration's static number unless `phone` says another), then the caller. */
    callBack: oc
      .errors({ ...problem, NOT_FOUND: {} })
      .input(z.object({ id: z.string(), phone: e164Schema.optional() }))
      .output(progressOf(callbackSchema)),
    /** The caller was reached in another way: all that they were promised is kept. */
    mark: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ id: z.string() }))
      .output(promiseSchema),
  },
  routing: {
    /** Where a made-up caller would be led, and why, rule by rule. Changes nothing. */
    explain: oc.errors({ NOT_FOUND: {} }).input(routeQuestionSchema).output(routeExplanationSchema),
    /** The latest decision about a call, on the desk in force with all that the decision went by. */
    explainCall: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ id: z.string() }))
      .output(decisionExplanationSchema),
    /** Who could be rung when, in the week from `from` (Unix milliseconds) on. */
    coverage: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ integrationId: z.string(), from: z.number() }))
      .output(coverageSchema),
    /** The last calls, or those of an exported log, against a desk file that is not in force. Changes nothing. */
    replay: oc
      .errors({ REFUSED: { status: 422, data: z.object({ problems: z.array(z.string()) }) } })
      .input(
        z.object({
          yaml: z.string().max(5_000_000),
          last: z.int().min(1).max(100_000).default(1000),
          log: z.string().max(30_000_000).optional(),
        }),
      )
      .output(replaySchema),
    /** What the last calls and transfers were decided by, a JSON object a line: what `replay` takes as `log`. */
    exportLog: oc
      .input(z.object({ last: z.int().min(1).max(100_000).default(1000) }))
      .output(z.object({ log: z.string() })),
    /** What other platforms were answered, the newest first; `before` is the id of the last one of the page before. */
    transfers: oc
      .input(z.object({ limit: z.int().min(1).max(200).default(50), before: z.int().optional() }))
      .output(z.array(transferSchema)),
    /** What platforms told of their calls afterwards, those without a transfer among them; the newest first, paged likewise. */
    platformCalls: oc
      .input(z.object({ limit: z.int().min(1).max(200).default(50), before: z.int().optional() }))
      .output(z.array(platformCallRowSchema)),
    /** What a platform would make of an answer that is pasted as text. */
    lintAnswer: oc
      .input(z.object({ dialect: z.enum(dialectIds), text: z.string().max(1_000_000) }))
      .output(z.array(lintFindingSchema)),
    /** Retell’s requests are refused until they can be checked with its API key. */
    setRetellKey: oc
      .errors(problem)
      .input(z.object({ key: z.string().trim().min(1).max(500) }))
      .output(z.object({})),
  },
  doctor: {
    examine: oc.output(examinationSchema),
  },
  alerts: {
    /** Read from Twilio where it can be reached; the newest first. */
    list: oc.input(z.object({ limit: z.int().min(1).max(200).default(50) })).output(alertListSchema),
  },
  forwarding: {
    carriers: oc.output(z.array(carrierSchema)),
    guide: oc
      .errors({ NOT_FOUND: {} })
      .input(z.object({ carrierId: z.string(), number: e164Schema, ringSeconds: z.number().optional() }))
      .output(forwardingGuideSchema),
  },
};
