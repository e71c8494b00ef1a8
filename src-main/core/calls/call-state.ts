import type { CallEvent, CallView, TranscriptLine } from '../../../src-preload/contract/calls.ts';
import { assertNever } from '../errors.ts';
import {
  callEnded,
  dialEnded,
  dialStarted,
  dialsOf,
  heardWhoCalls,
  legChanged,
  legEnded,
  legJoined,
  legParted,
  legPlaced,
  screenAnswered,
  warmFailed,
} from './rung-state.ts';

/**
 * The call as it stands after one more event. Pure: the same events always make the same call, so a call can be
 * rebuilt from its log after a crash. An event out of place (a late leg status, a second end) changes nothing but
 * `lastSeq`.
 *
 * @throws Error when a call's first event is not "received".
 */
export function reduceCall(call: CallView | null, event: CallEvent): CallView {
  const { fact, at, seq } = event;
  if (call === null) {
    if (fact.type !== 'received')
      throw new Error(`call ${event.callId} begins with "${fact.type}" instead of "received"`);
    return {
      id: event.callId,
      callSid: fact.callSid,
      accountSid: fact.accountSid,
      from: fact.from,
      to: fact.to,
      workflowId: fact.workflowId,
      workflowName: fact.workflowName,
      model: fact.model,
      contact: { id: fact.contactId, name: fact.contactName, known: fact.contactKnown },
      safetyNet: fact.safetyNet,
      handedOver: null,
      phase: 'talking',
      outcome: null,
      startedAt: at,
      endedAt: null,
      lastSeq: seq,
      relay: null,
      relaysOffered: 0,
      transcript: [],
      form: {},
      transfer: null,
      decision: null,
      dialsBefore: 0,
      briefing: null,
      rung: [],
      waiting: null,
      offered: [],
      message: null,
      voicemailUrl: null,
      recording: null,
      textsSent: [],
      promise: null,
      modelFailed: null,
      endedByAi: false,
      summary: null,
    };
  }
  return { ...call, ...changeOf(call, event), lastSeq: seq };
}

/** The call that a whole log makes, or null for an empty one. */
export function rebuildCall(events: readonly CallEvent[]): CallView | null {
  return events.reduce<CallView | null>(reduceCall, null);
}

function changeOf(call: CallView, { fact, at }: CallEvent): Partial<CallView> {
  switch (fact.type) {
    case 'received':
    case 'answered':
    case 'relay.error':
    case 'caller.pressed':
    case 'field.refused':
    case 'text.failed':
    case 'promise.text-failed':
    case 'promise.ended':
    case 'voicemail.lost':
    case 'model.mismatch':
    case 'note':
      return {};
    case 'handed-over': {
      const { type: _, ...handedOver } = fact;
      return { handedOver };
    }
    case 'model.ended-call':
      return { endedByAi: true };
    case 'relay.offered':
      return {
        relay: {
          token: fact.token,
          purpose: fact.purpose,
          sessionId: null,
          over: false,
          // A message session that dropped and is offered again goes on where it was.
          messageTaken:
            fact.purpose === 'message' && call.relay?.purpose === 'message' && call.relay.messageTaken,
        },
        relaysOffered: call.relaysOffered + 1,
        ...(fact.purpose === 'message' && call.phase !== 'ended' ? { phase: 'taking-message' as const } : {}),
      };
    case 'relay.connected':
      return call.relay === null ? {} : { relay: { ...call.relay, sessionId: fact.sessionId } };
    case 'relay.ended':
      return call.relay === null ? {} : { relay: { ...call.relay, over: true } };
    case 'caller.said':
      return { transcript: [...call.transcript, { who: 'caller', text: fact.text, at }] };
    case 'ai.said':
      return { transcript: [...call.transcript, { who: 'ai', text: fact.text, at }] };
    case 'ai.interrupted':
      return { transcript: cutLastWords(call.transcript, fact.heard) };
    case 'field.saved':
      return { form: { ...call.form, [fact.field]: fact.value } };
    case 'message.taken': {
      const { message: text, name, callback } = fact;
      return {
        message: { text, ...(name && { name }), ...(callback && { callback }) },
        relay: call.relay && { ...call.relay, messageTaken: true },
      };
    }
    case 'text.sent':
      return { textsSent: [...call.textsSent, fact.textId] };
    case 'promise.made':
      return { promise: { caseNumber: fact.caseNumber, dueAt: fact.dueAt, told: false } };
    case 'promise.text-sent':
      return { promise: call.promise && { ...call.promise, told: true } };
    case 'transfer.requested': {
      const { cause, reason, summary, summaryBy, department } = fact;
      return {
        transfer: {
          cause,
          reason,
          summary,
          ...(summaryBy && { summaryBy }),
          ...(department && { department }),
          at,
        },
        // What was decided for an earlier request does not answer this one.
        decision: null,
        briefing: null,
        ...(call.phase === 'ended' ? {} : { phase: 'transferring' as const }),
      };
    }
    case 'transfer.decided':
      return { decision: fact.decision, dialsBefore: dialsOf(call.rung), offered: [] };
    case 'briefing.ready':
      return { briefing: { text: fact.text, by: fact.by } };
    case 'model.failed':
      return { modelFailed: fact.problem };
    case 'dial.started':
      return dialStarted(call, fact, at);
    case 'leg.changed':
      return legChanged(call, fact, at);
    case 'leg.placed':
      return legPlaced(call, fact);
    case 'leg.refused':
      return legEnded(call, fact, at, 'failed');
    case 'warm.failed':
      return warmFailed(call, fact);
    case 'caller.waits':
      return { waiting: { dial: fact.dial, since: at, seconds: fact.seconds } };
    case 'leg.joined':
      return legJoined(call, fact, at);
    case 'leg.parted':
      return legParted(call, fact, at);
    case 'screen.asked':
    case 'briefing.said':
      return heardWhoCalls(call, fact);
    case 'screen.answered':
      return screenAnswered(call, fact, at);
    case 'dial.ended':
      return dialEnded(call, fact, at);
    case 'nobody.answered':
      return { offered: [...call.offered, fact.offer] };
    case 'voicemail.recorded':
      return { voicemailUrl: fact.recordingUrl };
    case 'voicemail.kept': {
      const { file, contentType, bytes, seconds } = fact;
      return { recording: { file, contentType, bytes, seconds } };
    }
    case 'ended':
      return call.phase === 'ended'
        ? {}
        : {
            phase: 'ended',
            outcome: fact.outcome,
            endedAt: at,
            relay: call.relay && { ...call.relay, over: true },
            rung: callEnded(call, at),
            waiting: null,
          };
    case 'summarised':
      return { summary: fact.summary };
    default:
      return assertNever(fact);
  }
}

/** What the caller did not hear was not said: the AI's last line ends where the caller spoke over it. */
function cutLastWords(transcript: readonly TranscriptLine[], heard: string): TranscriptLine[] {
  const last = transcript.findLastIndex((line) => line.who === 'ai');
  return transcript
    .map((line, index) => (index === last ? { ...line, text: heard.trim(), interrupted: true } : line))
    .filter((line, index) => index !== last || line.text !== '');
}
