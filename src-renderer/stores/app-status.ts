import { createStore } from 'zustand/vanilla';
import { messageOf } from '../../src-main/core/errors.ts';
import type { AppStatus } from '../../src-preload/contract/api.ts';
import type { PatchbayClient } from '../client.ts';

export interface StatusState {
  status: AppStatus | null;
  problem: string | null;
  /** Warnings that the operator has put away, until Patchbay is opened again. */
  dismissed: ReadonlySet<string>;
  reload(): Promise<void>;
  dismiss(warning: string): void;
}

/** How Patchbay stands: Twilio, addresses, workflows, warnings. */
export function createAppStatus(client: PatchbayClient) {
  return createStore<StatusState>()((set) => ({
    status: null,
    problem: null,
    dismissed: new Set<string>(),
    reload: async () => {
      try {
        set({ status: await client.app.status(), problem: null });
      } catch (thrown) {
        set({ problem: messageOf(thrown) });
      }
    },
    dismiss: (warning) => set((state) => ({ dismissed: new Set([...state.dismissed, warning]) })),
  }));
}

export type AppStatusStore = ReturnType<typeof createAppStatus>;
