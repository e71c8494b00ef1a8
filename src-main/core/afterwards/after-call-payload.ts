import type { CallOutcome, CallView } from '../../../src-preload/contract/calls.ts';
import type { Workflow } from '../../../src-preload/contract/desk.ts';
import { tellingPhone } from '../calls/rung-state.ts';
import { assertNever } from '../errors.ts';

/**
 * What the after-call webhook receives. The names are those of the payload that CallCow publishes
 * (docs.callcow.ai/webhooks/webhook), so that a receiver written for it works here; `form_fills` is added.
 */
export interface AfterCallPayload {
  /** The same for every delivery of a call: receivers use it as the idempotency key. */
  call_id: string;
  workflow_id: string;
  workflow_name: string;
  /** E.164, or "withheld": receivers expect a text. */
  phone_number_from: string;
  phone_number_to: string;
  call_status: CallStatus;
  call_summary: string;
  messages: { role: 'user' | 'assistant'; content: string }[];
  /** A JSON text. */
  context: string;
  form_fills: Record<string, string>;
  /** ISO 8601, when the call came in. */
  created_at: string;
}

export type CallStatus = 'success' | 'not_picked_up' | 'hung_up' | 'failed';

/** Tells of a call that has ended in the words that receivers know. */
export function afterCallPayload(call: CallView, workflow: Workflow): AfterCallPayload {
  return {
    call_id: call.id,
    workflow_id: workflow.id,
    workflow_name: workflow.name,
    phone_number_from: call.from ?? 'withheld',
    phone_number_to: call.to,
    call_status: statusOf(call.outcome),
    call_summary: call.summary ?? '',
    messages: call.transcript.map(({ who, text }) => ({
      role: who === 'caller' ? 'user' : 'assistant',
      content: text,
    })),
    context: JSON.stringify(contextOf(call)),
    form_fills: call.form,
    created_at: new Date(call.startedAt).toISOString(),
  };
}

function statusOf(outcome: CallOutcome | null): CallStatus {
  switch (outcome) {
    case 'human-on-the-line':
    case 'message-taken':
    case 'finished':
      return 'success';
    case 'not-reached':
      return 'not_picked_up';
    case 'caller-hung-up':
      return 'hung_up';
    case 'not-set-up':
    case 'lost':
    case null: // it has not ended, so nobody knows yet that it went well
      return 'failed';
    default:
      return assertNever(outcome);
  }
}

/** What the published names have no place for; absent facts are left out. */
function contextOf(call: CallView): Record<string, unknown> {
  const { transfer, decision, message, handedOver } = call;
  const phone = tellingPhone(call.rung);
  return {
    call_sid: call.callSid,
    outcome: call.outcome ?? undefined,
    ended_at: call.endedAt === null ? undefined : new Date(call.endedAt).toISOString(),
    contact_name: call.contact.name ?? undefined,
    contact_known: call.contact.known,
    handed_over_by: handedOver?.platform,
    transfer_cause: transfer?.cause,
    transfer_reason: transfer?.reason,
    transfer_summary: transfer?.summary,
    department: transfer?.department,
    destination: phone?.destination ?? decision?.destinations[0],
    dial_result: phone?.status,
    decided_via: decision?.via,
    decision_rule: decision?.rule,
    decision_why: decision?.why,
    fallback_reason: decision?.fallbackReason,
    message: message?.text,
    message_name: message?.name,
    message_callback: message?.callback,
    voicemail_url: call.voicemailUrl ?? undefined,
    texts_sent: call.textsSent.length === 0 ? undefined : call.textsSent,
  };
}
