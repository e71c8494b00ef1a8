import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailedTry, mayHaveHappened, nextTryIn, type RetryState } from './retry.ts';

const AC = `AC${'0'.repeat(32)}`;
const numbers = `/2010-04-01/Accounts/${AC}/IncomingPhoneNumbers`;
const create = { method: 'post', path: `${numbers}.json` };
const update = { method: 'post', path: `${numbers}/PN${'a'.repeat(32)}.json` };
const read = { method: 'get', path: `${numbers}.json` };
const remove = { method: 'delete', path: update.path };
const call = { method: 'post', path: `/2010-04-01/Accounts/${AC}/Calls.json` };
const redirect = { method: 'post', path: `/2010-04-01/Accounts/${AC}/Calls/CA${'b'.repeat(32)}.json` };
const text = { method: 'post', path: `/2010-04-01/Accounts/${AC}/Messages.json` };
const textUpdate = { method: 'post', path: `/2010-04-01/Accounts/${AC}/Messages/SM${'b'.repeat(32)}.json` };
const participant = {
  method: 'post',
  path: `/2010-04-01/Accounts/${AC}/Conferences/CF${'c'.repeat(32)}/Participants/CA${'b'.repeat(32)}.json`,
};
const build = { method: 'post', path: `/v1/Services/ZS${'d'.repeat(32)}/Builds` };
const service = { method: 'post', path: `/v1/Services/ZS${'d'.repeat(32)}` };

const answered = (status: number, retryAfter: string | null = null): FailedTry => ({
  kind: 'answered',
  status,
  retryAfter,
});
const lost: FailedTry = { kind: 'lost' };
const refused: FailedTry = { kind: 'refused' };
const first: RetryState = { tries: 1, elapsedMs: 0, now: Date.UTC(2026, 10, 22, 9), random: 0 };

describe('nextTryIn', () => {
  it.each([
    ['a read', read, { busy: true, broken: true, lost: true, refused: true }],
    ['a removal', remove, { busy: true, broken: true, lost: true, refused: true }],
    ['an update of a number', update, { busy: true, broken: true, lost: true, refused: true }],
    ['an update of a service', service, { busy: true, broken: true, lost: true, refused: true }],
    ['a new number', create, { busy: true, broken: false, lost: false, refused: true }],
    ['a new build', build, { busy: true, broken: false, lost: false, refused: true }],
    ['a call', call, { busy: true, broken: false, lost: false, refused: true }],
    ['a redirected call', redirect, { busy: true, broken: false, lost: false, refused: true }],
    ['a text', text, { busy: true, broken: false, lost: false, refused: true }],
    ['a changed text', textUpdate, { busy: true, broken: false, lost: false, refused: true }],
    ['a participant', participant, { busy: true, broken: false, lost: false, refused: true }],
  ])('of %s', (_name, request, expected) => {
    const again = (failed: FailedTry) => nextTryIn(request, failed, first) !== null;
    expect({
      busy: again(answered(429)),
      broken: again(answered(500)) && again(answered(503)),
      lost: again(lost),
      refused: again(refused),
    }).toEqual(expected);
    expect(again(answered(400)) || again(answered(401)) || again(answered(404))).toBe(false);
    expect(again({ kind: 'untrusted' })).toBe(false);
  });

  it('waits longer each time and gives up after three further tries', () => {
    const waits = [1, 2, 3, 4].map((tries) => nextTryIn(read, lost, { ...first, tries, random: 0.999_999 }));
    expect(waits).toEqual([300, 600, 1200, null]);
    expect(nextTryIn(read, lost, { ...first, random: 0 })).toBe(150);
  });

  it('keeps the wait that Twilio asks for, up to 10 s', () => {
    expect(nextTryIn(read, answered(429, '4'), first)).toBe(4_000);
    expect(nextTryIn(call, answered(429, '10'), first)).toBe(10_000);
    expect(nextTryIn(read, answered(429, '11'), first)).toBeNull();
    expect(nextTryIn(read, answered(503, 'Sun, 22 Nov 2026 09:00:03 GMT'), first)).toBe(3_000);
    expect(nextTryIn(read, answered(503, 'Sun, 22 Nov 2026 08:00:00 GMT'), first)).toBe(150);
    expect(nextTryIn(read, answered(503, 'soon'), first)).toBe(150);
  });

  it('does not go on past its patience', () => {
    expect(nextTryIn(read, lost, { ...first, elapsedMs: 19_850 })).toBe(150);
    expect(nextTryIn(read, lost, { ...first, elapsedMs: 19_851 })).toBeNull();
    expect(nextTryIn(read, answered(429, '10'), { ...first, elapsedMs: 10_001 })).toBeNull();
  });

  it('says soon that Twilio can’t be reached', () => {
    expect(nextTryIn(read, refused, { ...first, elapsedMs: 2_850 })).toBe(150);
    expect(nextTryIn(read, refused, { ...first, elapsedMs: 2_851 })).toBeNull();
  });
});

const segment = fc.stringMatching(/^[A-Za-z0-9_.-]{1,40}$/);
const anyState = fc.record({
  tries: fc.integer({ min: 1, max: 10 }),
  elapsedMs: fc.integer({ min: 0, max: 60_000 }),
  now: fc.integer({ min: 0, max: 2 ** 41 }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});
const mayBeDone = fc.oneof(
  fc.constant(lost),
  fc
    .record({ status: fc.integer({ min: 500, max: 599 }), retryAfter: fc.option(fc.string()) })
    .map(({ status, retryAfter }) => answered(status, retryAfter)),
);

describe('what may have been carried out', () => {
  it('is never asked for twice when it creates something', () => {
    const creates = fc
      .tuple(
        fc.array(segment, { maxLength: 6 }),
        fc.constantFrom(
          'Calls',
          'Messages',
          'Builds',
          'Deployments',
          'Versions',
          'Functions',
          'Services',
          'IncomingPhoneNumbers',
        ),
        fc.constantFrom('', '.json'),
      )
      .map(([before, noun, ending]) => ({
        method: 'POST',
        path: `/${[...before, noun].join('/')}${ending}`,
      }));
    fc.assert(
      fc.property(creates, mayBeDone, anyState, (request, failed, state) => {
        expect(nextTryIn(request, failed, state)).toBeNull();
        expect(mayHaveHappened(request, failed)).toBe(true);
      }),
    );
  });

  it('is never asked for twice when it is said to a call, a conference or a text', () => {
    const id = fc.stringMatching(/^[A-Z]{2}[0-9a-f]{32}$/);
    const said = fc
      .tuple(
        id,
        fc.constantFrom('Calls', 'Conferences', 'Messages'),
        id,
        fc.constantFrom('', '.json', '?a=b'),
      )
      .map(([account, noun, sid, ending]) => ({
        method: 'post',
        path: `/2010-04-01/Accounts/${account}/${noun}/${sid}${ending}`,
      }));
    fc.assert(
      fc.property(said, mayBeDone, anyState, (request, failed, state) => {
        expect(nextTryIn(request, failed, state)).toBeNull();
      }),
    );
  });

  it('is asked for again only when asking again changes nothing', () => {
    const any = fc.record({
      method: fc.constantFrom('get', 'post', 'put', 'patch', 'delete'),
      path: fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
    });
    const anyFailure = fc.oneof(mayBeDone, fc.constant(refused), fc.constant(answered(429)));
    fc.assert(
      fc.property(any, anyFailure, anyState, (request, failed, state) => {
        const wait = nextTryIn(request, failed, state);
        if (wait === null) return;
        expect(mayHaveHappened(request, failed)).toBe(false);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(state.elapsedMs + wait).toBeLessThanOrEqual(20_000);
      }),
    );
  });

  it('is certain not to have happened when Twilio turned it away or was not reached', () => {
    expect(mayHaveHappened(call, answered(429))).toBe(false);
    expect(mayHaveHappened(call, answered(400))).toBe(false);
    expect(mayHaveHappened(call, refused)).toBe(false);
    expect(mayHaveHappened(call, lost)).toBe(true);
    expect(mayHaveHappened(update, lost)).toBe(false);
  });
});
