import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import type { Workflow } from '../../../src-preload/contract/desk.ts';
import { assertNever } from '../errors.ts';
import type { BriefingPhrases } from './phrases.ts';

/** What a human who picks up hears of a call, in plain words. Pure. */

type Briefing = NonNullable<CallView['briefing']>;

/** About 20 s of speech: somebody is holding a phone to the ear while the caller waits. */
const longestSpoken = 280;

/** Longer last words of a caller are no reason but a story. */
const longestWords = 120;

/** Patchbay's own sentence, when no model wrote one: who calls, why, and what the form holds. */
export function ownBriefing(call: CallView, workflow: Workflow | undefined, words: BriefingPhrases): string {
  const labels = new Map(workflow?.form.map(({ id, label }) => [id, label]));
  const form = Object.entries(formOf(call)).map(
    ([field, value]) => `${labels.get(field) ?? field}: ${value}`,
  );
  const parts = [whoCalls(call, words), reasonOf(call, words)];
  if (form.length > 0) parts.push(words.onTheForm(form.join(', ')));
  return parts.filter((part) => part !== '').join(' ');
}

/** Patchbay's own form; of a caller whom a platform handed over, what its AI collected, each thing once. */
function formOf({ form, handedOver }: CallView): Record<string, string> {
  if (handedOver === null || Object.keys(form).length > 0) return form;
  const said = new Set([handedOver.reason, handedOver.summary]);
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const names = Object.keys(handedOver.fields);
  return Object.fromEntries(
    Object.entries(handedOver.fields).filter(
      ([name, value], at) =>
        !said.has(value) && names.findIndex((other) => plain(other) === plain(name)) === at,
    ),
  );
}

/** The briefing as it is said: who calls comes first, whoever wrote the rest. */
export function spokenBriefing(call: CallView, { text, by }: Briefing, words: BriefingPhrases): string {
  return clip(by === 'patchbay' ? text : `${whoCalls(call, words)} ${text}`, longestSpoken);
}

/** The reason as one line that ends as a sentence. */
export function asSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' || /[.!?…”»]$/.test(line) ? line : `${line}.`;
}

function whoCalls({ contact, from }: CallView, words: BriefingPhrases): string {
  return words.calls(contact.name ?? (from === null ? null : digitByDigit(from)));
}

function reasonOf(call: CallView, words: BriefingPhrases): string {
  const { transfer } = call;
  if (transfer === null) return '';
  switch (transfer.cause) {
    case 'model':
      return asSentence(transfer.reason);
    case 'caller-key':
      return words.pressedZero;
    case 'announced-only':
      return lastWords(call, words);
    case 'platform':
      return call.handedOver?.reason === undefined
        ? words.handsOver(call.handedOver?.platform ?? '')
        : asSentence(transfer.reason);
    case 'model-error':
    case 'relay-failed':
      return [words.aiFailed, lastWords(call, words)].filter((part) => part !== '').join(' ');
    default:
      return assertNever(transfer.cause);
  }
}

function lastWords({ transcript }: CallView, words: BriefingPhrases): string {
  const last = transcript
    .findLast(({ who }) => who === 'caller')
    ?.text.replaceAll(/\s+/g, ' ')
    .trim();
  return last ? words.said(clip(last, longestWords)) : '';
}

/** A voice reads "4165559999" as four billion. A number of one's own country is known without its country code. */
function digitByDigit(number: string): string {
  const groups = (parsePhoneNumberFromString(number)?.formatNational() ?? number).match(/\d+/g) ?? [];
  return groups.map((digits) => [...digits].join(' ')).join(', ');
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}
