import { z } from 'zod';
import type { FormField, Workflow, WorkflowText } from '../../../src-preload/contract/desk.ts';
import type { ToolCall, ToolDefinition } from './language-model.ts';
import { parseArguments } from './reply.ts';

/** A tool call whose arguments are understood. */
export type ToolUse =
  | { tool: 'transfer_to_human'; reason?: string; summary?: string; department?: string }
  | { tool: 'save_field'; field: FormField; value: string }
  | { tool: 'take_message'; message: string; name?: string; callback?: string }
  | { tool: 'send_text'; text: WorkflowText }
  | { tool: 'end_call'; reason?: string };

const said = z.string().trim().min(1).max(4000);

/** What the model is told to pass. What it passes is read more leniently, see `readToolCall`. */
const schemas = {
  transfer_to_human: z.object({
    reason: said.describe('Why the caller needs a person, in one short sentence'),
    summary: said.describe('What the person who picks up must know, in one or two sentences'),
    department: said.optional().describe('The department the caller wants, when they named one'),
  }),
  save_field: z.object({
    field: said.describe('The id of the form field'),
    value: said.describe('What the caller answered'),
  }),
  take_message: z.object({
    message: said.describe('The message, in the caller’s words'),
    name: said.optional().describe('The caller’s name'),
    callback: said.optional().describe('The number to call back, when it is not the one they call from'),
  }),
  send_text: z.object({ id: said.describe('The id of the text') }),
  end_call: z.object({ reason: said.optional().describe('Why the conversation is over') }),
};
export type ToolName = keyof typeof schemas;

/** How the model is told that a text did not go out. */
export const textNotSent = 'The text was not sent';

export const handOverTool = 'transfer_to_human' satisfies ToolName;

const descriptions: Record<ToolName, string> = {
  transfer_to_human: 'Hands the call over to a person. Call it whenever you say that you connect the caller.',
  save_field: 'Saves one answer of the caller in the form.',
  take_message: 'Takes a message from the caller.',
  send_text: 'Sends one of the prepared texts to the caller’s phone.',
  end_call: 'Hangs up. Say good-bye first.',
};

/** The tools that make sense on this workflow. @param mayTransfer whether a person can be rung (again) */
export function offeredTools(workflow: Workflow, mayTransfer: boolean): ToolDefinition[] {
  const names: ToolName[] = [
    ...(mayTransfer ? (['transfer_to_human'] as const) : []),
    ...(workflow.form.length > 0 ? (['save_field'] as const) : []),
    'take_message',
    ...(workflow.texts.length > 0 ? (['send_text'] as const) : []),
    'end_call',
  ];
  return names.map((name) => ({
    type: 'function',
    name,
    description: descriptions[name],
    inputSchema: inputSchemaOf(name, workflow),
  }));
}

function inputSchemaOf(name: ToolName, workflow: Workflow): ToolDefinition['inputSchema'] {
  const ids = (things: readonly { id: string }[]) => z.enum(things.map(({ id }) => id));
  const schema =
    name === 'save_field'
      ? schemas.save_field.extend({ field: ids(workflow.form).describe('The id of the form field') })
      : name === 'send_text'
        ? schemas.send_text.extend({ id: ids(workflow.texts).describe('The id of the text') })
        : schemas[name];
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-07', io: 'input' });
  return json as ToolDefinition['inputSchema'];
}

/**
 * Understands a tool call as far as it can be understood: numbers and yes/no pass as words, null and blanks as absent,
 * a field or text is found by its id or label in any case. `problem` tells the model how to call the tool rightly.
 */
export function readToolCall(
  call: Pick<ToolCall, 'toolName' | 'input'>,
  offered: readonly ToolDefinition[],
  workflow: Workflow,
): { ok: true; use: ToolUse } | { ok: false; problem: string } {
  if (!offered.some(({ name }) => name === call.toolName)) {
    const names = offered.map(({ name }) => name).join(', ');
    return { ok: false, problem: `There is no tool "${call.toolName}" now. The tools are ${names}.` };
  }
  // A caller who was promised a person gets one, even if the arguments were cut short.
  const raw = parseArguments(call.input) ?? (call.toolName === handOverTool ? {} : undefined);
  if (raw === undefined) {
    return { ok: false, problem: 'The arguments were no JSON object. Call the tool again with a valid one.' };
  }
  const given = tidy(raw);
  const name = call.toolName as ToolName;
  switch (name) {
    case 'transfer_to_human':
      return read(schemas[name].partial(), given, (args) => ({ tool: name, ...args }));
    case 'take_message':
      return read(schemas[name], given, (args) => ({ tool: name, ...args }));
    case 'end_call':
      return read(schemas[name], given, (args) => ({ tool: name, ...args }));
    case 'save_field':
      return read(schemas[name], given, ({ field: wanted, value }) => {
        const field = findNamed(workflow.form, wanted, ({ label }) => label);
        return field ? { tool: name, field, value } : unknown('form field', wanted, workflow.form);
      });
    case 'send_text':
      return read(schemas[name], given, ({ id }) => {
        const text = findNamed(workflow.texts, id, ({ when }) => when);
        return text ? { tool: name, text } : unknown('text', id, workflow.texts);
      });
  }
}

function read<T>(
  schema: z.ZodType<T>,
  given: Record<string, string>,
  use: (args: T) => ToolUseDraft | string,
): { ok: true; use: ToolUse } | { ok: false; problem: string } {
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues
      .map(({ path, message }) => `"${path.join('.')}": ${message}`)
      .join('; ');
    return { ok: false, problem: `The arguments were wrong (${wrong}). Call the tool again.` };
  }
  const made = use(parsed.data);
  return typeof made === 'string' ? { ok: false, problem: made } : { ok: true, use: made as ToolUse };
}

/** zod types an absent optional key as possibly undefined; a parsed object never holds such a key. */
type ToolUseDraft = {
  [Use in ToolUse as Use['tool']]: { [Key in keyof Use]: Use[Key] | undefined };
}[ToolName];

function tidy(raw: Record<string, unknown>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    const words =
      typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'bigint'
          ? String(value)
          : typeof value === 'boolean'
            ? value
              ? 'yes'
              : 'no'
            : Array.isArray(value)
              ? value.filter((item) => typeof item === 'string' || typeof item === 'number').join(', ')
              : '';
    if (words.trim() !== '') given[key] = words.trim().slice(0, 4000);
  }
  return given;
}

function findNamed<T extends { id: string }>(
  things: readonly T[],
  wanted: string,
  labelOf: (thing: T) => string,
): T | undefined {
  const plain = (words: string) => words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return (
    things.find(({ id }) => id === wanted) ??
    things.find((thing) => plain(thing.id) === plain(wanted) || plain(labelOf(thing)) === plain(wanted))
  );
}

function unknown(what: string, wanted: string, things: readonly { id: string }[]): string {
  return `There is no ${what} "${wanted}". There are: ${things.map(({ id }) => id).join(', ')}.`;
}
