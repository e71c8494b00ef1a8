import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlatformCall } from './read-platform-call.ts';

const home = '+14165551234';
const receivedAt = Date.UTC(2026, 10, 24, 15);
const read = (body: unknown) => readPlatformCall(body, home, receivedAt);

describe('a call as CallCow tells of it', () => {
  it('needs nothing but its id', () => {
    expect(read({ call_id: 'c1' })).toEqual({
      callId: 'c1',
      workflowId: null,
      workflowName: null,
      from: null,
      to: null,
      status: '',
      summary: '',
      transcript: [],
      form: {},
      context: '',
      createdAt: null,
      receivedAt,
    });
    for (const call_id of [undefined, null, '', {}, 'x'.repeat(201)]) expect(read({ call_id })).toBeNull();
  });

  it('may spell things in its own way', () => {
    expect(
      read({
        call_id: 17,
        workflow_id: 4,
        phone_number_from: '(416) 555-0142',
        phone_number_to: 'browser',
        call_status: null,
        messages: [{ role: 'user', content: 'Hi' }, 'nonsense', { role: 'user' }, { content: 5 }],
        context: { name: 'Jo' },
        form_fills: '{"name":"Jo","guests":4,"days":["mon"],"email":null}',
        created_at: '2026-11-24T14:48:36+01:00',
      }),
    ).toMatchObject({
      callId: '17',
      workflowId: '4',
      from: '+14165550142',
      to: null,
      status: '',
      transcript: [
        { role: 'user', content: 'Hi' },
        { role: '', content: '5' },
      ],
      context: '{"name":"Jo"}',
      form: { name: 'Jo', guests: '4', days: '["mon"]' },
      createdAt: Date.UTC(2026, 10, 24, 13, 48, 36),
    });
  });

  it.each([
    ['2026-11-24T14:48:36.371886', Date.UTC(2026, 10, 24, 14, 48, 36, 371)],
    ['2026-11-24T14:48:36Z', Date.UTC(2026, 10, 24, 14, 48, 36)],
    ['yesterday', null],
    ['', null],
    [{}, null],
  ])('was made at %j', (created_at, expected) => {
    expect(read({ call_id: 'c1', created_at })?.createdAt).toBe(expected);
  });

  it('never makes the reader throw', () => {
    const names = [
      'workflow_id',
      'phone_number_from',
      'call_status',
      'messages',
      'context',
      'form_fills',
      'created_at',
    ];
    const payload = fc.dictionary(fc.constantFrom(...names), fc.anything());
    fc.assert(
      fc.property(payload, (body) => {
        const json: unknown = JSON.parse(
          JSON.stringify({ ...body, call_id: 'c1' }, (_key, value: unknown) =>
            typeof value === 'bigint' ? String(value) : value,
          ),
        );
        expect(read(json)?.callId).toBe('c1');
      }),
    );
  });
});
