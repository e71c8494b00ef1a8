import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CallView } from '../../../src-preload/contract/calls.ts';
import type { CallService } from '../calls/call-service.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../ports.ts';
import type { SigningTokens } from './auth-tokens.ts';
import { asWebSocket, relayPathPattern } from './links.ts';
import { sourceOf } from './signature.ts';

export interface RelaySocketDeps {
  calls: CallService;
  tokens: SigningTokens;
  /** The public origins under which Twilio may ask. */
  origins: () => readonly string[];
  logger: Logger;
}

/** Twilio's messages are sentences; this is far above any. */
const maxPayload = 64 * 1024;

/** A connection whose other end has gone without a word is noticed after two of these. */
const heartbeatMs = 30_000;

/** RFC 6455, 7.4.1: the server met an unexpected condition. Twilio then asks the `<Connect action>` (64105). */
const internalError = 1011;

/** The WebSocket side of ConversationRelay: one address per session, good for its own call while that call lasts. */
export class RelaySocket {
  readonly #deps: RelaySocketDeps;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });

  constructor(deps: RelaySocketDeps) {
    this.#deps = deps;
  }

  /** Answers an upgrade request: 101 for a relay's own address, else a plain refusal at the handshake. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const call = this.#callOf(request);
    if (typeof call === 'number') {
      refuse(socket, call);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#attach(call, webSocket));
  }

  /** Closes every session; Twilio then asks the `<Connect action>` what to do. */
  stop(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #callOf(request: IncomingMessage): CallView | 403 | 404 {
    const token = relayPathPattern.exec(request.url ?? '')?.[1];
    if (token === undefined) return 404;
    const tokens = this.#deps.tokens.accepted();
    if (tokens.length === 0) return 403;
    // The token is a secret of 256 bits that only Twilio was given; a signature that is there must be right all the same.
    const signature = request.headers['x-twilio-signature'];
    if (signature !== undefined) {
      const upgrade = { path: request.url ?? '', signature: String(signature), params: {} };
      const source = sourceOf(upgrade, this.#deps.origins().map(asWebSocket), tokens);
      if (source === undefined) return 403;
      this.#deps.tokens.sawSignedWith(source.signer);
    }
    return this.#deps.calls.relays.callOf(token) ?? 403;
  }

  #attach(call: CallView, webSocket: WebSocket): void {
    const session = this.#deps.calls.relays.connect(call, {
      send: (message) => webSocket.send(message, (error) => error && webSocket.terminate()),
      close: (code, reason) => webSocket.close(code, reason),
    });
    if (session === undefined) {
      webSocket.close(internalError, 'the workflow of this call is gone');
      return;
    }
    let isAlive = true;
    const heartbeat = setInterval(() => {
      if (!isAlive) webSocket.terminate();
      isAlive = false;
      webSocket.ping();
    }, heartbeatMs);
    webSocket.on('pong', () => {
      isAlive = true;
    });
    webSocket.on('error', (error) =>
      this.#deps.logger.warn('A relay connection failed', { callId: call.id, problem: error.message }),
    );
    webSocket.on('close', () => {
      clearInterval(heartbeat);
      session.close();
    });
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) return;
      session.receive(data.toString()).catch((thrown: unknown) => {
        this.#deps.logger.error('A relay session failed', { callId: call.id, problem: messageOf(thrown) });
        webSocket.close(internalError, 'internal error');
      });
    });
  }
}

function refuse(socket: Duplex, status: 403 | 404): void {
  const reason = status === 403 ? 'Forbidden' : 'Not Found';
  // Node leaves an upgraded socket half open until the client closes its side, which it may never do.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
