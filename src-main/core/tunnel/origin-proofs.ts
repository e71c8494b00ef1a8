import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { WebSocket } from 'ws';
import type { OriginProof } from '../../../src-preload/contract/tunnel.ts';
import { messageOf } from '../errors.ts';
import { jsonOf } from '../json-of.ts';
import type { Clock } from '../ports.ts';
import { asWebSocket, proofPath } from '../webhooks/links.ts';
import { ngrokCodeIn } from './ngrok-errors.ts';
import { inWords, type ProofFailure, type ProofLeg } from './proof-failure.ts';

export interface OriginProofsDeps {
  clock: Clock;
  /** For each of the two ways. */
  timeoutMs?: number;
  /** A certificate authority besides the usual ones; for tests. */
  ca?: string;
}

const defaultTimeoutMs = 10_000;

/** Our own answer has some 60 bytes. */
const mostBytes = 64 * 1024;

/**
 * ngrok's free domains show browsers a page first; a request with this header never gets it
 * (https://ngrok.com/docs/errors/err_ngrok_6024). Twilio's requests are no browser's.
 */
const headers = { 'ngrok-skip-browser-warning': '1', 'user-agent': 'Patchbay' };

/** Carries why a way failed, within this module. */
class WayFailed extends Error {
  readonly failure: ProofFailure;

  constructor(failure: ProofFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/**
 * Proves that a public URL leads to this very process: a nonce is fetched through it, and comes back over a WebSocket
 * through it. A nonce lives for the moment of its proof and is worth nothing to anybody else.
 */
export class OriginProofs {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #ca: string | undefined;
  readonly #answers = new Map<string, string>();

  constructor(deps: OriginProofsDeps) {
    this.#clock = deps.clock;
    this.#timeoutMs = deps.timeoutMs ?? defaultTimeoutMs;
    this.#ca = deps.ca;
  }

  /** Never rejects: what failed is in `says`. @param signal ends it early. */
  async prove(origin: string, signal?: AbortSignal): Promise<OriginProof> {
    const nonce = secret();
    const answer = secret();
    this.#answers.set(nonce, answer);
    try {
      const { host } = new URL(origin);
      const url = origin + proofPath(nonce);
      const httpSays = await this.#tried('http', host, signal, (ends) =>
        fetchAnswer(url, answer, ends, this.#ca),
      );
      if (httpSays !== null) return this.#proof({ http: false, webSocket: false, says: httpSays });
      const socketUrl = asWebSocket(url);
      const says = await this.#tried('webSocket', host, signal, (ends) =>
        receiveAnswer(socketUrl, answer, ends, this.#ca),
      );
      return this.#proof({ http: true, webSocket: says === null, says });
    } catch (thrown) {
      return this.#proof({
        http: false,
        webSocket: false,
        says: `${origin} is no address: ${messageOf(thrown)}.`,
      });
    } finally {
      this.#answers.delete(nonce);
    }
  }

  /** The answer to a nonce that came in over HTTP or a WebSocket; undefined: not one of ours. */
  answer(nonce: string): string | undefined {
    return this.#answers.get(nonce);
  }

  /** @returns what failed in words, null when the answer came back. */
  async #tried(
    leg: ProofLeg,
    host: string,
    signal: AbortSignal | undefined,
    way: (ends: AbortSignal) => Promise<void>,
  ): Promise<string | null> {
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    try {
      await way(signal === undefined ? deadline : AbortSignal.any([deadline, signal]));
      return null;
    } catch (thrown) {
      const failure: ProofFailure = deadline.aborted
        ? { kind: 'timeout', seconds: this.#timeoutMs / 1000 }
        : asFailure(thrown);
      return inWords(failure, leg, host);
    }
  }

  #proof(result: Omit<OriginProof, 'at'>): OriginProof {
    return { ...result, at: this.#clock.now() };
  }
}

/** 43 characters of base64url. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** @throws WayFailed or a connection's error. */
function fetchAnswer(
  url: string,
  answer: string,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  // No agent: the proof is worth something only over a connection of its own.
  const options = { headers, signal, agent: false as const, ...(ca === undefined ? {} : { ca }) };
  const request = send(url, options, (response) => {
    readAnswer(response, answer).then(resolve, (thrown: unknown) => {
      reject(thrown);
      request.destroy();
    });
  });
  request.on('error', reject);
  request.end();
  return promise;
}

async function readAnswer(response: IncomingMessage, answer: string): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    throw new WayFailed({ kind: 'redirect', status, location: response.headers.location });
  }
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk;
    if (text.length > mostBytes) break;
  }
  const ngrokCode = ngrokCodeIn(`${response.headers['ngrok-error-code'] ?? ''} ${text}`);
  if (status !== 200) throw new WayFailed({ kind: 'status', status, ngrokCode });
  if (proofIn(text) === answer) return;
  const isPage = (response.headers['content-type'] ?? '').includes('html') || /^\s*</.test(text);
  throw new WayFailed({ kind: 'stranger', isPage, ngrokCode });
}

function proofIn(text: string): unknown {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null && 'proof' in value ? value.proof : undefined;
}

/** @throws WayFailed or a connection's error. */
async function receiveAnswer(
  url: string,
  answer: string,
  signal: AbortSignal,
  ca: string | undefined,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(url, {
    headers,
    followRedirects: false,
    perMessageDeflate: false,
    maxPayload: mostBytes,
    ...(ca === undefined ? {} : { ca }),
  });
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  socket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0;
    const ngrokCode = ngrokCodeIn(String(response.headers['ngrok-error-code'] ?? ''));
    reject(new WayFailed({ kind: 'status', status, ngrokCode }));
  });
  socket.on('message', (data) => {
    if (String(data) === answer) resolve();
    else reject(new WayFailed({ kind: 'stranger', isPage: false, ngrokCode: null }));
  });
  socket.on('close', () => reject(new WayFailed({ kind: 'closed' })));
  socket.on('error', reject);
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.terminate();
  }
}

function asFailure(thrown: unknown): ProofFailure {
  if (thrown instanceof WayFailed) return thrown.failure;
  const code =
    typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : undefined;
  return { kind: 'connection', code, message: messageOf(thrown) };
}
