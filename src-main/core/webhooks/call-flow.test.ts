import { connect } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { attributeOf } from '../../../e2e/fixtures/signed-requests.ts';
import {
  businessNumber,
  caller,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
  TestCall,
  vaultWith,
} from '../test-support/core-under-test.ts';

const isEnd = (message: { type: string }) => message.type === 'end';
const isLast = (message: { last?: boolean }) => message.last === true;

describe('a call from the webhook to its end', () => {
  it('talks, hands over, and ends with a human on the line', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    const offered = await call.ring();
    expect(offered).toContain('<ConversationRelay url="wss://patchbay.example/twilio/relay/');
    expect(attributeOf(offered, 'welcomeGreeting')).toBe('Hello');
    await call.connect();
    call.say('I want to speak with a person');
    await call.until(isEnd);
    const dial = await call.sessionEnded();
    expect(dial).toContain(`>${staticNumber}</Number>`);
    expect(attributeOf(dial, 'callerId')).toBe(caller);
    expect(attributeOf(dial, 'timeout')).toBe('20');
    expect(await call.dialEnded('completed', { DialCallDuration: '42' })).toContain('<Hangup/>');
    await vi.waitFor(() => expect(call.view().summary).not.toBeNull());
    expect(call.view()).toMatchObject({
      outcome: 'human-on-the-line',
      phase: 'ended',
      transfer: { cause: 'model' },
    });
    expect(call.factTypes()).toEqual([
      ...['received', 'relay.offered', 'answered', 'relay.connected', 'ai.said', 'caller.said', 'ai.said'],
      ...['transfer.requested', 'transfer.decided', 'relay.ended', 'dial.started', 'answered'],
      ...['dial.ended', 'answered', 'ended', 'summarised'],
    ]);
  });

  it('answers every webhook that comes twice with the same TwiML, and does nothing twice', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    const [first, second] = await Promise.all([call.ring(), call.ring()]);
    expect(second).toBe(first);
    await call.connect();
    call.send({ type: 'dtmf', digit: '0' });
    await call.until(isEnd);
    const ended = { ...call.fields, SessionStatus: 'ended', CallStatus: 'in-progress' };
    const action = attributeOf(call.twiml, 'action');
    const dials = await Promise.all([under.twilio.post(action, ended), under.twilio.post(action, ended)]);
    expect(dials[1]).toEqual(dials[0]);
    expect(await under.twilio.post(action, ended)).toEqual(dials[0]);
    call.twiml = dials[0].text;
    await call.dialEnded('completed');
    expect((await under.twilio.post(attributeOf(dials[0].text, 'action'), call.fields)).text).toContain(
      '<Hangup/>',
    );
    expect(call.factTypes().filter((type) => type === 'dial.started')).toHaveLength(1);
    expect(call.factTypes().filter((type) => type === 'received')).toHaveLength(1);
    expect(call.factTypes().filter((type) => type === 'ended')).toHaveLength(1);
    expect(call.view().transfer?.cause).toBe('caller-key');
  });

  it('takes a message when nobody picks up', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('Give me a human please');
    await call.until(isEnd);
    await call.sessionEnded();
    const back = await call.dialEnded('no-answer');
    expect(attributeOf(back, 'welcomeGreeting')).toContain('nobody could pick up');
    await call.connect();
    call.say('This is Ann, my boiler leaks, call me at 416 555 0199');
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain('<Hangup/>');
    expect(call.view()).toMatchObject({ outcome: 'message-taken', rung: [{ status: 'no-answer' }] });
    expect(call.view().message?.text).toContain('boiler leaks');
  });

  it('rings the static number after a destination that can’t be dialled', async () => {
    const integration = ', dynamic: { rules: [{ name: All, to: "+14165550001" }] }';
    await using under = await startCore(deskYaml({ integration }));
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('Let me talk to a person');
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain('>+14165550001</Number>');
    expect(await call.dialEnded('failed')).toContain(`>${staticNumber}</Number>`);
    await call.dialEnded('completed');
    expect(call.view().rung.map(({ destination, status }) => [destination, status])).toEqual([
      ['+14165550001', 'failed'],
      [staticNumber, 'answered'],
    ]);
  });

  it('asks the dynamic webhook, and rings the static number with the reason when it fails', async () => {
    const integration = ', dynamic: { webhook: "https://routes.example.com/now" }';
    const answers = [
      { status: 200, headers: {}, body: '{"transferNumber":"+14165550002"}' },
      { status: 500, headers: {}, body: 'oops' },
    ];
    await using under = await startCore(deskYaml({ integration }), {
      outbound: () => answers.shift() ?? { status: 404, headers: {}, body: '' },
    });
    for (const [sid, destination] of [
      ['CA1', '+14165550002'],
      ['CA2', staticNumber],
    ] as const) {
      const call = new TestCall(under, sid);
      await call.ring();
      await call.connect();
      call.say('A person please');
      await call.until(isEnd);
      expect(await call.sessionEnded()).toContain(`>${destination}</Number>`);
    }
    expect(under.posted[0]).toEqual({
      url: 'https://routes.example.com/now',
      body: JSON.stringify({ number: caller }),
    });
    expect(new TestCall(under, 'CA2').view().decision).toMatchObject({
      via: 'fallback',
      fallbackReason: expect.stringContaining('500'),
    });
  });

  it('apologises and rings the static number when the model fails, and records voicemail when nobody answers', async () => {
    await using under = await startCore(deskYaml({ model: 'rehearsal:failing' }));
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('Hello?');
    await call.until(isEnd);
    const dial = await call.sessionEnded();
    expect(dial).toMatch(/<Say language="en-US">Sorry.*<Dial.*\+14165551234/s);
    const voicemail = await call.dialEnded('no-answer');
    expect(voicemail).toContain('<Record ');
    const recording = { RecordingUrl: 'https://api.twilio.com/RE1', RecordingDuration: '7' };
    const thanks = await under.twilio.post(attributeOf(voicemail, 'action'), {
      ...call.fields,
      ...recording,
    });
    expect(thanks.text).toContain('<Hangup/>');
    expect(call.view()).toMatchObject({
      outcome: 'message-taken',
      voicemailUrl: 'https://api.twilio.com/RE1',
    });
  });

  it('resumes a dropped session with the transcript so far', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('My name is Ann');
    await call.until(isLast);
    const resumed = await call.sessionEnded({ SessionStatus: 'failed', ErrorCode: '64105' });
    expect(attributeOf(resumed, 'welcomeGreeting')).toContain('I lost you');
    await call.connect();
    call.say('I want a person');
    await call.until(isEnd);
    expect(call.view().transcript.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['My name is Ann', 'I want a person']),
    );
    expect(await call.sessionEnded()).toContain('<Dial');
  });

  it('goes on after a restart in the middle', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('My name is Ann');
    await call.until(isLast);
    await using after = await under.restart();
    expect(after.core.openCalls().map(({ callSid }) => callSid)).toEqual(['CA1']);
    const goesOn = new TestCall(after, 'CA1');
    goesOn.twiml = call.twiml;
    expect(await goesOn.ring()).toBe(call.twiml);
    await goesOn.sessionEnded({ SessionStatus: 'failed', ErrorCode: '64105' });
    await goesOn.connect();
    goesOn.say('I want a person');
    await goesOn.until(isEnd);
    expect(goesOn.view().transcript.some(({ text }) => text === 'My name is Ann')).toBe(true);
  });

  it('decides after a restart what was asked for before it', async () => {
    const integration = ', dynamic: { webhook: "https://routes.example.com/now" }';
    let isHanging = true;
    const postJson = () =>
      isHanging
        ? new Promise<never>(() => {})
        : Promise.resolve({ status: 200, headers: {}, body: '{"transferNumber":"+14165550002"}' });
    await using under = await startCore(deskYaml({ integration }), { ports: { outbound: { postJson } } });
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.send({ type: 'dtmf', digit: '0' });
    await vi.waitFor(() => expect(call.factTypes()).toContain('transfer.requested'));
    isHanging = false;
    await using after = await under.restart();
    const goesOn = new TestCall(after, 'CA1');
    goesOn.twiml = call.twiml;
    const dial = await goesOn.sessionEnded({ SessionStatus: 'failed', ErrorCode: '64105' });
    expect(dial).toContain('>+14165550002</Number>');
    expect(goesOn.view()).toMatchObject({ transfer: { cause: 'caller-key' }, decision: { via: 'webhook' } });
  });

  it('ends when the caller hangs up, while talking and while it rings', async () => {
    await using under = await startCore();
    const talking = new TestCall(under, 'CA1');
    await talking.ring();
    await talking.sessionEnded({ SessionStatus: 'completed', CallStatus: 'completed' });
    expect(talking.view()).toMatchObject({ phase: 'ended', outcome: 'caller-hung-up' });
    const ringing = new TestCall(under, 'CA2');
    await ringing.ring();
    await ringing.connect();
    ringing.send({ type: 'dtmf', digit: '0' });
    await ringing.until(isEnd);
    await ringing.sessionEnded();
    await ringing.dialEnded('canceled', { CallStatus: 'completed' });
    expect(ringing.view()).toMatchObject({ phase: 'ended', outcome: 'caller-hung-up' });
  });

  it('dials a withheld caller with the Twilio number, and says when a number is not set up', async () => {
    await using under = await startCore();
    const withheld = new TestCall(under, 'CA1', '+266696687');
    await withheld.ring();
    await withheld.connect();
    withheld.send({ type: 'dtmf', digit: '0' });
    await withheld.until(isEnd);
    expect(attributeOf(await withheld.sessionEnded(), 'callerId')).toBe(businessNumber);
    expect(withheld.view().from).toBeNull();
    const unknown = new TestCall(under, 'CA2', caller, '+14165550888');
    expect(await unknown.ring()).toMatch(/<Say.*not set up.*<Hangup\/>/);
    expect(unknown.view()).toMatchObject({ outcome: 'not-set-up' });
  });

  it('sends a text once, and tells the after-call webhook', async () => {
    const workflow = `, form: [{ id: name, label: Your name, type: text }], texts: [{ id: case-number, when: The caller asks for a text, body: "Your case number is {{caseNumber}}." }], afterCallWebhook: "https://calls.example.com/x"`;
    await using under = await startCore(deskYaml({ workflow }));
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('Please text me my case number');
    await call.until(isLast);
    call.say('I want a person');
    await call.until(isEnd);
    await call.sessionEnded();
    await call.dialEnded('completed');
    await vi.waitFor(() => expect(under.posted).toHaveLength(1));
    expect(under.sentTexts).toEqual([
      {
        from: businessNumber,
        to: caller,
        body: expect.stringMatching(/^Your case number is [0-9A-F]{8}\.$/),
      },
    ]);
    expect(JSON.parse(under.posted[0]?.body ?? '')).toMatchObject({
      call_id: call.view().id,
      phone_number_from: caller,
      call_status: 'success',
      messages: expect.arrayContaining([{ role: 'user', content: 'I want a person' }]),
    });
  });
});

describe('when something breaks', () => {
  it('rings the static number of the call although its workflow has left the desk meanwhile', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    under.core.applyDesk('patchbay: 1\n');
    call.send({ type: 'dtmf', digit: '0' });
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain(`>${staticNumber}</Number>`);
    expect(await call.dialEnded('no-answer')).toContain('<Record ');
    expect(call.view().decision).toMatchObject({ via: 'fallback', integrationId: 'desk' });
  });

  it('rings the static number for a caller on the line whose call is not on record', async () => {
    await using under = await startCore();
    const step = '/twilio/calls/7b7c2c52-6f2f-4f41-9f0c-6a2b0a4dc001/relay/1';
    const fields = { CallSid: 'CAlost', From: '+266696687', To: businessNumber, SessionStatus: 'ended' };
    const answer = await under.twilio.post(step, { ...fields, CallStatus: 'in-progress' });
    expect(answer.text).toMatch(
      new RegExp(`<Dial [^>]*callerId="\\${businessNumber}">\\${staticNumber}</Dial>`),
    );
    const over = await under.twilio.post(step, { ...fields, CallStatus: 'completed' });
    expect(over.text).toContain('<Hangup/>');
    expect(over.text).not.toContain('<Dial');
  });

  it('sends a text once, however often the model asks while Twilio is slow', async () => {
    const workflow = ', texts: [{ id: directions, when: The caller asks for a text, body: "Second door." }]';
    const sent: string[] = [];
    const send = async ({ body }: { body: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      sent.push(body);
      return { sid: 'SM1' };
    };
    await using under = await startCore(deskYaml({ workflow }), { ports: { texts: { send } } });
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.say('Please text me the directions');
    await new Promise((resolve) => setTimeout(resolve, 100));
    call.say('Text me the directions please');
    await call.until(isLast);
    await vi.waitFor(() => expect(call.view().textsSent).toEqual(['directions']));
    expect(sent).toEqual(['Second door.']);
  });

  it('records a leg’s status once, and also when it comes after the end', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    call.send({ type: 'dtmf', digit: '0' });
    await call.until(isEnd);
    const statusCallback = attributeOf(await call.sessionEnded(), 'statusCallback');
    const ringing = { CallSid: 'CAleg', CallStatus: 'ringing' };
    expect((await under.twilio.post(statusCallback, ringing)).status).toBe(204);
    await under.twilio.post(statusCallback, ringing);
    await call.dialEnded('completed');
    await under.twilio.post(statusCallback, { CallSid: 'CAleg', CallStatus: 'completed' });
    expect(call.factTypes().filter((type) => type === 'leg.changed')).toHaveLength(2);
  });

  it('ends a call of which nothing more is heard, and not one that goes on', async () => {
    let now = Date.now();
    await using under = await startCore(deskYaml(), { ports: { clock: { now: () => now } } });
    const silent = new TestCall(under, 'CA1');
    await silent.ring();
    const talking = new TestCall(under, 'CA2');
    await talking.ring();
    await talking.connect();
    await vi.waitFor(() => expect(talking.factTypes()).toContain('relay.connected'));
    now += 6 * 60 * 1000;
    await under.core.endLostCalls();
    expect(silent.view()).toMatchObject({ phase: 'ended', outcome: 'lost' });
    expect(talking.view().phase).toBe('talking');
  });

  it('does not wait for a stranger who keeps a refused upgrade open', async () => {
    const under = await startCore();
    const { port } = new URL(under.webhookUrl);
    const stranger = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    const head = ['GET /twilio/relay/x HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
    stranger.write(`${head.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => stranger.resume().once('end', resolve));
    const stopped = under[Symbol.asyncDispose]().then(() => 'stopped');
    expect(await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, 5000))])).toBe(
      'stopped',
    );
    stranger.destroy();
  });

  it('lets one call fail without touching another', async () => {
    const broken = ['failing', 'silent', 'stalls', 'all-talk', 'empty'].map(
      (model, index) =>
        `  - { id: broken-${index}, name: Broken, number: "+1416555020${index}", integration: desk, greeting: Hi, prompt: Talk, model: "rehearsal:${model}" }`,
    );
    await using under = await startCore(deskYaml({ more: broken.join('\n') }));
    const failing = broken.map(
      (_, index) => new TestCall(under, `CA-broken-${index}`, caller, `+1416555020${index}`),
    );
    const good = new TestCall(under, 'CA-good', '+14165550177');
    for (const call of [...failing, good]) {
      await call.ring();
      await call.connect();
    }
    for (const call of [...failing, good]) call.say('I want to speak with a person');
    for (const call of failing) call.send('{"type":"prompt"');
    await good.until(isEnd);
    expect(await good.sessionEnded()).toContain('<Dial');
    await good.dialEnded('completed');
    for (const call of failing) {
      await call.until(isEnd);
      expect(await call.sessionEnded(), call.fields.CallSid).toContain(`>${staticNumber}</Number>`);
    }
    expect(good.view().outcome).toBe('human-on-the-line');
  });

  it('leads a caller to the static number within 6 s of the prompt when the model is silent', async () => {
    await using under = await startCore(deskYaml({ model: 'rehearsal:silent' }));
    const call = new TestCall(under, 'CA1');
    await call.ring();
    await call.connect();
    const askedAt = performance.now();
    call.say('Hello?');
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain(`>${staticNumber}</Number>`);
    expect(performance.now() - askedAt).toBeLessThan(6000);
    expect(call.view()).toMatchObject({ transfer: { cause: 'model-error' }, decision: { via: 'fallback' } });
  });

  it('answers while the database is locked, says so, and records it later', async () => {
    const notices: string[] = [];
    await using under = await startCore(deskYaml(), {
      ports: { notifier: { notify: ({ title }) => notices.push(title) } },
    });
    const known = new TestCall(under, 'CA0');
    await known.ring();
    const lock = new Database(join(under.dataDir, 'patchbay.db'));
    lock.exec('BEGIN IMMEDIATE');
    const call = new TestCall(under, 'CA1');
    expect(await call.ring()).toContain('<ConversationRelay');
    await call.connect();
    call.send({ type: 'dtmf', digit: '0' });
    await call.until(isEnd);
    expect(await call.sessionEnded()).toContain(`>${staticNumber}</Number>`);
    expect(notices).toContain('The database can’t be written');
    expect(under.core.status().warnings.join()).toContain('can’t be written');
    expect(under.core.listCalls({ limit: 10 }).map(({ id }) => id)).toEqual([known.view().id]);
    lock.exec('ROLLBACK');
    lock.close();
    await vi.waitFor(() => expect(under.core.listCalls({ limit: 10 })).toHaveLength(2), { timeout: 10_000 });
    await vi.waitFor(() => expect(call.factTypes()).toContain('dial.started'), { timeout: 10_000 });
    expect(under.core.status().warnings).toEqual([]);
  });
});

describe('the doors of the webhook listener', () => {
  it('refuses what Twilio did not sign, and records no call', async () => {
    await using under = await startCore();
    const body = new URLSearchParams({ CallSid: 'CA1', From: caller, To: businessNumber });
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-twilio-signature': under.twilio.signature(
        'https://evil.example/twilio/voice',
        Object.fromEntries(body),
      ),
    };
    for (const request of [{ body }, { body, headers }]) {
      const response = await fetch(`${under.webhookUrl}/twilio/voice`, { method: 'POST', ...request });
      expect(response.status).toBe(403);
      expect(await response.text()).not.toContain('<');
    }
    expect(under.core.listCalls({ limit: 10 })).toEqual([]);
    expect((await fetch(`${under.webhookUrl}/twilio/anything`)).status).toBe(403);
  });

  it('answers 403 to all of Twilio’s addresses without an auth token', async () => {
    await using under = await startCore(deskYaml(), { ports: { vault: vaultWith({}) } });
    expect((await under.twilio.post('/twilio/voice', { CallSid: 'CA1', To: businessNumber })).status).toBe(
      403,
    );
  });

  it('opens a relay for its own call only, while it lasts', async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA1');
    await call.ring();
    const ws = under.webhookUrl.replace('http', 'ws');
    const path = new URL(attributeOf(call.twiml, 'url')).pathname;
    const refusal = (address: string, headers = {}) =>
      new Promise<number | undefined>((resolve) => {
        const socket = new WebSocket(address, { headers });
        socket.on('open', () => resolve(undefined));
        socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
      });
    expect(await refusal(`${ws}${path.slice(0, -1)}x`)).toBe(403);
    expect(await refusal(`${ws}/twilio/relay/`)).toBe(404);
    expect(await refusal(`${ws}${path}`, { 'x-twilio-signature': 'bogus' })).toBe(403);
    for (const origin of ['wss://patchbay.example', 'wss://patchbay.example:443']) {
      const signature = under.twilio.signature(`${origin}${path}`, {});
      expect(await refusal(`${ws}${path}`, { 'x-twilio-signature': signature }), origin).toBeUndefined();
    }

    const other = new TestCall(under, 'CA2');
    await other.ring();
    const impostor = new WebSocket(`${ws}${path}`);
    await new Promise((resolve) => impostor.once('open', resolve));
    const closed = new Promise<number>((resolve) => impostor.once('close', resolve));
    impostor.send(JSON.stringify({ type: 'setup', sessionId: 'VX', callSid: 'CA2' }));
    expect(await closed).toBe(1008);

    await call.sessionEnded({ SessionStatus: 'completed', CallStatus: 'completed' });
    expect(await refusal(`${ws}${path}`)).toBe(403);
  });

  it('serves the router, its health, and nothing else', async () => {
    await using under = await startCore();
    const ask = (path: string, init?: RequestInit) => fetch(under.webhookUrl + path, init);
    const transfer = await ask(`/transfer/${routerKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"number":"+14165557777"}',
    });
    expect(await transfer.json()).toEqual({ transferNumber: staticNumber });
    expect(await (await ask('/health')).json()).toEqual({ status: 'ok' });
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/%')).status).toBeLessThan(500);
  });
});
