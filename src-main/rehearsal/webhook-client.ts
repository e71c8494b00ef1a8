import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { type HostedPages, type HostedRequest, isHosted } from './hosted-pages.ts';
import { twilioSignature } from './signature.ts';

/** A request that Twilio could not bring to an end, with Twilio's error code. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface WebhookAnswer {
  status: number;
  contentType: string | undefined;
  body: Buffer;
  tookMs: number;
}

export interface WebhookRequest {
  method: 'GET' | 'POST';
  params: Readonly<Record<string, string>>;
  /** Retries and second deliveries of a request carry the same one. */
  idempotencyToken: string;
}

/** Twilio's time-outs: 5 s to connect, tried again once, 15 s in all (Twilio, "Webhooks connection overrides"); real milliseconds. */
const defaults = { connectMs: 5_000, readMs: 15_000, totalMs: 15_000, retries: 1, retryOn: 'ct' };

/** More than this is never read: TwiML has 64 kB at most. */
const maxBodyBytes = 256 * 1024;

export interface WebhookClientOptions {
  /** Where the webhook listener really listens: an origin on this machine. */
  webhookUrl: string;
  /** The origin that Patchbay is reached under from outside. */
  publicUrl: string;
  /** A function where the token can be rotated. */
  authToken: string | (() => string);
  /** What answers under https://….twil.io; absent: such a host is unknown like any other. */
  hosted?: HostedPages | undefined;
}

/**
 * Brings Twilio's requests to Patchbay. They are signed for the public address and delivered to the webhook
 * listener of this machine; an address that is neither Patchbay's nor a page that the account hosts at Twilio is "host
 * unknown", so nothing ever leaves the machine.
 */
export class WebhookClient {
  readonly #webhookUrl: URL;
  readonly #publicUrl: URL;
  readonly #authToken: () => string;
  readonly #hosted: HostedPages | undefined;

  constructor(options: WebhookClientOptions) {
    this.#webhookUrl = new URL(options.webhookUrl);
    this.#publicUrl = new URL(options.publicUrl);
    const { authToken } = options;
    this.#authToken = typeof authToken === 'string' ? () => authToken : authToken;
    this.#hosted = options.hosted;
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(this.#webhookUrl.hostname)) {
      throw new Error(`the webhook listener must be on this machine, not on ${this.#webhookUrl.hostname}`);
    }
  }

  /** @returns the address of a path under the public URL. */
  publicAddress(path: string): string {
    return new URL(path, this.#publicUrl).href;
  }

  /**
   * Where a WebSocket of Patchbay's is reached, and the headers of Twilio's upgrade request.
   * @throws CallError 64101 when the address is not wss:// (ws:// is taken when the public URL is this machine's own),
   *   64102 when it is not Patchbay's.
   */
  relayAddress(url: string): { url: string; headers: Record<string, string> } {
    const address = URL.canParse(url) ? new URL(url) : undefined;
    const isListener = address?.host === this.#webhookUrl.host;
    const allowed = this.#publicUrl.protocol === 'http:' || isListener ? ['wss:', 'ws:'] : ['wss:'];
    if (address === undefined || !allowed.includes(address.protocol)) {
      throw new CallError(64101, `the relay's url must be a wss:// address, not "${url}"`);
    }
    if (address.host !== this.#publicUrl.host && !isListener) {
      throw new CallError(64102, `the relay's host ${address.host} is not known to the rehearsal line`);
    }
    return {
      url: `ws://${this.#webhookUrl.host}${address.pathname}${address.search}`,
      headers: { Host: address.host, 'X-Twilio-Signature': twilioSignature(this.#authToken(), url) },
    };
  }

  /**
   * @param forged signs with a wrong token, as somebody would who is not Twilio.
   * @throws CallError 11210 for a host that is not Patchbay's, 11205 when there was no answer in time.
   */
  async send(url: string, webhook: WebhookRequest, { forged = false } = {}): Promise<WebhookAnswer> {
    const address = this.#knownAddress(url);
    const limits = limitsIn(address.hash);
    address.hash = '';
    if (webhook.method === 'GET') {
      for (const [key, value] of Object.entries(webhook.params)) address.searchParams.set(key, value);
    }
    const signed = webhook.method === 'GET' ? {} : webhook.params;
    const signature = twilioSignature(
      forged ? `not-${this.#authToken()}` : this.#authToken(),
      // An address that TwiML names is signed as it stands there.
      webhook.method === 'GET' ? address.href : url,
      signed,
    );
    if (this.#hosted !== undefined && isHosted(address.hostname)) {
      const asked = { url: address.href, method: webhook.method, params: signed, signature };
      return await this.#askHosted(this.#hosted, asked);
    }
    const headers: Record<string, string> = {
      Host: address.host,
      'User-Agent': 'TwilioProxy/1.1',
      Accept: '*/*',
      'X-Twilio-Signature': signature,
      'I-Twilio-Idempotency-Token': webhook.idempotencyToken,
    };
    const body = webhook.method === 'GET' ? undefined : new URLSearchParams(webhook.params).toString();
    if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
    return await this.#try(address, { method: webhook.method, headers, body }, limits);
  }

  /** POSTs JSON like another platform does: unsigned. */
  async sendJson(url: string, body: string, headers: Record<string, string> = {}): Promise<WebhookAnswer> {
    const address = this.#knownAddress(url);
    return await this.#try(
      address,
      {
        method: 'POST',
        headers: { Host: address.host, 'Content-Type': 'application/json', ...headers },
        body,
      },
      defaults,
    );
  }

  /** Patchbay's by its public name or as the listener itself, or a page that the account hosts. */
  #knownAddress(url: string): URL {
    const address = URL.canParse(url) ? new URL(url) : undefined;
    const own = [this.#publicUrl.origin, this.#webhookUrl.origin];
    const isKnown =
      address !== undefined &&
      (own.includes(address.origin) || (this.#hosted !== undefined && isHosted(address.hostname)));
    if (!isKnown) {
      throw new CallError(11210, `"${address?.host ?? url}" is a host that the rehearsal line does not know`);
    }
    return address;
  }

  async #askHosted(hosted: HostedPages, request: HostedRequest): Promise<WebhookAnswer> {
    const startedAt = performance.now();
    const { status, contentType, body } = await hosted.answer(request);
    return { status, contentType, body: Buffer.from(body), tookMs: performance.now() - startedAt };
  }

  async #try(address: URL, message: HttpMessage, limits: typeof defaults): Promise<WebhookAnswer> {
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      const leftMs = limits.totalMs - (performance.now() - startedAt);
      const mayTryAgain = (on: string): boolean =>
        limits.retryOn.split(',').some((word) => word === 'all' || word === on) &&
        attempt < limits.retries &&
        performance.now() - startedAt < limits.totalMs;
      try {
        const answer = await this.#once(address, message, {
          connectMs: Math.min(limits.connectMs, leftMs),
          readMs: Math.min(limits.readMs, leftMs),
        });
        if (answer.status < 400 || !mayTryAgain(`${Math.floor(answer.status / 100)}xx`)) return answer;
      } catch (error) {
        const failure = error as AttemptFailure;
        if (!mayTryAgain(failure.phase)) {
          throw new CallError(11205, `Patchbay did not answer ${address.pathname}: ${failure.problem}`);
        }
      }
    }
  }

  #once(
    address: URL,
    message: HttpMessage,
    limits: { connectMs: number; readMs: number },
  ): Promise<WebhookAnswer> {
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const fail = (phase: AttemptFailure['phase'], problem: string): void => {
        clearTimeout(connecting);
        clearTimeout(reading);
        outgoing.destroy();
        reject(new AttemptFailure(phase, problem));
      };
      const outgoing = request({
        hostname: this.#webhookUrl.hostname.replace(/^\[|\]$/g, ''),
        port: this.#webhookUrl.port,
        path: `${address.pathname}${address.search}`,
        method: message.method,
        headers: {
          ...message.headers,
          ...(message.body === undefined ? {} : { 'Content-Length': Buffer.byteLength(message.body) }),
        },
        agent: false,
      });
      const connecting = setTimeout(
        () => fail('ct', `no connection within ${limits.connectMs} ms`),
        limits.connectMs,
      );
      const reading = setTimeout(() => fail('rt', `no answer within ${limits.readMs} ms`), limits.readMs);
      let connected = false;
      outgoing.on('socket', (socket) =>
        socket.once('connect', () => {
          connected = true;
          clearTimeout(connecting);
        }),
      );
      outgoing.on('error', (error) => fail(connected ? 'rt' : 'ct', error.message));
      outgoing.on('response', (incoming) => {
        readBody(incoming).then(
          (body) => {
            clearTimeout(connecting);
            clearTimeout(reading);
            resolve({
              status: incoming.statusCode ?? 0,
              contentType: incoming.headers['content-type'],
              body,
              tookMs: performance.now() - startedAt,
            });
          },
          (error: Error) => fail('rt', error.message),
        );
      });
      outgoing.end(message.body);
    });
  }
}

interface HttpMessage {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | undefined;
}

/** `ct`: the connection failed; `rt`: it stood, and no answer came. Twilio's names. */
class AttemptFailure extends Error {
  readonly phase: 'ct' | 'rt';
  readonly problem: string;

  constructor(phase: 'ct' | 'rt', problem: string) {
    super(problem);
    this.phase = phase;
    this.problem = problem;
  }
}

/** A new idempotency token; one for each request that Twilio means to make once. */
export function newIdempotencyToken(): string {
  return randomUUID();
}

/** The connection overrides in a webhook URL's fragment, like `#ct=2000&rt=5000&tt=8000&rc=1&rp=all`. */
function limitsIn(fragment: string): typeof defaults {
  const overrides = new URLSearchParams(fragment.replace(/^#/, ''));
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const value = Number(overrides.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= min && value <= max ? value : fallback;
  };
  return {
    connectMs: number('ct', defaults.connectMs, 100, 10_000),
    readMs: number('rt', defaults.readMs, 100, 15_000),
    totalMs: number('tt', defaults.totalMs, 100, 15_000),
    retries: number('rc', defaults.retries, 0, 5),
    retryOn: overrides.get('rp') ?? defaults.retryOn,
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
