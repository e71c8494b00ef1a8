import type { RelayPurpose } from '../../../src-preload/contract/calls.ts';
import type { FormField, Workflow } from '../../../src-preload/contract/desk.ts';
import { asksForPerson, isAboutAskingForPerson, namedIn, plain, speaksOf } from './keywords.ts';
import { type Message, type ModelRequest, rehearsalProvider } from './language-model.ts';
import type { ScriptedAnswer } from './rehearsal-models.ts';
import { textNotSent } from './tools.ts';

/** What a rehearsal model is told of the workflow, in `providerOptions.rehearsal`. */
interface Facts {
  workflow: Workflow;
  purpose: RelayPurpose;
  mayTransfer: boolean;
  form: Record<string, string>;
}

const goodbye = 'Thank you for calling. Good-bye.';
const anythingElse = 'Is there anything else I can do for you?';

/** What the keyword model says and does next; the same conversation always brings the same answer. */
export function keywordAnswer({ prompt, providerOptions }: ModelRequest): ScriptedAnswer {
  const facts = providerOptions?.[rehearsalProvider] as unknown as Facts | undefined;
  if (facts === undefined) return speak('I am a rehearsal model and know nothing of this workflow.');
  const last = prompt.at(-1);
  if (last?.role === 'tool') return afterTools(facts, last);
  const said = last?.role === 'user' ? textOf(last) : '';
  if (facts.purpose === 'message') {
    const asked = facts.mayTransfer ? asksForAnotherTry(said) : undefined;
    return asked === undefined ? takeMessage(said) : handOver(facts, said, asked);
  }
  return converse(facts, said, lastAiWords(prompt));
}

function converse(facts: Facts, said: string, aiSaid: string): ScriptedAnswer {
  const { workflow } = facts;
  const trigger = triggerIn(said, workflow.transferWhen);
  if (trigger !== undefined) return handOver(facts, said, trigger);

  const endsCall =
    /\b(?:good ?bye|good-bye|bye|that's all|that is all|that's it|nothing else|hang up)\b/.test(plain(said));
  const pending = endsCall
    ? undefined
    : missingFields(facts, false).find((field) => aiSaid.includes(question(field)));
  if (pending) return act('', 'save_field', { field: pending.id, value: answerIn(said, pending) });

  const text = workflow.texts.find(
    ({ id, when }) => asksForText(said) && speaksOf(said, `${id.replaceAll('-', ' ')} or ${when}`),
  );
  const asked = text ?? (asksForText(said) ? workflow.texts[0] : undefined);
  if (asked) return act('', 'send_text', { id: asked.id });

  if (endsCall || /^(?:no[,.]? )?(?:thanks|thank you)\b/.test(plain(said))) {
    return act(goodbye, 'end_call', { reason: 'The caller said good-bye' });
  }
  const next = missingFields(facts, true)[0];
  return speak(next ? `Certainly. ${question(next)}` : `Thank you, I have noted that. ${anythingElse}`);
}

/** A trigger that holds, or why a person is needed when none says it. */
function triggerIn(said: string, triggers: readonly string[]): string | undefined {
  const wantsPerson = asksForPerson(said);
  const held = triggers.find((trigger) =>
    isAboutAskingForPerson(trigger) ? wantsPerson : speaksOf(said, trigger),
  );
  return held ?? (wantsPerson ? 'The caller asks to speak with a person' : undefined);
}

/** Why a person is to be rung once more, when the caller asks for that while a message is being taken. */
function asksForAnotherTry(said: string): string | undefined {
  if (/\btry (?:it |them |that )?again\b|\banother try\b/.test(plain(said)))
    return 'The caller asks for another try';
  if (/\banother (?:department|person)\b|\bsomebody else\b|\bsomeone else\b/.test(plain(said))) {
    return 'The caller asks for somebody else';
  }
  return undefined;
}

function handOver({ workflow, form }: Facts, said: string, trigger: string): ScriptedAnswer {
  const choices = workflow.form.filter(({ type }) => type === 'choice');
  const departments = choices.filter(({ id, label }) => /department|team/i.test(`${id} ${label}`));
  const options = (departments.length > 0 ? departments : choices).flatMap((field) => field.options ?? []);
  const department =
    namedIn(said, options) ?? departments.map(({ id }) => form[id]).find((value) => value !== undefined);
  const known = Object.entries(form).map(([field, value]) => `${field}: ${value}`);
  const summary = [`The caller said: ${said.replaceAll(/\s+/g, ' ').trim()}`, ...known].join('; ');
  const texts = workflow.texts.filter(({ when }) =>
    /\bhand(?:ing)?[ -]?(?:off|over)|transfer|connect/i.test(when),
  );
  return {
    text: 'One moment, I’ll connect you.',
    toolCalls: [
      ...texts.map(({ id }) => ({ tool: 'send_text', args: { id } })),
      {
        tool: 'transfer_to_human',
        args: { reason: trigger, summary, ...(department !== undefined && { department }) },
      },
    ],
  };
}

function takeMessage(said: string): ScriptedAnswer {
  const words = plain(said).replaceAll(/[.!,]/g, '');
  if (
    /^(?:no|no thanks|no thank you|bye|goodbye|good-bye|never mind|nevermind)( bye| goodbye)?$/.test(words)
  ) {
    return act(goodbye, 'end_call', { reason: 'The caller left no message' });
  }
  if (/^(?:yes|yeah|sure|ok|okay|hello|hi|yes please)?$/.test(words)) {
    return speak('Please tell me your message, your name and the number to call back.');
  }
  const name = nameIn(said);
  const [callback] = said.match(/\+?\d[\d ()-]{6,}\d/) ?? [];
  return act('', 'take_message', {
    message: said,
    ...(name !== undefined && { name }),
    ...(callback !== undefined && { callback }),
  });
}

function afterTools(facts: Facts, results: Extract<Message, { role: 'tool' }>): ScriptedAnswer {
  const spoken = results.content.map((result) => {
    if (result.type !== 'tool-result') return '';
    const outcome =
      'value' in result.output && typeof result.output.value === 'string' ? result.output.value : '';
    const failed = result.output.type === 'error-text';
    switch (result.toolName) {
      case 'save_field':
        return failed || outcome.startsWith('Not saved') ? refused(facts, outcome) : saved(facts);
      case 'take_message':
        return failed ? 'Please say that again.' : '';
      case 'send_text':
        return (outcome.startsWith(textNotSent) && !outcome.includes('already')) || failed
          ? `I am sorry, the text could not be sent. ${anythingElse}`
          : `I have sent you a text. ${anythingElse}`;
      default:
        return '';
    }
  });
  const text = spoken.filter((words) => words !== '').join(' ');
  const tookMessage = results.content.some(
    (result) => result.type === 'tool-result' && result.toolName === 'take_message',
  );
  if (tookMessage && text === '') {
    return act('Thank you, I will pass your message on. Good-bye.', 'end_call', {
      reason: 'The caller left a message',
    });
  }
  return speak(text === '' ? anythingElse : text);
}

function saved(facts: Facts): string {
  const next = missingFields(facts, true)[0];
  return next ? `Thank you. ${question(next)}` : `Thank you, I have everything I need. ${anythingElse}`;
}

/** Repeats what was wrong, and asks the same field again so that the next answer is understood as its. */
function refused(facts: Facts, outcome: string): string {
  const field = missingFields(facts, false).find(({ label }) => outcome.includes(`“${label}”`));
  const ask =
    outcome
      .split(/; ask (?:the caller )?/)
      .at(-1)
      ?.replace(/[.]$/, '') ?? '';
  return [`Sorry, I need to ask you again: ${ask}.`, field ? question(field) : ''].join(' ').trim();
}

function missingFields({ workflow, form }: Facts, requiredOnly: boolean): FormField[] {
  return workflow.form.filter(({ id, required }) => form[id] === undefined && (required || !requiredOnly));
}

function question(field: FormField): string {
  const options = field.options ? ` The choices are ${field.options.join(', ')}.` : '';
  return field.type === 'yes-no'
    ? `${field.label}: yes or no?`
    : `Could you tell me: ${field.label}?${options}`;
}

function answerIn(said: string, field: FormField): string {
  if (field.type !== 'text') return said;
  return /name/i.test(`${field.id} ${field.label}`) ? (nameIn(said) ?? said) : said;
}

function nameIn(said: string): string | undefined {
  const [, name] =
    /\b(?:my name is|my name's|the name is|this is|i am|i'm|it's|it is)\s+([\p{L}'-]+(?:\s+\p{Lu}[\p{L}'-]+)*)/iu.exec(
      said.replaceAll('’', "'"),
    ) ?? [];
  return name?.split(/\s+(?=[\p{Ll}])/u)[0];
}

function asksForText(said: string): boolean {
  return /\b(?:text|sms|message) (?:me|it|that|us)\b|\bsend (?:me )?(?:a|an|the|that|it)?\s?(?:text|sms|link|case number)\b|\bsend (?:it|that) to me\b|\bcase number\b/.test(
    plain(said),
  );
}

function lastAiWords(prompt: readonly Message[]): string {
  const last = prompt.findLast(({ role }) => role === 'assistant');
  return last ? textOf(last) : '';
}

function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('\n')
    .trim();
}

function speak(text: string): ScriptedAnswer {
  return { text, toolCalls: [] };
}

function act(text: string, tool: string, args: Record<string, string>): ScriptedAnswer {
  return { text, toolCalls: [{ tool, args }] };
}
