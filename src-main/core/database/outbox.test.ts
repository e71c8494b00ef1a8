import { beforeEach, describe, expect, it } from 'vitest';
import { type OutboxItem, OutboxQueries } from './outbox.ts';
import { memoryDatabase } from './testing.ts';

const item = (id: string, changes: Partial<OutboxItem> = {}): OutboxItem => ({
  id,
  kind: 'after-call',
  callId: `call-of-${id}`,
  url: 'https://example.com/calls',
  body: '{}',
  state: 'waiting',
  attempts: 0,
  nextAt: 1_000,
  lastProblem: null,
  createdAt: 500,
  ...changes,
});

let outbox: OutboxQueries;
beforeEach(() => {
  outbox = new OutboxQueries(memoryDatabase());
});

describe('OutboxQueries', () => {
  it('offers of each address the item that waits longest', () => {
    outbox.add(item('a', { nextAt: 900 }));
    outbox.add(item('b', { nextAt: 800 }));
    outbox.add(item('c', { nextAt: 850, url: 'https://example.org/' }));
    outbox.add(item('d', { nextAt: 2_000, url: 'https://example.net/' }));
    expect(outbox.due(1_000, 10)).toEqual([
      item('b', { nextAt: 800 }),
      item('c', { nextAt: 850, url: 'https://example.org/' }),
    ]);
    expect(outbox.due(1_000, 1).map((one) => one.id)).toEqual(['b']);
    expect(outbox.due(10, 10)).toEqual([]);
  });

  it('tells of a call once', () => {
    outbox.add(item('a'));
    outbox.add(item('b', { callId: 'call-of-a' }));
    expect(outbox.list({ limit: 9 })).toEqual([item('a')]);
  });

  it('knows when the next item falls due', () => {
    expect(outbox.nextDueAt()).toBeUndefined();
    outbox.add(item('a', { nextAt: 900 }));
    outbox.add(item('b', { nextAt: 1_500 }));
    expect(outbox.nextDueAt()).toBe(900);
    expect(outbox.nextDueAt(900)).toBe(1_500);
    expect(outbox.nextDueAt(1_500)).toBeUndefined();
  });

  it('follows an item to its end, and back', () => {
    outbox.add(item('a'));
    outbox.reschedule('a', { attempts: 1, nextAt: 5_000, problem: 'it answered 500' });
    expect(outbox.list({ limit: 1 })).toEqual([
      item('a', { attempts: 1, nextAt: 5_000, lastProblem: 'it answered 500' }),
    ]);
    outbox.bury('a', 'it answered 410');
    expect(outbox.list({ state: 'dead', limit: 9 })).toMatchObject([
      { attempts: 2, lastProblem: 'it answered 410' },
    ]);
    expect(outbox.due(9_000, 9)).toEqual([]);
    expect(outbox.nextDueAt()).toBeUndefined();
    outbox.revive('a', 9_000);
    expect(outbox.due(9_000, 9)).toMatchObject([{ id: 'a', attempts: 0, state: 'waiting' }]);
    outbox.delivered('a', 9_100);
    expect(outbox.list({ state: 'delivered', limit: 9 })).toMatchObject([{ attempts: 1, lastProblem: null }]);
    outbox.revive('a', 9_200);
    expect(outbox.list({ state: 'waiting', limit: 9 })).toEqual([]);
  });
});
