import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { attributeOf, incomingCall, SignedRequests } from '../../../e2e/fixtures/signed-requests.ts';
import type { TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import type { Core } from '../core.ts';
import { createCore } from '../create-core.ts';
import { createLogger } from '../logging/logger.ts';
import { type OutboundAnswer, type Ports, type SecretName, systemClock, type Vault } from '../ports.ts';
import { createModelRegistry } from '../receptionist/model-registry.ts';
import { noTunnels, noTwilio } from './no-outside.ts';

export const authToken = 'a-token-that-must-not-be-logged';
export const publicUrl = 'https://patchbay.example';
export const routerKey = 'core-key-0123456789-0123456789-012';
export const businessNumber = '+14165550100';
export const staticNumber = '+14165551234';
export const caller = '+14165550199';

export interface CoreUnderTest extends AsyncDisposable {
  core: Core;
  webhookUrl: string;
  twilio: SignedRequests;
  dataDir: string;
  logLines: string[];
  posted: { url: string; body: string }[];
  sentTexts: { from: string; to: string; body: string }[];
  /** Another core on the same data folder, after this one was stopped. */
  restart(): Promise<CoreUnderTest>;
}

/** A desk with one workflow on the rehearsal model `model`; `more` adds to the workflow, `integration` to its integration. */
export function deskYaml(
  options: { model?: string; workflow?: string; integration?: string; more?: string } = {},
): string {
  return `patchbay: 1
integrations:
  - { id: desk, name: Desk, staticNumber: "${staticNumber}", routerKey: ${routerKey}${options.integration ?? ''} }
workflows:
  - { id: reception, name: Reception, number: "${businessNumber}", integration: desk, greeting: Hello, prompt: Talk,
      transferWhen: ["The caller asks to speak with a person"], model: "${options.model ?? 'rehearsal:keywords'}"${options.workflow ?? ''} }
${options.more ?? ''}`;
}

/** The real core on real sockets and a real database in a temporary folder; fakes only at the ports. */
export async function startCore(
  desk: string | null = deskYaml(),
  options: {
    dataDir?: string;
    ports?: Partial<Ports>;
    outbound?: (url: string) => OutboundAnswer;
    /** Default: the fixed public URL of the tests; null: the operator chooses. */
    tunnel?: TunnelChoice | null;
  } = {},
): Promise<CoreUnderTest> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'patchbay-core-'));
  const logLines: string[] = [];
  const posted: { url: string; body: string }[] = [];
  const sentTexts: { from: string; to: string; body: string }[] = [];
  const vault = vaultWith({ TWILIO_AUTH_TOKEN: authToken, TWILIO_ACCOUNT_SID: 'ACtest' });
  const core = createCore(
    {
      dataDir,
      webhookPort: 0,
      tunnel: options.tunnel === undefined ? { kind: 'own', url: publicUrl } : options.tunnel,
    },
    {
      clock: systemClock,
      logger: createLogger({ level: 'debug', destination: { write: (line) => logLines.push(line) } }),
      vault,
      notifier: { notify: () => {} },
      models: createModelRegistry({ vault }),
      outbound: {
        async postJson(url, body) {
          posted.push({ url, body });
          return options.outbound?.(url) ?? { status: 200, headers: {}, body: '{}' };
        },
      },
      texts: {
        async send(text) {
          sentTexts.push(text);
          return { sid: `SM${sentTexts.length}` };
        },
      },
      twilio: noTwilio,
      tunnels: noTunnels,
      ...options.ports,
    },
  );
  const { webhookUrl } = await core.start();
  if (desk !== null) core.applyDesk(desk);
  return {
    core,
    webhookUrl,
    twilio: new SignedRequests(webhookUrl, authToken, publicUrl),
    dataDir,
    logLines,
    posted,
    sentTexts,
    async restart() {
      await core.stop();
      return startCore(null, { ...options, dataDir });
    },
    async [Symbol.asyncDispose]() {
      await core.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function vaultWith(secrets: Partial<Record<SecretName, string>>): Vault {
  return {
    get: (name) => secrets[name],
    set: (name, value) => {
      secrets[name] = value;
    },
    delete: (name) => {
      delete secrets[name];
    },
  };
}

/** A call as Twilio's side has it: the last TwiML and, while a relay session lasts, its WebSocket. */
export class TestCall {
  readonly #under: CoreUnderTest;
  readonly fields: Record<string, string>;
  twiml = '';
  socket: WebSocket | null = null;
  readonly received: { type: string; token?: string; last?: boolean; handoffData?: string }[] = [];

  constructor(under: CoreUnderTest, callSid: string, from = caller, to = businessNumber) {
    this.#under = under;
    this.fields = incomingCall(callSid, from, to);
  }

  async ring(): Promise<string> {
    return this.#take((await this.#under.twilio.post('/twilio/voice', this.fields)).text);
  }

  /** Opens the relay's WebSocket that the last TwiML named, and introduces itself. */
  async connect(): Promise<void> {
    const url = attributeOf(this.twiml, 'url').replace(
      /^wss:\/\/[^/]+/,
      this.#under.webhookUrl.replace('http', 'ws'),
    );
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.on('message', (data) => this.received.push(JSON.parse(String(data))));
    this.socket = socket;
    this.send({ type: 'setup', sessionId: 'VX1', callSid: this.fields.CallSid });
  }

  send(message: object | string): void {
    this.socket?.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  say(voicePrompt: string): void {
    this.send({ type: 'prompt', voicePrompt, lang: 'en-US', last: true });
  }

  /** Waits for the next WebSocket message that `is` accepts, among those not yet seen. */
  async until(is: (message: { type: string; token?: string; last?: boolean }) => boolean): Promise<void> {
    for (;;) {
      const at = this.received.findIndex(is);
      if (at !== -1) {
        this.received.splice(0, at + 1);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Twilio asks the `<Connect action>` of the last TwiML; `fields` say how the session ended. */
  async sessionEnded(fields: Record<string, string> = {}): Promise<string> {
    this.socket?.close();
    return this.#action({ CallStatus: 'in-progress', SessionStatus: 'ended', SessionId: 'VX1', ...fields });
  }

  async dialEnded(DialCallStatus: string, fields: Record<string, string> = {}): Promise<string> {
    return this.#action({ CallStatus: 'in-progress', DialCallStatus, DialCallSid: 'CAleg', ...fields });
  }

  async #action(fields: Record<string, string>): Promise<string> {
    const answer = await this.#under.twilio.post(attributeOf(this.twiml, 'action'), {
      ...this.fields,
      ...fields,
    });
    return this.#take(answer.text);
  }

  view() {
    const detail = this.#under.core.getCall(this.fields.CallSid ?? '');
    if (detail === undefined) throw new Error('the call is not on record');
    return detail.call;
  }

  factTypes(): string[] {
    return this.#under.core.getCall(this.fields.CallSid ?? '')?.events.map(({ fact }) => fact.type) ?? [];
  }

  #take(twiml: string): string {
    this.twiml = twiml;
    return twiml;
  }
}
