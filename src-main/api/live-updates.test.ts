import { describe, expect, it } from 'vitest';
import type { LiveUpdate } from '../../src-preload/contract/api.ts';
import { liveUpdates } from './live-updates.ts';

const spoken = (text: string): LiveUpdate => ({ kind: 'speaking', callId: '1', text });
const snapshot: LiveUpdate = { kind: 'snapshot', calls: [] };

class FakeCore {
  readonly listeners = new Set<(update: LiveUpdate) => void>();

  openCalls() {
    return [];
  }

  subscribe(listener: (update: LiveUpdate) => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  say(text: string) {
    for (const listener of this.listeners) listener(spoken(text));
  }
}

describe('liveUpdates', () => {
  it('starts with a snapshot, then passes on every update in order', async () => {
    const core = new FakeCore();
    const updates = liveUpdates(core, undefined);
    expect((await updates.next()).value).toEqual(snapshot);
    core.say('a');
    core.say('b');
    expect((await updates.next()).value).toEqual(spoken('a'));
    core.say('c');
    expect((await updates.next()).value).toEqual(spoken('b'));
    expect((await updates.next()).value).toEqual(spoken('c'));
    const waiting = updates.next();
    core.say('d');
    expect((await waiting).value).toEqual(spoken('d'));
    await updates.return();
    expect(core.listeners.size).toBe(0);
  });

  it('drops what a slow reader missed and starts it again with a snapshot', async () => {
    const core = new FakeCore();
    const updates = liveUpdates(core, undefined, 3);
    await updates.next();
    for (let i = 0; i < 100; i += 1) core.say(String(i));
    expect((await updates.next()).value).toEqual(snapshot);
    core.say('after');
    expect((await updates.next()).value).toEqual(spoken('after'));
    await updates.return();
  });

  it('passes on as many as may wait', async () => {
    const core = new FakeCore();
    const updates = liveUpdates(core, undefined, 3);
    await updates.next();
    for (const text of ['a', 'b', 'c']) core.say(text);
    for (const text of ['a', 'b', 'c']) expect((await updates.next()).value).toEqual(spoken(text));
    await updates.return();
  });

  it('ends and unsubscribes on abort, even while it waits', async () => {
    const core = new FakeCore();
    const abort = new AbortController();
    const updates = liveUpdates(core, abort.signal);
    await updates.next();
    const waiting = updates.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    expect(core.listeners.size).toBe(0);
  });
});
