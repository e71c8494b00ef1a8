import type {
  DestinationCheck,
  DestinationTest,
  TestCall,
} from '../../../src-preload/contract/destination-test.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { ProblemError, TwilioRequestError } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { consolePages } from '../twilio/console-pages.ts';
import { problemOf } from '../twilio/error-catalogue.ts';
import type { TwilioRest } from '../twilio/twilio-rest.ts';
import { destinationTestPath } from '../webhooks/links.ts';
import { judgeCall } from './judge-call.ts';
import type { KeptTests } from './kept-tests.ts';
import type { PressedKeys } from './pressed-keys.ts';
import { placeTestCall, type TestCallDeps, watchTestCall } from './test-call.ts';
import { testCallWords } from './test-words.ts';

export interface RingDeps extends TestCallDeps {
  tests: KeptTests;
  keys: PressedKeys;
  /** Null: Twilio has no way to Patchbay yet. */
  origin: string | null;
  stopped: Promise<void>;
}

export interface RingPlan {
  number: string;
  integrationId: string | null;
  checks: DestinationCheck[];
  /** What the operator may be called, the best first. */
  operatorNames: readonly (string | null)[];
  integrationName: string | null;
  isTrial: boolean;
  /** Numbers of the workflows that would dial this destination: the test call comes from one of them if it can. */
  preferredFrom: readonly string[];
}

/**
 * Places the test call, watches it and keeps what it showed. Its row is written as soon as Twilio has taken the call, so
 * that a stop or a lost network in the middle leaves a test that says so.
 * @throws ProblemError when it could not be placed for a reason that says nothing about the destination
 */
export async function ringDestination(
  deps: RingDeps,
  plan: RingPlan,
  onStep: (says: string) => void,
): Promise<DestinationTest> {
  const { tests, keys, twilio, origin } = deps;
  const { number } = plan;
  const from = await numberToCallFrom(twilio, plan);
  const { promise: key, resolve: onPressed } = Promise.withResolvers<void>();
  const token = keys.expect(onPressed);
  try {
    if (origin === null) {
      onStep(
        'Patchbay has no proven public address yet, so it can’t hear a key: the test shows only whether somebody picks up.',
      );
    }
    onStep(`Twilio calls ${number} from ${from}.`);
    if (plan.isTrial) {
      onStep(
        'As the account is on trial, Twilio speaks first and asks for a key: press one there, and another one for Patchbay.',
      );
    }
    const twiml = testCallWords({
      ...plan,
      actionUrl: origin === null ? null : origin + destinationTestPath(token),
    });
    let callSid: string;
    try {
      callSid = await placeTestCall(twilio, { to: number, from, twiml });
    } catch (thrown) {
      const call = refusedCall(thrown);
      if (call === null) throw new ProblemError(problemOf(thrown), { cause: thrown });
      return tests.finish(tests.placed(plan, null), call, null);
    }
    return await watchToItsEnd(deps, plan, { callSid, key, onStep });
  } finally {
    keys.forget(token);
  }
}

async function watchToItsEnd(
  deps: RingDeps,
  plan: RingPlan,
  { callSid, key, onStep }: { callSid: string; key: Promise<void>; onStep: (says: string) => void },
): Promise<DestinationTest> {
  const { tests, origin, stopped } = deps;
  const placed = tests.placed(plan, callSid);
  try {
    const seen = await watchTestCall(deps, { callSid, key, keyAudible: origin !== null, stopped, onStep });
    if (seen === null) {
      onStep('Twilio could not be reached to the end: the next check finds out what became of the call.');
      return tests.unwatched(placed);
    }
    const call = judgeCall(seen);
    onStep(call.says);
    return tests.finish(placed, call, seen.rangForSeconds);
  } finally {
    tests.unwatched(placed);
  }
}

/**
 * A call that Twilio refused because of its number (400) is a result of the test; null: anything else says nothing about
 * the number.
 */
function refusedCall(thrown: unknown): TestCall | null {
  if (!(thrown instanceof TwilioRequestError) || thrown.status !== 400 || thrown.code === undefined)
    return null;
  const problem = problemOf(thrown);
  return { outcome: 'failed', says: problem.says, pickedUpAfterSeconds: null, problem };
}

/** Which of the account's numbers the destination sees. @throws ProblemError when there is none that can call. */
async function numberToCallFrom(
  twilio: TwilioRest,
  { number, preferredFrom }: Pick<RingPlan, 'number' | 'preferredFrom'>,
): Promise<string> {
  const canCall = (own: { phoneNumber: string; capabilities?: { voice?: boolean } | null }) =>
    own.phoneNumber !== number && own.capabilities?.voice !== false;
  try {
    for (const phoneNumber of preferredFrom) {
      const found = await twilio.ask((client) =>
        client.incomingPhoneNumbers.list({ phoneNumber, limit: 20 }),
      );
      if (found.some((own) => own.phoneNumber === phoneNumber && canCall(own))) return phoneNumber;
    }
    const all = await twilio.ask((client) => client.incomingPhoneNumbers.list({ limit: 100 }));
    const any = all.find(canCall);
    if (any !== undefined) return any.phoneNumber;
  } catch (thrown) {
    throw new ProblemError(problemOf(thrown), { cause: thrown });
  }
  throw new ProblemError(noNumber);
}

const noNumber: Problem = plainProblem(
  'Your Twilio account has no number that a test call could come from.',
  'Buy a phone number with voice in Twilio’s Console, then test again.',
  consolePages.numbers,
);
