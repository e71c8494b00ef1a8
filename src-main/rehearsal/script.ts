import { z } from 'zod';
import {
  callOutcomes,
  decisionSchema,
  dialResults,
  offers,
  screenChoices,
  transferCauses,
} from '../../src-preload/contract/calls.ts';
import { e164Schema } from '../../src-preload/contract/desk.ts';
import { dialectIds } from '../../src-preload/contract/transfers.ts';
import { explainIssue } from '../core/desk/explain-issue.ts';
import { readYaml } from '../core/desk/read-yaml.ts';
import { type CallerStep, callMoments, type DestinationPlan } from './call-plan.ts';

/** A file that is no rehearsal call. One problem a line, each with its key and line. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const words = z.string().trim().min(1, 'must not be empty').max(2_000);
/** Script seconds: they pass faster than the clock's, see `--speed`. */
const seconds = z.number().min(0).max(86_400);
const keys = z.string().regex(/^[0-9*#]{1,40}$/, 'must be keys of a phone, in quotes, like "0" or "12#"');
const oneOrMany = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item).min(1), item.transform((one) => [one])]);

const stepSchema = z
  .union(
    [
      z.enum(['drop-connection', 'redeliver', 'hang-up']),
      z.strictObject({ say: words }),
      z.strictObject({ press: keys }),
      z.strictObject({ interrupt: z.strictObject({ afterWords: z.int().min(1).max(200), say: words }) }),
      z.strictObject({ wait: seconds }),
      z.strictObject({ waitFor: z.enum(callMoments) }),
    ],
    {
      error:
        'must be a step of the caller: say, press, interrupt {afterWords, say}, wait (seconds), waitFor ' +
        `(${callMoments.join(', ')}), drop-connection, redeliver or hang-up`,
    },
  )
  .transform((step): CallerStep => {
    if (typeof step === 'string') return { do: step };
    if ('say' in step) return { do: 'say', words: step.say };
    if ('press' in step) return { do: 'press', digits: step.press };
    if ('interrupt' in step)
      return { do: 'interrupt', afterWords: step.interrupt.afterWords, words: step.interrupt.say };
    if ('wait' in step) return { do: 'wait', seconds: step.wait };
    return { do: 'wait-for', moment: step.waitFor };
  });

const pickUp = { after: seconds.default(4), talks: seconds.default(20) };

const destinationSchema = z
  .union(
    [
      z.enum(['answers', 'voicemail', 'declines', 'busy', 'no-answer', 'invalid']),
      z.strictObject({ answers: z.strictObject({ ...pickUp, presses: keys.default('1') }) }),
      z.strictObject({ voicemail: z.strictObject(pickUp) }),
      z.strictObject({
        declines: z.strictObject({ ...pickUp, presses: z.union([keys, z.literal('')]).default('') }),
      }),
      z.strictObject({ busy: z.strictObject({ after: seconds.default(1) }) }),
    ],
    {
      error:
        'must be what the destination does: answers, voicemail, declines, busy, no-answer or invalid; or with times, ' +
        'like {answers: {after: 3, talks: 40}}',
    },
  )
  .transform((plan): DestinationPlan => {
    switch (plan) {
      case 'answers':
        return { outcome: 'answers', afterSeconds: 4, talkSeconds: 20, presses: '1' };
      case 'voicemail':
        return { outcome: 'voicemail', afterSeconds: 15, talkSeconds: 20 };
      case 'declines':
        return { outcome: 'declines', afterSeconds: 4, talkSeconds: 3, presses: '' };
      case 'busy':
        return { outcome: 'busy', afterSeconds: 1 };
      case 'no-answer':
      case 'invalid':
        return { outcome: plan };
    }
    if ('busy' in plan) return { outcome: 'busy', afterSeconds: plan.busy.after };
    if ('voicemail' in plan) {
      return { outcome: 'voicemail', afterSeconds: plan.voicemail.after, talkSeconds: plan.voicemail.talks };
    }
    const outcome = 'answers' in plan ? 'answers' : 'declines';
    const { after, talks, presses } = 'answers' in plan ? plan.answers : plan.declines;
    return { outcome, afterSeconds: after, talkSeconds: talks, presses };
  });

const webhookAnswerSchema = z
  .strictObject({
    status: z.int().min(100).max(599).default(200),
    json: z.unknown().optional(),
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    /** Real milliseconds, as the time-out that it is measured against. */
    delayMs: z.int().min(0).max(60_000).default(0),
    /** No answer at all, as Patchbay's own client would put it. */
    error: z
      .strictObject({
        kind: z.enum(['refused-address', 'timeout', 'too-large', 'unreachable']),
        reason: words,
      })
      .optional(),
  })
  .refine((answer) => answer.json === undefined || answer.body === undefined, {
    error: 'has either "json" or "body"',
  });
export type WebhookAnswerScript = z.infer<typeof webhookAnswerSchema>;

const url = z.url({ protocol: /^https$/, error: 'must be an https:// address' });

const fromSchema = z.union([z.literal('withheld'), e164Schema], {
  error: 'must be an E.164 number in quotes, like "+14165559999", or withheld',
});

const routerSchema = z
  .strictObject({
    /** The secret part of /transfer/<key>; absent: that of the desk's first integration that has one. */
    key: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,200}$/)
      .optional(),
    /** The platform whose words are spoken; absent: CallCow’s, on the path without an ending. */
    dialect: z.enum(dialectIds).optional(),
    /** What the other platform sends: an object, or text as it goes over the wire. */
    body: z.union([z.string(), z.record(z.string(), z.unknown())]),
    /** The platform then calls the number that it was answered, where that is one of Patchbay's. */
    thenCalls: z
      .union([
        z.literal(true).transform((): { from?: string | undefined; after: number } => ({ after: 0 })),
        z.strictObject({
          /** The number that the platform shows; absent: the caller's. */
          from: fromSchema.optional(),
          /** How much later; this passes at once, on Patchbay's clock too. */
          after: seconds.default(0),
        }),
      ])
      .optional(),
  })
  .describe('a question of another platform');

const contains = oneOrMany(z.string().min(1));

const expectSchema = z
  .strictObject({
    outcome: z.enum(callOutcomes).optional(),
    /** What asked for a human. */
    cause: z.enum(transferCauses).optional(),
    reason: z.string().optional(),
    decided: z
      .strictObject({
        via: decisionSchema.shape.via.optional(),
        destination: e164Schema.optional(),
        rule: z.string().optional(),
        why: z.string().optional(),
        fallbackReason: z.string().optional(),
        together: z.array(e164Schema).optional(),
        atMostSeconds: z.number().optional(),
      })
      .nullable()
      .optional(),
    /** How often it was decided where the call goes. */
    decisions: z.int().min(0).optional(),
    /** Every destination that was rung, in order. */
    rung: z.array(e164Schema).optional(),
    /** What came of each, in the same order. */
    results: z.array(z.enum(dialResults)).optional(),
    /** The keys that humans pressed who picked up, in order. */
    screened: z.array(z.enum(screenChoices)).optional(),
    /** Passages of what humans heard who picked up. */
    briefing: contains.optional(),
    /** What the caller was offered when nobody took the call, in order. */
    offered: z.array(z.enum(offers)).optional(),
    /** What each destination saw as the calling number. */
    callerId: e164Schema.optional(),
    /** Passages of the transcript; "caller: " or "ai: " in front says whose words they are. */
    transcript: contains.optional(),
    form: z.record(z.string(), z.string()).optional(),
    message: contains.optional(),
    voicemail: z.boolean().optional(),
    /** The voicemail was fetched from Twilio and is kept. */
    voicemailKept: z.boolean().optional(),
    summary: contains.optional(),
    contact: z
      .strictObject({ known: z.boolean().optional(), name: z.string().nullable().optional() })
      .optional(),
    /** The texts that the caller got, in order, or passages of them. */
    texts: z.array(z.string()).optional(),
    /** Kinds of facts that must stand in the call's log. */
    facts: z.array(z.string()).optional(),
    /** Kinds of facts that must not. */
    noFacts: z.array(z.string()).optional(),
    /** How often the AI was connected with the caller. */
    relays: z.int().min(0).optional(),
    /** The last after-call payload that arrived; texts are passages. */
    afterCall: z.record(z.string(), z.unknown()).optional(),
    /** How often Patchbay posted to each address of the operator's. */
    posts: z.record(url, z.int().min(0)).optional(),
    /** What Patchbay last posted to each address. */
    posted: z.record(url, z.record(z.string(), z.unknown())).optional(),
    /** HTTP status of the answer to the first webhook, or to the other platform's question. */
    webhookStatus: z.int().optional(),
    transferNumber: e164Schema.optional(),
    /** The whole answer to the other platform, as JSON. */
    answer: z.json().optional(),
    /** The code in the answer that refused the other platform's question. */
    errorCode: z.string().optional(),
    /** Twilio's error that ended the call. */
    twilioError: z.int().optional(),
  })
  .refine((expect) => Object.keys(expect).length > 0, { error: 'must expect something' });
export type Expectations = z.infer<typeof expectSchema>;

const scriptSchema = z
  .strictObject({
    name: words,
    about: words.default(''),
    /** A desk file; absent: the practice desk. */
    desk: z.record(z.string(), z.unknown()).optional(),
    from: fromSchema.default('withheld'),
    /** Absent: the number of the desk's first workflow. */
    to: e164Schema.optional(),
    forwardedFrom: e164Schema.optional(),
    callerName: words.optional(),
    /** What the caller does, in order; afterwards the caller stays on the line. */
    steps: z.array(stepSchema).default([]),
    destinations: z.record(e164Schema, oneOrMany(destinationSchema)).default({}),
    /** What the operator's servers answer, by address: for the first, second … request; the last holds from then on. */
    webhooks: z.record(url, oneOrMany(webhookAnswerSchema)).default({}),
    /** Numbers to which a text fails, with Twilio's error. */
    texts: z.record(e164Schema, z.int().min(10_000).max(99_999)).default({}),
    faults: z
      .strictObject({
        webhooksTwice: z.boolean().default(false),
        callbacksShuffled: z.boolean().default(false),
        forgedSignature: z.boolean().default(false),
        callsRefused: z.int().min(10_000).max(99_999).optional(),
      })
      .prefault({}),
    /** The call is not played faster than this: what Patchbay does in real time decides how it goes. */
    maxSpeed: z.number().min(1).max(1_000).default(1_000),
    /** The numbers of the desk's workflows are attached under a public URL that is proven, as when Patchbay is live. */
    attached: z.boolean().default(false),
    /** Another platform asks where its call goes, once or several times: in place of a phone call, or before one. */
    router: oneOrMany(routerSchema).optional(),
    expect: expectSchema,
  })
  .refine(
    ({ router }) => router?.slice(0, -1).every((question) => question.thenCalls === undefined) ?? true,
    {
      error: 'only the last question of a platform ("router") is followed by a call ("thenCalls")',
    },
  )
  .refine(({ router, steps }) => router?.at(-1)?.thenCalls !== undefined || !router || steps.length === 0, {
    error:
      'a question of another platform ("router") that no call follows ("thenCalls") has no caller\'s "steps"',
  });

/** A rehearsal call, as its file describes it. */
export type Script = z.infer<typeof scriptSchema>;

/** Longer than any call; what is longer is not read. */
const longestFile = 500_000;

/**
 * Reads a rehearsal call.
 * @throws ScriptError naming each key and line that is wrong, and how to mend it.
 */
export function readScript(yaml: string): Script {
  if (yaml.length > longestFile) throw new ScriptError(['the file is too long to be a rehearsal call']);
  const reading = readYaml(yaml);
  if (reading.problems.length > 0) {
    throw new ScriptError(reading.problems.map(({ path, line, message }) => sentence(path, line, message)));
  }
  if (typeof reading.value !== 'object' || reading.value === null || Array.isArray(reading.value)) {
    throw new ScriptError(['the file is no rehearsal call: it needs at least "name" and "expect"']);
  }
  const parsed = scriptSchema.safeParse(reading.value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .flatMap((issue) => explainIssue(issue, reading))
    .map(({ path, message }) => sentence(path, reading.lineOf(path), message));
  const isCall = 'name' in reading.value || 'expect' in reading.value || 'steps' in reading.value;
  throw new ScriptError(
    isCall ? problems : ['the file is no rehearsal call: it needs at least "name" and "expect"'],
  );
}

function sentence(path: readonly (string | number)[], line: number | null, message: string): string {
  const key = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
  return `${key === '' ? 'the call' : key}${line === null ? '' : ` (line ${line})`}: ${message}`;
}
