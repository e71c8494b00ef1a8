import { describe, expect, it } from 'vitest';
import { type CallFact, callFactSchema } from '../../../src-preload/contract/calls.ts';
import { formatDayAndClock } from '../../components/times.ts';
import { sampleDecision } from '../../stores/sample-call.ts';
import { describeFact } from './describe-fact.ts';

const received: CallFact = {
  type: 'received',
  callSid: 'CA1',
  accountSid: 'AC1',
  from: '+14165557777',
  to: '+14165550100',
  workflowId: 'reception',
  workflowName: 'Reception',
  model: 'openai:gpt-5.4',
  contactId: 1,
  contactName: null,
  contactKnown: false,
  safetyNet: { integrationId: 'desk', staticNumber: '+14165551234' },
};

const sentences: [CallFact, string][] = [
  [received, '+1 416 555 7777 called +1 416 555 0100; Reception answers with openai:gpt-5.4.'],
  [
    { ...received, contactName: 'Corner Bakery', model: 'rehearsal:keywords', forwardedFrom: '+14165550199' },
    'Corner Bakery called +1 416 555 0100, forwarded from +1 416 555 0199; Reception answers with rehearsal:keywords (practice model, not a real AI).',
  ],
  [
    { ...received, from: null, workflowId: null, workflowName: null, model: null },
    'Withheld number called +1 416 555 0100; no workflow answers it.',
  ],
  [
    {
      type: 'handed-over',
      transferId: 7,
      integrationId: 'desk',
      dialect: 'vapi',
      platform: 'Vapi',
      matchedBy: 'caller',
      called: '+16475550000',
      fields: { department: 'billing', order: '12' },
    },
    'Vapi handed the caller over, who had called +1 647 555 0000; it was awaited from this number. It told department: billing, order: 12.',
  ],
  [
    {
      type: 'handed-over',
      transferId: 7,
      integrationId: 'desk',
      dialect: 'callcow',
      platform: 'CallCow',
      matchedBy: 'platform-number',
      called: null,
      fields: {},
    },
    'CallCow handed the caller over; no other call was awaited from the platform’s number.',
  ],
  [
    { type: 'transfer.requested', cause: 'platform', reason: 'CallCow hands the caller over', summary: '' },
    'Another platform’s AI handed the caller over: CallCow hands the caller over.',
  ],
  [
    { type: 'briefing.ready', text: 'The bill is wrong.', by: 'platform' },
    'Whoever picks up is to hear: “The bill is wrong.” The platform’s AI wrote it.',
  ],
  [
    { type: 'answered', step: 'voice', twiml: '<Response/>' },
    'Patchbay told Twilio what to do at the step “voice”.',
  ],
  [
    { type: 'relay.offered', token: 't', purpose: 'message' },
    'Twilio was asked to connect the AI to take a message.',
  ],
  [{ type: 'relay.connected', sessionId: 'VX1' }, 'The AI is on the line.'],
  [{ type: 'relay.ended', sessionStatus: 'ended' }, 'The AI left the line.'],
  [
    { type: 'relay.ended', sessionStatus: 'failed', errorCode: '64105', errorMessage: 'WebSocket dropped' },
    'The AI’s connection broke: WebSocket dropped (Twilio 64105).',
  ],
  [
    { type: 'relay.error', description: 'Invalid message' },
    'Twilio reported a problem with the conversation: Invalid message.',
  ],
  [{ type: 'caller.said', text: 'Help!' }, 'Caller: “Help!”'],
  [{ type: 'caller.pressed', digit: '0' }, 'The caller pressed 0.'],
  [{ type: 'ai.said', text: 'Hello.' }, 'AI: “Hello.”'],
  [
    { type: 'ai.interrupted', heard: 'I am', afterMs: 640 },
    'The caller spoke over the AI after 640 ms; heard was only “I am”.',
  ],
  [
    { type: 'ai.interrupted', heard: '', afterMs: 20 },
    'The caller spoke over the AI after 20 ms and heard none of its words.',
  ],
  [{ type: 'field.saved', field: 'name', value: 'Sam' }, 'The form’s “name” is “Sam”.'],
  [
    { type: 'field.refused', field: 'date', value: 'soon', problem: 'must be a date' },
    'The form’s “date” did not take “soon”: must be a date.',
  ],
  [
    { type: 'message.taken', message: 'Call me.', name: 'Sam', callback: '+14165557777' },
    'Sam left a message: “Call me.” Call back on +1 416 555 7777.',
  ],
  [{ type: 'message.taken', message: 'Hi' }, 'The caller left a message: “Hi”'],
  [
    { type: 'text.sent', textId: 'case-number', messageSid: 'SM1' },
    'The text “case-number” was sent to the caller.',
  ],
  [
    { type: 'text.failed', textId: 'case-number', problem: 'blocked' },
    'The text “case-number” was not sent: blocked.',
  ],
  [
    { type: 'promise.made', caseNumber: 'AB12CD34', dueAt: 0 },
    `The caller is promised a call back by ${formatDayAndClock(0)}; the case number is AB12CD34.`,
  ],
  [{ type: 'promise.text-sent', messageSid: 'SM1' }, 'The text with the promise was sent to the caller.'],
  [
    { type: 'promise.text-failed', problem: 'blocked' },
    'The caller may not have the text with the promise: blocked.',
  ],
  [{ type: 'promise.ended', by: 'called-back' }, 'The operator called back and reached the caller.'],
  [
    {
      type: 'transfer.requested',
      cause: 'model',
      reason: 'A complaint',
      summary: 's',
      department: 'billing',
    },
    'The AI asked for a human: A complaint. Department: billing.',
  ],
  [
    {
      type: 'transfer.decided',
      decision: { ...sampleDecision, via: 'rule', rule: 'Toronto', why: 'Matches' },
    },
    'The transfer goes to +1 416 555 1234. By the rule “Toronto”: Matches.',
  ],
  [
    {
      type: 'transfer.decided',
      decision: {
        ...sampleDecision,
        destinations: ['+14165550001', '+14165551234'],
        via: 'fallback',
        why: 'No usable answer',
        fallbackReason: 'it did not answer within 2 s',
      },
    },
    'The transfer goes to +1 416 555 0001, then +1 416 555 1234. Fallback to the static number: No usable answer. Reason: it did not answer within 2 s.',
  ],
  [
    { type: 'model.mismatch', said: 'One moment, I’ll connect you.' },
    'The AI announced a transfer but did not act: “One moment, I’ll connect you.”',
  ],
  [{ type: 'model.failed', problem: 'no first word in 4 s' }, 'The AI failed: no first word in 4 s.'],
  [{ type: 'model.ended-call', reason: 'All done!' }, 'The AI ended the conversation: All done!'],
  [
    { type: 'dial.started', destination: '+14165551234', callerId: '+14165557777', ringSeconds: 20 },
    '+1 416 555 1234 rings for up to 20 seconds; it sees +1 416 555 7777.',
  ],
  [
    {
      type: 'transfer.decided',
      decision: {
        ...sampleDecision,
        destinations: ['+14165550001', '+14165550002', '+14165551234'],
        together: ['+14165550001', '+14165550002'],
        atMostSeconds: 40,
      },
    },
    'The transfer goes to +1 416 555 0001, +1 416 555 0002, then +1 416 555 1234. Static number: The integration has only its static number. After 40 seconds at most it is clear whether somebody takes it.',
  ],
  [
    {
      type: 'dial.started',
      destination: '+14165550001',
      together: ['+14165550001', '+14165550002'],
      callerId: '+14165557777',
      ringSeconds: 20,
      screen: true,
    },
    '+1 416 555 0001, +1 416 555 0002 ring at once for up to 20 seconds; they see +1 416 555 7777.',
  ],
  [
    {
      type: 'dial.started',
      destination: '+14165551234',
      callerId: '+14165557777',
      ringSeconds: 20,
      warm: true,
    },
    '+1 416 555 1234 rings for up to 20 seconds; it sees +1 416 555 7777. Meanwhile the caller waits.',
  ],
  [
    { type: 'leg.placed', destination: '+14165551234', dial: 1, legSid: 'CA2' },
    'Twilio rings +1 416 555 1234.',
  ],
  [
    { type: 'leg.refused', destination: '+14165551234', dial: 1, problem: 'Error 21211' },
    'Twilio does not ring +1 416 555 1234: Error 21211.',
  ],
  [
    { type: 'warm.failed', dial: 1, problem: 'Error 20003', callerId: '+14165557777' },
    'The caller can’t wait in a conference: Error 20003. The same phones are rung without one; they see +1 416 555 7777.',
  ],
  [
    { type: 'caller.waits', dial: 1, seconds: 60 },
    'The caller waits with music, for 60 seconds at most unless somebody joins.',
  ],
  [
    { type: 'leg.joined', destination: '+14165551234', dial: 1 },
    '+1 416 555 1234 has heard who calls and joins the caller.',
  ],
  [
    { type: 'leg.parted', destination: '+14165551234', dial: 1 },
    '+1 416 555 1234 was gone before the caller was there.',
  ],
  [
    { type: 'briefing.ready', text: 'A leak in the kitchen.', by: 'model' },
    'Whoever picks up is to hear: “A leak in the kitchen.” The AI wrote it.',
  ],
  [
    { type: 'briefing.ready', text: 'A call from Ann.', by: 'patchbay' },
    'Whoever picks up is to hear: “A call from Ann.”',
  ],
  [
    { type: 'briefing.said', destination: '+14165551234', dial: 1, text: 'A call from Ann.' },
    '+1 416 555 1234 picked up and hears: “A call from Ann.”',
  ],
  [
    { type: 'screen.asked', destination: '+14165551234', dial: 1, text: 'A call from Ann.' },
    '+1 416 555 1234 picked up, hears “A call from Ann.” and is asked for a key.',
  ],
  [
    { type: 'screen.answered', destination: '+14165551234', dial: 1, choice: 'pass' },
    '+1 416 555 1234 pressed 2 and passes the call on.',
  ],
  [
    { type: 'screen.answered', destination: '+14165551234', dial: 1, choice: 'take', late: true },
    '+1 416 555 1234 pressed 1, but somebody else was faster.',
  ],
  [
    { type: 'nobody.answered', offer: 'voicemail' },
    'Nobody took the call: the caller can speak to a voicemail.',
  ],
  [
    { type: 'voicemail.kept', file: 'a.mp3', contentType: 'audio/mpeg', bytes: 9, seconds: 1 },
    'The voicemail is kept on this computer as a.mp3.',
  ],
  [
    { type: 'voicemail.lost', problem: 'Twilio error 20404' },
    'The voicemail could not be fetched from Twilio: Twilio error 20404.',
  ],
  [
    { type: 'dial.ended', destination: '+14165551234', result: 'answered', talkSeconds: 61 },
    '+1 416 555 1234 picked up; they spoke for 61 seconds.',
  ],
  [
    { type: 'dial.ended', destination: '+14165551234', result: 'no-answer' },
    '+1 416 555 1234 did not pick up.',
  ],
  [
    { type: 'leg.changed', destination: '+14165551234', legSid: 'CA2', status: 'failed', errorCode: '13227' },
    'The line to +1 416 555 1234 is “failed” (Twilio 13227).',
  ],
  [
    { type: 'voicemail.recorded', recordingUrl: 'https://x', seconds: 1 },
    'A voicemail of 1 second was recorded.',
  ],
  [
    { type: 'ended', outcome: 'human-on-the-line', detail: 'after 2 rings' },
    'The call ended: the caller reached a human (after 2 rings).',
  ],
  [
    { type: 'summarised', summary: 'A cold boiler', by: 'model' },
    'The AI summed the call up: A cold boiler.',
  ],
  [{ type: 'note', text: 'Delivered twice' }, 'Delivered twice.'],
];

describe('a fact in words', () => {
  it.each(sentences)('%o', (fact, sentence) => {
    expect(describeFact(callFactSchema.parse(fact))).toBe(sentence);
  });

  it('is tested for every type of fact', () => {
    const all = callFactSchema.options.map((option) => option.shape.type.value);
    expect(new Set(sentences.map(([fact]) => fact.type))).toEqual(new Set(all));
  });

  it('refuses a fact of a type that does not exist', () => {
    expect(() => describeFact({ type: 'teleported' } as unknown as CallFact)).toThrow('teleported');
  });
});
