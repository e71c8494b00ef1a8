import { ORPCError } from '@orpc/client';
import { createStore } from 'zustand/vanilla';
import { messageOf } from '../../src-main/core/errors.ts';
import type { RehearsalResult, RehearsalScript } from '../../src-preload/contract/api.ts';
import type { PatchbayClient } from '../client.ts';

/** A scripted call that was placed from this screen. */
export type Placement =
  | { state: 'running'; script: RehearsalScript }
  | { state: 'over'; script: RehearsalScript; result: RehearsalResult }
  | { state: 'failed'; script: RehearsalScript; problem: string };

export interface Rehearsals {
  scripts: readonly RehearsalScript[];
  problem: string | null;
  placement: Placement | null;
  loadScripts(): Promise<void>;
  place(script: RehearsalScript): Promise<void>;
  /** Puts the last result away. */
  clear(): void;
}

/** The calls that can be rehearsed, and the one that is being rehearsed. */
export function createRehearsals(client: PatchbayClient) {
  return createStore<Rehearsals>()((set, get) => ({
    scripts: [],
    problem: null,
    placement: null,
    loadScripts: async () => {
      try {
        set({ scripts: await client.rehearsal.scripts(), problem: null });
      } catch (thrown) {
        set({ problem: messageOf(thrown) });
      }
    },
    place: async (script) => {
      if (get().placement?.state === 'running') return;
      set({ placement: { state: 'running', script } });
      try {
        const result = await client.rehearsal.place({ file: script.file });
        set({ placement: { state: 'over', script, result } });
      } catch (thrown) {
        set({ placement: { state: 'failed', script, problem: problemOf(thrown) } });
      }
    },
    clear: () => set({ placement: null }),
  }));
}

export type RehearsalsStore = ReturnType<typeof createRehearsals>;

function problemOf(thrown: unknown): string {
  if (thrown instanceof ORPCError && thrown.code === 'NOT_REHEARSING') {
    return 'Patchbay is not on the rehearsal line. Start it with --rehearsal to rehearse calls.';
  }
  if (thrown instanceof ORPCError && thrown.code === 'NOT_FOUND')
    return 'This call’s script is not there any more.';
  return messageOf(thrown);
}
