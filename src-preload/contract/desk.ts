import { z } from 'zod';

/**
 * The desk file, version 1: everything the operator set up, without secrets. Unknown keys are errors, optional
 * parts get their defaults here, so that the rest of Patchbay reads a complete desk.
 */

const id = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 of a-z, 0-9 and "-"');

/** A phone number as E.164 writes it: "+", a country code that does not start with 0, at most 15 digits (ITU-T E.164). */
export const e164Schema = z
  .string()
  .regex(
    /^\+[1-9]\d{6,14}$/,
    'must be a phone number in E.164 form: "+", the country code, the number, digits only',
  );

const line = (label: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${label} must not be empty`)
    .max(max, `${label} must not be longer than ${max} characters`);

const webhookUrl = z.url({ protocol: /^https$/, error: 'must be an https:// address' }).max(2048);

const callerPrefix = z
  .string()
  .regex(/^\+[1-9]\d{0,14}$/, 'must be the start of an E.164 number, like "+1416"');
const oneOrMany = <T extends z.ZodType>(item: T) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)]);

/** ISO 3166-1 alpha-2, or ISO 3166-2. */
const region = z
  .string()
  .regex(
    /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/,
    'must be a country or a part of one, like "CA" or "CA-ON" (ISO 3166)',
  );

/** The conditions of a rule; all that are there must hold. */
const whenSchema = z
  .strictObject({
    callerPrefix: oneOrMany(callerPrefix).optional(),
    /** Where the caller's number is from: a country ("CA"), or a state or province of one ("CA-ON"). */
    callerRegion: oneOrMany(region).optional(),
    contact: z.union([z.enum(['known', 'new']), z.strictObject({ tag: line('a tag', 60) })]).optional(),
    schedule: id.optional(),
    open: z.boolean().optional(),
    field: z.record(z.string(), oneOrMany(z.string())).optional(),
    /** The number that was called. */
    called: oneOrMany(e164Schema).optional(),
    /** The id of the workflow that the call is in. */
    workflow: oneOrMany(id).optional(),
  })
  .refine((when) => (when.schedule === undefined) === (when.open === undefined), {
    error: '"schedule" and "open" go together',
  });

const ruleSchema = z.strictObject({
  name: line('a rule’s name', 80),
  when: whenSchema.default({}),
  to: z.union([e164Schema, id], { error: 'must be an E.164 number or the id of a group' }),
});

const timeoutMs = z.int().min(200).max(10_000);

const dynamicSchema = z
  .strictObject({
    webhook: webhookUrl.optional(),
    timeoutMs: timeoutMs.optional(),
    rules: z.array(ruleSchema).optional(),
  })
  .refine((dynamic) => (dynamic.webhook === undefined) !== (dynamic.rules === undefined), {
    error: 'needs either "webhook" or "rules"',
  })
  .refine((dynamic) => dynamic.timeoutMs === undefined || dynamic.webhook !== undefined, {
    error: '"timeoutMs" goes with "webhook"',
  });

const ringSchema = z.strictObject({
  seconds: z.int().min(5).max(120).default(20),
  callerId: z.enum(['caller', 'twilio']).default('caller'),
  screen: z.boolean().default(false),
  briefing: z.boolean().default(false),
  /** The caller waits with music while the human hears the briefing, then both are joined. */
  warm: z.boolean().default(false),
});

const noAnswerStep = z.enum(['next', 'message', 'voicemail', 'text']);

/** What a caller who reached nobody is promised by text, with "text" among the steps of noAnswer. */
const promiseSchema = z.strictObject({
  withinMinutes: z
    .int()
    .min(5)
    .max(7 * 24 * 60)
    .default(60),
  /** {{caseNumber}} and {{callbackTime}} are filled in. */
  body: line('a text', 1600).default(
    'Sorry that nobody could pick up. Your case number is {{caseNumber}}; we call you back by {{callbackTime}}.',
  ),
});

const integrationSchema = z.strictObject({
  id,
  name: line('a name', 80),
  staticNumber: e164Schema,
  routerKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{32,128}$/, 'must be 32 to 128 letters, digits, "-" or "_"')
    .optional(),
  dynamic: dynamicSchema.optional(),
  ring: ringSchema.prefault({}),
  noAnswer: z.array(noAnswerStep).min(1).default(['message']),
  promise: promiseSchema.optional(),
  /**
   * One of the operator's own attached Twilio numbers: other platforms are answered with it, and when their call
   * arrives there, Patchbay screens, rings the plan and takes the message.
   */
  handOverNumber: e164Schema.optional(),
  /** The number under which the platform's calls arrive when it does not pass on the caller's. */
  platformNumber: e164Schema.optional(),
});

/** A member of a group with its own hours, its own ring time, or away for now. */
const memberSchema = z.strictObject({
  number: e164Schema,
  /** Rung only while this schedule is open. */
  schedule: id.optional(),
  away: z.boolean().optional(),
  seconds: z.int().min(5).max(120).optional(),
});

const groupSchema = z.strictObject({
  id,
  strategy: z.enum(['round-robin', 'in-order', 'all-at-once']),
  numbers: z
    .array(z.union([e164Schema, memberSchema]))
    .min(1)
    .max(10),
});

const timeSpan = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]|24):[0-5]\d$/,
    'must be a span of time, like "09:00-17:00"',
  );
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const scheduleSchema = z.strictObject({
  id,
  timezone: z.string().refine(isTimeZone, 'must be a time zone of the IANA database, like "America/Toronto"'),
  open: z.partialRecord(z.enum(weekdays), z.array(timeSpan)),
  holidays: z
    .strictObject({ country: z.string().regex(/^[A-Z]{2}$/), state: z.string().min(1).max(10).optional() })
    .optional(),
  closed: z.array(z.iso.date()).optional(),
});

/** The six kinds of form field; "contact" is an e-mail address or a phone number. */
export const fieldTypes = ['text', 'number', 'date', 'choice', 'yes-no', 'contact'] as const;

const formFieldSchema = z
  .strictObject({
    id,
    label: line('a label', 120),
    type: z.enum(fieldTypes),
    required: z.boolean().default(false),
    options: z.array(line('an option', 80)).min(1).optional(),
  })
  .refine((field) => (field.type === 'choice') === (field.options !== undefined), {
    error: 'a field of type "choice" needs "options", and no other type takes them',
  });

const textSchema = z.strictObject({
  id,
  when: line('"when"', 200),
  body: line('a text', 1600),
});

const workflowSchema = z
  .strictObject({
    id,
    kind: z.enum(['basic', 'custom']).default('basic'),
    name: line('a name', 80),
    number: e164Schema,
    integration: id.optional(),
    metadata: z.strictObject({ integration: id }).optional(),
    greeting: line('a greeting', 1000),
    prompt: line('a prompt', 20_000),
    transferWhen: z.array(line('a trigger', 300)).default([]),
    model: z
      .string()
      .regex(/^[a-z][a-z-]*:\S+$/, 'must be "provider:model", like "openai:gpt-5.4" or "rehearsal:keywords"'),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag, like "en-US"')
      .default('en-US'),
    form: z.array(formFieldSchema).default([]),
    texts: z.array(textSchema).default([]),
    afterCallWebhook: webhookUrl.optional(),
  })
  .refine(
    (workflow) =>
      workflow.kind === 'custom' || (workflow.integration !== undefined && workflow.metadata === undefined),
    {
      error: 'a basic workflow names its integration under "integration"',
    },
  )
  .refine(
    (workflow) =>
      workflow.kind === 'basic' || (workflow.metadata !== undefined && workflow.integration === undefined),
    {
      error: 'a custom workflow names its integration under "metadata: { integration: … }"',
    },
  );

const deskContactSchema = z.strictObject({
  number: e164Schema,
  name: line('a name', 120).optional(),
  notes: z.string().max(10_000).optional(),
  tags: z.array(line('a tag', 60)).default([]),
});

/** The shape of a desk file. References between its parts are checked on import, where lines are known. */
export const deskSchema = z.strictObject({
  patchbay: z.literal(1, { error: 'must be 1, the version of the desk file' }),
  integrations: z.array(integrationSchema).default([]),
  groups: z.array(groupSchema).default([]),
  schedules: z.array(scheduleSchema).default([]),
  workflows: z.array(workflowSchema).default([]),
  contacts: z.array(deskContactSchema).default([]),
});

export type Desk = z.infer<typeof deskSchema>;
export type Integration = z.infer<typeof integrationSchema>;
export type Rule = z.infer<typeof ruleSchema>;
export type RuleConditions = z.infer<typeof whenSchema>;
export type Group = z.infer<typeof groupSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;
export type Workflow = z.infer<typeof workflowSchema>;
export type FormField = z.infer<typeof formFieldSchema>;
export type WorkflowText = z.infer<typeof textSchema>;
export type DeskContact = z.infer<typeof deskContactSchema>;
export type NoAnswerStep = z.infer<typeof noAnswerStep>;
export type PromiseSettings = z.infer<typeof promiseSchema>;

/** What is promised where the desk file says no more than "text". */
export const standardPromise: PromiseSettings = promiseSchema.parse({});

/** The id of the integration that a workflow hands its calls over to, wherever its kind keeps it. */
export function integrationIdOf(workflow: Workflow): string {
  const integrationId = workflow.integration ?? workflow.metadata?.integration;
  if (integrationId === undefined) throw new Error(`workflow ${workflow.id} names no integration`);
  return integrationId;
}
