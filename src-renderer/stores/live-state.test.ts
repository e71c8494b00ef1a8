import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveUpdate } from '../../src-preload/contract/api.ts';
import type { CallFact, CallView } from '../../src-preload/contract/calls.ts';
import {
  applyUpdate,
  callsNow,
  type LiveState,
  mergeEvents,
  noCalls,
  POP_LINGER_MS,
  visiblePops,
} from './live-state.ts';
import { sampleCall, sampleDecision, sampleEvent } from './sample-call.ts';

const NOW = 10_000;
const said: CallFact = { type: 'ai.said', text: 'Hello there' };
const decided: CallFact = { type: 'transfer.decided', decision: sampleDecision };

const stateAfter = (updates: readonly LiveUpdate[], from: LiveState = noCalls): LiveState =>
  updates.reduce((state, update) => applyUpdate(state, update, NOW), from);
const snapshot = (...calls: CallView[]): LiveUpdate => ({ kind: 'snapshot', calls });
const event = (call: CallView, fact: CallFact, seq = call.lastSeq): LiveUpdate => ({
  kind: 'event',
  call,
  event: sampleEvent(call.id, seq, fact),
});
const speaking = (callId: string, text: string): LiveUpdate => ({ kind: 'speaking', callId, text });

describe('what the AI is saying just now', () => {
  it('grows piece by piece, for each call by itself', () => {
    const state = stateAfter([speaking('a', 'Hel'), speaking('b', 'Good '), speaking('a', 'lo')]);
    expect(state.speaking).toEqual({ a: 'Hello', b: 'Good ' });
  });

  it('is gone once it stands in the transcript, and only for that call', () => {
    const state = stateAfter([speaking('a', 'Hello'), speaking('b', 'Good'), event(sampleCall('a'), said)]);
    expect(state.speaking).toEqual({ b: 'Good' });
  });

  it('outlives what the caller does meanwhile', () => {
    const pressed: CallFact = { type: 'caller.pressed', digit: '1' };
    const state = stateAfter([speaking('a', 'Hello'), event(sampleCall('a'), pressed)]);
    expect(state.speaking).toEqual({ a: 'Hello' });
  });

  it('is gone after an interruption, a failed model, the end of the relay and the end of the call', () => {
    const facts: CallFact[] = [
      { type: 'ai.interrupted', heard: 'He', afterMs: 200 },
      { type: 'model.failed', problem: 'no answer' },
      { type: 'relay.ended', sessionStatus: 'ended' },
      { type: 'ended', outcome: 'finished' },
    ];
    for (const fact of facts) {
      expect(stateAfter([speaking('a', 'Hello'), event(sampleCall('a'), fact)]).speaking).toEqual({});
    }
  });
});

describe('a snapshot', () => {
  it('replaces the open calls, keeps ended ones and drops half-spoken words', () => {
    const before = stateAfter([
      snapshot(sampleCall('gone'), sampleCall('stays')),
      event(sampleCall('over', { phase: 'ended', endedAt: 5 }), { type: 'ended', outcome: 'finished' }),
      speaking('stays', 'Hel'),
    ]);
    const state = stateAfter([snapshot(sampleCall('stays', { lastSeq: 9 }), sampleCall('new'))], before);
    expect(Object.keys(state.calls).sort()).toEqual(['new', 'over', 'stays']);
    expect(state.calls.stays?.lastSeq).toBe(9);
    expect(state.speaking).toEqual({});
  });

  it('pops what was decided while the stream was broken, but nothing that was dismissed', () => {
    const transferring = sampleCall('a', { phase: 'ringing', decision: sampleDecision });
    const missed = stateAfter([snapshot(transferring)]);
    expect(visiblePops(missed, NOW).map((call) => call.id)).toEqual(['a']);
    const dismissed = { ...missed, pops: missed.pops.map((pop) => ({ ...pop, dismissed: true })) };
    expect(visiblePops(stateAfter([snapshot(transferring)], dismissed), NOW)).toEqual([]);
  });
});

describe('the screen pop', () => {
  const ringing = (id: string) => sampleCall(id, { phase: 'ringing', decision: sampleDecision });

  it('comes with the decision, the newest on top', () => {
    const state = stateAfter([event(ringing('a'), decided), event(ringing('b'), decided)]);
    expect(visiblePops(state, NOW).map((call) => call.id)).toEqual(['b', 'a']);
  });

  it('does not come with a request alone', () => {
    const requested: CallFact = { type: 'transfer.requested', cause: 'model', reason: 'r', summary: 's' };
    expect(visiblePops(stateAfter([event(sampleCall('a'), requested)]), NOW)).toEqual([]);
  });

  it('stays a while after the end of the call, then goes', () => {
    const over = sampleCall('a', { phase: 'ended', endedAt: NOW });
    const state = stateAfter([
      event(ringing('a'), decided),
      event(over, { type: 'ended', outcome: 'human-on-the-line' }),
    ]);
    expect(visiblePops(state, NOW + POP_LINGER_MS)).toHaveLength(1);
    expect(visiblePops(state, NOW + POP_LINGER_MS + 1)).toHaveLength(0);
  });

  it('shows the call as it is now', () => {
    const state = stateAfter([
      event(ringing('a'), decided),
      event(sampleCall('a', { phase: 'connected' }), { type: 'note', text: 'n' }),
    ]);
    expect(visiblePops(state, NOW)[0]?.phase).toBe('connected');
  });

  it('comes back for a new decision after it was dismissed', () => {
    const first = stateAfter([event(ringing('a'), decided)]);
    const dismissed = { ...first, pops: first.pops.map((pop) => ({ ...pop, dismissed: true })) };
    expect(visiblePops(dismissed, NOW)).toEqual([]);
    expect(visiblePops(stateAfter([event(ringing('a'), decided)], dismissed), NOW)).toHaveLength(1);
  });
});

describe('the call on the screen', () => {
  const received = (id: string) => event(sampleCall(id), { type: 'note', text: 'came in' });
  const over = (id: string) =>
    event(sampleCall(id, { phase: 'ended' }), { type: 'ended', outcome: 'finished' });

  it('is the first that comes, and no second one takes its place while it lasts', () => {
    expect(stateAfter([received('a'), received('b')]).shown).toEqual({ callId: 'a', chosen: false });
  });

  it('gives way to a new call once it is over', () => {
    expect(stateAfter([received('a'), over('a'), received('b')]).shown?.callId).toBe('b');
  });

  it('stays when it was picked by hand, even when it is over', () => {
    const chosen: LiveState = { ...stateAfter([over('a')]), shown: { callId: 'a', chosen: true } };
    expect(stateAfter([received('b')], chosen).shown?.callId).toBe('a');
  });
});

describe('calls now', () => {
  it('are the open ones, newest first, and one just ended until the list of earlier calls has it', () => {
    const state = stateAfter([
      snapshot(sampleCall('old', { startedAt: 1 }), sampleCall('young', { startedAt: 2 })),
      event(sampleCall('over', { phase: 'ended', startedAt: 3 }), { type: 'ended', outcome: 'finished' }),
    ]);
    expect(callsNow(state, () => false).map((call) => call.id)).toEqual(['over', 'young', 'old']);
    expect(callsNow(state, (callId) => callId === 'over').map((call) => call.id)).toEqual(['young', 'old']);
  });

  it('keeps a bounded number of ended calls, and every open one', () => {
    const open = Array.from({ length: 40 }, (_, n) => sampleCall(`open${n}`));
    const ended = Array.from({ length: 200 }, (_, n) =>
      event(sampleCall(`e${n}`, { phase: 'ended', endedAt: n }), { type: 'ended', outcome: 'finished' }),
    );
    const state = stateAfter([snapshot(...open), ...ended]);
    expect(Object.keys(state.calls)).toHaveLength(70);
    expect(Object.keys(state.events)).toHaveLength(30);
    expect(state.calls.e199).toBeDefined();
    expect(state.calls.e0).toBeUndefined();
  });
});

describe('merging two parts of a log', () => {
  const log = fc
    .uniqueArray(fc.integer({ min: 1, max: 60 }))
    .map((seqs) => seqs.map((seq) => sampleEvent('a', seq, said)));

  it('gives every event once and in order, however the parts overlap', () => {
    fc.assert(
      fc.property(log, log, (a, b) => {
        const merged = mergeEvents(a, b).map((one) => one.seq);
        const expected = [...new Set([...a, ...b].map((one) => one.seq))].sort((x, y) => x - y);
        expect(merged).toEqual(expected);
      }),
    );
  });
});
