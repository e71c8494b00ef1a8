import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { messageOf } from '../errors.ts';
import type { Logger } from '../ports.ts';
import type { OriginProofs } from '../tunnel/origin-proofs.ts';
import { nonceIn, ProofSocket } from './proof-socket.ts';
import type { RelaySocket } from './relay-socket.ts';
import { type TwilioWebhooksDeps, twilioWebhooks } from './twilio-webhooks.ts';

export interface WebhookServerDeps extends TwilioWebhooksDeps {
  transfer: (request: IncomingMessage, response: ServerResponse) => void;
  platformCalls: (request: IncomingMessage, response: ServerResponse) => void;
  relay: RelaySocket;
  proofs: Pick<OriginProofs, 'answer'>;
}

/** The port can't be listened on. `remedy` says what the operator can do. */
export class PortUnavailableError extends Error {
  override readonly name = 'PortUnavailableError';
  readonly port: number;
  readonly remedy: string;

  constructor(port: number, options: ErrorOptions) {
    const remedy = 'End the program that uses it, or choose another port.';
    super(`Port ${port} of 127.0.0.1 can't be listened on: ${messageOf(options.cause)}. ${remedy}`, options);
    this.port = port;
    this.remedy = remedy;
  }
}

/** How long a client may take to send a request; Twilio and its like need milliseconds. */
const requestTimeoutMs = 10_000;

/** How long a stop waits for answers that are being written. */
const drainMs = 2_000;

/**
 * The listener that a tunnel exposes, and nothing else is on it: /transfer/… and /calls/… for other platforms,
 * /twilio/… for Twilio, /health, and /proof/… for Patchbay itself. Binds loopback only.
 */
export class WebhookServer {
  readonly #server: Server;
  readonly #relay: RelaySocket;
  readonly #proofSocket: ProofSocket;
  readonly #logger: Logger;

  constructor(deps: WebhookServerDeps) {
    const app = webhookApp(deps);
    this.#relay = deps.relay;
    this.#proofSocket = new ProofSocket(deps.proofs);
    this.#logger = deps.logger;
    this.#server = createServer(
      { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
      (request, response) => {
        // The transfer webhook is answered below Express: a platform's caller waits for it.
        if (request.url?.startsWith('/transfer/')) deps.transfer(request, response);
        else if (request.url?.startsWith('/calls/')) deps.platformCalls(request, response);
        else app(request, response);
      },
    );
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.#proofSocket.upgrade(request, socket, head)) deps.relay.upgrade(request, socket, head);
    });
  }

  /** @returns the loopback address. @throws PortUnavailableError. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error) => reject(new PortUnavailableError(port, { cause }));
      this.#server.once('error', refuse);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', refuse);
        resolve();
      });
    });
    this.#server.on('error', (error) => {
      this.#logger.error('The webhook listener has trouble', { problem: error.message });
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Lets answers under way finish, then closes every connection. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#relay.stop();
    this.#proofSocket.stop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(cut);
  }
}

function webhookApp(deps: WebhookServerDeps): express.Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.all('/health', (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') response.json({ status: 'ok' });
    else response.set('Allow', 'GET, HEAD').status(405).json(problem('method_not_allowed', 'Ask with GET.'));
  });
  app.get('/proof/:nonce', (request, response, next) => {
    const nonce = nonceIn(request.path);
    const answer = nonce === undefined ? undefined : deps.proofs.answer(nonce);
    if (answer === undefined) next();
    else response.set('Cache-Control', 'no-store').json({ proof: answer });
  });
  app.use(twilioWebhooks(deps));
  app.use((_request, response) => {
    response.status(404).json(problem('not_found', 'There is nothing at this address.'));
  });
  app.use(lastError(deps.logger));
  return app;
}

/** A malformed URL and the like: the client's fault, said without details. */
function lastError(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    logger.warn('A request could not be handled', { problem: messageOf(error) });
    response.status(400).json(problem('bad_request', 'The request could not be read.'));
  };
}

function problem(code: string, message: string) {
  return { error: { code, message } };
}
