import { assertNever } from '../core/errors.ts';
import { type DestinationPlan, friendlyDestination } from './call-plan.ts';
import { confer } from './conference.ts';
import { Leg, type LegStatus } from './leg.ts';
import type { PlacedCall } from './placed-call.ts';
import { screen } from './screening.ts';
import type { TwimlElement } from './twiml.ts';

/** A destination that was rung, and what came of it. */
export interface Rung {
  number: string;
  callerId: string;
  status: LegStatus;
}

export interface DialEnd {
  /** The parameters for the Dial's action. */
  params: Record<string, string>;
  endedByDestination: boolean;
}

/** Twilio's defaults for `<Dial>`; script seconds. */
const defaults = { timeout: 30, timeLimit: 14_400 };
/** From the request to ring a number to the first ring; script seconds. */
const connectSeconds = 0.5;

/** Runs a `<Dial>`: rings its numbers at once or in turn, and puts the caller through to the first who takes the call. */
export async function ring(call: PlacedCall, verb: TwimlElement): Promise<DialEnd> {
  const conference = verb.children.find((child) => child.name === 'Conference');
  if (conference !== undefined) return await confer(call, verb, conference);
  const numbers = verb.children.length > 0 ? verb.children : [numberOf(verb)];
  const callerId = verb.attributes.callerId ?? call.from;
  const mayShow = [call.from, call.plan.to, ...call.line.ownNumbers].includes(callerId);
  if (!mayShow || !callerId.startsWith('+')) {
    call.addProblem(
      `13214: the caller ID ${callerId} is neither the caller's nor one of the account's numbers`,
    );
    return dialFailed(13214, 'Dial: Invalid callerId value');
  }
  call.enter({ at: 'ringing' });
  const timeout = Number(verb.attributes.timeout ?? defaults.timeout);
  const rounds = verb.attributes.sequential === 'true' ? numbers.map((number) => [number]) : [numbers];
  const legs: Leg[] = [];
  let winner: Leg | undefined;
  for (const round of rounds) {
    const rungNow = round.map(
      (element) => new Leg(call, element, planOf(call, element.text.trim()), callerId),
    );
    legs.push(...rungNow);
    winner = await ringAtOnce(call, rungNow, timeout);
    if (winner !== undefined || call.stop.aborted) break;
  }
  if (winner === undefined) return { params: unanswered(call, legs), endedByDestination: false };
  return await talk(call, winner, Number(verb.attributes.timeLimit ?? defaults.timeLimit));
}

function numberOf(dial: TwimlElement): TwimlElement {
  return { name: 'Number', attributes: {}, children: [], text: dial.text, line: dial.line };
}

/** What the script says that this number does the next time it is rung for this caller. */
export function planOf(call: PlacedCall, number: string): DestinationPlan {
  const plans = call.plan.destinations[number] ?? [friendlyDestination];
  const before = call.rung.filter((rung) => rung.number === number).length;
  return plans[Math.min(before, plans.length - 1)] ?? friendlyDestination;
}

async function ringAtOnce(call: PlacedCall, legs: readonly Leg[], timeout: number): Promise<Leg | undefined> {
  const taken = new AbortController();
  const over = AbortSignal.any([taken.signal, call.stop]);
  let winner: Leg | undefined;
  const rungAs = legs.map((leg) => {
    const rung: Rung = { number: leg.number, callerId: leg.callerId, status: 'initiated' };
    call.rung.push(rung);
    return { leg, rung };
  });
  await Promise.all(
    rungAs.map(async ({ leg, rung }) => {
      try {
        const took = await ringLeg(call, leg, timeout, over);
        if (took && winner === undefined && !over.aborted) winner = leg;
        else if (!leg.isOver) leg.becomes(took || over.aborted ? 'canceled' : 'completed');
        if (winner === leg) taken.abort();
      } finally {
        rung.status = leg.status ?? 'failed';
      }
    }),
  );
  return winner;
}

/**
 * Whether somebody answers in time is settled by the script's times, not by which timer fires first: a busy machine
 * must not turn an answer into none.
 * @returns whether somebody took the call; the leg is still up then.
 */
async function ringLeg(call: PlacedCall, leg: Leg, timeout: number, over: AbortSignal): Promise<boolean> {
  const { plan } = leg;
  if (plan.outcome === 'invalid' || !/^\+[1-9]\d{6,14}$/.test(leg.number)) {
    leg.error = { code: 13224, message: 'Dial: Invalid phone number format' };
    leg.becomes('failed');
    return false;
  }
  leg.becomes('initiated');
  await call.time.sleep(connectSeconds, over);
  if (!over.aborted) leg.becomes('ringing');
  const afterSeconds = plan.outcome === 'no-answer' ? Number.POSITIVE_INFINITY : plan.afterSeconds;
  const comesInTime = connectSeconds + afterSeconds < timeout;
  await call.time.sleep(comesInTime ? afterSeconds : timeout - connectSeconds, over);
  if (over.aborted || !comesInTime) {
    leg.becomes(over.aborted ? 'canceled' : 'no-answer');
    return false;
  }
  switch (plan.outcome) {
    case 'no-answer':
    case 'busy':
      leg.becomes(plan.outcome);
      return false;
    case 'answers':
    case 'voicemail':
    case 'declines':
      leg.becomes('in-progress');
      return await screen(call, leg, over);
    default:
      return assertNever(plan);
  }
}

/** The caller and the human (or the voicemail) hear each other until one of them hangs up. */
async function talk(call: PlacedCall, leg: Leg, timeLimit: number): Promise<DialEnd> {
  const bridgedAt = call.time.now();
  const { plan } = leg;
  const seconds = 'talkSeconds' in plan ? plan.talkSeconds : 0;
  call.enter({ at: 'connected' });
  call.trace.add('twilio', `put the caller through to ${leg.number}`);
  const hungUp = await call.time.sleep(Math.min(seconds, timeLimit), call.stop);
  leg.becomes('completed');
  const rung = call.rung.findLast(({ number }) => number === leg.number);
  if (rung !== undefined) rung.status = 'completed';
  if (hungUp) call.trace.add('destination', `${leg.number} hung up`);
  return {
    params: {
      DialCallStatus: 'completed',
      DialCallSid: leg.sid,
      DialCallDuration: String(Math.max(1, call.time.toSeconds(call.time.now() - bridgedAt))),
      DialBridged: 'true',
    },
    endedByDestination: hungUp,
  };
}

/** How a Dial ends that brought nobody: the status that says most, and the last leg. */
function unanswered(call: PlacedCall, legs: readonly Leg[]): Record<string, string> {
  if (call.over.aborted) {
    return { DialCallStatus: 'canceled', DialCallSid: legs.at(-1)?.sid ?? '', DialBridged: 'false' };
  }
  // "completed": somebody picked up and did not take the call. It counts for more than a phone that nobody heard.
  const mostTelling = (['completed', 'no-answer', 'busy', 'failed'] as const)
    .map((status) => legs.find((leg) => leg.status === status))
    .find((leg) => leg !== undefined);
  if (mostTelling === undefined) return dialFailed(13224, 'Dial: no number to ring').params;
  if (mostTelling.error !== undefined) {
    call.report(mostTelling.error.code, mostTelling.error.message);
    return dialFailed(mostTelling.error.code, mostTelling.error.message).params;
  }
  return {
    DialCallStatus: mostTelling.status ?? 'failed',
    DialCallSid: mostTelling.sid,
    DialBridged: 'false',
    ...(mostTelling.status === 'completed' ? { DialCallDuration: String(mostTelling.talkSeconds) } : {}),
  };
}

/** A Dial that Twilio did not even try: it has no leg. */
function dialFailed(code: number, message: string): DialEnd {
  return {
    params: {
      DialCallStatus: 'failed',
      DialBridged: 'false',
      ErrorCode: String(code),
      ErrorMessage: message,
    },
    endedByDestination: false,
  };
}
