import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DialectId, dialectIds } from '../../../../src-preload/contract/transfers.ts';
import { dialects } from './dialects.ts';
import { lintAnswer } from './lint-answer.ts';

const number = '+14165551234';
const eleven = 'conversation_initiation_client_data';

/** The verdict of the gravest finding, and everything that is said. */
function judged(dialect: DialectId, answer: unknown) {
  const findings = lintAnswer(dialect, typeof answer === 'string' ? answer : JSON.stringify(answer));
  const verdict = findings[0]?.verdict;
  return { verdict, says: findings.map(({ says, remedy }) => `${says} ${remedy ?? ''}`).join(' ') };
}

describe('an answer that works', () => {
  it.each<[DialectId, unknown]>([
    ['callcow', { transferNumber: number }],
    ['vapi', { destination: { type: 'number', number } }],
    ['vapi', { destination: { type: 'sip', sipUri: 'sip:desk@example.com' } }],
    [
      'vapi',
      {
        destination: {
          type: 'number',
          number,
          callerId: number,
          message: 'One moment.',
          transferPlan: { mode: 'warm-transfer-say-summary', summaryPlan: { enabled: true } },
        },
        message: { type: 'request-start', content: 'Connecting you now.' },
      },
    ],
    ['retell', { call_inbound: { dynamic_variables: { transfer_number: number }, metadata: {} } }],
    ['retell', { transfer_number: number }],
    ['elevenlabs', { type: eleven, dynamic_variables: { dest: number, name: 'Jo', vip: true } }],
    ['dograh', { transfer_context: { destination: number, custom_message: 'One moment.' } }],
    ['synthflow', [{ phone_number: number, department: 'Sales', agent_name: 'Kim' }]],
    ['bland', { phone_number: number }],
  ])('%s takes %j', (dialect, answer) => {
    const { platform } = dialects[dialect];
    expect(lintAnswer(dialect, JSON.stringify(answer))).toEqual([
      { verdict: 'ok', says: `${platform} takes this answer as it is.`, remedy: null },
    ]);
  });

  it('is what Patchbay itself answers, in every dialect', () => {
    for (const dialect of dialectIds) {
      for (const body of [{ number }, { call_inbound: { from_number: number } }]) {
        const asked = dialects[dialect].read(body, new URLSearchParams());
        if (asked.kind === 'notice') throw new Error(`${dialect} took a question for a notice`);
        const answer = asked.answer({ destination: number, integrationName: 'Desk', fields: {} });
        expect(judged(dialect, answer)).toMatchObject({ verdict: 'ok' });
      }
    }
  });
});

describe('an answer that does not work', () => {
  it.each<[DialectId, unknown, RegExp]>([
    ['callcow', '{"transferNumber": "+14165551234",}', /no JSON/],
    ['callcow', { transfer_number: number }, /no "transferNumber".*CallCow does not know "transfer_number"/],
    ['callcow', { data: { transferNumber: number } }, /no "transferNumber"/],
    ['callcow', { transferNumber: '416-555-1234' }, /does not start with "\+"/],
    ['callcow', { transferNumber: '+1 416 555 1234' }, /not E\.164/],
    ['callcow', { transferNumber: 14165551234 }, /"transferNumber" is no text/],
    ['callcow', { transferNumber: '911' }, /never dials/],
    ['callcow', [{ transferNumber: number }], /The answer is a list/],
    ['callcow', `"${number}"`, /a single value/],
    ['vapi', { number }, /no "destination"/],
    ['vapi', { transferNumber: number }, /no "destination"/],
    ['vapi', { destination: number }, /"destination" is no object/],
    ['vapi', { destination: { number } }, /no "type".*Begin it with "type": "number"/],
    ['vapi', { destination: { type: 'phone', number } }, /neither "number" nor "sip"/],
    [
      'vapi',
      { destination: { type: 'number', phoneNumber: number } },
      /"destination\.phoneNumber".*destination\.number/,
    ],
    ['vapi', { destination: { type: 'number', number: '4165551234' } }, /does not start with "\+"/],
    [
      'vapi',
      { destination: { type: 'number', number, transfer_plan: { mode: 'warm-transfer-say-summary' } } },
      /"destination\.transfer_plan" without a word: a warm transfer becomes a blind one.*"transferPlan"/,
    ],
    [
      'vapi',
      { destination: { type: 'number', number, summaryPlan: {} } },
      /"destination\.summaryPlan".*Put "summaryPlan" into "transferPlan"/,
    ],
    [
      'vapi',
      {
        destination: {
          type: 'number',
          number,
          transferPlan: { mode: 'warm-transfer-say-summary', summary_plan: {} },
        },
      },
      /summary_plan": no summary is said/,
    ],
    [
      'vapi',
      { destination: { type: 'number', number, transferPlan: { mode: 'warm' } } },
      /none that Vapi knows/,
    ],
    ['retell', { transferNumber: number }, /neither "call_inbound" nor "transfer_number"/],
    ['retell', { dynamic_variables: { transfer_number: number } }, /outside of "call_inbound"/],
    ['retell', { call_inbound: { transfer_number: number } }, /no object "dynamic_variables"/],
    [
      'retell',
      { call_inbound: { dynamic_variables: { transferNumber: number } } },
      /no "call_inbound\.dynamic_variables\.transfer_number"/,
    ],
    [
      'retell',
      { call_inbound: { dynamic_variables: { transfer_number: number, vip: true } } },
      /vip" is no text/,
    ],
    ['elevenlabs', { dynamic_variables: { dest: number } }, /There is no "type"/],
    ['elevenlabs', { type: 'initiation', dynamic_variables: { dest: number } }, /"type" is not the one/],
    ['elevenlabs', { type: eleven, dest: number }, /no object "dynamic_variables"/],
    ['elevenlabs', { type: eleven, dynamic_variables: { system__caller_id: number } }, /reserved/],
    ['elevenlabs', { type: eleven, dynamic_variables: { dest: { number } } }, /is no text, number or yes-no/],
    ['elevenlabs', { type: eleven, dynamic_variables: { dest: '416 555 1234' } }, /does not start with "\+"/],
    ['dograh', { destination: number }, /no object "transfer_context".*outside of it/],
    ['dograh', { transferContext: { destination: number } }, /no object "transfer_context"/],
    ['dograh', { transfer_context: { number } }, /no "transfer_context\.destination"/],
    [
      'dograh',
      { transfer_context: { destination: number, custom_message: 5 } },
      /custom_message" is no text/,
    ],
    ['synthflow', { phone_number: number }, /no list.*square brackets/],
    ['synthflow', [], /empty/],
    ['synthflow', [number], /Entry 1 of the list is no object/],
    ['synthflow', [{ phoneNumber: number }], /no "phone_number of entry 1"/],
    ['bland', { to: number }, /neither "phone_number" nor "transferNumber"/],
  ])('%s: %j', (dialect, answer, says) => {
    const found = judged(dialect, answer);
    expect(found.verdict).toBe('broken');
    expect(found.says).toMatch(says);
    expect(found.says).toContain(dialects[dialect].whenUnusable);
  });
});

describe('an answer that works, but not as it seems to be meant', () => {
  it.each<[DialectId, unknown, RegExp]>([
    ['callcow', { transferNumber: number, department: 'billing' }, /does not know "department"/],
    ['vapi', { error: 'Nobody is there.' }, /does not transfer/],
    ['vapi', { assistantId: 'a1' }, /nobody is transferred/],
    [
      'vapi',
      { destination: { type: 'number', number, caller_id: number } },
      /Write it as "destination\.callerId"/,
    ],
    [
      'vapi',
      { destination: { type: 'number', number }, message: { content: 'Hello' } },
      /"message" has no "type"/,
    ],
    [
      'vapi',
      { destination: { type: 'number', number, transferPlan: { mode: 'warm-transfer-say-message' } } },
      /says a message, and there is none/,
    ],
    [
      'vapi',
      { destination: { type: 'number', number: '4165551234', numberE164CheckEnabled: false } },
      /check is turned off/,
    ],
    [
      'retell',
      { call_inbound: { dynamic_variables: { transfer_number: number }, override: 1 } },
      /call_inbound\.override/,
    ],
    ['elevenlabs', { type: eleven, dynamic_variables: { name: 'Jo' } }, /looks like a phone number/],
    ['elevenlabs', { type: eleven, dynamic_variables: { dest: number }, overrides: {} }, /"overrides"/],
    [
      'dograh',
      { transfer_context: { destination: number, customMessage: 'Hi' } },
      /transfer_context\.custom_message/,
    ],
    ['dograh', { transfer_context: { destination: 'PJSIP/sales' } }, /Asterisk only/],
    ['synthflow', [{ phone_number: number }, { phone_number: number }], /has no "department"/],
  ])('%s: %j', (dialect, answer, says) => {
    expect(judged(dialect, answer)).toEqual({ verdict: 'warning', says: expect.stringMatching(says) });
  });
});

it('finds words for whatever is pasted', () => {
  const pasted = fc.oneof(
    fc.json(),
    fc.string(),
    fc.object().map((value) => JSON.stringify(value) ?? ''),
  );
  fc.assert(
    fc.property(fc.constantFrom(...dialectIds), pasted, (dialect, text) => {
      const findings = lintAnswer(dialect, text);
      expect(findings.length).toBeGreaterThan(0);
      for (const { verdict, says, remedy } of findings) {
        expect(says).not.toBe('');
        expect(remedy === null).toBe(verdict === 'ok');
      }
    }),
  );
});
