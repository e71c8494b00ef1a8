import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Logger } from '../core/ports.ts';
import { createLogin } from './login.ts';
import { startUiServer, type UiServer, type UiServerParts } from './ui-server.ts';

const logged: string[] = [];
const logger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error: (message) => logged.push(message),
};

let folder: string;
let server: UiServer;
let port: number;
const login = createLogin();
const rpcCalls: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-ui-'));
  const rendererDir = join(folder, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<html><head></head><body>Patchbay</body></html>');
  writeFileSync(join(rendererDir, 'assets', 'main.js'), 'start()');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  rpcCalls.length = 0;
  logged.length = 0;
  server = await startUiServer(partsFor(0));
  port = Number(new URL(server.url).port);
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const partsFor = (port: number): UiServerParts => ({
  port,
  rendererDir: join(folder, 'renderer'),
  login,
  answerRpc: async ({ url = '' }, response) => {
    rpcCalls.push(url);
    if (url.includes('broken')) throw new Error('broken');
    response.end('{}');
  },
  logger,
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends the path as it is written: fetch would clean it up. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

const cookie = () => ({ cookie: `other=1; patchbay-${port}=${login.token}` });

describe('the UI listener', () => {
  it('lets in whoever opens the link, and takes the token out of the address', async () => {
    const { status, headers } = await ask(`/?token=${login.token}`);
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    expect(String(headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict/);
    const page = await ask('/', { headers: { cookie: String(headers['set-cookie']).split(';')[0] ?? '' } });
    expect(page.status).toBe(200);
    expect(page.body).toContain('Patchbay');
  });

  it.each([
    ['no token', '/', {}],
    ['a wrong token', '/?token=wrong', {}],
    ['an empty token', '/?token=', {}],
    ['a wrong cookie', '/', { cookie: 'patchbay=wrong' }],
    ['no token for a file', '/assets/main.js', {}],
    ['no token for the API', '/rpc/calls/list', {}],
  ])('answers 401 to %s', async (_what, path, headers) => {
    expect((await ask(path, { headers })).status).toBe(401);
    expect(rpcCalls).toEqual([]);
  });

  it('answers 401 to the cookie of another port', async () => {
    expect((await ask('/', { headers: { cookie: `patchbay-${port + 1}=${login.token}` } })).status).toBe(401);
  });

  it.each([
    'evil.example.com',
    '127.0.0.1.evil.example.com:PORT',
    '127.0.0.1:1',
    '10.0.0.1:PORT',
    '0.0.0.0:PORT',
  ])('answers 403 to the Host %s, with the right token too', async (host) => {
    const headers = { ...cookie(), host: host.replace('PORT', String(port)) };
    expect((await ask('/', { headers })).status).toBe(403);
    expect((await ask(`/?token=${login.token}`, { headers })).status).toBe(403);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('knows itself as %s', async (name) => {
    for (const host of [`${name}:${port}`, name]) {
      expect((await ask('/', { headers: { ...cookie(), host } })).status).toBe(200);
      const foreign = { ...cookie(), host, origin: `http://${name}` };
      expect((await ask('/rpc/calls/list', { method: 'POST', headers: foreign })).status).toBe(403);
    }
  });

  it.each(['https://evil.example.com', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1:PORT'])(
    'answers 403 to the Origin %s',
    async (origin) => {
      const headers = { ...cookie(), origin: origin.replace('PORT', String(port)) };
      expect((await ask('/rpc/calls/list', { method: 'POST', headers })).status).toBe(403);
      expect(rpcCalls).toEqual([]);
    },
  );

  it('takes its own page’s requests', async () => {
    const headers = { ...cookie(), origin: `http://127.0.0.1:${port}` };
    expect((await ask('/rpc/calls/list', { method: 'POST', headers })).status).toBe(200);
    expect(rpcCalls).toEqual(['/rpc/calls/list']);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets',
    '/constructor',
  ])('answers 404 to %s', async (path) => {
    const answer = await ask(path, { headers: cookie() });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it('gives the page a policy whose nonce is new each time and stands in the page', async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const { headers, body } = await ask('/', { headers: cookie() });
      const policy = String(headers['content-security-policy']);
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
      expect(policy).not.toContain('unsafe');
      expect(policy).toContain("script-src 'self';");
      expect(body).toContain(`<meta name="csp-nonce" content="${nonce}" />`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it('serves files with their type, and nothing to write to', async () => {
    const { headers, body } = await ask('/assets/main.js', { headers: cookie() });
    expect(headers['content-type']).toContain('text/javascript');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).toBe('start()');
    expect((await ask('/assets/main.js', { method: 'DELETE', headers: cookie() })).status).toBe(405);
    expect((await ask('/', { method: 'HEAD', headers: cookie() })).body).toBe('');
  });

  it('goes on when an answer fails', async () => {
    expect((await ask('/rpc/broken', { method: 'POST', headers: cookie() })).status).toBe(500);
    expect((await ask('/', { headers: cookie() })).status).toBe(200);
  });

  it('goes on after errors of the listener, and logs each', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    const other = await startUiServer(partsFor(0));
    const listener = listen.mock.contexts[0] as Server;
    listen.mockRestore();
    for (const code of ['EMFILE', 'ENFILE']) listener.emit('error', new Error(code));
    expect(logged).toHaveLength(2);
    expect((await fetch(other.url, { redirect: 'manual' })).status).toBe(303);
    await other.stop();
  });

  it('does not start on a port that is taken', async () => {
    await expect(startUiServer(partsFor(port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(logged).toEqual([]);
  });

  it('answers a request for no address at all', async () => {
    expect((await ask('//', { headers: cookie() })).status).toBe(404);
  });
});
