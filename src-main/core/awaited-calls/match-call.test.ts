import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ArrivingCall,
  awaitedFromStartMs,
  awaitedMs,
  matchCall,
  type ToldTransfer,
} from './match-call.ts';

const ann = '+14165550001';
const bob = '+14165550002';
const stranger = '+14165550009';
const platform = '+16475550000';
const now = 10 * 60 * 60 * 1000;

let ids = 0;
function told(over: Partial<ToldTransfer> = {}): ToldTransfer {
  ids += 1;
  return {
    id: ids,
    at: now - 5_000,
    integrationId: 'desk',
    caller: ann,
    platformNumbers: [platform],
    fromStart: false,
    hasCall: false,
    ...over,
  };
}
const from = (number: string | null, forwardedFrom: string | null = null): ArrivingCall => ({
  from: number,
  forwardedFrom,
});
const match = (call: ArrivingCall, ...all: ToldTransfer[]) => matchCall(call, all, now);

describe('by the caller’s number', () => {
  it('takes the caller’s newest transfer that waits', () => {
    const older = told({ at: now - 9_000 });
    const newer = told();
    expect(match(from(ann), older, told({ caller: bob }), newer)).toEqual({
      transferId: newer.id,
      matchedBy: 'caller',
    });
    expect(match(from(ann), older, { ...newer, hasCall: true })?.transferId).toBe(older.id);
  });

  it('waits longer where the platform asked as its own call began', () => {
    const early = told({ fromStart: true, at: now - awaitedFromStartMs });
    expect(match(from(ann), early)?.transferId).toBe(early.id);
    expect(match(from(ann), { ...early, at: early.at - 1 })).toBeNull();
  });

  it('does not take the platform’s own number for a caller’s', () => {
    expect(match(from(platform), told({ caller: platform }), told({ caller: bob }))).toBeNull();
  });
});

describe('when the platform shows its own number', () => {
  it('takes the only transfer that waits', () => {
    const only = told();
    const expected = { transferId: only.id, matchedBy: 'platform-number' };
    expect(match(from(platform), only)).toEqual(expected);
    expect(match(from(null, platform), only)).toEqual(expected);
    expect(match(from(platform), { ...only, caller: null })).toEqual(expected);
    expect(match(from(platform), only, told({ caller: bob, hasCall: true }))).toEqual(expected);
    expect(match(from(platform), only, told({ caller: bob, platformNumbers: ['+16475550001'] }))).toEqual(
      expected,
    );
  });

  it('never guesses between two', () => {
    expect(match(from(platform), told(), told({ caller: bob }))).toBeNull();
    expect(match(from(platform), told({ caller: null }), told({ caller: null }))).toBeNull();
    expect(match(from(platform), told(), told({ integrationId: 'other' }))).toBeNull();
    expect(match(from(platform), told(), told({ caller: bob, fromStart: true }))).toBeNull();
  });

  it('takes a platform that asked twice for one caller as one that awaits one call', () => {
    const first = told({ at: now - 9_000 });
    const again = told();
    expect(match(from(platform), first, again)?.transferId).toBe(again.id);
    // The call has come: what was asked for first is not awaited any more.
    expect(match(from(platform), first, { ...again, hasCall: true })).toBeNull();
    const other = told({ caller: bob });
    expect(match(from(platform), first, { ...again, hasCall: true }, other)?.transferId).toBe(other.id);
  });

  it('goes by no time at all where the platform asked as its own call began', () => {
    expect(match(from(platform), told({ fromStart: true }))).toBeNull();
  });
});

it('a call that shows no number that is known is an ordinary one', () => {
  expect(match(from(null), told())).toBeNull();
  expect(match(from(null), told({ caller: null }))).toBeNull();
  expect(match(from(stranger), told())).toBeNull();
  expect(match(from(stranger, platform), told())).toBeNull();
  expect(match(from(stranger), told({ platformNumbers: [] }))).toBeNull();
});

it('a call that comes too late, or before it was awaited, is an ordinary one', () => {
  const last = told({ at: now - awaitedMs });
  expect(match(from(ann), last)?.transferId).toBe(last.id);
  for (const at of [now - awaitedMs - 1, now + 1]) {
    expect(match(from(ann), told({ at }))).toBeNull();
    expect(match(from(platform), told({ at }))).toBeNull();
  }
});

describe('whatever waits', () => {
  const numbers = [ann, bob, stranger, platform, '+16475550001'];
  const transfer = fc.record({
    at: fc.integer({ min: now - 2 * awaitedMs, max: now + 1000 }),
    integrationId: fc.constantFrom('desk', 'other'),
    caller: fc.option(fc.constantFrom(...numbers), { nil: null }),
    platformNumbers: fc.constantFrom([], [platform], [platform, '+16475550001']),
    fromStart: fc.boolean(),
    hasCall: fc.boolean(),
  });
  const transfers = fc
    .array(transfer, { maxLength: 8 })
    .map((all) => all.map((each, index): ToldTransfer => ({ ...each, id: index + 1 })));
  const number = fc.option(fc.constantFrom(...numbers), { nil: null });
  const call: fc.Arbitrary<ArrivingCall> = fc.record({ from: number, forwardedFrom: number });

  it('a match waited, in time, and shows one of its own numbers', () => {
    fc.assert(
      fc.property(call, transfers, (arriving, all) => {
        const found = matchCall(arriving, all, now);
        if (found === null) return;
        const matched = all.find(({ id }) => id === found.transferId);
        expect(matched).toMatchObject({ hasCall: false });
        if (matched === undefined) return;
        const age = now - matched.at;
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThanOrEqual(matched.fromStart ? awaitedFromStartMs : awaitedMs);
        const shown = arriving.from ?? arriving.forwardedFrom ?? '';
        if (found.matchedBy === 'caller') expect(matched.caller).toBe(arriving.from);
        else expect(matched.platformNumbers).toContain(shown);
      }),
    );
  });

  it('two different callers who both wait are never told apart by the platform’s number', () => {
    fc.assert(
      fc.property(transfers, (all) => {
        const found = matchCall(from(platform), all, now);
        if (found === null) return;
        const rivals = all.filter(
          ({ id, hasCall, at, fromStart, platformNumbers, caller }) =>
            id !== found.transferId &&
            !hasCall &&
            at <= now &&
            now - at <= (fromStart ? awaitedFromStartMs : awaitedMs) &&
            platformNumbers.includes(platform) &&
            caller !== all.find((each) => each.id === found.transferId)?.caller,
        );
        for (const rival of rivals) {
          // Only one who was asked for anew, and whose call has come since, is out of the question.
          expect(rival.caller).not.toBeNull();
          expect(all.some(({ caller, at }) => caller === rival.caller && at >= rival.at)).toBe(true);
          expect(
            all.some(
              ({ id, caller, integrationId, hasCall }) =>
                id !== rival.id &&
                hasCall &&
                caller === rival.caller &&
                integrationId === rival.integrationId,
            ),
          ).toBe(true);
        }
      }),
    );
  });

  it('the order in which they stand says nothing', () => {
    fc.assert(
      fc.property(call, transfers, (arriving, all) => {
        expect(matchCall(arriving, all.toReversed(), now)).toEqual(matchCall(arriving, all, now));
      }),
    );
  });

  it('no transfer is matched twice, and calls come to an end', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 20 }), transfers, (calls, all) => {
        let left = all;
        const matched: number[] = [];
        for (const arriving of calls) {
          const found = matchCall(arriving, left, now);
          if (found === null) continue;
          matched.push(found.transferId);
          left = left.map((each) => (each.id === found.transferId ? { ...each, hasCall: true } : each));
        }
        expect(new Set(matched).size).toBe(matched.length);
      }),
    );
  });
});
