import type { CallView, Decision } from '../../../src-preload/contract/calls.ts';
import { dialsOf } from './rung-state.ts';

/** Whom to ring next, and when to stop: a pure plan over what has been rung so far. Times are seconds. */

/** A call is dialled at most so often, so that no plan can become a loop; a dial of several numbers at once is one. */
export const maxDials = 4;

/** A call rings at most so long, all its dials together. */
export const maxRingSeconds = 180;

/** Nobody reaches a phone in less. */
export const leastRoundSeconds = 5;

/** Twilio rings at most so many numbers at once (`<Dial>`). */
export const maxTogether = 10;

/** What is said to a human is cut so that it takes no longer than this (see `spokenBriefing`). */
const briefingSeconds = 25;

/** The briefing, the keys twice, and twice the time to press one. */
const screenSeconds = briefingSeconds + 35;

/** Until phones that are rung over REST begin to ring, and what Twilio lets them ring beyond their time. */
export const warmSeconds = 15;

/** What the plan must know beside the call. */
export interface RingRules {
  /** How long a destination rings when the decision says nothing else. */
  seconds: number;
  /** Whoever picks up is asked for a key. */
  screen: boolean;
  /** Whoever picks up hears who calls and why. */
  briefing: boolean;
  /** The caller waits in a conference meanwhile. */
  warm: boolean;
  /** Whether one that brings nobody is followed by the next. */
  rungNext: boolean;
  staticNumber: string | null;
  /** Numbers that are never rung: the caller's own, and those that lead to Patchbay. */
  isForbidden: (number: string) => boolean;
  /** How long a number may ring instead of `seconds`, so that its voicemail does not take the caller. */
  secondsFor: (number: string, seconds: number) => number;
}

/** Numbers that ring at once, and for how long. */
export interface Round {
  destinations: string[];
  seconds: number;
}

/** What of a call the plan looks at. */
export type RungSoFar = Pick<CallView, 'decision' | 'dialsBefore' | 'rung'>;

/** The round that follows; undefined: nobody is left to ring, or the call was dialled or rang as much as it may. */
export function nextRound(call: RungSoFar, rules: RingRules): Round | undefined {
  const left = secondsLeft(call.rung);
  if (call.decision === null || dialsLeft(call.rung) === 0 || left < leastRoundSeconds) return undefined;
  const [destinations] = roundsAhead(call, call.decision, rules);
  if (destinations === undefined) return undefined;
  return { destinations, seconds: Math.min(left, roundSeconds(destinations, call.decision, rules)) };
}

/**
 * When it is clear at the latest whether a person takes the call: every round that the decision can lead to rings its full
 * time, and whoever is there then lets the questions pass. In whole seconds from the decision.
 */
export function atMostSeconds(decision: Decision, rung: CallView['rung'], rules: RingRules): number {
  const call = { decision, dialsBefore: dialsOf(rung), rung };
  const planned = [...plannedRounds(call, decision, rules), ...safetyNet(call, decision, rules)];
  const rounds = planned.slice(0, dialsLeft(rung));
  const left = secondsLeft(rung);
  if (left < leastRoundSeconds) return 0;
  const ringing = rounds.reduce((sum, round) => sum + roundSeconds(round, decision, rules), 0);
  const perRound = askingSeconds(rules) + (rules.warm ? warmSeconds : 0);
  return Math.ceil(Math.min(left, ringing) + rounds.length * perRound);
}

/** How long a human who picked up hears who calls, and is asked, before the caller is there. */
export function askingSeconds({
  screen,
  briefing,
  warm,
}: Pick<RingRules, 'screen' | 'briefing' | 'warm'>): number {
  if (screen) return screenSeconds;
  return briefing || warm ? briefingSeconds : 0;
}

/**
 * Whether a caller who reached nobody may ask for a person once more: the latest request must have rung somebody, and
 * dials and seconds must be left.
 */
export function mayTransferAgain({ rung, dialsBefore }: Pick<RungSoFar, 'rung' | 'dialsBefore'>): boolean {
  return dialsOf(rung) > dialsBefore && dialsLeft(rung) > 0 && secondsLeft(rung) >= leastRoundSeconds;
}

/** Whether a human who picked up since the latest decision pressed 3. */
export function wasAskedForMessage({ rung, dialsBefore }: RungSoFar): boolean {
  return rung.some(({ dial, choice }) => dial > dialsBefore && choice === 'message');
}

function roundsAhead(call: RungSoFar, decision: Decision, rules: RingRules): string[][] {
  if (wasAskedForMessage(call)) return [];
  const since = call.rung.filter(({ dial }) => dial > call.dialsBefore);
  const isRung = (number: string) => since.some(({ destination }) => destination === number);
  const ahead = plannedRounds(call, decision, rules).filter((round) => !round.some(isRung));
  if (ahead.length > 0) return ahead;
  const last = since.filter(({ dial }) => dial === dialsOf(since));
  return last.every(({ status }) => status === 'failed') ? safetyNet(call, decision, rules) : [];
}

/** The rounds of a decision. Who was rung earlier in the call is left out, unless nobody else is in it. */
function plannedRounds(call: RungSoFar, decision: Decision, rules: RingRules): string[][] {
  const allowed = [...new Set(decision.destinations)].filter((number) => !rules.isForbidden(number));
  const earlier = call.rung.filter(({ dial }) => dial <= call.dialsBefore);
  const fresh = allowed.filter((number) => !earlier.some(({ destination }) => destination === number));
  const numbers = fresh.length > 0 ? fresh : allowed;
  const together = numbers.filter((number) => decision.together?.includes(number)).slice(0, maxTogether);
  const others = numbers.filter((number) => !together.includes(number));
  const rounds = [...(together.length > 0 ? [together] : []), ...others.map((number) => [number])];
  return rules.rungNext ? rounds : rounds.slice(0, 1);
}

/** The static number, for when the last round could not be dialled at all. */
function safetyNet(call: RungSoFar, decision: Decision, rules: RingRules): string[][] {
  const { staticNumber } = rules;
  if (staticNumber === null || rules.isForbidden(staticNumber)) return [];
  const isRung = call.rung.some(({ destination }) => destination === staticNumber);
  const isPlanned = plannedRounds(call, decision, rules).flat().includes(staticNumber);
  return isRung || isPlanned ? [] : [[staticNumber]];
}

/**
 * One phone rings its own time. Several ring as long as the longest of them, but short of each voicemail: any of those would
 * take the caller from all. Where a key is asked for, a voicemail takes nobody.
 */
function roundSeconds(destinations: readonly string[], decision: Decision, rules: RingRules): number {
  const own = destinations.map((number) => decision.seconds?.[number] ?? rules.seconds);
  const longest = Math.max(...own);
  if (destinations.length > 1 && rules.screen) return longest;
  return Math.min(...destinations.map((number) => rules.secondsFor(number, longest)));
}

function dialsLeft(rung: CallView['rung']): number {
  return Math.max(0, maxDials - dialsOf(rung));
}

/** A dial that goes on, or that nobody answered, rang all the time that it may; another one until it ended. */
function secondsLeft(rung: CallView['rung']): number {
  const byDial = new Map<number, number>();
  for (const { dial, startedAt, endedAt, ringSeconds, status, choice } of rung) {
    const rangOut = endedAt === null || (status === 'no-answer' && choice === null);
    const rang = rangOut ? ringSeconds : Math.min(ringSeconds, (endedAt - startedAt) / 1000);
    byDial.set(dial, Math.max(byDial.get(dial) ?? 0, rang));
  }
  const used = [...byDial.values()].reduce((sum, seconds) => sum + seconds, 0);
  return Math.floor(maxRingSeconds - used);
}
