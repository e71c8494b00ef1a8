import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { twilioSignature } from './signature.ts';
import {
  account,
  answers,
  dialTwiml,
  lineTo,
  planOf,
  publicUrl,
  relayTwiml,
  startFake,
} from './test-fixtures/fake-patchbay.ts';

const text = (socket: WebSocket, token: string, last = true): void =>
  socket.send(JSON.stringify({ type: 'text', token, last }));

describe('a call on the rehearsal line', () => {
  it('talks to the AI, is handed over, and ends when the human hangs up', async () => {
    const fake = await startFake(
      {
        '/twilio/voice': relayTwiml(),
        '/after': dialTwiml(['+14165551234']),
        '/dialled': '<Response><Hangup/></Response>',
      },
      (socket, message) => {
        if (message.type !== 'prompt') return;
        text(socket, 'I will ', false);
        text(socket, 'connect you.');
        socket.send(JSON.stringify({ type: 'end', handoffData: '{"a":1}' }));
      },
    );
    const call = lineTo(fake).place(
      planOf([{ do: 'say', words: 'A person, please' }], { destinations: { '+14165551234': [answers()] } }),
    );
    const record = await call.ended;

    expect([...record.problems, ...record.undone]).toEqual([]);
    expect(record).toMatchObject({ error: undefined, endedBy: 'destination', webhookStatus: 200 });
    expect(record.rung).toEqual([{ number: '+14165551234', callerId: '+14165559999', status: 'completed' }]);
    expect(fake.requests.every(({ signed }) => signed)).toBe(true);
    expect(fake.upgrades).toEqual([
      {
        path: '/relay/abc',
        signature: twilioSignature(account.authToken, 'wss://patchbay.example/relay/abc'),
      },
    ]);
    expect(fake.messages.map(({ type }) => type)).toEqual(['setup', 'prompt']);
    expect(fake.messages[0]).toMatchObject({
      callSid: record.callSid,
      from: '+14165559999',
      accountSid: account.sid,
    });
    expect(fake.requests[0]?.params).toMatchObject({
      CallStatus: 'ringing',
      Direction: 'inbound',
      To: '+14165550100',
    });
    expect(fake.last('/after')?.params).toMatchObject({
      CallSid: record.callSid,
      SessionStatus: 'ended',
      HandoffData: '{"a":1}',
      CallStatus: 'in-progress',
    });
    expect(fake.last('/dialled')?.params).toMatchObject({
      DialCallStatus: 'completed',
      DialBridged: 'true',
      CallStatus: 'in-progress',
    });
    expect(Number(fake.last('/dialled')?.params.DialCallDuration)).toBeGreaterThanOrEqual(20);
    const statuses = fake.requests
      .filter(({ path }) => path === '/leg')
      .map(({ params }) => params.CallStatus);
    expect(statuses).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
    expect(fake.last('/leg')?.params).toMatchObject({ ParentCallSid: record.callSid, To: '+14165551234' });
  });

  it('hangs up while the AI talks, and reports the end', async () => {
    const fake = await startFake({ '/twilio/voice': relayTwiml() });
    const record = await lineTo(fake).place(
      planOf([{ do: 'wait-for', moment: 'ai-talking' }, { do: 'hang-up' }]),
    ).ended;
    expect(record.endedBy).toBe('caller');
    expect(fake.last('/after')?.params).toMatchObject({
      SessionStatus: 'completed',
      CallStatus: 'completed',
    });
  });

  it('hangs up while a destination rings: the leg is canceled', async () => {
    const fake = await startFake({ '/twilio/voice': dialTwiml(['+14165551234']) });
    const record = await lineTo(fake).place(
      planOf([{ do: 'wait-for', moment: 'ringing' }, { do: 'wait', seconds: 2 }, { do: 'hang-up' }], {
        destinations: { '+14165551234': [{ outcome: 'no-answer' }] },
      }),
    ).ended;
    expect(record.rung[0]?.status).toBe('canceled');
    expect(fake.last('/dialled')?.params).toMatchObject({
      CallStatus: 'completed',
      DialCallStatus: 'canceled',
    });
    expect(fake.last('/leg')?.params.CallStatus).toBe('canceled');
  });

  it.each([
    ['busy', { outcome: 'busy', afterSeconds: 1 }, 'busy'],
    ['no answer', { outcome: 'no-answer' }, 'no-answer'],
    ['invalid', { outcome: 'invalid' }, 'failed'],
    ['voicemail', { outcome: 'voicemail', afterSeconds: 5, talkSeconds: 5 }, 'completed'],
  ] as const)('rings a destination: %s', async (_name, plan, status) => {
    const fake = await startFake({ '/twilio/voice': dialTwiml(['+14165551234']) });
    await lineTo(fake).place(planOf([], { destinations: { '+14165551234': [plan] } })).ended;
    expect(fake.last('/dialled')?.params.DialCallStatus).toBe(status);
    if (plan.outcome === 'invalid') expect(fake.last('/dialled')?.params.ErrorCode).toBe('13224');
  });

  it('rings several at once: the first who answers gets the call, the others stop ringing', async () => {
    const fake = await startFake({
      '/twilio/voice': dialTwiml(['+14165551234', '+14165551235', '+14165551236']),
    });
    const record = await lineTo(fake).place(
      planOf([], {
        destinations: {
          '+14165551234': [answers(12)],
          '+14165551235': [answers(4)],
          '+14165551236': [{ outcome: 'busy', afterSeconds: 1 }],
        },
      }),
    ).ended;
    expect(record.rung.map(({ status }) => status)).toEqual(['canceled', 'completed', 'busy']);
    expect(fake.last('/dialled')?.params.DialCallStatus).toBe('completed');
  });

  it('rings in turn when the Dial is sequential, and answers differently the second time', async () => {
    const fake = await startFake({
      '/twilio/voice': dialTwiml(['+14165551234', '+14165551235', '+14165551234'], 'sequential="true"'),
    });
    const record = await lineTo(fake).place(
      planOf([], {
        destinations: {
          '+14165551234': [{ outcome: 'no-answer' }, answers(1)],
          '+14165551235': [{ outcome: 'no-answer' }],
        },
      }),
    ).ended;
    expect(record.rung.map(({ status }) => status)).toEqual(['no-answer', 'no-answer', 'completed']);
  });

  it('lets a human take or decline the call before it is put through', async () => {
    const screened = `<Response><Dial action="/dialled"><Number url="/screen">+14165551234</Number></Dial></Response>`;
    const answersOf = {
      '/twilio/voice': screened,
      '/screen':
        '<Response><Gather action="/screened" numDigits="1"><Say>Press 1</Say></Gather><Hangup/></Response>',
      '/screened': (request: { params: Record<string, string> }) =>
        request.params.Digits === '1' ? '<Response/>' : '<Response><Hangup/></Response>',
    };
    const dialled = async (plan: Parameters<typeof planOf>[1]) => {
      const fake = await startFake(answersOf);
      await lineTo(fake).place(planOf([], plan)).ended;
      return fake.last('/dialled')?.params.DialBridged;
    };
    expect(await dialled({ destinations: { '+14165551234': [answers()] } })).toBe('true');
    const voicemail = { outcome: 'voicemail', afterSeconds: 3, talkSeconds: 9 } as const;
    expect(await dialled({ destinations: { '+14165551234': [voicemail] } })).toBe('false');
    const declines = { outcome: 'declines', afterSeconds: 3, talkSeconds: 9, presses: '2' } as const;
    expect(await dialled({ destinations: { '+14165551234': [declines] } })).toBe('false');
  });

  it('hangs up while a human is asked: no key is pressed any more', async () => {
    const fake = await startFake({
      '/twilio/voice':
        '<Response><Dial action="/dialled"><Number url="/screen">+14165551234</Number></Dial></Response>',
      '/screen':
        '<Response><Gather action="/screened" numDigits="1"><Say>Press 1 to take this call now</Say></Gather><Hangup/></Response>',
    });
    const record = await lineTo(fake).place(
      planOf([{ do: 'wait-for', moment: 'screening' }, { do: 'hang-up' }], {
        destinations: { '+14165551234': [answers()] },
      }),
    ).ended;
    expect(record.rung.map(({ status }) => status)).toEqual(['canceled']);
    expect(fake.paths()).not.toContain('/screened');
    expect(fake.last('/dialled')?.params.DialBridged).toBe('false');
  });

  it('refuses a caller ID that the account may not show', async () => {
    const dialWith = async (callerId: string, from: string | null) => {
      const fake = await startFake({
        '/twilio/voice': dialTwiml(['+14165551234']).replace('+14165559999', callerId),
      });
      const line = lineTo(fake);
      line.own('+14165550101');
      const record = await line.place(planOf([], { from })).ended;
      return [fake.last('/dialled')?.params.ErrorCode, record.rung.length];
    };
    expect(await dialWith('+14165550000', '+14165559999')).toEqual(['13214', 0]);
    expect(await dialWith('anonymous', null)).toEqual(['13214', 0]);
    expect(await dialWith('+14165550100', null)).toEqual([undefined, 1]);
    expect(await dialWith('+14165550101', null)).toEqual([undefined, 1]);
  });

  it('delivers status callbacks out of order and twice when asked to', async () => {
    const fake = await startFake({ '/twilio/voice': dialTwiml(['+14165551234']) });
    await lineTo(fake).place(planOf([], { faults: { callbacksShuffled: true } })).ended;
    const statuses = fake.requests
      .filter(({ path }) => path === '/leg')
      .map(({ params }) => params.CallStatus);
    expect(statuses).toHaveLength(8);
    expect(statuses.slice(0, 2)).toEqual(['ringing', 'initiated']);
    expect(new Set(statuses)).toEqual(new Set(['initiated', 'ringing', 'in-progress', 'completed']));
  });

  it('delivers each webhook twice with one idempotency token, and notices when the answers differ', async () => {
    let count = 0;
    const fake = await startFake({
      '/twilio/voice': '<Response><Redirect>/next</Redirect></Response>',
      '/next': () => {
        count += 1;
        return `<Response><Say>${count}</Say></Response>`;
      },
    });
    const record = await lineTo(fake).place(planOf([], { faults: { webhooksTwice: true } })).ended;
    expect(fake.paths()).toEqual(['/twilio/voice', '/twilio/voice', '/next', '/next']);
    const tokens = fake.requests.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(2);
    expect(record.problems).toEqual(['/next was delivered twice and answered in two ways']);
  });

  it('redelivers the last webhook as a step', async () => {
    const fake = await startFake({ '/twilio/voice': relayTwiml() });
    const record = await lineTo(fake).place(
      planOf([{ do: 'wait-for', moment: 'callers-turn' }, { do: 'redeliver' }, { do: 'hang-up' }]),
    ).ended;
    expect(fake.paths().slice(0, 2)).toEqual(['/twilio/voice', '/twilio/voice']);
    expect([...record.problems, ...record.undone]).toEqual([]);
  });

  it('records a message and posts where it is kept', async () => {
    const fake = await startFake({
      '/twilio/voice': `<Response><Say>Please speak</Say><Record action="${publicUrl}/recorded" maxLength="60" timeout="5"/><Redirect>/silent</Redirect></Response>`,
    });
    const record = await lineTo(fake, { speed: 50 }).place(
      planOf([
        { do: 'say', words: 'My tap drips' },
        { do: 'say', words: 'Please call back' },
      ]),
    ).ended;
    expect([...record.problems, ...record.undone]).toEqual([]);
    expect(fake.last('/recorded')?.params.RecordingUrl).toContain('/Recordings/RE');
    expect(Number(fake.last('/recorded')?.params.RecordingDuration)).toBeGreaterThan(0);
    expect(fake.last('/silent')).toBeUndefined();

    const quiet = await startFake({
      '/twilio/voice': '<Response><Record action="/recorded"/><Redirect>/silent</Redirect></Response>',
    });
    await lineTo(quiet).place(planOf()).ended;
    expect(quiet.paths()).toEqual(['/twilio/voice', '/silent']);

    const gone = await startFake({ '/twilio/voice': '<Response><Record action="/recorded"/></Response>' });
    await lineTo(gone).place(planOf([{ do: 'say', words: 'Call me' }, { do: 'hang-up' }])).ended;
    expect(gone.last('/recorded')?.params).toMatchObject({ CallStatus: 'completed', Digits: 'hangup' });
  });

  it('gathers keys, and goes on when none come', async () => {
    const twiml =
      '<Response><Gather action="/keys" numDigits="2" timeout="3"><Say>Your number?</Say></Gather><Redirect>/none</Redirect></Response>';
    const pressed = await startFake({ '/twilio/voice': twiml });
    await lineTo(pressed).place(planOf([{ do: 'press', digits: '42' }])).ended;
    expect(pressed.last('/keys')?.params.Digits).toBe('42');
    const quiet = await startFake({ '/twilio/voice': twiml });
    await lineTo(quiet).place(planOf()).ended;
    expect(quiet.paths()).toEqual(['/twilio/voice', '/none']);
  });

  it('keeps the caller in a queue or a conference until they hang up', async () => {
    for (const verb of [
      '<Enqueue action="/left">support</Enqueue>',
      '<Dial action="/left"><Conference>room</Conference></Dial>',
    ]) {
      const fake = await startFake({ '/twilio/voice': `<Response>${verb}</Response>` });
      const record = await lineTo(fake).place(planOf([{ do: 'wait', seconds: 5 }, { do: 'hang-up' }])).ended;
      expect(record.endedBy).toBe('caller');
      expect(fake.last('/left')?.params.CallStatus).toBe('completed');
    }
  });

  it.each([
    ['an unknown verb', '<Response><Transfer/></Response>', 12200],
    ['words that are no XML', 'Hello', 12100],
    ['a server error', { status: 500, body: '<Response/>' }, 11200],
    ['a redirect', { status: 302, body: '' }, 11200],
    ['JSON', { type: 'application/json', body: '{}' }, 12300],
    ['an address elsewhere', '<Response><Redirect>https://elsewhere.example/x</Redirect></Response>', 11210],
    [
      'a relay without TLS',
      '<Response><Connect><ConversationRelay url="ws://patchbay.example/r"/></Connect></Response>',
      64101,
    ],
    ['a redirect in a circle', '<Response><Redirect>/twilio/voice</Redirect></Response>', 11200],
  ])('ends with Twilio’s error for %s', async (_name, answer, code) => {
    const fake = await startFake({ '/twilio/voice': answer });
    const record = await lineTo(fake).place(planOf()).ended;
    expect(record.error?.code).toBe(code);
    expect(record.endedBy).toBe('error');
  });

  it('gives up on a webhook that does not answer in the time that its address allows, and on a dead server', async () => {
    const fake = await startFake({
      '/twilio/voice': '<Response><Redirect>/slow#rt=200&amp;rc=1&amp;rp=all</Redirect></Response>',
      '/slow': { delayMs: 2_000 },
    });
    const record = await lineTo(fake).place(planOf()).ended;
    expect(record.error?.code).toBe(11205);
    expect(fake.paths().filter((path) => path === '/slow')).toHaveLength(2);
    const tokens = fake.requests.slice(1).map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(1);
    expect(fake.last('/slow')?.signed).toBe(true);

    const dead = await startFake({});
    const line = lineTo(dead);
    await dead.stop();
    expect((await line.place(planOf()).ended).error?.code).toBe(11205);
  });

  it('signs with a wrong token when the script wants a forger', async () => {
    const fake = await startFake({ '/twilio/voice': { status: 403, body: '' } });
    const record = await lineTo(fake).place(planOf([], { faults: { forgedSignature: true } })).ended;
    expect(fake.requests[0]?.signed).toBe(false);
    expect(record).toMatchObject({ webhookStatus: 403, error: { code: 11200 } });
  });

  it('reports a message to the relay that Twilio would not take, and goes on', async () => {
    const fake = await startFake({ '/twilio/voice': relayTwiml() }, (socket, message) => {
      if (message.type === 'prompt') socket.send('{"type":"text"}');
      if (message.type === 'error') socket.send('{"type":"end"}');
    });
    const record = await lineTo(fake).place(planOf([{ do: 'say', words: 'Hi' }])).ended;
    expect(record.problems).toHaveLength(1);
    expect(record.problems[0]).toContain('64107');
    expect(fake.last('/after')?.params.SessionStatus).toBe('ended');
  });

  it('says so when the call ended before the caller had done everything', async () => {
    const fake = await startFake({ '/twilio/voice': '<Response><Hangup/></Response>' });
    const record = await lineTo(fake).place(planOf([{ do: 'say', words: 'Hello?' }])).ended;
    expect(record.undone).toHaveLength(1);
    expect(record.undone[0]).toContain('Hello?');
  });

  it('carries many calls at once, and one that fails touches no other', async () => {
    const fake = await startFake(
      { '/twilio/voice': (request) => (request.params.From === '+14165550666' ? 'broken' : relayTwiml()) },
      (socket, message) => message.type === 'prompt' && socket.send('{"type":"end"}'),
    );
    const line = lineTo(fake);
    const records = await Promise.all(
      Array.from(
        { length: 30 },
        (_, index) =>
          line.place(planOf([{ do: 'say', words: 'Hello' }], index === 7 ? { from: '+14165550666' } : {}))
            .ended,
      ),
    );
    expect(records.filter(({ error }) => error !== undefined)).toHaveLength(1);
    expect(records.filter(({ undone }) => undone.length === 0)).toHaveLength(29);
  });

  it('hangs up every call when the line is stopped', async () => {
    const fake = await startFake({ '/twilio/voice': '<Response><Enqueue>x</Enqueue></Response>' });
    const line = lineTo(fake);
    const call = line.place(planOf([{ do: 'wait', seconds: 100_000 }]));
    await call.watch.until(() => call.situation.at === 'on-hold');
    await line.stop();
    expect((await call.ended).endedBy).toBe('caller');
  });
});
