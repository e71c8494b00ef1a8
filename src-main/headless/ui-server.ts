import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import { createRendererFiles, securityHeaders } from '../renderer-files.ts';
import type { Login } from './login.ts';

export interface UiServerParts {
  /** 0 takes any free port. */
  port: number;
  rendererDir: string;
  login: Login;
  /** Answers a request to /rpc. */
  answerRpc: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  logger: Logger;
}

export interface UiServer {
  /** With the token: whoever opens it is logged in. */
  url: string;
  stop(): Promise<void>;
}

/**
 * The UI listener: the renderer's files and its API, on 127.0.0.1 alone. It checks Host (a name that was rebound to
 * this machine is refused), Origin (another page's requests are refused) and the token, in this order.
 *
 * @throws when the port is taken
 */
export async function startUiServer(parts: UiServerParts): Promise<UiServer> {
  const files = createRendererFiles(parts.rendererDir);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      parts.logger.error('The UI listener failed to answer.', { problem: messageOf(error) });
      if (!response.headersSent) send(response, 500, 'Patchbay failed to answer; its log says why.');
      else response.destroy();
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { port } = address(server);
    const host = request.headers.host?.toLowerCase();
    if (!isOwnHost(host, port)) return send(response, 403, 'This address is not Patchbay’s.');
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${withPort(host, port)}`) {
      return send(response, 403, 'Another page may not talk to Patchbay.');
    }

    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const token = new URLSearchParams(query).get('token');
    if (path === '/' && token !== null) {
      if (!parts.login.isToken(token)) return notLoggedIn(response);
      response.writeHead(303, {
        ...securityHeaders,
        location: '/',
        'set-cookie': parts.login.cookieFor(port),
        'cache-control': 'no-store',
      });
      return response.end();
    }
    if (!parts.login.isLoggedIn(request.headers.cookie, port)) return notLoggedIn(response);

    if (path.startsWith('/rpc/')) return parts.answerRpc(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(response, 405, 'This address is only for reading.', { allow: 'GET, HEAD' });
    }
    const file = await files(path);
    response.writeHead(file.status, { ...file.headers, 'content-length': Buffer.byteLength(file.body) });
    return response.end(request.method === 'HEAD' ? undefined : file.body);
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, '127.0.0.1', () => {
      server.off('error', reject);
      server.on('error', (error) => {
        parts.logger.error('The UI listener reported an error.', { problem: messageOf(error) });
      });
      resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${address(server).port}/?token=${parts.login.token}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Event streams never end by themselves.
        server.closeAllConnections();
      }),
  };
}

function address(server: Server): AddressInfo {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the UI listener is not listening');
  return bound;
}

/** A page of this listener has the listener's port in its origin, whatever a request's Host leaves out. */
function withPort(host: string, port: number): string {
  return host.endsWith(`:${port}`) ? host : `${host}:${port}`;
}

function isOwnHost(host: string | undefined, port: number): host is string {
  return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === name || host === `${name}:${port}`);
}

function notLoggedIn(response: ServerResponse): void {
  send(
    response,
    401,
    'Open the link that Patchbay printed when it started: it carries the token for this start.',
  );
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...securityHeaders,
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(`${text}\n`);
}
