import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { callEventSchema, callerCardSchema, callRowSchema, callViewSchema } from './calls.ts';

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
};
