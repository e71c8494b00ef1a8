import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../../core/ports.ts';
import type { CallerStep, CallPlan, DestinationPlan } from '../call-plan.ts';
import { RehearsalLine, type RehearsalLineOptions } from '../rehearsal-line.ts';
import { Watch } from '../watch.ts';

export const publicUrl = 'https://patchbay.example';
export const account = { sid: `AC${'0'.repeat(32)}`, authToken: 'token' };
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface FakeRequest {
  path: string;
  method: string;
  params: Record<string, string>;
  headers: NodeJS.Dict<string | string[]>;
  signed: boolean;
}

type Answers = Record<string, Answer | ((request: FakeRequest) => Answer)>;
type Answer = string | { status?: number; type?: string; body?: string; delayMs?: number };

/** A webhook server that answers as it is told, and keeps what came. */
export class FakePatchbay {
  readonly requests: FakeRequest[] = [];
  readonly upgrades: { path: string; signature: string | undefined }[] = [];
  readonly messages: Record<string, unknown>[] = [];
  readonly #answers: Answers;
  readonly #relay: (socket: WebSocket, message: Record<string, unknown>) => void;
  readonly #watch = new Watch();
  #server: Server | undefined;
  url = '';

  constructor(
    answers: Answers,
    relay: (socket: WebSocket, message: Record<string, unknown>) => void = () => {},
  ) {
    this.#answers = answers;
    this.#relay = relay;
  }

  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const url = new URL(request.url ?? '/', publicUrl);
      const params = Object.fromEntries(new URLSearchParams(body));
      const seen: FakeRequest = {
        path: url.pathname,
        method: request.method ?? '',
        params,
        headers: request.headers,
        signed: request.headers['x-twilio-signature'] === sign(url.href, params),
      };
      this.requests.push(seen);
      this.#watch.notify();
      const told = this.#answers[url.pathname] ?? '<Response/>';
      const answer = typeof told === 'function' ? told(seen) : told;
      const {
        status = 200,
        type = 'text/xml',
        body: twiml = '<Response/>',
        delayMs = 0,
      } = typeof answer === 'string' ? { body: answer } : answer;
      setTimeout(() => response.writeHead(status, { 'Content-Type': type }).end(twiml), delayMs);
    });
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      this.upgrades.push({
        path: request.url ?? '',
        signature: request.headers['x-twilio-signature'] as string | undefined,
      });
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as Record<string, unknown>;
        this.messages.push(message);
        this.#relay(socket, message);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Waits until this path has been asked for. */
  async heard(path: string): Promise<void> {
    await this.#watch.until(() => this.paths().includes(path));
  }

  paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  last(path: string): FakeRequest | undefined {
    return this.requests.findLast((request) => request.path === path);
  }
}

/** A fake that is stopped when the test is over. */
export async function startFake(...args: ConstructorParameters<typeof FakePatchbay>): Promise<FakePatchbay> {
  const fake = await new FakePatchbay(...args).start();
  onTestFinished(() => fake.stop());
  return fake;
}

function sign(url: string, params: Record<string, string>): string {
  const text =
    url +
    Object.entries(params)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat()
      .join('');
  return createHmac('sha1', account.authToken).update(text).digest('base64');
}

export const relayTwiml = (attributes = ''): string =>
  `<Response><Connect action="${publicUrl}/after" method="POST"><ConversationRelay url="wss://patchbay.example/relay/abc" welcomeGreeting="Hello, how can I help?" dtmfDetection="true" ${attributes}/></Connect></Response>`;

export const dialTwiml = (numbers: string[], attributes = ''): string =>
  `<Response><Dial action="${publicUrl}/dialled" timeout="20" callerId="+14165559999" ${attributes}>${numbers
    .map(
      (number) =>
        `<Number statusCallback="${publicUrl}/leg" statusCallbackEvent="initiated ringing answered completed">${number}</Number>`,
    )
    .join('')}</Dial></Response>`;

export const answers = (afterSeconds = 3, talkSeconds = 20): DestinationPlan => ({
  outcome: 'answers',
  afterSeconds,
  talkSeconds,
  presses: '1',
});

export function planOf(
  steps: CallerStep[] = [],
  rest: Partial<Omit<CallPlan, 'faults'>> & { faults?: Partial<CallPlan['faults']> } = {},
): CallPlan {
  return {
    from: '+14165559999',
    to: '+14165550100',
    destinations: {},
    ...rest,
    steps,
    faults: { webhooksTwice: false, callbacksShuffled: false, forgedSignature: false, ...rest.faults },
  };
}

export function lineTo(
  fake: FakePatchbay,
  { speed = 200, check }: Partial<Pick<RehearsalLineOptions, 'speed' | 'check'>> = {},
): RehearsalLine {
  return new RehearsalLine({
    webhookUrl: fake.url,
    publicUrl,
    account,
    speed,
    logger: silentLogger,
    check,
  });
}
