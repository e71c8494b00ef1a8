import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attributeOf } from '../../../e2e/fixtures/signed-requests.ts';
import { DeskFileError } from '../desk/parse-desk-file.ts';
import { messageOf } from '../errors.ts';
import {
  authToken,
  businessNumber,
  type CoreUnderTest,
  caller,
  deskYaml,
  routerKey,
  startCore,
  staticNumber,
  TestCall,
} from '../test-support/core-under-test.ts';

/** How many inputs each door gets. */
const numRuns = 2000;
/** Inputs sent at once, so that thousands take seconds. */
const batch = 50;

const phoneNumbers = [caller, businessNumber, staticNumber];

/** Text that hurts: any Unicode, control characters, markup, other people's syntaxes. */
const nastyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 80 }),
  fc.constantFrom(
    '',
    '\0',
    '<Response><Dial>+1900</Dial></Response>',
    '{{caseNumber}}',
    '../../etc/passwd',
    '%00%ff',
    '"; DROP TABLE calls; --',
    '9'.repeat(5000),
    caller,
  ),
);
const nastyJson = fc.oneof(
  fc.json(),
  nastyText,
  fc.record({ number: fc.oneof(nastyText, fc.anything()) }).map((body) => safeStringify(body)),
  fc.constantFrom(
    '{"number":',
    '[]',
    'null',
    '{"__proto__":{"x":1}}',
    `{"number":"${caller}"}`,
    '"'.repeat(100_000),
    '['.repeat(20_000),
  ),
);

interface Answer {
  status: number;
  text: string;
}

/** One request on a connection of its own; a connection that is cut counts as status 0. */
function send(
  under: CoreUnderTest,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    // Node sends no length with an OPTIONS or DELETE by itself, and the body would count as the next request.
    const framed = { ...headers, 'content-length': Buffer.byteLength(body) };
    const request = httpRequest(`${under.webhookUrl}${path}`, { method, headers: framed }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', () => resolve({ status: 0, text: '' }));
    request.end(body);
  });
}

/** Tries thousands of inputs, a batch at once. A failure names the input, cut short, and the seed that makes it again. */
async function eachOf<T>(arbitrary: fc.Arbitrary<T>, attempt: (value: T) => Promise<void>): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const values = fc.sample(arbitrary, { numRuns, seed });
  for (let at = 0; at < values.length; at += batch) {
    await Promise.all(
      values.slice(at, at + batch).map(async (value) => {
        await attempt(value).catch((cause: unknown) => {
          throw new Error(`seed ${seed}: ${messageOf(cause)} with ${safeStringify(value).slice(0, 600)}`, {
            cause,
          });
        });
      }),
    );
  }
}

/** What those with the key may be answered behind this address. */
function answersOf(key: string): unknown[] {
  return key.endsWith('/vapi')
    ? [{}, { destination: { type: 'number', number: staticNumber } }]
    : [{ transferNumber: staticNumber }];
}

/** The listener is still there, an honest call still works, and the log kept its secrets. */
async function expectUnharmed(under: CoreUnderTest): Promise<void> {
  expect((await send(under, 'GET', '/health', {}, '')).text).toBe('{"status":"ok"}');
  const call = new TestCall(under, 'CA-after');
  expect(await call.ring()).toContain('<ConversationRelay');
  const log = under.logLines.join('');
  for (const secret of [
    authToken,
    routerKey,
    ...phoneNumbers,
    ...phoneNumbers.map((number) => number.slice(1)),
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(under.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
}

describe('bad input', () => {
  it('at /transfer', { timeout: 120_000 }, async () => {
    await using under = await startCore();
    const request = fc.record({
      method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
      key: fc.oneof(
        fc.constant(routerKey),
        fc.string({ maxLength: 60 }).map(encodeURIComponent),
        fc.constantFrom('', '.', '%', '%zz', `${routerKey}/vapi`, `${routerKey}?x=1`),
      ),
      type: fc.constantFrom(
        'application/json',
        'text/plain',
        'application/json; charset=latin1',
        '',
        'multipart/form-data',
      ),
      body: nastyJson,
    });
    const statuses = new Set<number>();
    await eachOf(request, async ({ method, key, type, body }) => {
      const { status, text } = await send(under, method, `/transfer/${key}`, { 'content-type': type }, body);
      statuses.add(status);
      expect(status, text).toBeLessThan(500);
      if (status === 200) expect(answersOf(key)).toContainEqual(JSON.parse(text));
      else if (status !== 0 && status !== 204)
        expect(JSON.parse(text)).toMatchObject({
          error: { code: expect.any(String), message: expect.any(String) },
        });
    });
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404, 405, 415]));
    // Too rare to come up by chance every time.
    const large = await send(under, 'POST', `/transfer/${routerKey}`, {}, '"'.repeat(100_000));
    expect(large.status).toBe(413);
    await expectUnharmed(under);
  });

  it('at /calls', { timeout: 120_000 }, async () => {
    await using under = await startCore();
    const payload = fc
      .record({ call_id: fc.oneof(nastyText, fc.anything()), messages: fc.anything(), created_at: nastyText })
      .map((body) => safeStringify(body));
    const request = fc.record({
      method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'DELETE'),
      key: fc.constantFrom(routerKey, routerKey, `${routerKey}/vapi`, '', '%zz'),
      body: fc.oneof(payload, nastyJson),
    });
    const statuses = new Set<number>();
    await eachOf(request, async ({ method, key, body }) => {
      const headers = { 'content-type': 'application/json' };
      const { status, text } = await send(under, method, `/calls/${key}`, headers, body);
      statuses.add(status);
      expect(status, text).toBeLessThan(500);
      if (status === 200) expect(JSON.parse(text)).toEqual({ ok: true });
      else if (status !== 0) expect(JSON.parse(text)).toMatchObject({ error: { code: expect.any(String) } });
    });
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404, 405]));
    await expectUnharmed(under);
  });

  it('at Twilio’s webhooks without a valid signature', { timeout: 120_000 }, async () => {
    await using under = await startCore();
    const request = fc.record({
      method: fc.constantFrom('POST', 'POST', 'GET', 'PUT'),
      path: fc.constantFrom(
        'voice',
        'calls/x/relay/1',
        'calls/7b7c2c52-6f2f-4f41-9f0c-6a2b0a4dc001/dial/1',
        'calls//leg/1',
        'relay/x',
        '',
        '%E0%A4%A',
      ),
      type: fc.constantFrom(
        'application/x-www-form-urlencoded',
        'application/x-www-form-urlencoded; charset=utf-7',
        'application/json',
        '',
      ),
      signature: fc.oneof(
        fc.constant(''),
        fc.base64String({ minLength: 28, maxLength: 28 }),
        fc.string({ maxLength: 40 }).map(encodeURIComponent),
      ),
      body: fc.oneof(
        nastyText,
        nastyText.map(
          (text) =>
            `CallSid=CA1&From=${encodeURIComponent(safe(text))}&To=${encodeURIComponent(businessNumber)}`,
        ),
        fc.constant('a=1&'.repeat(3000)),
      ),
    });
    await eachOf(request, async ({ method, path, type, signature, body }) => {
      const { status, text } = await send(
        under,
        method,
        `/twilio/${path}`,
        { 'content-type': type, 'x-twilio-signature': signature },
        body,
      );
      expect(status === 0 || (status >= 400 && status < 500)).toBe(true);
      expect(text).not.toContain('<Response');
    });
    expect(under.core.listCalls({ limit: 1 })).toEqual([]);
    await expectUnharmed(under);
  });

  it('at Twilio’s webhooks, signed but senseless', { timeout: 120_000 }, async () => {
    await using under = await startCore();
    const call = new TestCall(under, 'CA-victim');
    await call.ring();
    const callPath = new URL(attributeOf(call.twiml, 'action')).pathname.replace(/\/relay\/1$/, '');
    const field = fc
      .oneof(nastyText, fc.constantFrom('completed', 'in-progress', 'busy', '64105', businessNumber))
      .map(safe);
    const names = [
      'CallSid',
      'From',
      'To',
      'CallStatus',
      'SessionStatus',
      'ErrorCode',
      'HandoffData',
      'DialCallStatus',
      'RecordingUrl',
      'RecordingDuration',
    ];
    const request = fc.record({
      path: fc.constantFrom(
        '/twilio/voice',
        `${callPath}/dial/1`,
        `${callPath}/leg/1`,
        `${callPath}/leg/99`,
        `${callPath}/relay/0`,
        `${callPath}/nothing`,
        '/twilio/calls/7b7c2c52-6f2f-4f41-9f0c-6a2b0a4dc001/relay/1',
      ),
      fields: fc.dictionary(fc.constantFrom(...names), field),
    });
    await eachOf(request, async ({ path, fields }) => {
      const { status, text } = await under.twilio.post(path, fields);
      expect(status).toBeLessThan(500);
      if (status === 200) expect(text).toMatch(/^<\?xml.*<\/Response>$/s);
    });
    expect(call.view().phase).toBe('talking');
    await expectUnharmed(under);
  });

  it('over the relay’s WebSocket', { timeout: 120_000 }, async () => {
    await using under = await startCore();
    const calm = new TestCall(under, 'CA-calm');
    await calm.ring();
    await calm.connect();
    const type = fc.constantFrom(
      'setup',
      'dtmf',
      'interrupt',
      'error',
      'info',
      'end',
      'text',
      '__proto__',
      7,
      null,
    );
    const message = fc.oneof(
      nastyJson,
      fc
        .record(
          {
            type,
            digit: fc.anything(),
            utteranceUntilInterrupt: fc.anything(),
            durationUntilInterruptMs: fc.anything(),
            description: nastyText,
            callSid: fc.constantFrom('CA-0', 7),
            sessionId: fc.anything(),
          },
          { requiredKeys: ['type'] },
        )
        .map(safeStringify),
      fc
        .record({ type: fc.constant('prompt'), voicePrompt: fc.anything(), last: fc.anything() })
        .map(safeStringify),
    );
    let count = 0;
    await eachOf(fc.array(message, { minLength: 1, maxLength: 3 }), async (messages) => {
      const call = new TestCall(under, `CA-${count++}`);
      await call.ring();
      await call.connect();
      for (const one of messages) call.send(one.slice(0, 60_000));
      call.socket?.close();
    });
    const tooLarge = new TestCall(under, 'CA-large');
    await tooLarge.ring();
    await tooLarge.connect();
    const closed = new Promise<number>((resolve) => tooLarge.socket?.once('close', resolve));
    tooLarge.send(`"${'x'.repeat(100_000)}"`);
    expect(await closed).toBe(1009);
    expect(calm.socket?.readyState).toBe(WebSocket.OPEN);
    calm.send({ type: 'dtmf', digit: '0' });
    await calm.until(({ type: kind }) => kind === 'end');
    await expectUnharmed(under);
  });

  it('in desk files: refused with a reason, and the desk in force stays', { timeout: 120_000 }, async () => {
    await using under = await startCore();
    const before = under.core.exportDesk();
    const original = deskYaml();
    const mutated = fc
      .tuple(fc.nat(original.length), fc.nat(30), nastyText)
      .map(([at, length, text]) => original.slice(0, at) + text + original.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(mutated, nastyText, fc.json()), (yaml) => {
        try {
          under.core.applyDesk(yaml);
          under.core.applyDesk(before);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(DeskFileError);
          expect((thrown as DeskFileError).problems.length).toBeGreaterThan(0);
        }
        expect(under.core.exportDesk()).toBe(before);
      }),
      { numRuns },
    );
    await expectUnharmed(under);
  });
});

/** Lone surrogates can't be sent in a URL or a form; Twilio could not either. */
function safe(text: string): string {
  return text.toWellFormed();
}

function safeStringify(value: unknown): string {
  try {
    return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? '';
  } catch {
    return '{}';
  }
}
