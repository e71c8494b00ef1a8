import { useEffect } from 'react';
import { followLiveCalls } from './live-calls.ts';
import { useLive, useStatus, useStores } from './stores.tsx';

/** Follows the core while the window is open, and reads again what a connection or an ended call has changed. */
export function useFollow(): void {
  const { client, live, recent, status, rehearsals } = useStores();
  const connectedTimes = useLive((state) => state.connectedTimes);
  const rehearsing = useStatus((state) => state.status?.rehearsal === true);
  const ended = useLive(endedSoFar);

  useEffect(() => {
    const stop = new AbortController();
    void followLiveCalls(client, live, stop.signal);
    return () => stop.abort();
  }, [client, live]);

  useEffect(() => {
    if (connectedTimes > 0) void status.getState().reload();
  }, [connectedTimes, status]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `ended` changes when the list of calls has changed
  useEffect(() => {
    if (connectedTimes > 0) void recent.getState().reload();
  }, [connectedTimes, recent, ended]);

  useEffect(() => {
    if (rehearsing) void rehearsals.getState().loadScripts();
  }, [rehearsing, rehearsals]);
}

/** Changes when a call ends or its summary arrives. */
function endedSoFar({
  calls,
}: {
  calls: Readonly<Record<string, { id: string; phase: string; summary: string | null }>>;
}): string {
  return Object.values(calls)
    .filter((call) => call.phase === 'ended')
    .map((call) => `${call.id}${call.summary === null ? '' : '+'}`)
    .join(' ');
}
