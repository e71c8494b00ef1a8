import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { attributeOf, incomingCall, SignedRequests } from '../../../e2e/fixtures/signed-requests.ts';
import { handClock } from '../database/testing.ts';
import {
  authToken,
  businessNumber,
  type CoreUnderTest,
  caller,
  deskYaml,
  startCore,
  vaultWith,
} from '../test-support/core-under-test.ts';
import { rehearseTwilio } from '../test-support/rehearsed-twilio.ts';
import type { TunnelOpener, TunnelRequest } from '../tunnel/tunnel-opener.ts';

/** Two public addresses that both lead to the listener, of which the tunnel has one at a time. */
class TwoAddresses implements TunnelOpener {
  readonly needsToken = false;
  readonly #servers: Server[] = [];
  #requests: TunnelRequest[] = [];
  readonly origins: string[] = [];

  async open(request: TunnelRequest) {
    this.#requests.push(request);
    while (this.origins.length < 2) this.origins.push(await this.#forwarding(request.port));
    return { url: this.first, close: async () => {} };
  }

  get first(): string {
    return this.origins[0] ?? '';
  }

  get second(): string {
    return this.origins[1] ?? '';
  }

  move(): void {
    this.#requests.at(-1)?.onChange({ state: 'online', url: this.second });
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve));
  }

  async #forwarding(port: number): Promise<string> {
    const server = createServer((socket) => {
      const onward = connect(port, '127.0.0.1');
      for (const end of [socket, onward]) {
        end.on('error', () => {});
        end.on('close', () => {
          socket.destroy();
          onward.destroy();
        });
      }
      socket.pipe(onward).pipe(socket);
    });
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }
}

let tunnels: TwoAddresses;
beforeEach(() => {
  tunnels = new TwoAddresses();
});
afterEach(() => tunnels.stop());

const clock = () => handClock(Date.now());
const started = (more: Parameters<typeof startCore>[1] = {}) =>
  startCore(deskYaml(), { ...more, tunnel: null, ports: { tunnels, ...more.ports } });
/** Twilio, which believes Patchbay to be at this origin. */
const twilioAt = (under: CoreUnderTest, origin: string, token = authToken) =>
  new SignedRequests(under.webhookUrl, token, origin);
const callOf = (sid: string) => incomingCall(`CA${sid.repeat(32)}`, caller, businessNumber);
const inTheCall = { CallStatus: 'in-progress', SessionStatus: 'completed', SessionId: 'VX1' };

describe('when the public URL changes', () => {
  it('attached numbers follow, and a call that knows the one before goes on at the new one', async () => {
    await using twilio = await rehearseTwilio({ numbers: [businessNumber] });
    const { account, rest, vault } = twilio;
    await using under = await started({ ports: { twilio: rest, vault } });
    const { core } = under;
    await core.account.connect({ accountSid: account.sid, authToken: account.authToken });
    await core.tunnel.use({ kind: 'ngrok' });
    const { sid } = account.number(businessNumber);
    const { token } = await core.numbers.planAttach(sid, 'reception');
    await core.numbers.attach({ sid, workflowId: 'reception', token }, () => {});
    expect(account.number(businessNumber).voiceUrl).toContain(`${tunnels.first}/twilio/voice`);

    const before = twilioAt(under, tunnels.first, account.authToken);
    const call = { ...callOf('a'), AccountSid: account.sid };
    const greeted = await before.post('/twilio/voice', call);
    const relayUrl = attributeOf(greeted.text, 'url');
    const actionUrl = attributeOf(greeted.text, 'action');
    expect(actionUrl).toContain(tunnels.first);

    tunnels.move();
    await vi.waitFor(() => expect(core.tunnel.provenOrigin()).toBe(tunnels.second));
    await vi.waitFor(
      () => expect(account.number(businessNumber).voiceUrl).toContain(`${tunnels.second}/twilio/voice`),
      { timeout: 10_000 },
    );

    const path = new URL(relayUrl).pathname;
    const socket = new WebSocket(`${under.webhookUrl.replace('http', 'ws')}${path}`, {
      headers: { 'x-twilio-signature': before.signature(relayUrl, {}) },
    });
    await once(socket, 'open');
    socket.terminate();
    const answer = await before.post(actionUrl, { ...call, ...inTheCall });
    expect(answer.status).toBe(200);
    expect(attributeOf(answer.text, 'action')).toContain(tunnels.second);
  });

  it('a call goes on where it is while there is no other that is proven, for as long as a call can last', async () => {
    const time = clock();
    await using under = await started({ ports: { clock: time } });
    await under.core.tunnel.use({ kind: 'ngrok' });
    await under.core.tunnel.use({ kind: 'off' });
    const before = twilioAt(under, tunnels.first);
    const greeted = await before.post('/twilio/voice', callOf('b'));
    expect(attributeOf(greeted.text, 'action')).toContain(tunnels.first);
    time.set(time.now() + 27 * 60 * 60_000);
    expect(await before.post('/twilio/voice', callOf('c'))).toMatchObject({ status: 403 });
  });

  it('a restarted Patchbay takes calls at the same URL before it has proven it anew', async () => {
    await using under = await started();
    await under.core.tunnel.use({ kind: 'ngrok' });
    const unproven = Promise.withResolvers<never>();
    const open = () => unproven.promise;
    await under.core.stop();
    await using again = await startCore(null, {
      dataDir: under.dataDir,
      tunnel: null,
      ports: { tunnels: { needsToken: false, open }, vault: vaultWith({ TWILIO_AUTH_TOKEN: authToken }) },
    });
    expect(again.core.tunnel.provenOrigin()).toBeNull();
    const greeted = await twilioAt(again, tunnels.first).post('/twilio/voice', callOf('d'));
    expect(attributeOf(greeted.text, 'action')).toContain(tunnels.first);
    unproven.reject(new Error('not in this test'));
  });

  it('takes nothing signed for an address that never led here', async () => {
    await using under = await started();
    await under.core.tunnel.use({ kind: 'ngrok' });
    const stranger = twilioAt(under, tunnels.second);
    expect(await stranger.post('/twilio/voice', callOf('e'))).toMatchObject({ status: 403 });
    expect(await twilioAt(under, tunnels.first).post('/twilio/voice', callOf('f'))).toMatchObject({
      status: 200,
    });
  });
});
