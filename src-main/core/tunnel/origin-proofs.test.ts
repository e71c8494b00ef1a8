import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { handClock } from '../database/testing.ts';
import { proofPathPattern } from '../webhooks/links.ts';
import { ProofSocket } from '../webhooks/proof-socket.ts';
import { OriginProofs, type OriginProofsDeps } from './origin-proofs.ts';

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const fixtures = join(import.meta.dirname, '../routing/test-fixtures');
const cert = readFileSync(join(fixtures, 'hooks.cert.pem'), 'utf8');
const key = readFileSync(join(fixtures, 'hooks.key.pem'), 'utf8');

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server, scheme: 'http' | 'https', host = '127.0.0.1'): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://${host}:${(server.address() as AddressInfo).port}`;
}

/** A listener that answers like Patchbay's, but for what is given. */
async function proving(
  other: { http?: RequestListener; upgrade?: Upgrade } = {},
  deps: Partial<OriginProofsDeps> = {},
) {
  const clock = handClock(1000);
  const proofs = new OriginProofs({ clock, ...deps });
  const socket = new ProofSocket(proofs);
  const answering: RequestListener = (request, response) => {
    const nonce = proofPathPattern.exec(request.url ?? '')?.[1] ?? '';
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ proof: proofs.answer(nonce) }));
  };
  const server = createServer(other.http ?? answering);
  server.on('upgrade', other.upgrade ?? ((request, stream, head) => socket.upgrade(request, stream, head)));
  return { proofs, origin: await listening(server, 'http') };
}

describe('proving a public URL', () => {
  it('succeeds when a nonce comes back over HTTP and over a WebSocket', async () => {
    const { proofs, origin } = await proving();
    expect(await proofs.prove(origin)).toEqual({ http: true, webSocket: true, says: null, at: 1000 });
  });

  it('uses a nonce once, asks no page of ngrok’s, and answers nobody else', async () => {
    const paths: string[] = [];
    const seen: unknown[] = [];
    const { proofs, origin } = await proving({
      http: (request, response) => {
        paths.push(request.url ?? '');
        seen.push(request.headers['ngrok-skip-browser-warning']);
        response.end('{}');
      },
    });
    await proofs.prove(origin);
    await proofs.prove(origin);
    expect(new Set(paths).size).toBe(2);
    expect(seen).toEqual(['1', '1']);
    for (const path of paths) {
      const nonce = proofPathPattern.exec(path)?.[1];
      expect(nonce).toBeDefined();
      expect(proofs.answer(nonce ?? '')).toBeUndefined();
    }
    expect(proofs.answer('A'.repeat(43))).toBeUndefined();
  });

  it.each<[string, RequestListener, string]>([
    [
      'a web page',
      (_, response) => response.setHeader('content-type', 'text/html').end('<html>'),
      'with a web page',
    ],
    ['another Patchbay', (_, response) => response.writeHead(404).end('{}'), 'leads to another Patchbay'],
    ['other JSON', (_, response) => response.end('{"proof":"other"}'), 'Another program answers'],
    ['no JSON', (_, response) => response.end('hello'), 'Another program answers'],
    ['a flood', (_, response) => response.end('x'.repeat(1_000_000)), 'Another program answers'],
    [
      'a redirect',
      (_, response) => response.writeHead(301, { location: 'https://www.a.example/' }).end(),
      'redirects to https://www.a.example/',
    ],
    ['a login', (_, response) => response.writeHead(403).end(), 'asks for a login'],
    [
      'a proxy before nothing',
      (_, response) => response.writeHead(502).end(),
      'can’t reach Patchbay (status 502)',
    ],
    ['an odd status', (_, response) => response.writeHead(418).end(), 'status 418'],
    [
      'ngrok without us',
      (_, response) => response.writeHead(404, { 'ngrok-error-code': 'ERR_NGROK_3200' }).end('offline'),
      'nothing is online at this address (ERR_NGROK_3200)',
    ],
    [
      'ngrok’s page',
      (_, response) => response.end('<html>ERR_NGROK_6024'),
      'warning page for visitors (ERR_NGROK_6024)',
    ],
    ['ngrok’s unknown', (_, response) => response.writeHead(500).end('ERR_NGROK_77777'), 'ERR_NGROK_77777'],
    ['a break', (request) => request.socket.destroy(), 'broke the connection off'],
  ])('says that %s is there', async (_name, http, says) => {
    const { proofs, origin } = await proving({ http });
    const proof = await proofs.prove(origin);
    expect(proof).toMatchObject({ http: false, webSocket: false });
    expect(proof.says).toContain(says);
  });

  it.each<[string, Upgrade, string]>([
    [
      'refuses WebSockets',
      (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
      'refuses WebSockets (status 400)',
    ],
    ['drops WebSockets', (_, socket) => socket.destroy(), 'broke the connection off'],
    [
      'answers itself',
      (...upgrade) => speaking(upgrade, (socket) => socket.send('hello')),
      'Another program answers WebSockets',
    ],
    [
      'closes at once',
      (...upgrade) => speaking(upgrade, (socket) => socket.close()),
      'closed it without an answer',
    ],
  ])('says when the proxy passes requests on, but %s', async (_name, upgrade, says) => {
    const { proofs, origin } = await proving({ upgrade });
    const proof = await proofs.prove(origin);
    expect(proof).toMatchObject({ http: true, webSocket: false });
    expect(proof.says).toContain(says);
  });

  it('waits for neither way for ever', async () => {
    const silent = await proving({ http: () => {} }, { timeoutMs: 60 });
    expect(await silent.proofs.prove(silent.origin)).toMatchObject({
      http: false,
      says: expect.stringContaining('did not answer within 0.06 seconds'),
    });
    const deaf = await proving({ upgrade: (...upgrade) => speaking(upgrade, () => {}) }, { timeoutMs: 200 });
    expect(await deaf.proofs.prove(deaf.origin)).toMatchObject({
      http: true,
      webSocket: false,
      says: expect.stringContaining('must pass WebSockets on'),
    });
  });

  it('ends early when nobody wants to know any more', async () => {
    const abort = new AbortController();
    const { proofs, origin } = await proving({ http: () => abort.abort() });
    expect(await proofs.prove(origin, abort.signal)).toMatchObject({ http: false, webSocket: false });
  });

  it('says that nothing listens, or that there is no such name or address', async () => {
    const { proofs, origin } = await proving();
    const server = open.pop();
    await new Promise((resolve) => server?.close(resolve));
    expect((await proofs.prove(origin)).says).toContain('nothing listens there');
    expect((await proofs.prove('https://patchbay.invalid')).says).toMatch(
      /patchbay\.invalid (can’t be|can’t be found)/,
    );
    expect((await proofs.prove('nonsense')).says).toContain('is no address');
  });

  it('says what is wrong with a certificate', async () => {
    const own = await listening(
      createTlsServer({ cert, key }, (_, response) => response.end()),
      'https',
      'localhost',
    );
    const proofs = (ca?: string) =>
      new OriginProofs({ clock: handClock(), ...(ca === undefined ? {} : { ca }) });
    expect((await proofs().prove(own)).says).toContain('no authority that is generally trusted');
    expect((await proofs(cert).prove(own)).says).toContain('is for another name');
    const plain = await proving();
    expect((await proofs().prove(plain.origin.replace('http:', 'https:'))).says).toContain(
      'No secure connection',
    );
  });
});

/** Takes the WebSocket and does as told with it. */
function speaking(
  upgrade: Parameters<Upgrade>,
  act: (socket: { send(text: string): void; close(): void }) => void,
): void {
  new WebSocketServer({ noServer: true }).handleUpgrade(...upgrade, act);
}
