import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTransfer, transferWindow } from './choose-transfer.ts';

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.UTC(2026, 10, 24, 12);
const caller = '+14165550142';

/** Open transfers at these times, the newest first; the id is the minute after noon. */
function open(...minutesAfterNoon: number[]) {
  return minutesAfterNoon.toSorted((a, b) => b - a).map((id) => ({ id, at: noon + id * minute }));
}

function times(createdAfterNoon: number | null, receivedAfterNoon: number) {
  return {
    createdAt: createdAfterNoon === null ? null : noon + createdAfterNoon * minute,
    receivedAt: noon + receivedAfterNoon * minute,
  };
}

describe('the transfer that a platform’s call belongs to', () => {
  it('is the newest when the platform tells no time', () => {
    expect(chooseTransfer(open(1, 30, 50), caller, times(null, 60))).toBe(50);
  });

  it('is the nearest to the call, however late the platform tells of it', () => {
    expect(chooseTransfer(open(2, 40), caller, times(0, 45))).toBe(2);
    expect(chooseTransfer(open(2, 40), caller, times(38, 45))).toBe(40);
    // The time may also be that of the call's end.
    expect(chooseTransfer(open(2, 40), caller, times(5, 45))).toBe(2);
  });

  it('is the last when the platform asked again within the call', () => {
    expect(chooseTransfer(open(2, 3), caller, times(0, 10))).toBe(3);
  });

  it('is the newest when the time can’t be right', () => {
    expect(chooseTransfer(open(2, 40), caller, times(-30 * 24 * 60, 45))).toBe(40);
    expect(chooseTransfer(open(2, 40), caller, times(8 * 60, 45))).toBe(40);
  });

  it('is none when none is open', () => {
    expect(chooseTransfer([], caller, times(0, 10))).toBeNull();
    expect(chooseTransfer([], null, times(0, 10))).toBeNull();
  });

  it('of withheld numbers, is never one of two', () => {
    expect(chooseTransfer(open(2), null, times(0, 10))).toBe(2);
    expect(chooseTransfer(open(2, 3), null, times(0, 10))).toBeNull();
  });

  it('is one of the open ones, and one is found whenever the number is known', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 8 });
    const created = fc.option(fc.integer({ min: -5_000, max: 5_000 }));
    fc.assert(
      fc.property(minutes, created, (list, createdAfterNoon) => {
        expect(list).toContain(chooseTransfer(open(...list), caller, times(createdAfterNoon, 300)));
      }),
    );
  });
});

describe('the window in which it is looked for', () => {
  it('begins a little before the call and ends hours after it, or now', () => {
    expect(transferWindow(times(-10, 0))).toEqual({ since: noon - 10 * minute - hour, until: noon });
    expect(transferWindow(times(-10 * 60, 0))).toEqual({ since: noon - 11 * hour, until: noon - 4 * hour });
  });

  it('is the last hours when the time is not told, or can’t be right', () => {
    expect(transferWindow(times(null, 0))).toEqual({ since: noon - 6 * hour, until: noon });
    expect(transferWindow(times(60, 0))).toEqual({ since: noon - 6 * hour, until: noon });
  });
});
