import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { PatchbayClient } from '../client.ts';
import { type AppStatusStore, createAppStatus, type StatusState } from './app-status.ts';
import { createLiveCalls, type LiveCalls, type LiveCallsStore } from './live-calls.ts';
import { createRecentCalls, type RecentCalls, type RecentCallsStore } from './recent-calls.ts';
import { createRehearsals, type Rehearsals, type RehearsalsStore } from './rehearsals.ts';

export interface Stores {
  client: PatchbayClient;
  live: LiveCallsStore;
  recent: RecentCallsStore;
  status: AppStatusStore;
  rehearsals: RehearsalsStore;
}

/** Everything the screen keeps, on one client. */
export function createStores(client: PatchbayClient): Stores {
  return {
    client,
    live: createLiveCalls(),
    recent: createRecentCalls(client),
    status: createAppStatus(client),
    rehearsals: createRehearsals(client),
  };
}

const StoresContext = createContext<Stores | null>(null);

export function StoresProvider({ stores, children }: { stores: Stores; children: ReactNode }) {
  return <StoresContext.Provider value={stores}>{children}</StoresContext.Provider>;
}

/** @throws outside a StoresProvider. */
export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (stores === null) throw new Error('useStores needs a StoresProvider above it');
  return stores;
}

export const useLive = <T,>(select: (state: LiveCalls) => T): T => useStore(useStores().live, select);
export const useRecent = <T,>(select: (state: RecentCalls) => T): T => useStore(useStores().recent, select);
export const useStatus = <T,>(select: (state: StatusState) => T): T => useStore(useStores().status, select);
export const useRehearsals = <T,>(select: (state: Rehearsals) => T): T =>
  useStore(useStores().rehearsals, select);
