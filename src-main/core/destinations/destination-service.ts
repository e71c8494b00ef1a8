import type { Account } from '../../../src-preload/contract/account.ts';
import { e164Schema, integrationIdOf } from '../../../src-preload/contract/desk.ts';
import type {
  DestinationCheck,
  DestinationStanding,
  DestinationTest,
  TestCall,
} from '../../../src-preload/contract/destination-test.ts';
import type { Db } from '../database/open-database.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { messageOf, ProblemError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import type { Clock, Logger } from '../ports.ts';
import { isCallOver } from '../twilio/call-status.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { hangUpTwiml } from '../twilio/twiml.ts';
import { nullWhenGone } from '../twilio/when-gone.ts';
import { checkFormat, countryOf, type FormatResult } from './check-format.ts';
import { askTwilio, notLookedAt } from './free-checks.ts';
import { interruptedCall, judgeCall } from './judge-call.ts';
import { KeptTests } from './kept-tests.ts';
import { PressedKeys } from './pressed-keys.ts';
import { ringDestination } from './ring-destination.ts';
import { type Pacing, type TestCallDeps, unhurried, whyItFailed } from './test-call.ts';
import { keyHeard, testIsOver } from './test-words.ts';
import { belowVoicemail } from './voicemail-guard.ts';

export interface DestinationServiceDeps {
  twilio: TwilioRest;
  db: Db;
  desk: () => CompiledDesk;
  account: () => Account | null;
  /** The business's name in its Business Profile; null: not known. */
  profileName: () => string | null;
  /** The public origin once it is proven, else null: without it a pressed key can't be heard. */
  provenOrigin: () => string | null;
  clock: Clock;
  logger: Logger;
  /** How a test call is watched; default: a look every second, until the call must be over. */
  pacing?: Pacing;
}

interface TestRequest {
  number: string;
  integrationId?: string | undefined;
}

interface Ring {
  done: Promise<DestinationTest>;
  listeners: Set<(says: string) => void>;
}

/** Tests a destination before it is relied on: format, lookup, country, trial, and a call that asks for a key. */
export class DestinationService {
  readonly #deps: DestinationServiceDeps & TestCallDeps;
  readonly #tests: KeptTests;
  readonly #keys: PressedKeys;
  /** Test calls under way, by number: two requests never make a phone ring twice. */
  readonly #rings = new Map<string, Ring>();
  readonly #stopped = Promise.withResolvers<void>();

  constructor(deps: DestinationServiceDeps) {
    this.#deps = { pacing: unhurried, ...deps };
    this.#tests = new KeptTests(deps.db, deps.clock);
    this.#keys = new PressedKeys();
  }

  /** Finds out, without waiting for it, what became of test calls whose end nobody saw. */
  start(): void {
    for (const number of this.#tests.interruptedNumbers()) void this.#settleInterrupted(number);
  }

  /** How the static number of every integration of the desk stands. */
  list(): DestinationStanding[] {
    return this.#deps.desk().desk.integrations.map(({ id, staticNumber }) => ({
      integrationId: id,
      number: staticNumber,
      test: this.#tests.of(staticNumber, id),
    }));
  }

  /**
   * Everything but the call. Without an account only the format is looked at. Kept, unless Twilio could not be asked: what
   * was found before is worth more then.
   */
  async check(request: TestRequest & { lineType: boolean }): Promise<DestinationTest> {
    const { integrationId = null } = request;
    const format = this.#formatOf(request);
    if (format.number === null) return this.#keepBroken(request, format);
    const checks = await this.#checksOf(format, format.number, request);
    await this.#settleInterrupted(format.number);
    return this.#kept(format.number, integrationId, checks);
  }

  /**
   * The test call, after everything that `check` does without cost; kept. A request for a number that is being rung
   * watches that call.
   * @throws ProblemError when it can't be placed.
   */
  async ring(request: TestRequest, onStep: (says: string) => void): Promise<DestinationTest> {
    const format = this.#formatOf(request);
    const { number } = format;
    if (number === null) {
      this.#keepBroken(request, format);
      throw refusedBy({ id: 'format', ...format.finding });
    }
    const underWay = this.#rings.get(number);
    if (underWay !== undefined) {
      underWay.listeners.add(onStep);
      const test = await underWay.done;
      const { integrationId = null } = request;
      if (integrationId === test.integrationId) return test;
      return this.#tests.keep(number, integrationId, withoutCall(test.checks));
    }
    const listeners = new Set([onStep]);
    const tell = (says: string) => {
      for (const listener of listeners) listener(says);
    };
    const done = this.#ring(format, number, request, tell).finally(() => this.#rings.delete(number));
    this.#rings.set(number, { done, listeners });
    return done;
  }

  /** Somebody pressed a key in a test call (Twilio's <Gather action>). @returns the TwiML to answer with. */
  keyPressed(testToken: string, digits: string): string {
    const counts = digits !== '' && this.#keys.pressed(testToken);
    return hangUpTwiml(counts ? keyHeard : testIsOver);
  }

  /** The ring time to use for a destination: shorter than its voicemail, where one was met. */
  ringSecondsFor(destination: string, seconds: number): number {
    return belowVoicemail(seconds, this.#tests.voicemailAfter(destination));
  }

  /** Interrupts the test calls under way; their tests say so from then on. */
  stop(): void {
    this.#stopped.resolve();
  }

  async #ring(
    format: FormatResult,
    number: string,
    request: TestRequest,
    onStep: (says: string) => void,
  ): Promise<DestinationTest> {
    const { account, provenOrigin, desk } = this.#deps;
    const { integrationId = null } = request;
    onStep('Patchbay looks at the number first.');
    const checks = await this.#checksOf(format, number, { ...request, lineType: false });
    await this.#settleInterrupted(number);
    const operator = account();
    const obstacle = checks.find(({ id, verdict }) => preventsCalls.has(id) && verdict === 'broken');
    if (operator === null || obstacle !== undefined) {
      this.#kept(number, integrationId, checks);
      throw obstacle === undefined ? new ProblemError(noAccount) : refusedBy(obstacle);
    }
    return ringDestination(
      {
        ...this.#deps,
        tests: this.#tests,
        keys: this.#keys,
        origin: provenOrigin(),
        stopped: this.#stopped.promise,
      },
      {
        number,
        integrationId,
        checks,
        operatorNames: [operator.name, this.#deps.profileName()],
        integrationName:
          integrationId === null
            ? null
            : (desk().integrationById.get(integrationId)?.integration.name ?? null),
        isTrial: operator.type === 'Trial',
        preferredFrom: this.#workflowNumbers(integrationId),
      },
      onStep,
    );
  }

  #formatOf({ number, integrationId }: TestRequest): FormatResult {
    const { integrations } = this.#deps.desk().desk;
    const workflowNumbers = this.#workflowNumbers(integrationId ?? null);
    return checkFormat(number, {
      homeNumbers: [...workflowNumbers, ...integrations.map(({ staticNumber }) => staticNumber)],
      answeredNumbers: workflowNumbers,
    });
  }

  async #checksOf(
    { finding, country }: FormatResult,
    number: string,
    { lineType }: { lineType: boolean },
  ): Promise<DestinationCheck[]> {
    const { twilio, account } = this.#deps;
    const homeCountries = new Set(this.#workflowNumbers(null).flatMap((own) => countryOf(own) ?? []));
    const found = await askTwilio(twilio, { number, country, homeCountries, account: account(), lineType });
    // What was paid for once is not forgotten because a later check did not pay again.
    const paidFor = lineType ? undefined : this.#tests.lineTypeOf(number);
    const checks = found.map((check) => (check.id === 'line-type' && paidFor ? paidFor : check));
    return [{ id: 'format', ...finding }, ...checks];
  }

  /** The numbers of the workflows, those that hand over to this integration first. */
  #workflowNumbers(integrationId: string | null): string[] {
    const { workflows } = this.#deps.desk().desk;
    const isOurs = (workflow: (typeof workflows)[number]) => integrationIdOf(workflow) === integrationId;
    return [...workflows.filter(isOurs), ...workflows.filter((workflow) => !isOurs(workflow))].map(
      ({ number }) => number,
    );
  }

  #kept(number: string, integrationId: string | null, checks: DestinationCheck[]): DestinationTest {
    const isKnown = checks.some(({ id, verdict }) => tellOfTwilio.has(id) && verdict !== 'unknown');
    return isKnown
      ? this.#tests.keep(number, integrationId, checks)
      : this.#tests.unkept(number, integrationId, checks);
  }

  /** What is no phone number at all is not kept: it can't be any integration's static number either. */
  #keepBroken(request: TestRequest, { finding }: FormatResult): DestinationTest {
    const { number, integrationId = null } = request;
    const checks = [
      { id: 'format' as const, ...finding },
      ...notLookedAt('the number has to be mended first'),
    ];
    return e164Schema.safeParse(number).success
      ? this.#tests.keep(number, integrationId, checks)
      : this.#tests.unkept(number, integrationId, checks);
  }

  /** What became of a call whose end nobody saw, where Twilio's record of it tells. Never rejects. */
  async #settleInterrupted(number: string): Promise<void> {
    const interrupted = this.#tests.interrupted(number);
    if (interrupted === null) return;
    const { callSid } = interrupted;
    const { twilio, logger } = this.#deps;
    try {
      const seen = await nullWhenGone(twilio.ask((client) => client.calls(callSid).fetch()));
      if (seen !== null && !isCallOver(seen.status)) return;
      const call = seen === null ? interruptedCall : await this.#judgedAfterwards(callSid, seen);
      // Another check may have settled it meanwhile.
      if (this.#tests.interrupted(number)?.id === interrupted.id) this.#tests.finish(interrupted, call, null);
    } catch (thrown) {
      logger.warn('An interrupted test call could not be looked up', { callSid, problem: messageOf(thrown) });
    }
  }

  async #judgedAfterwards(
    callSid: string,
    { status, answeredBy }: { status: string; answeredBy: string | null },
  ): Promise<TestCall> {
    const problem = status === 'failed' ? await whyItFailed(this.#deps, callSid) : null;
    const unseen = { keyPressed: false, keyAudible: false, rangForSeconds: null };
    const call = judgeCall({ status, answeredBy: answeredBy || null, problem, ...unseen });
    // A key may have been pressed while nobody listened.
    return call.outcome === 'unconfirmed' ? interruptedCall : call;
  }
}

/** Checks that Twilio is asked for each time; without any of their answers nothing new is known. */
const tellOfTwilio: ReadonlySet<DestinationCheck['id']> = new Set(['lookup', 'country']);

/** A check that finds these broken says that Twilio would refuse the call. */
const preventsCalls: ReadonlySet<DestinationCheck['id']> = new Set(['format', 'country', 'trial']);

function withoutCall(checks: readonly DestinationCheck[]): DestinationCheck[] {
  return checks.filter(({ id }) => id !== 'call');
}

function refusedBy({ says, remedy, link }: DestinationCheck): ProblemError {
  return new ProblemError(plainProblem(says, remedy ?? 'Choose another number.', link));
}

const noAccount = plainProblem(
  'No Twilio account is connected, so no test call can be placed.',
  'Connect your Twilio account first.',
);
