import { createStore } from 'zustand/vanilla';
import type { LiveUpdate } from '../../src-preload/contract/api.ts';
import { isUnauthorized, type PatchbayClient } from '../client.ts';
import { backOffMs, wait } from './back-off.ts';
import { applyUpdate, type LiveState, noCalls } from './live-state.ts';

/** How the stream of live calls stands. unauthorized: the core does not know this browser. */
export type Connection = 'connecting' | 'live' | 'lost' | 'unauthorized';

export interface LiveCalls extends LiveState {
  connection: Connection;
  /** Counts the times the stream came up; whatever was read before may have changed since. */
  connectedTimes: number;
  apply(update: LiveUpdate): void;
  choose(callId: string): void;
  /** Shows the next call that arrives, whatever was chosen before. */
  awaitNext(): void;
  dismissPop(callId: string): void;
}

export function createLiveCalls(now: () => number = Date.now) {
  return createStore<LiveCalls>()((set) => ({
    ...noCalls,
    connection: 'connecting',
    connectedTimes: 0,
    apply: (update) => set((state) => applyUpdate(state, update, now())),
    choose: (callId) => set({ shown: { callId, chosen: true } }),
    awaitNext: () => set({ shown: null }),
    dismissPop: (callId) =>
      set((state) => ({
        pops: state.pops.map((pop) => (pop.callId === callId ? { ...pop, dismissed: true } : pop)),
      })),
  }));
}

export type LiveCallsStore = ReturnType<typeof createLiveCalls>;

/**
 * Feeds the store from the core's stream until `signal` aborts. A stream that breaks is opened again, each time
 * after a longer wait; being unknown to the core ends it, because trying again would not help.
 */
export async function followLiveCalls(
  client: PatchbayClient,
  store: LiveCallsStore,
  signal: AbortSignal,
  waitFor: typeof wait = wait,
): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    try {
      const updates = await client.calls.live(undefined, { signal });
      for await (const update of updates) {
        if (signal.aborted) return;
        store.getState().apply(update);
        if (update.kind === 'snapshot') {
          attempt = 0;
          store.setState((state) => ({ connection: 'live', connectedTimes: state.connectedTimes + 1 }));
        }
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (isUnauthorized(thrown)) {
        store.setState({ connection: 'unauthorized' });
        return;
      }
    }
    if (signal.aborted) return;
    store.setState({ connection: 'lost', speaking: {} });
    await waitFor(backOffMs(attempt), signal);
    attempt += 1;
  }
}
