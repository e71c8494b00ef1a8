import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { deskSchema } from '../../../src-preload/contract/desk.ts';
import type { HandOverNumber } from '../awaited-calls/awaited-calls.ts';
import type { WebhookRequest } from '../database/webhook-requests.ts';
import { type CompiledDesk, compileDesk } from '../desk/desk-service.ts';
import type { Logger, OutboundHttp } from '../ports.ts';
import { freshState } from '../routing/groups.ts';
import { RouteService } from '../routing/route-service.ts';
import { createTransferWebhook } from './transfer-webhook.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const staticNumber = '+14165551234';
const rulesKey = `rules-${'k'.repeat(37)}`;
const hookKey = `hook-${'k'.repeat(38)}`;

const desk = compileDesk(
  deskSchema.parse({
    patchbay: 1,
    integrations: [
      {
        id: 'rules',
        name: 'Rules',
        staticNumber,
        routerKey: rulesKey,
        dynamic: {
          rules: [
            { name: 'Vip', when: { contact: { tag: 'vip' } }, to: '+14165550003' },
            { name: 'Toronto', when: { callerPrefix: '+1416' }, to: '+14165550001' },
            { name: 'Known', when: { contact: 'known' }, to: '+14165550002' },
          ],
        },
      },
      {
        id: 'hook',
        name: 'Hook',
        staticNumber,
        routerKey: hookKey,
        dynamic: { webhook: 'https://example.com/r' },
      },
    ],
  }),
);

const contacts = new Map([
  ['+15145557777', { known: true, tags: [] }],
  ['+14165557777', { known: true, tags: ['vip'] }],
]);

interface Trouble {
  desk?: CompiledDesk;
  routes?: Pick<RouteService, 'decide'>;
  facts?: () => never;
  write?: () => Promise<'durable' | 'deferred'>;
  post?: OutboundHttp['postJson'];
  handOver?: () => HandOverNumber;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(trouble: Trouble = {}) {
  const rows: WebhookRequest[] = [];
  const webhookRequests = { insert: (row: WebhookRequest) => void rows.push(row) };
  const recorder = {
    async write(work: () => void) {
      if (trouble.write !== undefined) return trouble.write();
      work();
      return 'durable' as const;
    },
  };
  const clock = { now: () => 1_000 };
  const routes =
    trouble.routes ??
    new RouteService({
      desk: () => desk,
      memory: { ...freshState, take: () => {}, heardOf: () => {} },
      outbound: {
        postJson: trouble.post ?? (async () => ({ status: 500, headers: {}, body: '' })),
      },
      recorder,
      webhookRequests,
      clock,
      logger: silent,
    });
  const handler = createTransferWebhook({
    refusals: { take: () => true },
    desk: () => trouble.desk ?? desk,
    routes,
    contacts: {
      facts: trouble.facts ?? ((number) => contacts.get(number) ?? { known: false, tags: [] }),
    },
    recorder,
    webhookRequests,
    platformKeys: { refuse: () => undefined },
    awaited: { numberFor: trouble.handOver ?? (() => ({ kind: 'none' })) },
    clock,
    logger: silent,
    bodyTimeoutMs: 300,
  });
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const send = async (path: string, init: RequestInit) => {
    const response = await fetch(origin + path, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: text === '' ? null : JSON.parse(text),
    };
  };
  const post = (body: string, key = rulesKey, headers: Record<string, string> = {}) =>
    send(`/transfer/${key}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const ask = (number: unknown, key?: string) => post(JSON.stringify({ number }), key);
  return { rows, port, send, post, ask };
}

/** Sends bytes as they are and gives back everything that comes until the connection is closed. */
function raw(port: number, text: string, thenEnd = false): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      if (thenEnd) socket.end();
    });
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

describe('POST /transfer/<routerKey>', () => {
  it.each([
    ['+14165550000', '+14165550001'],
    ['+1 (416) 555-0000', '+14165550001'],
    ['+14165557777', '+14165550003'],
    ['+15145557777', '+14165550002'],
    ['+1 514-555-7777', '+14165550002'],
    ['+15145550000', staticNumber],
    ['anonymous', staticNumber],
    ['', staticNumber],
    ['Restricted', staticNumber],
    ['+266696687', staticNumber],
    ['gibberish', staticNumber],
    [null, staticNumber],
    [42, staticNumber],
    [{ deep: true }, staticNumber],
    [undefined, staticNumber],
  ])('leads %j to %s', async (number, transferNumber) => {
    const { ask } = await listen();
    const { status, json, headers } = await ask(number);
    expect({ status, json }).toEqual({ status: 200, json: { transferNumber } });
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('puts the request on record, its key masked', async () => {
    const { ask, rows } = await listen();
    await ask('+14165550000');
    expect(rows).toEqual([
      {
        direction: 'in',
        at: 1_000,
        method: 'POST',
        url: '/transfer/…kkkk',
        status: 200,
        ms: 0,
        requestBody: '{"number":"+14165550000"}',
        answerBody: '{"transferNumber":"+14165550001"}',
        callId: null,
        integrationId: 'rules',
        fallbackReason: null,
        problem: null,
        transfer: {
          dialect: 'callcow',
          caller: '+14165550000',
          called: null,
          destination: '+14165550001',
        },
      },
    ]);
  });

  it('puts on record what the decision went by, where that is more than the caller’s number', async () => {
    const { ask, post, rows } = await listen();
    await ask('+14165557777');
    await ask('+14165550000');
    await post('{"number":"+14165550000","callReason":"A leak"}', `${rulesKey}/bland`);
    expect(rows.map(({ transfer }) => transfer?.wentBy)).toEqual([
      { fields: {}, known: true, seen: { tags: ['vip'] } },
      undefined,
      { fields: expect.objectContaining({ callReason: 'A leak' }), known: false, seen: undefined },
    ]);
  });

  it('decides nothing, and asks no webhook, where the caller comes to Patchbay itself', async () => {
    const number = '+14165550160';
    const { ask, post, rows } = await listen({
      handOver: () => ({ kind: 'ready', number }),
      routes: { decide: () => Promise.reject(new Error('nothing is to be decided')) },
    });
    for (const key of [rulesKey, hookKey]) {
      expect((await ask('+14165550000', key)).json).toEqual({ transferNumber: number });
    }
    expect((await post('{"number":"+14165550000","callReason":"A leak"}', `${rulesKey}/bland`)).json).toEqual(
      {
        transferNumber: number,
        phone_number: number,
      },
    );
    expect((await ask('anonymous')).json).toEqual({ transferNumber: number });
    expect(rows.map(({ transfer, problem }) => ({ ...transfer, problem }))).toMatchObject([
      {
        caller: '+14165550000',
        destination: number,
        told: { platform: 'CallCow', fields: {} },
        problem: null,
      },
      { caller: '+14165550000', destination: number },
      { told: { platform: 'Bland', reason: 'A leak', fromStart: false, fields: { callReason: 'A leak' } } },
      { caller: null, destination: number },
    ]);
  });

  it.each([
    () => ({ kind: 'out-of-reach' as const, problem: 'It is not attached.' }),
    () => {
      throw new Error('the database is gone');
    },
  ])('decides at once, and says why, where the hand-over number can’t be answered', async (handOver) => {
    const { ask, rows } = await listen({ handOver });
    expect((await ask('+14165550000')).json).toEqual({ transferNumber: '+14165550001' });
    expect(rows).toMatchObject([{ problem: expect.stringMatching(/not attached|is gone/), status: 200 }]);
    expect(rows[0]?.transfer?.told).toBeUndefined();
  });

  it('records before it answers', async () => {
    const order: string[] = [];
    const written = Promise.withResolvers<'durable'>();
    const { ask } = await listen({ write: () => written.promise });
    const answered = ask('+14165550000').then(() => order.push('answered'));
    setTimeout(() => {
      order.push('written');
      written.resolve('durable');
    }, 50);
    await answered;
    expect(order).toEqual(['written', 'answered']);
  });

  it('answers with the static number and the reason when the dynamic webhook fails', async () => {
    const { ask, rows } = await listen();
    expect((await ask('+14165550000', hookKey)).json).toEqual({ transferNumber: staticNumber });
    const fallbackReason = 'The dynamic webhook failed: it answered with status 500 instead of 200.';
    expect(rows).toMatchObject([
      { direction: 'out', fallbackReason },
      { direction: 'in', status: 200, fallbackReason, integrationId: 'hook' },
    ]);
  });

  it('answers with what the dynamic webhook says', async () => {
    const { ask } = await listen({
      post: async () => ({ status: 200, headers: {}, body: '{"transferNumber":"+1 416 555 0009"}' }),
    });
    expect((await ask('+14165550000', hookKey)).json).toEqual({ transferNumber: '+14165550009' });
  });

  it.each<[string, Trouble]>([
    ['the database is locked', { write: async () => 'deferred' }],
    ['the recorder fails', { write: () => Promise.reject(new Error('closed')) }],
    [
      'the contact can’t be looked up',
      {
        facts() {
          throw new Error('locked');
        },
      },
    ],
    [
      'the decision throws',
      {
        routes: {
          decide() {
            throw new Error('a bug');
          },
        },
      },
    ],
    ['the decision rejects', { routes: { decide: () => Promise.reject(new Error('a bug')) } }],
  ])('still gives a destination when %s', async (_what, trouble) => {
    const { ask } = await listen(trouble);
    const { status, json } = await ask('+15145557777');
    expect(status).toBe(200);
    expect(json.transferNumber).toMatch(/^\+\d+$/);
  });

  it('follows the desk in force', async () => {
    const trouble: Trouble = {};
    const { ask } = await listen(trouble);
    expect((await ask('+14165550000')).status).toBe(200);
    trouble.desk = compileDesk(deskSchema.parse({ patchbay: 1 }));
    expect((await ask('+14165550000')).status).toBe(404);
  });

  it.each([
    ['an unknown key', '/transfer/unknownunknownunknownunknownunknown'],
    ['a key that is almost right', `/transfer/${rulesKey.slice(0, -1)}`],
    ['no key', '/transfer/'],
    ['a double slash', `/transfer//${rulesKey}`],
    ['a path below an unknown key', '/transfer/unknownunknownunknownunknownunknown/vapi'],
    ['an escaped key', `/transfer/%72${rulesKey.slice(1)}`],
    ['a broken escape', '/transfer/%'],
    ['a very long key', `/transfer/${'k'.repeat(5_000)}`],
    ['a name of Object', '/transfer/__proto__'],
  ])('answers 404 to %s, always alike', async (_what, path) => {
    const { send, rows } = await listen();
    const { status, json } = await send(path, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(status).toBe(404);
    expect(json).toEqual({
      error: { code: 'not_found', message: 'No integration has this address; copy it again from Patchbay.' },
    });
    expect(rows).toMatchObject([{ status: 404, integrationId: null, problem: 'not_found' }]);
    expect(rows[0]?.url).not.toContain(rulesKey.slice(5, 20));
  });

  it.each(['unknown', 'vapi/more', 'VAPI', '__proto__', 'constructor', rulesKey])(
    'answers 404 to the dialect %s, and says which there are',
    async (dialect) => {
      const { send, rows } = await listen();
      const { status, json } = await send(`/transfer/${rulesKey}/${dialect}`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect({ status, code: json.error.code }).toEqual({ status: 404, code: 'unknown_dialect' });
      expect(json.error.message).toContain('callcow, vapi, retell, elevenlabs, dograh, synthflow, bland');
      expect(rows).toMatchObject([
        { status: 404, integrationId: 'rules', problem: 'unknown_dialect', url: '/transfer/…kkkk/…' },
      ]);
    },
  );

  it('does not mind a query or a slash at the end, and keeps neither', async () => {
    const { send, rows } = await listen();
    for (const path of [`/transfer/${rulesKey}?secret=1`, `/transfer/${rulesKey}/`]) {
      const init = {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json; charset=utf-8' },
      };
      expect((await send(path, init)).status).toBe(200);
    }
    expect(rows.map(({ url }) => url)).toEqual(['/transfer/…kkkk', '/transfer/…kkkk']);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('answers 405 to %s', async (method) => {
    const { send } = await listen();
    for (const key of [rulesKey, 'unknown']) {
      const { status, headers, json } = await send(`/transfer/${key}`, { method });
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('POST');
      expect(json?.error.code ?? method).toBe(method === 'HEAD' ? 'HEAD' : 'method_not_allowed');
    }
  });

  it.each([
    ['', 'not_json'],
    ['{', 'not_json'],
    ['number=%2B14165550000', 'not_json'],
    ['"+14165550000"', 'not_an_object'],
    ['["+14165550000"]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['1', 'not_an_object'],
  ])('answers 400 to %j', async (body, code) => {
    const { post, rows } = await listen();
    const { status, json } = await post(body);
    expect({ status, code: json.error.code }).toEqual({ status: 400, code });
    expect(json.error.message).toContain('{"number": "+14165551234"}');
    expect(rows).toMatchObject([{ status: 400, integrationId: 'rules', requestBody: body, problem: code }]);
  });

  it('answers 415 to what is not plain JSON', async () => {
    const { post } = await listen();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'nonsense']) {
      expect((await post('{}', rulesKey, { 'content-type': type })).status).toBe(415);
    }
    expect((await post('{}', rulesKey, { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('{}', rulesKey, { 'content-type': 'application/vnd.calls+json' })).status).toBe(200);
  });

  it('takes a body of 64 kB and refuses one byte more', async () => {
    const { post, rows } = await listen();
    const bodyOf = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`;
    expect((await post(bodyOf(65_536))).status).toBe(200);
    expect(Buffer.byteLength(rows[0]?.requestBody ?? '')).toBe(4_096);
    for (const bytes of [65_537, 300_000]) {
      const { status, json, headers } = await post(bodyOf(bytes));
      expect({ status, code: json.error.code }).toEqual({ status: 413, code: 'too_large' });
      expect(headers.get('connection')).toBe('close');
    }
  });

  it('stops reading a body without an end, answers and closes', async () => {
    const { port } = await listen();
    const head = `POST /transfer/${rulesKey} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    expect(await raw(port, head + chunk.repeat(8))).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('does not wait for a body that does not come', async () => {
    const { port, rows } = await listen();
    const head = `POST /transfer/${rulesKey} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"num`;
    expect(await raw(port, head)).toMatch(/^HTTP\/1\.1 408 /);
    expect(rows).toMatchObject([{ status: 408, problem: 'too_slow' }]);
  });

  it('reads a body that comes in pieces', async () => {
    const { port } = await listen();
    const answer = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        {
          port,
          method: 'POST',
          path: `/transfer/${rulesKey}`,
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve(text));
        },
      );
      request.on('error', reject);
      const pieces = [...Buffer.from('{"name":"Zoë","number":"+14165550000"}')];
      const write = () => {
        const piece = pieces.splice(0, 12);
        if (piece.length === 0) request.end();
        else request.write(Buffer.from(piece), () => setTimeout(write, 5));
      };
      write();
    });
    expect(JSON.parse(answer)).toEqual({ transferNumber: '+14165550001' });
  });

  it('lives on when a client hangs up halfway, and has it on record', async () => {
    const { port, rows, ask } = await listen();
    const head = `POST /transfer/${rulesKey} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"num`;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head, () => setTimeout(() => socket.destroy(), 30));
    });
    await expect.poll(() => rows).toMatchObject([{ status: null, answerBody: null, integrationId: 'rules' }]);
    expect((await ask('+14165550000')).status).toBe(200);
  });

  it('answers requests that come on one connection without waiting', async () => {
    const { port } = await listen();
    const body = '{"number":"+14165550000"}';
    const one = (extra = '') =>
      `POST /transfer/${rulesKey} HTTP/1.1\r\nHost: a\r\n${extra}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await raw(port, one() + one() + one('Connection: close\r\n'));
    expect(answers.match(/"transferNumber":"\+14165550001"/g)).toHaveLength(3);
  });

  it('gives no 5xx, whatever the body', async () => {
    const { post } = await listen();
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ number: fc.anything() }).map((value) => JSON.stringify(value) ?? ''),
      fc.record({ number: fc.string({ unit: 'binary' }) }).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (drawn) => {
        const { status, json } = await post(drawn);
        if (status === 200) expect(json.transferNumber).toMatch(/^\+[1-9]\d{6,14}$/);
        else expect(status).toBe(400);
      }),
      { numRuns: 300 },
    );
  });
});
