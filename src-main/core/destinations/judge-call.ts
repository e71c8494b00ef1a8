import type {
  DestinationCheck,
  TestCall,
  TestCallOutcome,
} from '../../../src-preload/contract/destination-test.ts';
import type { Problem } from '../../../src-preload/contract/problem.ts';
import { assertNever } from '../errors.ts';
import { plainProblem } from '../plain-problem.ts';
import { consolePages } from '../twilio/console-pages.ts';
import { canBeOutrun } from './voicemail-guard.ts';

/** What was seen of a test call until it was over, or until the time was up. */
export interface CallSighting {
  /** Twilio's CallStatus; unknown values are possible. */
  status: string;
  /** Twilio's AnsweredBy: human, machine_start, fax, unknown …; null: not told. */
  answeredBy: string | null;
  keyPressed: boolean;
  /** A pressed key would have reached Patchbay. */
  keyAudible: boolean;
  /** From the first ring until it was picked up or over; null when either moment is not known. */
  rangForSeconds: number | null;
  /** Why the call failed, where Twilio tells. */
  problem: Problem | null;
}

/** What a test call showed. */
export function judgeCall(seen: CallSighting): TestCall {
  const outcome = outcomeOf(seen);
  return {
    outcome,
    says: saysOf(outcome, seen),
    pickedUpAfterSeconds: isPickedUp(outcome) ? seen.rangForSeconds : null,
    problem: outcome === 'failed' ? (seen.problem ?? notPutThrough) : null,
  };
}

/** A test call that was placed and whose end nobody saw. */
export const interruptedCall: TestCall = {
  outcome: 'unconfirmed',
  says: 'Patchbay was stopped or lost Twilio during the test call, so it is not known who picked up.',
  pickedUpAfterSeconds: null,
  problem: null,
};

export const callUnderWay: DestinationCheck = {
  id: 'call',
  verdict: 'unknown',
  says: 'A test call is under way.',
  remedy: null,
  link: null,
};

/** @param call the latest test call of the number; null: none was made */
export function callCheck(call: TestCall | null): DestinationCheck {
  const check = { id: 'call' as const, link: null, remedy: null };
  if (call === null) {
    return {
      ...check,
      verdict: 'unknown',
      says: 'No test call was made.',
      remedy: 'Place one: it shows what no lookup can.',
    };
  }
  const { says } = call;
  switch (call.outcome) {
    case 'person':
      return { ...check, verdict: 'ok', says };
    case 'voicemail':
      return {
        ...check,
        verdict: 'warning',
        says,
        remedy: 'Test again with the phone on and at hand, and pick up before the voicemail does.',
      };
    case 'unconfirmed':
      return {
        ...check,
        verdict: 'warning',
        says,
        remedy:
          'Test again and press a key when Patchbay asks for one, as it does once its public address is proven.',
      };
    case 'nobody':
      return { ...check, verdict: 'warning', says, remedy: 'Test again with the phone on and at hand.' };
    case 'failed':
      return {
        ...check,
        verdict: 'broken',
        says,
        remedy: call.problem?.remedy ?? null,
        link: call.problem?.link ?? null,
      };
    default:
      return assertNever(call.outcome);
  }
}

function outcomeOf({ status, answeredBy, keyPressed }: CallSighting): TestCallOutcome {
  if (keyPressed) return 'person';
  switch (status) {
    case 'failed':
      return 'failed';
    case 'in-progress':
    case 'completed':
      return isMachine(answeredBy) ? 'voicemail' : 'unconfirmed';
    // Still queued or ringing when the time was up counts like ringing out.
    default:
      return 'nobody';
  }
}

function isPickedUp(outcome: TestCallOutcome): boolean {
  return outcome === 'person' || outcome === 'voicemail' || outcome === 'unconfirmed';
}

/** machine_start, machine_end_beep …, and fax (Twilio, "Answering Machine Detection"). */
function isMachine(answeredBy: string | null): boolean {
  return answeredBy !== null && (answeredBy.startsWith('machine') || answeredBy === 'fax');
}

function saysOf(outcome: TestCallOutcome, seen: CallSighting): string {
  const seconds = seen.rangForSeconds;
  const after = seconds === null ? '' : ` after ${Math.round(seconds)} s`;
  switch (outcome) {
    case 'person':
      return `A person picked up${after} and pressed a key.`;
    case 'voicemail':
      return voicemailSays(seen, after);
    case 'unconfirmed': {
      const who = seen.answeredBy === 'human' ? 'Somebody' : 'Somebody, or a voicemail,';
      const why = seen.keyAudible
        ? 'no key was pressed'
        : 'Patchbay has no public address yet, so it could not hear a key';
      return `${who} picked up${after}; ${why}.`;
    }
    case 'nobody':
      return nobodySays(seen.status);
    case 'failed':
      return (seen.problem ?? notPutThrough).says;
    default:
      return assertNever(outcome);
  }
}

function voicemailSays({ answeredBy, rangForSeconds: seconds }: CallSighting, after: string): string {
  const picked = `A ${answeredBy === 'fax' ? 'fax machine' : 'voicemail'} picked up${after}.`;
  if (seconds === null) return picked;
  if (canBeOutrun(seconds)) return `${picked} Patchbay rings this number shorter than that from now on.`;
  return `${picked} That is at once: the phone is off, or sends all its calls there.`;
}

function nobodySays(status: string): string {
  switch (status) {
    case 'busy':
      return 'The line was busy, or the call was turned away.';
    case 'no-answer':
      return 'The phone rang, and nobody picked up.';
    case 'canceled':
      return 'The call was cancelled before anybody picked up.';
    default:
      return 'Nobody had picked up when the time for the test was over.';
  }
}

/** Carriers often refuse a call without telling Twilio why. */
const notPutThrough: Problem = plainProblem(
  'Twilio could not put the call through, and gave no reason.',
  'Check the number, ring it from another phone, and look at the call in Twilio’s Console.',
  consolePages.callLog,
);
