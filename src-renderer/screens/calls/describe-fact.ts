import { assertNever } from '../../../src-main/core/errors.ts';
import type { CallFact } from '../../../src-preload/contract/calls.ts';
import { formatNumber } from '../../components/phone-number.ts';
import { formatPrecise, formatSeconds } from '../../components/times.ts';
import {
  callerWords,
  causeWords,
  dialWords,
  isPracticeModel,
  outcomeWords,
  purposeWords,
  viaWords,
} from './words.ts';

/** One fact of a call as one sentence for the operator. */
export function describeFact(fact: CallFact): string {
  switch (fact.type) {
    case 'received':
      return describeReceived(fact);
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
      return `${formatNumber(fact.destination)} rings for up to ${formatSeconds(fact.ringSeconds)}; it sees ${formatNumber(fact.callerId)}.`;
    case 'dial.ended':
      return `${formatNumber(fact.destination)} ${dialWords[fact.result]}${fact.talkSeconds === undefined ? '' : `; they spoke for ${formatSeconds(fact.talkSeconds)}`}.`;
    case 'leg.changed':
      return `The line to ${formatNumber(fact.destination)} is “${fact.status}”${fact.errorCode === undefined ? '' : ` (Twilio ${fact.errorCode})`}.`;
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

function modelPart(model: string | null): string {
  if (model === null) return '';
  return isPracticeModel(model) ? ` with ${model} (practice model, not a real AI)` : ` with ${model}`;
}

function describeDecision(decision: Extract<CallFact, { type: 'transfer.decided' }>['decision']): string {
  const where = decision.destinations.map((destination) => formatNumber(destination)).join(', then ');
  const fallback = decision.fallbackReason === undefined ? '' : ` Reason: ${ended(decision.fallbackReason)}`;
  return `The transfer goes to ${where}. ${viaWords(decision)}: ${ended(decision.why)}${fallback}`;
}

const because = (message: string | undefined): string => (message === undefined ? '' : `: ${message}`);

/** The text with a full stop where its end has none. */
const ended = (text: string): string => (/[.!?…”]$/.test(text) ? text : `${text}.`);
