import { createORPCClient, ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import type { LiveUpdate } from '../../src-preload/contract/api.ts';
import type { PatchbayClient } from '../client.ts';
import { backOffMs, wait } from './back-off.ts';
import { createLiveCalls, followLiveCalls } from './live-calls.ts';
import { sampleCall } from './sample-call.ts';

type Stream = () => AsyncGenerator<LiveUpdate>;

/** A core whose streams are played one after another; after the last one, `stop` is called. */
function coreWith(streams: Stream[], stop: () => void): PatchbayClient {
  return createORPCClient({
    call: async (path) => {
      if (path.join('.') !== 'calls.live') throw new Error(`unexpected call of ${path.join('.')}`);
      const stream = streams.shift();
      if (stream !== undefined) return stream();
      stop();
      throw new Error('no more streams');
    },
  });
}

async function* breaking(...updates: LiveUpdate[]): AsyncGenerator<LiveUpdate> {
  yield* updates;
  throw new Error('connection reset');
}

const snapshot: LiveUpdate = { kind: 'snapshot', calls: [sampleCall('a')] };

describe('following the live calls', () => {
  it('opens a broken stream again, each time after a longer wait, and starts over after a success', async () => {
    const stop = new AbortController();
    const store = createLiveCalls();
    const waits: number[] = [];
    const refused: Stream = () => breaking();
    const client = coreWith([() => breaking(snapshot), refused, refused, () => breaking(snapshot)], () =>
      stop.abort(),
    );
    const seen: string[] = [];
    store.subscribe(({ connection }) => {
      if (seen.at(-1) !== connection) seen.push(connection);
    });
    await followLiveCalls(client, store, stop.signal, async (ms) => {
      waits.push(ms);
    });
    expect(waits).toEqual([500, 1000, 2000, 500]);
    expect(seen).toEqual(['connecting', 'live', 'lost', 'live', 'lost']);
    expect(store.getState().connectedTimes).toBe(2);
    expect(store.getState().calls.a).toBeDefined();
  });

  it('counts a stream that ends without an error as lost too', async () => {
    const stop = new AbortController();
    const store = createLiveCalls();
    const ending: Stream = async function* () {
      yield snapshot;
    };
    await followLiveCalls(
      coreWith([ending], () => stop.abort()),
      store,
      stop.signal,
      async () => {
        expect(store.getState().connection).toBe('lost');
      },
    );
    expect(store.getState().connection).toBe('lost');
  });

  it('stops at once when the core does not know this browser', async () => {
    const store = createLiveCalls();
    const stranger: Stream = () => {
      throw new ORPCError('UNAUTHORIZED');
    };
    await followLiveCalls(
      coreWith([stranger], () => expect.fail('tried again')),
      store,
      new AbortController().signal,
    );
    expect(store.getState().connection).toBe('unauthorized');
  });

  it('drops half-spoken words when the stream breaks', async () => {
    const stop = new AbortController();
    const store = createLiveCalls();
    const speaking: LiveUpdate = { kind: 'speaking', callId: 'a', text: 'Hel' };
    await followLiveCalls(
      coreWith([() => breaking(snapshot, speaking)], () => stop.abort()),
      store,
      stop.signal,
      async () => {
        expect(store.getState().speaking).toEqual({});
      },
    );
    expect(store.getState().calls.a).toBeDefined();
  });
});

describe('the store', () => {
  it('takes a pop away when it is dismissed, and shows the next call when it is awaited', () => {
    const store = createLiveCalls(() => 0);
    store.getState().choose('a');
    expect(store.getState().shown).toEqual({ callId: 'a', chosen: true });
    store.getState().awaitNext();
    store.getState().apply({ kind: 'snapshot', calls: [sampleCall('b')] });
    expect(store.getState().shown?.callId).toBe('b');
  });
});

describe('backing off', () => {
  it('doubles up to ten seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(backOffMs)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('ends the wait when it is aborted', async () => {
    const stop = new AbortController();
    const waiting = wait(60_000, stop.signal);
    stop.abort();
    await waiting;
    await wait(60_000, stop.signal);
  });
});
