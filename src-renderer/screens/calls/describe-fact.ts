import { assertNever } from '../../../src-main/core/errors.ts';
import type { CallFact } from '../../../src-preload/contract/calls.ts';
import { formatNumber } from '../../components/phone-number.ts';
import { formatDayAndClock, formatPrecise, formatSeconds } from '../../components/times.ts';
import {
  callerWords,
  causeWords,
  dialWords,
  isPracticeModel,
  offerWords,
  outcomeWords,
  promiseEndedWords,
  purposeWords,
  screenWords,
  viaWords,
} from './words.ts';

/** One fact of a call as one sentence for the operator. */
export function describeFact(fact: CallFact): string {
  switch (fact.type) {
    case 'received':
      return describeReceived(fact);
    case 'handed-over':
      return describeHandedOver(fact);
    case 'answered':
      return `Patchbay told Twilio what to do at the step “${fact.step}”.`;
    case 'relay.offered':
      return `Twilio was asked to connect the AI ${purposeWords[fact.purpose]}.`;
    case 'relay.connected':
      return 'The AI is on the line.';
    case 'relay.ended':
      return fact.errorCode === undefined && fact.errorMessage === undefined
        ? 'The AI left the line.'
        : `The AI’s connection broke${because(fact.errorMessage)}${fact.errorCode === undefined ? '' : ` (Twilio ${fact.errorCode})`}.`;
    case 'relay.error':
      return `Twilio reported a problem with the conversation: ${ended(fact.description)}`;
    case 'caller.said':
      return `Caller: “${fact.text}”`;
    case 'caller.pressed':
      return `The caller pressed ${fact.digit}.`;
    case 'ai.said':
      return `AI: “${fact.text}”`;
    case 'ai.interrupted':
      return fact.heard === ''
        ? `The caller spoke over the AI after ${formatPrecise(fact.afterMs)} and heard none of its words.`
        : `The caller spoke over the AI after ${formatPrecise(fact.afterMs)}; heard was only “${fact.heard}”.`;
    case 'field.saved':
      return `The form’s “${fact.field}” is “${fact.value}”.`;
    case 'field.refused':
      return `The form’s “${fact.field}” did not take “${fact.value}”: ${ended(fact.problem)}`;
    case 'message.taken':
      return `${fact.name ?? 'The caller'} left a message: “${fact.message}”${fact.callback === undefined ? '' : ` Call back on ${formatNumber(fact.callback)}.`}`;
    case 'text.sent':
      return `The text “${fact.textId}” was sent to the caller.`;
    case 'text.failed':
      return `The text “${fact.textId}” was not sent: ${ended(fact.problem)}`;
    case 'promise.made':
      return `The caller is promised a call back by ${formatDayAndClock(fact.dueAt)}; the case number is ${fact.caseNumber}.`;
    case 'promise.text-sent':
      return 'The text with the promise was sent to the caller.';
    case 'promise.text-failed':
      return `The caller may not have the text with the promise: ${ended(fact.problem)}`;
    case 'promise.ended':
      return promiseEndedWords[fact.by];
    case 'transfer.requested':
      return `${causeWords[fact.cause]}: ${ended(fact.reason)}${fact.department === undefined ? '' : ` Department: ${fact.department}.`}`;
    case 'transfer.decided':
      return describeDecision(fact.decision);
    case 'model.mismatch':
      return `The AI announced a transfer but did not act: “${fact.said}”`;
    case 'model.failed':
      return `The AI failed: ${ended(fact.problem)}`;
    case 'model.ended-call':
      return `The AI ended the conversation: ${ended(fact.reason)}`;
    case 'dial.started':
      return describeDial(fact);
    case 'dial.ended':
      return `${formatNumber(fact.destination)} ${dialWords[fact.result]}${fact.talkSeconds === undefined ? '' : `; they spoke for ${formatSeconds(fact.talkSeconds)}`}.`;
    case 'leg.placed':
      return `Twilio rings ${formatNumber(fact.destination)}.`;
    case 'leg.refused':
      return `Twilio does not ring ${formatNumber(fact.destination)}: ${ended(fact.problem)}`;
    case 'warm.failed':
      return `The caller can’t wait in a conference: ${ended(fact.problem)} The same phones are rung without one; they see ${formatNumber(fact.callerId)}.`;
    case 'caller.waits':
      return `The caller waits with music, for ${formatSeconds(fact.seconds)} at most unless somebody joins.`;
    case 'leg.joined':
      return `${formatNumber(fact.destination)} has heard who calls and joins the caller.`;
    case 'leg.parted':
      return `${formatNumber(fact.destination)} was gone before the caller was there.`;
    case 'leg.changed':
      return `The line to ${formatNumber(fact.destination)} is “${fact.status}”${fact.errorCode === undefined ? '' : ` (Twilio ${fact.errorCode})`}.`;
    case 'briefing.ready':
      return `Whoever picks up is to hear: “${fact.text}”${writtenBy[fact.by]}`;
    case 'briefing.said':
      return `${formatNumber(fact.destination)} picked up and hears: “${fact.text}”`;
    case 'screen.asked':
      return `${formatNumber(fact.destination)} picked up, hears “${fact.text}” and is asked for a key.`;
    case 'screen.answered':
      return `${formatNumber(fact.destination)} ${fact.late === true ? 'pressed 1, but somebody else was faster' : screenWords[fact.choice]}.`;
    case 'nobody.answered':
      return offerWords[fact.offer];
    case 'voicemail.kept':
      return `The voicemail is kept on this computer as ${fact.file}.`;
    case 'voicemail.lost':
      return `The voicemail could not be fetched from Twilio: ${ended(fact.problem)}`;
    case 'voicemail.recorded':
      return `A voicemail of ${formatSeconds(fact.seconds)} was recorded.`;
    case 'ended':
      return `The call ended: ${outcomeWords[fact.outcome].sentence}${fact.detail === undefined ? '' : ` (${fact.detail})`}.`;
    case 'summarised':
      return `${fact.by === 'model' ? 'The AI' : 'Patchbay'} summed the call up: ${ended(fact.summary)}`;
    case 'note':
      return ended(fact.text);
    default:
      return assertNever(fact);
  }
}

function describeReceived(fact: Extract<CallFact, { type: 'received' }>): string {
  const name = fact.contactName ?? fact.callerName ?? null;
  const caller = callerWords(name, fact.from, formatNumber);
  const workflow =
    fact.workflowName === null
      ? 'no workflow answers it'
      : `${fact.workflowName} answers${modelPart(fact.model)}`;
  const forwarded =
    fact.forwardedFrom === undefined ? '' : `, forwarded from ${formatNumber(fact.forwardedFrom)}`;
  return `${caller} called ${formatNumber(fact.to)}${forwarded}; ${workflow}.`;
}

const writtenBy: Record<Extract<CallFact, { type: 'briefing.ready' }>['by'], string> = {
  model: ' The AI wrote it.',
  platform: ' The platform’s AI wrote it.',
  patchbay: '',
};

function describeHandedOver(fact: Extract<CallFact, { type: 'handed-over' }>): string {
  const how =
    fact.matchedBy === 'caller'
      ? 'it was awaited from this number'
      : 'no other call was awaited from the platform’s number';
  const called = fact.called === null ? '' : `, who had called ${formatNumber(fact.called)}`;
  const fields = Object.entries(fact.fields).map(([name, value]) => `${name}: ${value}`);
  const told = fields.length === 0 ? '' : ` It told ${fields.join(', ')}.`;
  return `${fact.platform} handed the caller over${called}; ${how}.${told}`;
}

function modelPart(model: string | null): string {
  if (model === null) return '';
  return isPracticeModel(model) ? ` with ${model} (practice model, not a real AI)` : ` with ${model}`;
}

function describeDecision(decision: Extract<CallFact, { type: 'transfer.decided' }>['decision']): string {
  const together = decision.together ?? [];
  const others = decision.destinations.filter((destination) => !together.includes(destination));
  const atOnce = together.map((destination) => formatNumber(destination)).join(', ');
  const where = [...(atOnce === '' ? [] : [atOnce]), ...others.map((other) => formatNumber(other))].join(
    ', then ',
  );
  const fallback = decision.fallbackReason === undefined ? '' : ` Reason: ${ended(decision.fallbackReason)}`;
  const bound =
    decision.atMostSeconds === undefined
      ? ''
      : ` After ${formatSeconds(decision.atMostSeconds)} at most it is clear whether somebody takes it.`;
  return `The transfer goes to ${where}. ${viaWords(decision)}: ${ended(decision.why)}${fallback}${bound}`;
}

function describeDial(fact: Extract<CallFact, { type: 'dial.started' }>): string {
  const numbers = (fact.together ?? [fact.destination]).map((number) => formatNumber(number));
  const [verb, they] = numbers.length > 1 ? ['ring at once', 'they see'] : ['rings', 'it sees'];
  const meanwhile = fact.warm === true ? ' Meanwhile the caller waits.' : '';
  return `${numbers.join(', ')} ${verb} for up to ${formatSeconds(fact.ringSeconds)}; ${they} ${formatNumber(fact.callerId)}.${meanwhile}`;
}

const because = (message: string | undefined): string => (message === undefined ? '' : `: ${message}`);

/** The text with a full stop where its end has none. */
const ended = (text: string): string => (/[.!?…”]$/.test(text) ? text : `${text}.`);
