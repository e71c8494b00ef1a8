import { createStore } from 'zustand/vanilla';
import { messageOf } from '../../src-main/core/errors.ts';
import type { CallRow } from '../../src-preload/contract/calls.ts';
import type { PatchbayClient } from '../client.ts';

const PAGE = 50;

export interface RecentCalls {
  /** Newest first; open calls are among them. */
  rows: readonly CallRow[];
  state: 'loading' | 'ready' | 'failed';
  problem: string | null;
  /** Older calls may be there. */
  more: boolean;
  reload(): Promise<void>;
  loadEarlier(): Promise<void>;
}

/** The calls of before, page by page. */
export function createRecentCalls(client: PatchbayClient) {
  return createStore<RecentCalls>()((set, get) => ({
    rows: [],
    state: 'loading',
    problem: null,
    more: false,
    reload: async () => {
      try {
        const page = await client.calls.list({ limit: PAGE });
        set((state) => ({
          rows: refreshed(state.rows, page),
          more: state.state === 'ready' && state.rows.length > PAGE ? state.more : page.length === PAGE,
          state: 'ready',
          problem: null,
        }));
      } catch (thrown) {
        set({ state: 'failed', problem: messageOf(thrown) });
      }
    },
    loadEarlier: async () => {
      const before = get().rows.at(-1)?.startedAt;
      if (before === undefined) return;
      try {
        const page = await client.calls.list({ limit: PAGE, before });
        set((state) => ({ rows: merged(state.rows, page), more: page.length === PAGE }));
      } catch (thrown) {
        set({ state: 'failed', problem: messageOf(thrown) });
      }
    },
  }));
}

export type RecentCallsStore = ReturnType<typeof createRecentCalls>;

/** The newest page over what was there: its rows win, older rows stay. */
export function refreshed(rows: readonly CallRow[], page: readonly CallRow[]): CallRow[] {
  if (page.length < PAGE) return [...page];
  return merged(rows, page);
}

function merged(rows: readonly CallRow[], page: readonly CallRow[]): CallRow[] {
  const byId = new Map([...rows, ...page].map((row) => [row.id, row]));
  return [...byId.values()].toSorted((a, b) => b.startedAt - a.startedAt);
}

export interface DayOfCalls {
  /** Midnight at the start of the day, Unix time in milliseconds. */
  day: number;
  rows: CallRow[];
}

/** Ended calls by the local day on which they started, newest day first. */
export function byDay(rows: readonly CallRow[]): DayOfCalls[] {
  const days = new Map<number, CallRow[]>();
  for (const row of rows) {
    if (row.phase !== 'ended') continue;
    const day = new Date(row.startedAt).setHours(0, 0, 0, 0);
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [row]);
    else ofDay.push(row);
  }
  return [...days].map(([day, ofDay]) => ({ day, rows: ofDay }));
}
