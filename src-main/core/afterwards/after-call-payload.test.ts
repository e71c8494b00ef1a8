import { describe, expect, it } from 'vitest';
import { callOutcomes } from '../../../src-preload/contract/calls.ts';
import { deskSchema, type Workflow } from '../../../src-preload/contract/desk.ts';
import { endedCall, rungPhone } from '../test-support/sample-call.ts';
import { afterCallPayload } from './after-call-payload.ts';

const [workflow] = deskSchema.shape.workflows.parse([
  {
    id: 'reception',
    name: 'Reception',
    number: '+14165550100',
    integration: 'front-desk',
    greeting: 'Hello.',
    prompt: 'Be kind.',
    model: 'rehearsal:keywords',
  },
]) as [Workflow];

describe('afterCallPayload', () => {
  it('tells of a call in the names that receivers know', () => {
    const call = endedCall({
      outcome: 'human-on-the-line',
      contact: { id: 1, name: 'Sam', known: true },
      transcript: [
        { who: 'ai', text: 'Hello.', at: 1 },
        { who: 'caller', text: 'A human, please.', at: 2 },
      ],
      form: { department: 'billing' },
      transfer: {
        cause: 'model',
        reason: 'Asked for a human',
        summary: 'Wants a human',
        department: 'billing',
        at: 3,
      },
      decision: {
        integrationId: 'front-desk',
        destinations: ['+14165551234'],
        via: 'fallback',
        why: 'The static number, because the webhook failed.',
        fallbackReason: 'it answered 500',
        tookMs: 3,
      },
      rung: [rungPhone({ startedAt: 4, endedAt: 5, status: 'answered' })],
      message: { text: 'Call me back', callback: '+14165557777' },
      summary: 'Sam asked for a human.',
    });
    const { context, ...payload } = afterCallPayload(call, workflow);
    expect(payload).toEqual({
      call_id: 'call-1',
      workflow_id: 'reception',
      workflow_name: 'Reception',
      phone_number_from: '+14165557777',
      phone_number_to: '+14165550100',
      call_status: 'success',
      call_summary: 'Sam asked for a human.',
      messages: [
        { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'A human, please.' },
      ],
      form_fills: { department: 'billing' },
      created_at: '2026-11-22T09:00:00.000Z',
    });
    expect(JSON.parse(context)).toEqual({
      call_sid: call.callSid,
      outcome: 'human-on-the-line',
      ended_at: '2026-11-22T09:01:00.000Z',
      contact_name: 'Sam',
      contact_known: true,
      transfer_cause: 'model',
      transfer_reason: 'Asked for a human',
      transfer_summary: 'Wants a human',
      department: 'billing',
      destination: '+14165551234',
      dial_result: 'answered',
      decided_via: 'fallback',
      decision_why: 'The static number, because the webhook failed.',
      fallback_reason: 'it answered 500',
      message: 'Call me back',
      message_callback: '+14165557777',
    });
  });

  it('leaves out what there is not, and gives a withheld caller a text', () => {
    const payload = afterCallPayload(endedCall({ from: null }), workflow);
    expect(payload).toMatchObject({
      phone_number_from: 'withheld',
      call_summary: '',
      messages: [],
      form_fills: {},
    });
    expect(JSON.parse(payload.context)).not.toHaveProperty('destination');
  });

  it('has a status for every way a call can end', () => {
    const statuses = callOutcomes.map(
      (outcome) => afterCallPayload(endedCall({ outcome }), workflow).call_status,
    );
    expect(Object.fromEntries(callOutcomes.map((outcome, index) => [outcome, statuses[index]]))).toEqual({
      'human-on-the-line': 'success',
      'message-taken': 'success',
      finished: 'success',
      'caller-hung-up': 'hung_up',
      'not-reached': 'not_picked_up',
      'not-set-up': 'failed',
      lost: 'failed',
    });
  });
});
