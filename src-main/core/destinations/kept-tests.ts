import type {
  DestinationCheck,
  DestinationTest,
  TestCall,
} from '../../../src-preload/contract/destination-test.ts';
import { DestinationTestQueries, type KeptTest } from '../database/destination-tests.ts';
import type { Db } from '../database/open-database.ts';
import type { Clock } from '../ports.ts';
import { callCheck, callUnderWay, interruptedCall } from './judge-call.ts';
import { voicemailLearned } from './voicemail-guard.ts';

/** A test whose call was placed: what it is told by when the call is over. */
export type PlacedTest = Pick<KeptTest, 'id' | 'number' | 'integrationId' | 'at' | 'checks'>;

/** The tests that were made, as the operator sees them: a number's latest checks, with its latest test call. */
export class KeptTests {
  readonly #queries: DestinationTestQueries;
  readonly #clock: Clock;
  /** By number: the seconds after which its voicemail picks up. In memory, since every dial asks. */
  readonly #voicemails: Map<string, number>;
  /** Tests whose call is being watched right now. */
  readonly #underWay = new Set<number>();

  constructor(db: Db, clock: Clock) {
    this.#queries = new DestinationTestQueries(db);
    this.#clock = clock;
    this.#voicemails = this.#queries.voicemails();
  }

  /** Null: the number was not tested for this integration. */
  of(number: string, integrationId: string | null): DestinationTest | null {
    const kept = this.#queries.newest(number, integrationId);
    return kept === undefined ? null : this.#complete(kept);
  }

  keep(number: string, integrationId: string | null, checks: DestinationCheck[]): DestinationTest {
    const at = this.#clock.now();
    this.#queries.insert({ number, integrationId, at, checks });
    return this.#complete({ number, integrationId, at, checks });
  }

  /** The same, of something that can't be a destination; not kept. */
  unkept(number: string, integrationId: string | null, checks: DestinationCheck[]): DestinationTest {
    return this.#complete({ number, integrationId, at: this.#clock.now(), checks });
  }

  /** The call of this test was placed and is watched now; or (no `callSid`) Twilio refused it. */
  placed(test: Pick<PlacedTest, 'number' | 'integrationId' | 'checks'>, callSid: string | null): PlacedTest {
    const at = this.#clock.now();
    const { number, integrationId, checks } = test;
    const id = this.#queries.insert({ number, integrationId, at, checks, callSid });
    this.#underWay.add(id);
    return { id, number, integrationId, at, checks };
  }

  /** The call of this test is not watched any more, whether its end was seen or not. */
  unwatched(test: PlacedTest): DestinationTest {
    this.#underWay.delete(test.id);
    return this.#complete(test);
  }

  /** @param rangForSeconds from the first ring until it was picked up or over; null: not known */
  finish(test: PlacedTest, call: TestCall, rangForSeconds: number | null): DestinationTest {
    const { number } = test;
    const seconds = voicemailLearned(this.voicemailAfter(number), { ...call, rangForSeconds });
    this.#queries.finish(test.id, call, seconds);
    if (seconds === null) this.#voicemails.delete(number);
    else this.#voicemails.set(number, seconds);
    return this.unwatched(test);
  }

  /** Seconds, or null when no voicemail was met at this number. */
  voicemailAfter(number: string): number | null {
    return this.#voicemails.get(number) ?? null;
  }

  /** The number's latest test with a call, when nobody saw that call's end and nobody watches it. */
  interrupted(number: string): (PlacedTest & { callSid: string }) | null {
    const kept = this.#queries.newestWithCall(number);
    if (kept === undefined || kept.callSid === null || kept.call !== null) return null;
    return this.#underWay.has(kept.id) ? null : { ...kept, callSid: kept.callSid };
  }

  /** Numbers with a call that was placed and whose end nobody saw. */
  interruptedNumbers(): string[] {
    return this.#queries.numbersWithoutEnd();
  }

  /** What the line type was when it was last paid for. */
  lineTypeOf(number: string): DestinationCheck | undefined {
    return this.#queries
      .newestOfNumber(number)
      ?.checks.find(({ id, verdict }) => id === 'line-type' && verdict !== 'unknown');
  }

  #complete(kept: Omit<PlacedTest, 'id'>): DestinationTest {
    const { number, integrationId, at, checks } = kept;
    const withCall = this.#queries.newestWithCall(number);
    const isUnderWay = withCall !== undefined && this.#underWay.has(withCall.id);
    const call = withCall === undefined || isUnderWay ? null : (withCall.call ?? interruptedCall);
    return {
      number,
      integrationId,
      at,
      checks: [...checks, isUnderWay ? callUnderWay : callCheck(call)],
      call,
      calledAt: call === null ? null : (withCall?.at ?? null),
      voicemailAfterSeconds: this.voicemailAfter(number),
    };
  }
}
