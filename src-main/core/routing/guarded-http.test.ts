import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OutboundError } from '../errors.ts';
import { createGuardedHttp } from './guarded-http.ts';

const fixture = (file: string) => readFileSync(new URL(`./test-fixtures/${file}`, import.meta.url), 'utf8');
const cert = fixture('hooks.cert.pem');
const key = fixture('hooks.key.pem');

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that the name hooks.test leads to. */
async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: { method: string | undefined; url: string | undefined; headers: object; body: string }[] =
    [];
  let connections = 0;
  const server = createServer({ cert, key }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    handler(request, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://hooks.test:${port}/route`, requests, connections: () => connections };
}

type Lookup = NonNullable<NonNullable<Parameters<typeof createGuardedHttp>[0]>['lookup']>;

/** Answers with one list of addresses after the other; the last one stays. */
function resolving(...answers: string[][]): Lookup & { asked: () => number } {
  let asked = 0;
  const lookup: Lookup = (_hostname, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    const found: LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    queueMicrotask(() => callback(null, found));
  };
  return Object.assign(lookup, { asked: () => asked });
}

const loopback = resolving(['127.0.0.1']);
const toLoopback = () => createGuardedHttp({ lookup: loopback, tls: { ca: cert }, isAllowed: () => true });
const limits = { timeoutMs: 3_000, maxBytes: 1_024 };

async function failureOf(answer: Promise<unknown>): Promise<OutboundError> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutboundError)) throw new Error(`expected an OutboundError, got ${String(error)}`);
  return error;
}

describe('createGuardedHttp', () => {
  it('posts JSON and gives back the answer', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'X-Two': ['a', 'b'] }).end('{"ok":true}');
    });
    const answer = await toLoopback().postJson(server.url, '{"number":"ü"}', {
      ...limits,
      headers: { 'idempotency-key': 'k1' },
    });
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-two': 'a, b' });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: '/route',
        body: '{"number":"ü"}',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
      },
    ]);
  });

  it('hands a redirect over as it is', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(302, { Location: '/elsewhere' }).end();
    });
    expect(await toLoopback().postJson(server.url, '{}', limits)).toMatchObject({ status: 302 });
    expect(server.requests).toHaveLength(1);
  });

  it('has a new connection for every request', async () => {
    const server = await serve((_request, response) => response.end('{}'));
    const http = toLoopback();
    await http.postJson(server.url, '{}', limits);
    await http.postJson(server.url, '{}', limits);
    expect(server.connections()).toBe(2);
  });

  it('refuses a written address before it looks anything up', async () => {
    const lookup = resolving(['1.1.1.1']);
    for (const url of ['https://127.0.0.1/', 'https://[::1]/', 'http://hooks.test/', 'https://2130706433/']) {
      const error = await failureOf(createGuardedHttp({ lookup }).postJson(url, '{}', limits));
      expect(error.kind).toBe('refused-address');
    }
    expect(lookup.asked()).toBe(0);
  });

  it('refuses a name as soon as one of its addresses is not public', async () => {
    const server = await serve((_request, response) => response.end('{}'));
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '10.0.0.1'], ['::ffff:127.0.0.1'], []]) {
      const http = createGuardedHttp({ lookup: resolving(addresses), tls: { ca: cert } });
      const error = await failureOf(http.postJson(server.url, '{}', limits));
      expect(error.kind).toBe('refused-address');
    }
    expect(server.connections()).toBe(0);
  });

  it('is not fooled by a name that is public when checked and local when called', async () => {
    const server = await serve((_request, response) => response.end('{}'));
    // 192.0.2.1 (documentation) stands for a public address that never answers.
    const lookup = resolving(['192.0.2.1'], ['127.0.0.1']);
    const http = createGuardedHttp({
      lookup,
      tls: { ca: cert },
      isAllowed: (address) => address !== '127.0.0.1',
    });
    const first = await failureOf(http.postJson(server.url, '{}', { ...limits, timeoutMs: 300 }));
    expect(['timeout', 'unreachable']).toContain(first.kind);
    expect(lookup.asked()).toBe(1);
    const second = await failureOf(http.postJson(server.url, '{}', limits));
    expect(second.kind).toBe('refused-address');
    expect(server.connections()).toBe(0);
  });

  it('checks the address of the connection itself', async () => {
    const server = await serve((_request, response) => response.end('{}'));
    let checks = 0;
    const http = createGuardedHttp({ lookup: loopback, tls: { ca: cert }, isAllowed: () => checks++ === 0 });
    const error = await failureOf(http.postJson(server.url, '{}', limits));
    expect(error.kind).toBe('refused-address');
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['no headers', () => {}],
    ['half a body', (response: ServerResponse) => void response.writeHead(200).write('{')],
    [
      'a byte now and then',
      (response: ServerResponse) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('gives up at its deadline on %s', async (_what, respond) => {
    const server = await serve((_request, response) => respond(response));
    const startedAt = performance.now();
    const error = await failureOf(toLoopback().postJson(server.url, '{}', { ...limits, timeoutMs: 400 }));
    expect(error).toMatchObject({ kind: 'timeout', reason: 'it did not answer within 0.4 s' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('gives up at its deadline on a resolver that never answers', async () => {
    const http = createGuardedHttp({ lookup: () => {} });
    const error = await failureOf(http.postJson('https://hooks.test/', '{}', { ...limits, timeoutMs: 200 }));
    expect(error.kind).toBe('timeout');
  });

  it('stops reading an answer that is too large, announced or not', async () => {
    const announced = await serve((_request, response) => response.end('x'.repeat(2_000)));
    const streamed = await serve((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(500)));
      };
      response.on('drain', pour);
      pour();
    });
    for (const { url } of [announced, streamed]) {
      const error = await failureOf(toLoopback().postJson(url, '{}', limits));
      expect(error).toMatchObject({ kind: 'too-large', reason: 'its answer is larger than 1 kB' });
    }
  });

  it('says why no answer came', async () => {
    const cut = await serve((request) => request.socket.destroy());
    const cutHalfway = await serve((request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('{');
      setTimeout(() => request.socket.destroy(), 20);
    });
    const strict = createGuardedHttp({ lookup: loopback, isAllowed: () => true });
    const reasons = await Promise.all(
      [
        toLoopback().postJson(cut.url, '{}', limits),
        toLoopback().postJson(cutHalfway.url, '{}', limits),
        toLoopback().postJson('https://hooks.test:1/', '{}', limits),
        strict.postJson(cut.url, '{}', limits),
        toLoopback().postJson(cut.url.replace('hooks.test', 'other.test'), '{}', limits),
      ].map(async (answer) => {
        const { kind, reason } = await failureOf(answer);
        return `${kind}: ${reason}`;
      }),
    );
    expect(reasons).toEqual([
      'unreachable: it closed the connection without an answer',
      'unreachable: it closed the connection without an answer',
      'unreachable: nothing answers at its address',
      'unreachable: its certificate is self-signed',
      'unreachable: its certificate is for another host name',
    ]);
  });
});
