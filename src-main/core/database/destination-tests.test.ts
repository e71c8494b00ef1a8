import { describe, expect, it } from 'vitest';
import type { DestinationCheck, TestCall } from '../../../src-preload/contract/destination-test.ts';
import { DestinationTestQueries } from './destination-tests.ts';
import { memoryDatabase } from './testing.ts';

const number = '+14165551234';
const checks: DestinationCheck[] = [
  { id: 'format', verdict: 'ok', says: 'The format is right.', remedy: null, link: null },
];
const voicemail: TestCall = {
  outcome: 'voicemail',
  says: 'A voicemail picked up.',
  pickedUpAfterSeconds: 18.5,
  problem: null,
};

describe('the destination tests on disk', () => {
  it('are found by number and integration, the newest first', () => {
    const queries = new DestinationTestQueries(memoryDatabase());
    const insert = (integrationId: string | null, at: number) =>
      queries.insert({ number, integrationId, at, checks });
    const desk = insert('desk', 1);
    expect(queries.newest(number, 'desk')).toEqual({
      id: desk,
      number,
      integrationId: 'desk',
      at: 1,
      checks,
      callSid: null,
      call: null,
      voicemailAfterSeconds: null,
    });
    expect(queries.newest(number, 'other')).toBeUndefined();
    expect(queries.newest('+14165550000', 'desk')).toBeUndefined();
    const general = insert(null, 2);
    expect(queries.newest(number, 'desk')?.id).toBe(general);
    expect(queries.newest(number, null)?.id).toBe(general);
    const sameMoment = insert('desk', 2);
    expect(queries.newest(number, 'desk')?.id).toBe(sameMoment);
    expect(queries.newestOfNumber(number)?.id).toBe(sameMoment);
  });

  it('tell a call whose end was not seen from one that ended and one that was refused', () => {
    const queries = new DestinationTestQueries(memoryDatabase());
    expect(queries.newestWithCall(number)).toBeUndefined();
    const placed = queries.insert({ number, integrationId: null, at: 1, checks, callSid: 'CA1' });
    expect(queries.newestWithCall(number)).toMatchObject({ id: placed, callSid: 'CA1', call: null });
    queries.finish(placed, voicemail, 18.5);
    queries.insert({ number, integrationId: null, at: 2, checks });
    expect(queries.newestWithCall(number)).toMatchObject({ id: placed, call: voicemail });
    const refused = queries.insert({ number, integrationId: null, at: 3, checks });
    queries.finish(refused, { ...voicemail, outcome: 'failed' }, null);
    expect(queries.newestWithCall(number)).toMatchObject({ id: refused, callSid: null });
  });

  it('keep of the checks for the same only the last, and every call', () => {
    const db = memoryDatabase();
    const queries = new DestinationTestQueries(db);
    const insert = (at: number, integrationId: string | null, callSid?: string) =>
      queries.insert({ number, integrationId, at, checks, callSid: callSid ?? null });
    insert(1, 'desk');
    insert(2, null);
    insert(3, 'desk', 'CA1');
    queries.finish(insert(4, 'desk'), { ...voicemail, outcome: 'failed' }, null);
    insert(5, 'desk');
    insert(6, 'desk');
    const kept = db.prepare<[], number>('SELECT at FROM destination_tests ORDER BY id').pluck().all();
    expect(kept).toEqual([2, 3, 4, 6]);
  });

  it('name the numbers with a call whose end was not seen', () => {
    const queries = new DestinationTestQueries(memoryDatabase());
    queries.insert({ number, integrationId: null, at: 1, checks });
    expect(queries.numbersWithoutEnd()).toEqual([]);
    const placed = queries.insert({ number, integrationId: null, at: 1, checks, callSid: 'CA1' });
    expect(queries.numbersWithoutEnd()).toEqual([number]);
    queries.finish(placed, voicemail, null);
    expect(queries.numbersWithoutEnd()).toEqual([]);
  });

  it('remember of each number what its newest call taught about its voicemail', () => {
    const queries = new DestinationTestQueries(memoryDatabase());
    expect(queries.voicemails()).toEqual(new Map());
    for (const [to, seconds] of [
      [number, 22],
      [number, 18.5],
      ['+14165550000', 30],
      ['+14165550001', 25],
      ['+14165550001', null],
    ] as const) {
      queries.finish(
        queries.insert({ number: to, integrationId: null, at: 1, checks, callSid: 'CA1' }),
        voicemail,
        seconds,
      );
    }
    // A check without a call teaches nothing.
    queries.insert({ number, integrationId: null, at: 2, checks });
    expect(queries.voicemails()).toEqual(
      new Map([
        [number, 18.5],
        ['+14165550000', 30],
      ]),
    );
  });
});
