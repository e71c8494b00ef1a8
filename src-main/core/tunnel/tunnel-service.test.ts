import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OriginProof, Tunnel, TunnelChoice } from '../../../src-preload/contract/tunnel.ts';
import { SettingQueries } from '../database/settings.ts';
import { memoryDatabase, rememberingLogger } from '../database/testing.ts';
import { VaultError } from '../errors.ts';
import { type SecretName, systemClock } from '../ports.ts';
import { vaultWith } from '../test-support/core-under-test.ts';
import { ngrokError } from './ngrok-errors.ts';
import { OriginProofs } from './origin-proofs.ts';
import type { TunnelOpener, TunnelRequest } from './tunnel-opener.ts';
import { TunnelService } from './tunnel-service.ts';

const own: TunnelChoice = { kind: 'own', url: 'https://calls.example.com' };
const proven = { http: true, webSocket: true, says: null };
const unproven = { http: false, webSocket: false, says: 'Another program answers at calls.example.com.' };

/** Tunnels that open as the test says, and count. */
class FakeTunnels implements TunnelOpener {
  needsToken = true;
  readonly requests: TunnelRequest[] = [];
  readonly closed: string[] = [];
  /** What the next openings bring; the last one stays. */
  outcomes: Array<string | Error> = ['https://one.ngrok-free.app'];

  async open(request: TunnelRequest) {
    this.requests.push(request);
    const outcome = this.outcomes.length > 1 ? this.outcomes.shift() : this.outcomes[0];
    if (outcome instanceof Error || outcome === undefined) throw outcome;
    return {
      url: outcome,
      close: async () => {
        this.closed.push(outcome);
      },
    };
  }

  change(...change: Parameters<TunnelRequest['onChange']>): void {
    this.requests.at(-1)?.onChange(...change);
  }
}

class FakeProofs extends OriginProofs {
  readonly asked: string[] = [];
  result: Omit<OriginProof, 'at'> = proven;
  hangs = false;

  constructor() {
    super({ clock: systemClock });
  }

  override async prove(origin: string, signal?: AbortSignal): Promise<OriginProof> {
    this.asked.push(origin);
    if (this.hangs) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return { ...this.result, at: Date.now() };
  }
}

function setup(fixedChoice: TunnelChoice | null = null, secrets: Partial<Record<SecretName, string>> = {}) {
  const tunnels = new FakeTunnels();
  const proofs = new FakeProofs();
  const logger = rememberingLogger();
  const notices: string[] = [];
  const settings = new SettingQueries(memoryDatabase());
  const deps = {
    tunnels,
    proofs,
    settings,
    fixedChoice,
    twilioIsHere: false,
    logger,
    clock: systemClock,
    notifier: { notify: ({ title }: { title: string }) => void notices.push(title) },
    vault: vaultWith(secrets),
  };
  const service = new TunnelService(deps);
  const changes: string[] = [];
  service.onChange(({ state, publicUrl }) => changes.push(`${state} ${publicUrl}`));
  return { service, tunnels, proofs, logger, notices, settings, secrets, changes, deps };
}

const withToken = { NGROK_AUTHTOKEN: 'the-token' };
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('without a tunnel', () => {
  it('nothing is opened, and nothing is wrong', async () => {
    const { service, tunnels, proofs, changes } = setup();
    service.start(4747);
    await settled();
    expect(service.current()).toEqual({
      choice: { kind: 'off' },
      fixed: false,
      state: 'off',
      publicUrl: null,
      proof: null,
      problem: null,
      nextTryAt: null,
    });
    expect([service.publicUrl(), service.provenOrigin(), service.warnings()]).toEqual([null, null, []]);
    expect([tunnels.requests, proofs.asked, changes]).toEqual([[], [], []]);
    await expect(service.prove()).rejects.toThrow('no public URL to prove');
    expect(await service.retry()).toMatchObject({ state: 'off' });
  });
});

describe('a public URL of the operator’s own', () => {
  it('from the command line is told at once, and online when proven', async () => {
    const { service, proofs, changes } = setup(own);
    expect(service.publicUrl()).toBe('https://calls.example.com');
    expect(service.current()).toMatchObject({ fixed: true, state: 'off' });
    await expect(service.prove()).rejects.toThrow('does not listen');
    service.start(4747);
    service.start(4747);
    expect(service.current()).toMatchObject({ state: 'connecting' });
    expect(service.provenOrigin()).toBeNull();
    await settled();
    expect(service.current()).toMatchObject({
      state: 'online',
      proof: { ...proven, at: 1_000_000 },
      problem: null,
    });
    expect(service.provenOrigin()).toBe('https://calls.example.com');
    expect(proofs.asked).toEqual(['https://calls.example.com']);
    expect(changes).toEqual(['connecting https://calls.example.com', 'online https://calls.example.com']);
    await expect(service.use({ kind: 'off' })).rejects.toThrow('--public-url');
  });

  it('that can’t be proven is tried again, ever more rarely, with one line in the log and no notice', async () => {
    const { service, proofs, logger, notices } = setup(own);
    proofs.result = unproven;
    service.start(4747);
    await settled();
    expect(service.current()).toMatchObject({
      state: 'failed',
      publicUrl: 'https://calls.example.com',
      problem: { says: unproven.says, remedy: expect.stringContaining('http://127.0.0.1:4747') },
      nextTryAt: 1_001_000,
    });
    expect(service.provenOrigin()).toBeNull();
    await vi.advanceTimersByTimeAsync(999);
    expect(proofs.asked).toHaveLength(1);
    // The proxy may be a moment behind.
    expect(service.warnings()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1 + 2000);
    expect(service.warnings()).toEqual([
      expect.stringContaining('at https://calls.example.com. Another program'),
    ]);
    await vi.advanceTimersByTimeAsync(4000 + 8000);
    expect(proofs.asked).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(proofs.asked.length).toBeGreaterThan(60);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(notices).toEqual([]);

    proofs.result = proven;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(service.current()).toMatchObject({ state: 'online', nextTryAt: null });
    expect(service.warnings()).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('is proven again every five minutes; when it is lost the operator is told once, and when it is back', async () => {
    const { service, proofs, notices } = setup(own);
    service.start(4747);
    await settled();
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(proofs.asked).toHaveLength(2);

    proofs.result = unproven;
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(service.current()).toMatchObject({ state: 'reconnecting', problem: { says: unproven.says } });
    expect(service.provenOrigin()).toBe('https://calls.example.com');
    await vi.advanceTimersByTimeAsync(3000);
    expect(service.current().state).toBe('failed');
    expect(service.provenOrigin()).toBeNull();
    expect(notices).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(notices).toEqual(['Callers may not reach Patchbay']);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(notices).toHaveLength(1);

    proofs.result = proven;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(service.current().state).toBe('online');
    expect(notices).toEqual(['Callers may not reach Patchbay', 'Callers reach Patchbay again']);
  });

  it('that only blinks wakes nobody', async () => {
    const { service, proofs, notices } = setup(own);
    service.start(4747);
    await settled();
    proofs.result = unproven;
    await service.prove();
    expect(service.current().state).toBe('reconnecting');
    proofs.result = proven;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(service.current().state).toBe('online');
    expect(notices).toEqual([]);
  });

  it('is checked before it is chosen; what was in force stays', async () => {
    const { service, settings } = setup();
    service.start(4747);
    expect(await service.use(own)).toMatchObject({ choice: own, state: 'online', publicUrl: own.url });
    await expect(service.use({ kind: 'own', url: 'http://calls.example.com' })).rejects.toThrow('https://');
    expect(service.current()).toMatchObject({ choice: own, state: 'online' });
    expect(settings.get('tunnel')).toEqual(own);
    expect(await service.use({ kind: 'off' })).toMatchObject({ state: 'off', publicUrl: null });
    expect(settings.get('tunnel')).toEqual({ kind: 'off' });
  });

  it('is known to those who have it from before, after a restart and a change too', async () => {
    const { service, settings, deps, logger } = setup();
    service.start(4747);
    await service.use(own);
    expect(service.formerOrigins()).toEqual([own.url]);
    await service.use({ kind: 'own', url: 'https://other.example.com' });
    const both = ['https://other.example.com', own.url];
    expect(service.formerOrigins()).toEqual(both);
    expect(new TunnelService(deps).formerOrigins()).toEqual(both);
    vi.spyOn(settings, 'set').mockImplementation(() => {
      throw new Error('SQLITE_BUSY');
    });
    await service.prove();
    expect(service.formerOrigins()).toEqual(both);
    expect(logger.lines.at(-1)?.level).toBe('warn');
  });

  it('that was never proven is not', async () => {
    const { service, proofs } = setup(own);
    proofs.result = unproven;
    service.start(4747);
    await settled();
    expect(service.formerOrigins()).toEqual([]);
  });

  it('is remembered for the next start', async () => {
    const { service, deps } = setup();
    await service.use({ kind: 'own', url: 'https://calls.example.com/' });
    expect(service.current()).toMatchObject({ choice: own, state: 'off', publicUrl: own.url });
    const next = new TunnelService(deps);
    expect(next.current()).toMatchObject({ choice: own });
    next.start(4747);
    await settled();
    expect(next.provenOrigin()).toBe('https://calls.example.com');
  });

  it('of this machine, chosen on the rehearsal line, is not used with Twilio itself', () => {
    const { settings, deps, logger } = setup();
    settings.set('tunnel', { kind: 'own', url: 'http://127.0.0.1:4747' }, 1);
    expect(new TunnelService({ ...deps, twilioIsHere: true }).publicUrl()).toBe('http://127.0.0.1:4747');
    expect(logger.lines).toEqual([]);
    expect(new TunnelService(deps).current()).toMatchObject({ choice: { kind: 'off' }, publicUrl: null });
    expect(logger.lines).toMatchObject([{ level: 'warn' }]);
  });

  it('that is being proven does not hold up a stop', async () => {
    const { service, proofs, changes } = setup(own);
    proofs.hangs = true;
    service.start(4747);
    await settled();
    const before = changes.length;
    await service.stop();
    await service.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(proofs.asked).toHaveLength(1);
    expect(changes).toHaveLength(before);
    expect(service.publicUrl()).toBe('https://calls.example.com');
  });
});

describe('ngrok', () => {
  it('is opened at the listener’s port with the token of the vault, then proven', async () => {
    const { service, tunnels, proofs, changes } = setup(null, withToken);
    service.start(4747);
    const tunnel = await service.use({ kind: 'ngrok', domain: 'calls.ngrok.app' });
    expect(tunnel).toMatchObject({ state: 'online', publicUrl: 'https://one.ngrok-free.app' });
    expect(tunnels.requests).toMatchObject([
      { port: 4747, authToken: 'the-token', domain: 'calls.ngrok.app' },
    ]);
    expect(proofs.asked).toEqual(['https://one.ngrok-free.app']);
    expect(changes).toEqual(['connecting null', 'online https://one.ngrok-free.app']);
  });

  it('without a token says where to get one, and goes on when it is given', async () => {
    const { service, tunnels, secrets } = setup();
    service.start(4747);
    expect(await service.use({ kind: 'ngrok' })).toMatchObject({
      state: 'failed',
      publicUrl: null,
      nextTryAt: null,
      problem: { link: 'https://dashboard.ngrok.com/get-started/your-authtoken' },
    });
    expect(service.warnings()).toEqual([expect.stringContaining('authtoken')]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(tunnels.requests).toEqual([]);
    await expect(service.setToken('ngrok config add-authtoken x')).rejects.toThrow('single word');
    expect(await service.setToken(' the-token ')).toMatchObject({ state: 'online' });
    expect(secrets.NGROK_AUTHTOKEN).toBe('the-token');
  });

  it('needs no token where the opener needs none', async () => {
    const { service, tunnels } = setup();
    tunnels.needsToken = false;
    service.start(4747);
    expect(await service.use({ kind: 'ngrok' })).toMatchObject({ state: 'online' });
    expect(tunnels.requests[0]?.authToken).toBe('');
  });

  it('says when the token can’t be kept', async () => {
    const { service, deps } = setup();
    deps.vault.set = () => {
      throw new VaultError('There is no safe place here.');
    };
    await expect(service.setToken('the-token')).rejects.toMatchObject({
      problem: { remedy: expect.stringContaining('There is no safe place here.') },
    });
  });

  it('says when the token can’t be read, and tries again', async () => {
    const { service, deps } = setup();
    deps.vault.get = () => {
      throw new VaultError('The key ring is locked.');
    };
    service.start(4747);
    expect(await service.use({ kind: 'ngrok' })).toMatchObject({
      state: 'failed',
      problem: { says: expect.stringContaining('secrets'), remedy: 'The key ring is locked.' },
      nextTryAt: expect.any(Number),
    });
  });

  it('that refuses the token is left alone until the operator acts', async () => {
    const { service, tunnels } = setup(null, withToken);
    tunnels.outcomes = [ngrokError('ERR_NGROK_107')];
    service.start(4747);
    expect(await service.use({ kind: 'ngrok' })).toMatchObject({
      state: 'failed',
      nextTryAt: null,
      problem: { says: expect.stringContaining('ERR_NGROK_107') },
    });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(tunnels.requests).toHaveLength(1);
    tunnels.outcomes = ['https://one.ngrok-free.app'];
    expect(await service.retry()).toMatchObject({ state: 'online' });
  });

  it('that can’t be reached is tried again, without an end', async () => {
    const { service, tunnels } = setup(null, withToken);
    tunnels.outcomes = [new Error('anything')];
    service.start(4747);
    expect(await service.use({ kind: 'ngrok' })).toMatchObject({
      state: 'failed',
      nextTryAt: 1_001_000,
      problem: { says: 'The tunnel could not be opened: anything.' },
    });
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    const tries = tunnels.requests.length;
    expect(tries).toBeGreaterThan(1000);
    tunnels.outcomes = ['https://one.ngrok-free.app'];
    await vi.advanceTimersByTimeAsync(60_000);
    expect(service.current()).toMatchObject({ state: 'online', nextTryAt: null, problem: null });
  });

  it('that loses the connection keeps its URL, and is proven when it is back', async () => {
    const { service, tunnels, proofs, changes } = setup(null, withToken);
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    tunnels.change({ state: 'reconnecting' });
    expect(service.current()).toMatchObject({
      state: 'reconnecting',
      publicUrl: 'https://one.ngrok-free.app',
    });
    expect(service.provenOrigin()).toBe('https://one.ngrok-free.app');
    tunnels.change({ state: 'online', url: 'https://one.ngrok-free.app' });
    await settled();
    expect(service.current()).toMatchObject({ state: 'online' });
    expect(proofs.asked).toHaveLength(2);

    // And at another URL, the new one is told only with its proof.
    tunnels.change({ state: 'reconnecting' });
    tunnels.change({ state: 'online', url: 'https://two.ngrok-free.app' });
    await settled();
    expect(service.provenOrigin()).toBe('https://two.ngrok-free.app');
    expect(changes.slice(-2)).toEqual([
      'reconnecting https://one.ngrok-free.app',
      'online https://two.ngrok-free.app',
    ]);
    expect(tunnels.requests).toHaveLength(1);
  });

  it('that is not heard of again is looked after, and opened anew', async () => {
    const { service, tunnels, proofs } = setup(null, withToken);
    tunnels.outcomes = ['https://one.ngrok-free.app', 'https://two.ngrok-free.app'];
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    tunnels.change({ state: 'reconnecting' });
    proofs.result = unproven;
    await vi.advanceTimersByTimeAsync(60_000 + 3000);
    expect(tunnels.closed).toEqual(['https://one.ngrok-free.app']);
    proofs.result = proven;
    await vi.advanceTimersByTimeAsync(4000);
    expect(service.current()).toMatchObject({ state: 'online', publicUrl: 'https://two.ngrok-free.app' });
    // The tunnel of before is no longer listened to.
    tunnels.requests[0]?.onChange({ state: 'closed', error: null });
    expect(service.current()).toMatchObject({ state: 'online' });
  });

  it('that closes the tunnel is opened again; for good when only the operator can mend it', async () => {
    const { service, tunnels } = setup(null, withToken);
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    tunnels.change({ state: 'closed', error: null });
    expect(service.current()).toMatchObject({ state: 'reconnecting', nextTryAt: 1_001_000 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(service.current()).toMatchObject({ state: 'online' });
    expect(tunnels.requests).toHaveLength(2);

    tunnels.change({ state: 'closed', error: ngrokError('ERR_NGROK_300') });
    expect(service.current()).toMatchObject({ state: 'failed', nextTryAt: null });
    expect(service.provenOrigin()).toBeNull();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(tunnels.requests).toHaveLength(2);
  });

  it('is not taken down when it is chosen again while calls go through it', async () => {
    const { service, tunnels, proofs } = setup(null, withToken);
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    expect(await service.use({ kind: 'ngrok' })).toMatchObject({ state: 'online' });
    expect(tunnels.closed).toEqual([]);
    expect(proofs.asked).toHaveLength(2);
    await service.use({ kind: 'ngrok', domain: 'calls.ngrok.app' });
    expect(tunnels.closed).toHaveLength(1);
  });

  it('is proven again rarely: a free account has 20,000 requests a month', async () => {
    const { service, proofs } = setup(null, withToken);
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    await vi.advanceTimersByTimeAsync(31 * 24 * 3_600_000);
    // Each proof is a request and a WebSocket.
    expect(proofs.asked.length * 2).toBeLessThan(20_000 / 4);
    expect(proofs.asked.length).toBeGreaterThan(31 * 24);
  });

  it('is closed before another choice begins, and at a stop', async () => {
    const { service, tunnels } = setup(null, withToken);
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    await service.use(own);
    expect(tunnels.closed).toEqual(['https://one.ngrok-free.app']);
    await service.use({ kind: 'ngrok' });
    await service.stop();
    expect(tunnels.closed).toHaveLength(2);
    expect(service.current().state).toBe('off');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(tunnels.requests).toHaveLength(2);
  });

  it('keeps the last URL while it is tried again', async () => {
    const { service, tunnels, changes } = setup(null, withToken);
    service.start(4747);
    await service.use({ kind: 'ngrok' });
    tunnels.outcomes = [ngrokError('failed to establish tcp connection')];
    expect(await service.retry()).toMatchObject({ state: 'failed', publicUrl: 'https://one.ngrok-free.app' });
    expect(service.provenOrigin()).toBeNull();
    expect(changes).not.toContain('failed null');
  });

  it('follows the last of two choices made at once', async () => {
    const { service } = setup(null, withToken);
    service.start(4747);
    await Promise.all([service.use({ kind: 'ngrok' }), service.use(own)]);
    expect(service.current()).toMatchObject({ choice: own, state: 'online', publicUrl: own.url });
  });
});

describe('whoever listens', () => {
  it('is told of each change once, and can’t break anything', async () => {
    const { service, proofs, logger } = setup(own);
    const heard: Tunnel[] = [];
    service.onChange(() => {
      throw new Error('broken listener');
    });
    const unsubscribe = service.onChange((tunnel) => heard.push(tunnel));
    service.start(4747);
    await settled();
    expect(heard.map(({ state }) => state)).toEqual(['connecting', 'online']);
    expect(logger.lines.some(({ level }) => level === 'error')).toBe(true);
    unsubscribe();
    proofs.result = unproven;
    await service.prove();
    expect(heard).toHaveLength(2);
  });

  it('sees no token', async () => {
    const { service, tunnels, logger, notices } = setup(null, withToken);
    tunnels.outcomes = [ngrokError('Your authtoken: the-token ERR_NGROK_9999', ['the-token'])];
    service.start(4747);
    const tunnel = await service.use({ kind: 'ngrok' });
    expect(JSON.stringify([tunnel, service.warnings(), logger.lines, notices])).not.toContain('the-token');
    expect(tunnel.problem).toMatchObject({ says: expect.stringContaining('ERR_NGROK_9999') });
  });
});
