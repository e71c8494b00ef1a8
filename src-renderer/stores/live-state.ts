import { assertNever } from '../../src-main/core/errors.ts';
import type { LiveUpdate } from '../../src-preload/contract/api.ts';
import type { CallEvent, CallFact, CallView } from '../../src-preload/contract/calls.ts';

/** A call whose transfer was decided: what the person who picks up is shown. */
export interface ScreenPop {
  callId: string;
  /** When the transfer was decided, or when this screen first heard of it. */
  at: number;
  dismissed: boolean;
}

/** What this screen knows of the calls that it has watched. */
export interface LiveState {
  /** Open calls, and those that ended while this screen watched, by id. */
  calls: Readonly<Record<string, CallView>>;
  /** What came over the stream of each call; the log before that is read with calls.get. */
  events: Readonly<Record<string, readonly CallEvent[]>>;
  /** What the AI is saying just now, by call. */
  speaking: Readonly<Record<string, string>>;
  /** Newest first. */
  pops: readonly ScreenPop[];
  /** The call that the operator looks at; `chosen`: picked by hand, so that no new call takes its place. */
  shown: { callId: string; chosen: boolean } | null;
}

export const noCalls: LiveState = { calls: {}, events: {}, speaking: {}, pops: [], shown: null };

/** How long a screen pop stays after its call has ended. */
export const POP_LINGER_MS = 30_000;
/** How many ended calls stay in memory; older ones are read from the core again. */
const ENDED_KEPT = 30;

const isOpen = (call: CallView | undefined): boolean => call !== undefined && call.phase !== 'ended';

/** What an update makes of the state. `now` is Unix time in milliseconds. */
export function applyUpdate(state: LiveState, update: LiveUpdate, now: number): LiveState {
  switch (update.kind) {
    case 'snapshot':
      return applySnapshot(state, update.calls, now);
    case 'event':
      return applyEvent(state, update.event, update.call);
    case 'speaking':
      return {
        ...state,
        speaking: {
          ...state.speaking,
          [update.callId]: (state.speaking[update.callId] ?? '') + update.text,
        },
      };
    default:
      return assertNever(update);
  }
}

/** The open calls as they are now: what was missed meanwhile is made up for, half-spoken words are dropped. */
function applySnapshot(state: LiveState, open: readonly CallView[], now: number): LiveState {
  const ended = Object.values(state.calls).filter((call) => call.phase === 'ended');
  const calls = Object.fromEntries([...ended, ...open].map((call) => [call.id, call]));
  const known = new Set(state.pops.map((pop) => pop.callId));
  const missed = open
    .filter((call) => call.decision !== null && !known.has(call.id))
    .map((call): ScreenPop => ({ callId: call.id, at: call.transfer?.at ?? now, dismissed: false }));
  return forgetOldest({
    calls,
    events: state.events,
    speaking: {},
    pops: [...missed, ...state.pops.filter((pop) => pop.callId in calls)],
    shown: nextShown(state, newest(open)),
  });
}

function applyEvent(state: LiveState, event: CallEvent, call: CallView): LiveState {
  const { [call.id]: _spoken, ...others } = state.speaking;
  return forgetOldest({
    calls: { ...state.calls, [call.id]: call },
    events: { ...state.events, [call.id]: mergeEvents(state.events[call.id] ?? [], [event]) },
    speaking: endsSpeech(event.fact) ? others : state.speaking,
    pops:
      event.fact.type === 'transfer.decided'
        ? [
            { callId: call.id, at: event.at, dismissed: false },
            ...state.pops.filter((pop) => pop.callId !== call.id),
          ]
        : state.pops,
    shown: isOpen(call) ? nextShown(state, call) : state.shown,
  });
}

/** The AI's words of the moment are over: they stand in the transcript now, or will never be finished. */
function endsSpeech(fact: CallFact): boolean {
  return (
    fact.type === 'ai.said' ||
    fact.type === 'ai.interrupted' ||
    fact.type === 'model.failed' ||
    fact.type === 'relay.ended' ||
    fact.type === 'ended'
  );
}

/** A new call takes the screen only from a call that is over and that nobody picked by hand. */
function nextShown(state: LiveState, call: CallView | undefined): LiveState['shown'] {
  if (call === undefined) return state.shown;
  const free = state.shown === null || (!state.shown.chosen && !isOpen(state.calls[state.shown.callId]));
  return free ? { callId: call.id, chosen: false } : state.shown;
}

function newest(calls: readonly CallView[]): CallView | undefined {
  return calls.toSorted((a, b) => b.startedAt - a.startedAt)[0];
}

function forgetOldest(state: LiveState): LiveState {
  const ended = Object.values(state.calls).filter((call) => call.phase === 'ended');
  if (ended.length <= ENDED_KEPT) return state;
  const old = new Set(
    ended
      .toSorted((a, b) => (b.endedAt ?? b.startedAt) - (a.endedAt ?? a.startedAt))
      .slice(ENDED_KEPT)
      .map((call) => call.id),
  );
  const keep = <T>(byCall: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(byCall).filter(([callId]) => !old.has(callId)));
  return {
    ...state,
    calls: keep(state.calls),
    events: keep(state.events),
    pops: state.pops.filter((pop) => !old.has(pop.callId)),
  };
}

/** Two parts of one call's log as one, in order, each event once. */
export function mergeEvents(a: readonly CallEvent[], b: readonly CallEvent[]): CallEvent[] {
  const bySeq = new Map([...a, ...b].map((event) => [event.seq, event]));
  return [...bySeq.values()].toSorted((x, y) => x.seq - y.seq);
}

/** The screen pops to show at `now`, newest first: not dismissed, and the call not over for long. */
export function visiblePops(state: LiveState, now: number): CallView[] {
  return state.pops.flatMap((pop) => {
    const call = state.calls[pop.callId];
    if (pop.dismissed || call === undefined) return [];
    const over = call.phase === 'ended' && now - (call.endedAt ?? pop.at) > POP_LINGER_MS;
    return over ? [] : [call];
  });
}

/** The calls happening now, newest first; one that has just ended stays until `listed` has it. */
export function callsNow(state: Pick<LiveState, 'calls'>, listed: (callId: string) => boolean): CallView[] {
  return Object.values(state.calls)
    .filter((call) => isOpen(call) || !listed(call.id))
    .toSorted((a, b) => b.startedAt - a.startedAt);
}
