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
});
export type CallDetail = z.infer<typeof callDetailSchema>;

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
