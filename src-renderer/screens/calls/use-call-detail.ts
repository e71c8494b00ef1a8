import { useEffect, useMemo, useState } from 'react';
import { messageOf } from '../../../src-main/core/errors.ts';
import type { CallDetail, Delivery } from '../../../src-preload/contract/api.ts';
import type { CallEvent, CallerCard, CallView } from '../../../src-preload/contract/calls.ts';
import { mergeEvents } from '../../stores/live-state.ts';
import { useLive, useStores } from '../../stores/stores.tsx';

export interface ShownCall {
  call: CallView;
  events: readonly CallEvent[];
  /** Null until the core has told. */
  caller: CallerCard | null;
  delivery: Delivery | null;
}

export type CallReading =
  | { state: 'loading' }
  | { state: 'failed'; problem: string; again: () => void }
  | { state: 'ready'; shown: ShownCall };

/** A try takes a moment before its result can be read. */
const afterTryMs = 1500;
const longestWaitMs = 60_000;

const none: readonly CallEvent[] = [];

/** A call with its whole log: read from the core, kept current by the stream. */
export function useCallDetail(callId: string): CallReading {
  const { client } = useStores();
  const live = useLive((state) => state.calls[callId]);
  const liveEvents = useLive((state) => state.events[callId] ?? none);
  const connectedTimes = useLive((state) => state.connectedTimes);
  const [detail, setDetail] = useState<CallDetail | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);

  // The end of a call and its summary change the caller's card too.
  const turn = `${connectedTimes} ${attempt} ${live?.phase === 'ended'} ${live?.summary ?? ''}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` says when what was read is out of date
  useEffect(() => {
    let current = true;
    client.calls.get({ id: callId }).then(
      (read) => {
        if (!current) return;
        setDetail(read);
        setProblem(null);
      },
      (thrown: unknown) => {
        if (current) setProblem(messageOf(thrown));
      },
    );
    return () => {
      current = false;
    };
  }, [client, callId, turn]);

  // No event tells how the after-call webhook fares: while it is under way, the call is read again after each try.
  const nextTryAt = detail?.delivery?.state === 'waiting' ? detail.delivery.nextAt : null;
  useEffect(() => {
    if (nextTryAt === null) return;
    const wait = Math.min(Math.max(nextTryAt - Date.now(), 0) + afterTryMs, longestWaitMs);
    const timer = setTimeout(() => setAttempt((count) => count + 1), wait);
    return () => clearTimeout(timer);
  }, [nextTryAt]);

  return useMemo((): CallReading => {
    const read = detail?.call.id === callId ? detail : null;
    const call = newer(live, read?.call);
    if (call !== undefined) {
      const events = mergeEvents(read?.events ?? none, liveEvents);
      return {
        state: 'ready',
        shown: { call, events, caller: read?.caller ?? null, delivery: read?.delivery ?? null },
      };
    }
    if (problem === null) return { state: 'loading' };
    return { state: 'failed', problem, again: () => setAttempt((count) => count + 1) };
  }, [callId, detail, live, liveEvents, problem]);
}

function newer(live: CallView | undefined, read: CallView | undefined): CallView | undefined {
  if (live === undefined || read === undefined) return live ?? read;
  return live.lastSeq >= read.lastSeq ? live : read;
}
