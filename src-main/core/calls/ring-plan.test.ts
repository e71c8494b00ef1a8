import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallFact, CallView, Decision, DialResult } from '../../../src-preload/contract/calls.ts';
import { openCall } from '../test-support/sample-call.ts';
import { reduceCall } from './call-state.ts';
import {
  atMostSeconds,
  leastRoundSeconds,
  maxDials,
  maxRingSeconds,
  mayTransferAgain,
  nextRound,
  type RingRules,
} from './ring-plan.ts';
import { dialsOf } from './rung-state.ts';

const staticNumber = '+14165551234';
const [ann, bob, cy, dee] = ['+14165550001', '+14165550002', '+14165550003', '+14165550004'] as const;

const rules = (changes: Partial<RingRules> = {}): RingRules => ({
  seconds: 20,
  screen: false,
  briefing: false,
  rungNext: true,
  staticNumber,
  isForbidden: () => false,
  warm: false,
  secondsFor: (_, seconds) => seconds,
  ...changes,
});

const decisionTo = (destinations: string[], rest: Partial<Decision> = {}): Decision => ({
  integrationId: 'desk',
  destinations,
  via: 'rule',
  why: '',
  tookMs: 0,
  ...rest,
});

/** A call in which things happen, one after the other. */
class Course {
  call: CallView;
  #at = 10_000;

  constructor(decision: Decision) {
    this.call = openCall();
    this.decide(decision);
  }

  decide(decision: Decision): this {
    return this.add({ type: 'transfer.decided', decision });
  }

  add(fact: CallFact): this {
    this.call = reduceCall(this.call, { callId: 'call-1', seq: this.call.lastSeq + 1, at: this.#at, fact });
    return this;
  }

  /** Rings the next round. @returns whom, or undefined when there is none. */
  ring(by: RingRules, result: DialResult, rangSeconds?: number): string[] | undefined {
    const round = nextRound(this.call, by);
    if (round === undefined) return undefined;
    const [destination = ''] = round.destinations;
    const { destinations: together, seconds } = round;
    this.add({ type: 'dial.started', destination, together, callerId: '+1', ringSeconds: seconds });
    this.#at += Math.min(rangSeconds ?? seconds, seconds) * 1000;
    this.add({ type: 'dial.ended', destination, dial: dialsOf(this.call.rung), result });
    return round.destinations;
  }

  /** Rings until nobody is left. @returns whom, round by round. */
  ringAll(by: RingRules, result: DialResult = 'no-answer'): string[][] {
    const rounds: string[][] = [];
    for (let round = this.ring(by, result); round !== undefined; round = this.ring(by, result)) {
      rounds.push(round);
    }
    return rounds;
  }
}

describe('the rounds of a decision', () => {
  it('are its destinations one after the other; without "next", the first one alone', () => {
    const decision = decisionTo([ann, bob, staticNumber]);
    expect(new Course(decision).ringAll(rules())).toEqual([[ann], [bob], [staticNumber]]);
    expect(new Course(decision).ringAll(rules({ rungNext: false }))).toEqual([[ann]]);
  });

  it('begin with those that ring at once', () => {
    const decision = decisionTo([ann, bob, cy], { together: [ann, bob] });
    expect(new Course(decision).ringAll(rules())).toEqual([[ann, bob], [cy]]);
    expect(new Course(decision).ringAll(rules({ rungNext: false }))).toEqual([[ann, bob]]);
  });

  it('ring ten at once at most, and those beyond one after the other', () => {
    const many = Array.from({ length: 12 }, (_, index) => `+141655501${10 + index}`);
    const [first, ...others] = new Course(decisionTo(many, { together: many })).ringAll(rules());
    expect(first).toEqual(many.slice(0, 10));
    expect(others).toEqual([[many[10]], [many[11]]]);
  });

  it('leave out the caller’s number and numbers that lead to Patchbay', () => {
    const forbidden = rules({ isForbidden: (number) => number === ann || number === cy });
    const decision = decisionTo([ann, bob, cy], { together: [ann, bob] });
    expect(new Course(decision).ringAll(forbidden)).toEqual([[bob]]);
    // Nothing else is left: the static number is the safety net, unless it leads to Patchbay itself.
    expect(new Course(decisionTo([ann])).ringAll(forbidden)).toEqual([[staticNumber]]);
    expect(new Course(decisionTo([ann])).ringAll(rules({ isForbidden: () => true }))).toEqual([]);
  });

  it('end with the static number when the last one could not be dialled, with or without "next"', () => {
    for (const rungNext of [true, false]) {
      expect(new Course(decisionTo([ann])).ringAll(rules({ rungNext }), 'failed')).toEqual([
        [ann],
        [staticNumber],
      ]);
      expect(new Course(decisionTo([ann])).ringAll(rules({ rungNext }), 'busy')).toEqual([[ann]]);
    }
  });

  it('stop when a human has a message taken', () => {
    const course = new Course(decisionTo([ann, bob]));
    course
      .add({ type: 'dial.started', destination: ann, callerId: '+1', ringSeconds: 20, screen: true })
      .add({ type: 'screen.answered', destination: ann, dial: 1, choice: 'message' })
      .add({ type: 'dial.ended', destination: ann, dial: 1, result: 'no-answer' });
    expect(nextRound(course.call, rules())).toBeUndefined();
    expect(mayTransferAgain(course.call)).toBe(true);
  });
});

describe('a caller who asks again', () => {
  it('reaches those who were not rung yet, and the same ones only when nobody else remains', () => {
    const course = new Course(decisionTo([ann]));
    course.ringAll(rules());
    course.decide(decisionTo([ann, bob]));
    expect(course.ringAll(rules())).toEqual([[bob]]);
    course.decide(decisionTo([ann, bob]));
    expect(course.ringAll(rules())).toEqual([[ann], [bob]]);
  });

  it('is rung for four times in all, and not offered a fifth', () => {
    const course = new Course(decisionTo([ann, bob, cy]));
    expect(mayTransferAgain(course.call)).toBe(false);
    course.ringAll(rules());
    expect(mayTransferAgain(course.call)).toBe(true);
    course.decide(decisionTo([dee, ann]));
    expect(course.ringAll(rules())).toEqual([[dee]]);
    expect(mayTransferAgain(course.call)).toBe(false);
  });

  it('is not offered another try after one that rang nobody', () => {
    const course = new Course(decisionTo([ann]));
    course.ringAll(rules());
    course.decide(decisionTo([ann]));
    expect(course.ringAll(rules({ isForbidden: () => true }))).toEqual([]);
    expect(mayTransferAgain(course.call)).toBe(false);
  });
});

describe('how long a round rings', () => {
  it('is a member’s own time, kept short of its voicemail', () => {
    const decision = decisionTo([ann, bob], { seconds: { [ann]: 45 } });
    const course = new Course(decision);
    expect(nextRound(course.call, rules())?.seconds).toBe(45);
    const guarded = rules({ secondsFor: (number, seconds) => (number === ann ? 14 : seconds) });
    expect(nextRound(course.call, guarded)?.seconds).toBe(14);
    course.ring(guarded, 'no-answer');
    expect(nextRound(course.call, guarded)?.seconds).toBe(20);
  });

  it('is that of the longest where several ring, short of every voicemail that could take the caller', () => {
    const decision = decisionTo([ann, bob], { together: [ann, bob], seconds: { [ann]: 45 } });
    const guarded = { secondsFor: (number: string, seconds: number) => (number === bob ? 12 : seconds) };
    expect(nextRound(new Course(decision).call, rules())?.seconds).toBe(45);
    expect(nextRound(new Course(decision).call, rules(guarded))?.seconds).toBe(12);
    expect(nextRound(new Course(decision).call, rules({ ...guarded, screen: true }))?.seconds).toBe(45);
  });

  it('is what is left of 180 seconds, and a round of less than five is none', () => {
    const course = new Course(decisionTo([ann, bob, cy]));
    course.ring(rules({ seconds: 100 }), 'no-answer');
    expect(nextRound(course.call, rules({ seconds: 100 }))?.seconds).toBe(80);
    course.ring(rules({ seconds: 100 }), 'busy', 76);
    expect(nextRound(course.call, rules({ seconds: 100 }))).toBeUndefined();
    expect(mayTransferAgain(course.call)).toBe(false);
  });

  it('is bounded before the first ring, with the questions that may follow it', () => {
    expect(atMostSeconds(decisionTo([staticNumber]), [], rules())).toBe(20);
    // The static number is rung when the destination can't be dialled.
    expect(atMostSeconds(decisionTo([ann]), [], rules())).toBe(40);
    expect(atMostSeconds(decisionTo([ann, staticNumber]), [], rules({ screen: true }))).toBe(160);
    expect(atMostSeconds(decisionTo([ann, bob, cy, dee]), [], rules({ seconds: 120 }))).toBe(180);
    // Phones that are rung over REST take a while to ring, and whoever picks up is briefed.
    expect(atMostSeconds(decisionTo([staticNumber]), [], rules({ warm: true }))).toBe(60);
  });
});

describe('whatever is decided and whatever comes of it', () => {
  const numbers = [ann, bob, cy, dee, staticNumber, '+14165550005', '+14165550006'];
  const decision = fc
    .record({
      destinations: fc.array(fc.constantFrom(...numbers), { minLength: 1, maxLength: 9 }),
      together: fc.array(fc.constantFrom(...numbers), { maxLength: 5 }),
      seconds: fc.dictionary(fc.constantFrom(...numbers), fc.integer({ min: 5, max: 120 })),
    })
    .map(({ destinations, ...rest }) => decisionTo(destinations, rest));
  const ringRules = fc.record({
    seconds: fc.integer({ min: 5, max: 120 }),
    screen: fc.boolean(),
    briefing: fc.boolean(),
    rungNext: fc.boolean(),
    staticNumber: fc.constantFrom(staticNumber, null),
    forbidden: fc.subarray(numbers),
    guards: fc.dictionary(fc.constantFrom(...numbers), fc.integer({ min: 5, max: 30 })),
  });
  const end = fc.record({
    result: fc.constantFrom<DialResult>('busy', 'no-answer', 'failed'),
    rang: fc.integer({ min: 0, max: 120 }),
  });

  it('ends, within its bounds, rings nobody twice for one decision, and nobody who must not be rung', () => {
    fc.assert(
      fc.property(
        fc.array(decision, { minLength: 1, maxLength: 6 }),
        ringRules,
        fc.array(end, { minLength: 1, maxLength: 8 }),
        ([first, ...more], { forbidden, guards, ...plan }, ends) => {
          if (first === undefined) return;
          const by: RingRules = {
            ...plan,
            isForbidden: (number) => forbidden.includes(number),
            warm: false,
            secondsFor: (number, seconds) => Math.min(seconds, guards[number] ?? seconds),
          };
          const course = new Course(first);
          const rungInAll: number[] = [];
          for (const each of [first, ...more]) {
            course.decide(each);
            const bound = atMostSeconds(each, course.call.rung, by);
            const rung: string[] = [];
            let seconds = 0;
            for (let turn = 0; ; turn++) {
              const { result, rang } = ends[turn % ends.length] ?? { result: 'busy', rang: 0 };
              const before = course.call.rung.length;
              const round = course.ring(by, result, rang);
              if (round === undefined) break;
              rung.push(...round);
              const ringSeconds = course.call.rung[before]?.ringSeconds ?? 0;
              expect(ringSeconds).toBeGreaterThanOrEqual(leastRoundSeconds);
              seconds += Math.min(rang, ringSeconds);
              rungInAll.push(Math.min(rang, ringSeconds));
            }
            expect(new Set(rung).size).toBe(rung.length);
            expect(rung.filter((number) => forbidden.includes(number))).toEqual([]);
            expect(seconds).toBeLessThanOrEqual(bound);
          }
          expect(dialsOf(course.call.rung)).toBeLessThanOrEqual(maxDials);
          expect(rungInAll.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(maxRingSeconds);
        },
      ),
      { numRuns: 500 },
    );
  });
});
