import { createORPCClient } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import type { CallRow } from '../../src-preload/contract/calls.ts';
import type { PatchbayClient } from '../client.ts';
import { byDay, createRecentCalls } from './recent-calls.ts';
import { sampleRow } from './sample-call.ts';

/** A core with these calls, newest first; it answers pages as the contract says. */
function coreWith(all: CallRow[]): PatchbayClient {
  return createORPCClient({
    call: async (_path, input) => {
      const { limit, before } = input as { limit: number; before?: number };
      return all.filter((row) => before === undefined || row.startedAt < before).slice(0, limit);
    },
  });
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => sampleRow(`r${n}`, { startedAt: 1_000_000 - n }));

describe('recent calls', () => {
  it('come page by page until there are no more', async () => {
    const all = rows(120);
    const store = createRecentCalls(coreWith(all));
    await store.getState().reload();
    expect(store.getState()).toMatchObject({ state: 'ready', more: true });
    await store.getState().loadEarlier();
    await store.getState().loadEarlier();
    expect(store.getState().rows).toEqual(all);
    expect(store.getState().more).toBe(false);
  });

  it('keep the pages read so far when the newest one is read again', async () => {
    const all = rows(120);
    const store = createRecentCalls(coreWith(all));
    await store.getState().reload();
    await store.getState().loadEarlier();
    await store.getState().loadEarlier();
    all.unshift(sampleRow('new', { startedAt: 2_000_000 }));
    await store.getState().reload();
    expect(store.getState().rows).toEqual(all);
    expect(store.getState().more).toBe(false);
  });

  it('say what went wrong and keep what was read', async () => {
    let broken = false;
    const good = coreWith(rows(2));
    const client: PatchbayClient = createORPCClient({
      call: async () => {
        if (broken) throw new Error('the database is locked');
        return good.calls.list({ limit: 50 });
      },
    });
    const store = createRecentCalls(client);
    await store.getState().reload();
    broken = true;
    await store.getState().reload();
    expect(store.getState()).toMatchObject({ state: 'failed', problem: 'the database is locked' });
    expect(store.getState().rows).toHaveLength(2);
  });
});

describe('calls by day', () => {
  it('are grouped by the local day on which they started; open calls are left out', () => {
    const noon = new Date(2026, 10, 22, 12).getTime();
    const days = byDay([
      sampleRow('open', { startedAt: noon + 1, phase: 'talking' }),
      sampleRow('late', { startedAt: noon }),
      sampleRow('early', { startedAt: noon - 11 * 3_600_000 }),
      sampleRow('yesterday', { startedAt: noon - 13 * 3_600_000 }),
    ]);
    expect(days.map(({ rows: ofDay }) => ofDay.map((row) => row.id))).toEqual([
      ['late', 'early'],
      ['yesterday'],
    ]);
    expect(days[0]?.day).toBe(new Date(2026, 10, 22).getTime());
  });
});
