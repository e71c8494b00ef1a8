import { createServer } from 'node:net';
import type { Listener, Session, SessionBuilder } from '@ngrok/ngrok';
import { describe, expect, it } from 'vitest';
import { createNgrokTunnels, type NgrokTunnelsOptions } from './ngrok-tunnel.ts';
import type { TunnelChange, TunnelRequest } from './tunnel-opener.ts';

const authToken = 'a-token-that-must-not-be-told';

function request(more: Partial<TunnelRequest> = {}): TunnelRequest & { changes: TunnelChange[] } {
  const changes: TunnelChange[] = [];
  return {
    port: 4747,
    authToken,
    domain: undefined,
    signal: new AbortController().signal,
    onChange: (change) => changes.push(change),
    changes,
    ...more,
  };
}

/** The SDK's part that is used, with what it was asked and its handlers to play. */
class FakeNgrok {
  readonly asked: string[] = [];
  disconnected: (address: string, error: string) => boolean = () => false;
  heartbeat: (latency: number) => void = () => {};
  stopped: () => void = () => {};
  url = 'https://one.ngrok-free.app';
  connecting: Promise<void> = Promise.resolve();

  readonly load: NonNullable<NgrokTunnelsOptions['load']> = async () => {
    const fake = this;
    class Builder implements Partial<SessionBuilder> {
      authtoken(token: string) {
        fake.asked.push(`token ${token === authToken}`);
        return this as unknown as SessionBuilder & this;
      }
      handleDisconnection(handler: typeof fake.disconnected) {
        fake.disconnected = handler;
        return this as unknown as SessionBuilder & this;
      }
      handleHeartbeat(handler: typeof fake.heartbeat) {
        fake.heartbeat = handler;
        return this as unknown as SessionBuilder & this;
      }
      handleStopCommand(handler: typeof fake.stopped) {
        fake.stopped = handler;
        return this as unknown as SessionBuilder & this;
      }
      async connect() {
        await fake.connecting;
        return fake.#session();
      }
    }
    return { SessionBuilder: Builder as unknown as typeof SessionBuilder };
  };

  #session(): Session {
    const endpoint = {
      domain: (domain: string) => this.asked.push(`domain ${domain}`),
      listenAndForward: async (to: string) => {
        this.asked.push(`forward ${to}`);
        return { url: () => this.url } as Partial<Listener>;
      },
    };
    return {
      httpEndpoint: () => endpoint,
      close: async () => {
        this.asked.push('close');
      },
    } as unknown as Session;
  }
}

describe('ngrok in this process', () => {
  it('forwards the account’s domain, or the one chosen, to the webhook listener', async () => {
    const fake = new FakeNgrok();
    const tunnel = await createNgrokTunnels({ load: fake.load }).open(
      request({ domain: 'calls.example.com' }),
    );
    expect(tunnel.url).toBe('https://one.ngrok-free.app');
    expect(fake.asked).toEqual(['token true', 'domain calls.example.com', 'forward http://127.0.0.1:4747']);
    await tunnel.close();
    await tunnel.close();
    expect(fake.asked.filter((what) => what === 'close')).toHaveLength(1);
  });

  it('tells of a lost connection once, and of its return with the first heartbeat', async () => {
    const fake = new FakeNgrok();
    const asked = request();
    await createNgrokTunnels({ load: fake.load }).open(asked);
    fake.heartbeat(20);
    expect(asked.changes).toEqual([]);
    // True each time: with false the SDK would throw where nobody can catch it.
    expect(fake.disconnected('connect.ngrok-agent.com:443', 'accept error')).toBe(true);
    expect(fake.disconnected('connect.ngrok-agent.com:443', 'failed to establish tcp connection')).toBe(true);
    fake.url = 'https://two.ngrok-free.app';
    fake.heartbeat(20);
    fake.heartbeat(20);
    expect(asked.changes).toEqual([
      { state: 'reconnecting' },
      { state: 'online', url: 'https://two.ngrok-free.app' },
    ]);
  });

  it('ends when ngrok no longer wants it', async () => {
    const fake = new FakeNgrok();
    const asked = request();
    await createNgrokTunnels({ load: fake.load }).open(asked);
    expect(
      fake.disconnected('connect.ngrok-agent.com:443', `Your authtoken: ${authToken} ERR_NGROK_107`),
    ).toBe(true);
    expect(asked.changes).toMatchObject([
      { state: 'closed', error: { code: 'ERR_NGROK_107', retryable: false } },
    ]);
    expect(JSON.stringify(asked.changes)).not.toContain(authToken);
    expect(fake.asked).toContain('close');

    const stopped = request();
    await createNgrokTunnels({ load: fake.load }).open(stopped);
    fake.stopped();
    expect(stopped.changes).toMatchObject([{ state: 'closed', error: { retryable: false } }]);
  });

  it('closes what opens after nobody waits for it any more', async () => {
    const fake = new FakeNgrok();
    const { promise, resolve } = Promise.withResolvers<void>();
    fake.connecting = promise;
    const abort = new AbortController();
    const opening = createNgrokTunnels({ load: fake.load }).open(request({ signal: abort.signal }));
    await expect.poll(() => fake.asked).toEqual(['token true']);
    abort.abort();
    await expect(opening).rejects.toThrow('cancelled');
    resolve();
    await expect.poll(() => fake.asked).toEqual(['token true', 'close']);

    const late = createNgrokTunnels({ load: fake.load }).open(request({ signal: abort.signal }));
    await expect(late).rejects.toMatchObject({ name: 'TunnelError' });
    expect(fake.asked).toHaveLength(2);
  });

  it('says when ngrok’s software for this system is missing', async () => {
    const load = () => Promise.reject(new Error('Cannot find module @ngrok/ngrok-plan9'));
    await expect(createNgrokTunnels({ load }).open(request())).rejects.toMatchObject({
      retryable: false,
      problem: { says: expect.stringContaining('is not installed') },
    });
  });

  // The two below go through ngrok's own native code.
  it('fails in plain words when ngrok can’t be reached', async () => {
    const closed = await loopbackPort();
    await closed.close();
    const opening = createNgrokTunnels({ serverAddr: `127.0.0.1:${closed.port}` }).open(request());
    await expect(opening).rejects.toMatchObject({
      name: 'TunnelError',
      code: null,
      retryable: true,
      problem: { says: 'ngrok can’t be reached from this computer.' },
    });
  });

  it('gives up on a service that says nothing', async () => {
    const silent = await loopbackPort();
    const opening = createNgrokTunnels({ serverAddr: `127.0.0.1:${silent.port}`, timeoutMs: 50 }).open(
      request(),
    );
    await expect(opening).rejects.toMatchObject({
      problem: { says: 'ngrok can’t be reached from this computer.' },
    });
    await silent.close();
  });
});

/** A port of this machine that takes connections and says nothing. */
async function loopbackPort(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
