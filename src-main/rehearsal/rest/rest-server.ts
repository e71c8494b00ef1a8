import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isHosted } from '../hosted-pages.ts';
import { accountRoutes } from './account.ts';
import { callerIdRoutes } from './caller-ids.ts';
import { callRoutes } from './calls-routes.ts';
import { lookupRoutes } from './lookups.ts';
import { messageRoutes } from './messages.ts';
import { monitorRoutes } from './monitor.ts';
import { numberRoutes } from './numbers.ts';
import { type CheckedRequest, readRequest } from './read-request.ts';
import { recordingRoutes } from './recordings.ts';
import type { RehearsalAccount } from './rehearsal-account-state.ts';
import type { Failure } from './rehearsal-failures.ts';
import { notFound, type RestAnswer, type Route, twilioError } from './route.ts';
import { findRoute } from './route-table.ts';
import { serverlessRoutes } from './serverless-routes.ts';
import { trusthubRoutes } from './trusthub.ts';
import { voicePermissionRoutes } from './voice-permissions.ts';

/** Looks at what goes over the line. Each returns what is wrong, a sentence each. */
export interface ExchangeCheck {
  request(request: CheckedRequest): readonly string[];
  answer(request: CheckedRequest, answer: RestAnswer): readonly string[];
}

export interface RestServerOptions {
  /** Is asked about every request and answer; what it finds wrong is refused. */
  check?: ExchangeCheck | undefined;
}

const routes: readonly Route[] = [
  ...accountRoutes,
  ...callRoutes,
  ...callerIdRoutes,
  ...lookupRoutes,
  ...messageRoutes,
  ...monitorRoutes,
  ...numberRoutes,
  ...recordingRoutes,
  ...serverlessRoutes,
  ...trusthubRoutes,
  ...voicePermissionRoutes,
];

/**
 * Twilio's REST API as far as Patchbay uses it, on loopback: `<apiUrl>/<subdomain>/<path>`, and
 * `<apiUrl>/<host>/<path>` for a page that the account hosts. It checks credentials, plays the account's part, and
 * reaches nobody.
 */
export class RestServer {
  readonly #account: RehearsalAccount;
  readonly #check: ExchangeCheck | undefined;
  #server: Server | undefined;

  constructor(account: RehearsalAccount, options: RestServerOptions = {}) {
    this.#account = account;
    this.#check = options.check;
  }

  /** @returns the address to put in front of `<subdomain>/<path>`. */
  async start(): Promise<{ apiUrl: string }> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => {
        if (response.headersSent) response.destroy();
        else send(response, twilioError(500, 20500, 'The rehearsal line could not answer'));
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#server = server;
    return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request === undefined) {
      send(response, twilioError(400, 20001, 'The request could not be read'));
      return;
    }
    const wrong = this.#check?.request(request) ?? [];
    if (wrong.length > 0) {
      send(response, refused(wrong));
      return;
    }
    const { method, subdomain, path } = request;
    const failure = this.#account.see({ method, subdomain, path, params: paramsOf(request) });
    const answer = failure === undefined || isCarriedOut(failure) ? await this.#answer(request) : undefined;
    if (failure === undefined) send(response, answer);
    else if (failure.hangUp === 'in-the-answer') breakOff(response, answer);
    else if (failure.hangUp === true) response.destroy();
    else send(response, failed(failure), failure.retryAfter);
  }

  async #answer(request: CheckedRequest): Promise<RestAnswer> {
    const answer = isHosted(request.subdomain)
      ? await this.#hostedPage(request)
      : await this.#carryOut(request);
    const wrongAnswer = this.#check?.answer(request, answer) ?? [];
    return wrongAnswer.length > 0 ? refused(wrongAnswer) : answer;
  }

  /** Twilio's own servers answer here to anybody; a page that is protected looks at the signature itself. */
  async #hostedPage(request: CheckedRequest): Promise<RestAnswer> {
    const { method, subdomain, path, query, form, headers } = request;
    const found = [this.#account, ...this.#account.subaccounts].find(({ serverless }) =>
      serverless.hosts(subdomain),
    );
    if (found === undefined || (method !== 'GET' && method !== 'POST')) return notFound(path);
    const signature = headers['x-twilio-signature'];
    return await found.serverless.answer({
      url: `https://${subdomain}${path}${query.size === 0 ? '' : `?${query}`}`,
      method,
      params: Object.fromEntries(form),
      signature: typeof signature === 'string' ? signature : undefined,
    });
  }

  async #carryOut(request: CheckedRequest): Promise<RestAnswer> {
    const caller = this.#callerOf(request.headers.authorization);
    if ('status' in caller && 'body' in caller) return caller;
    const found = findRoute(routes, request);
    if (found === undefined) return notFound(request.path);
    const { route, pathParams } = found;
    const account =
      pathParams.AccountSid === undefined
        ? caller
        : [caller, ...caller.subaccounts].find(({ sid }) => sid === pathParams.AccountSid);
    if (account === undefined) return notFound(request.path);
    if (account.status !== 'active' && request.method !== 'GET') return notActive();
    return await route.handle({ ...request, pathParams, caller, account });
  }

  /** Whose credentials these are, or Twilio's refusal of them. */
  #callerOf(authorization: string | undefined): RehearsalAccount | RestAnswer {
    const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
    const [sid, token] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s);
    const main = this.#account;
    if (sid === main.testCredentials.sid && token === main.testCredentials.authToken) {
      return twilioError(403, 20008, 'Resource not accessible with Test Account Credentials');
    }
    const caller = [main, ...main.subaccounts].find((account) => account.sid === sid);
    const tokens = [caller?.authToken, caller?.secondaryAuthToken];
    if (caller === undefined || !token || !tokens.includes(token) || caller.status === 'closed') {
      return twilioError(401, 20003, 'Authenticate');
    }
    return caller.status === 'active' ? caller : notActive();
  }
}

function notActive(): RestAnswer {
  return twilioError(403, 20005, 'Account not active');
}

function failed({ status = 500, code, message = 'It is made to fail' }: Failure): RestAnswer {
  return code === undefined
    ? { status, body: `<html><body>${message}</body></html>`, contentType: 'text/html' }
    : twilioError(status, code, message);
}

/** What is not in Twilio's documents is refused with a status of nobody's. */
function refused(wrong: readonly string[]): RestAnswer {
  return { status: 418, body: { code: 0, message: wrong.join('; '), more_info: '', status: 418 } };
}

function paramsOf({ query, form }: CheckedRequest): Record<string, string | string[]> {
  const params: Record<string, string | string[]> = {};
  for (const source of [query, form]) {
    for (const name of new Set(source.keys())) {
      const [first = '', ...more] = source.getAll(name);
      params[name] = more.length === 0 ? first : [first, ...more];
    }
  }
  return params;
}

function isCarriedOut({ afterCarryingOut, hangUp }: Failure): boolean {
  return afterCarryingOut === true || hangUp === 'in-the-answer';
}

function send(response: ServerResponse, answer: RestAnswer | undefined, retryAfter?: number): void {
  response.end(begin(response, answer, retryAfter));
}

/** Half of the answer, and the connection is gone. */
function breakOff(response: ServerResponse, answer: RestAnswer | undefined): void {
  const bytes = begin(response, answer);
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
}

/** Says what is going to come. @returns the body, which is to be sent. */
function begin(response: ServerResponse, answer: RestAnswer | undefined, retryAfter?: number): Buffer {
  const { status, body, contentType = 'text/plain' } = answer ?? { status: 500, body: null };
  const json = typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(json ? JSON.stringify(body) : (body ?? ''));
  response.writeHead(status, {
    ...(body === null ? {} : { 'Content-Type': json ? 'application/json; charset=utf-8' : contentType }),
    ...(status === 204 ? {} : { 'Content-Length': bytes.length }),
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
  });
  return bytes;
}
