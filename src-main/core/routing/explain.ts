import type { Decision } from '../../../src-preload/contract/calls.ts';
import type { Integration } from '../../../src-preload/contract/desk.ts';
import type { CandidateTrace, RouteExplanation, RuleTrace } from '../../../src-preload/contract/routing.ts';
import { atMostSeconds } from '../calls/ring-plan.ts';
import type { CompiledIntegration } from './compile-rules.ts';
import { decideRoute, firstMatch, type RouteChoice } from './decide-route.ts';
import { defaultTimeoutMs } from './dynamic-webhook.ts';
import {
  type CompiledGroup,
  type CompiledMember,
  chooseMembers,
  type Hindrance,
  hindranceWords,
  type RouteState,
} from './groups.ts';
import { regionsOf } from './regions.ts';
import type { RouteFacts } from './route-facts.ts';
import { noRule } from './rule-index.ts';
import { failingWords, holdingWords, scheduleWords } from './rule-words.ts';
import { shadowedRules } from './shadowed-rules.ts';

/** What an explanation needs beside the facts; how a decision uses it changes nothing. */
export interface ExplainWith {
  state: RouteState;
  /** How long a destination may ring instead of `seconds`, so that its voicemail does not take the caller. */
  secondsFor: (destination: string, seconds: number) => number;
}

/**
 * Why these facts lead where they do: for each rule whether it matched and why not, then who of the group is rung, then
 * how long it can take. Pure; goes by the same decision as calls do.
 */
export function explainRoute(
  facts: RouteFacts,
  compiled: CompiledIntegration,
  { state, secondsFor }: ExplainWith,
): RouteExplanation {
  const { integration } = compiled;
  const webhook = integration.dynamic?.webhook !== undefined;
  const choice = webhook ? webhookChoice(integration) : decideRoute(facts, compiled, state);
  const { destinations, together = [], why, via } = choice;
  const matched = compiled.rules?.list[firstMatch(facts, compiled)];
  const group = matched !== undefined && typeof matched.to === 'object' ? matched.to : null;
  return {
    integrationId: integration.id,
    at: facts.now,
    number: facts.number,
    contact: { known: facts.number !== null && facts.contact.known, tags: [...facts.contact.tags] },
    regions: facts.number === null ? [] : [...regionsOf(facts.number)],
    rules: ruleTraces(facts, compiled),
    group:
      group === null
        ? null
        : {
            id: group.id,
            strategy: group.strategy,
            members: memberTraces(group, choice, facts, integration, { state, secondsFor }),
          },
    via,
    destinations: webhook ? [] : destinations,
    together,
    why,
    atMostSeconds: secondsAtMost(choice, facts, integration, { state, secondsFor }),
  };
}

type Explained = Omit<RouteChoice, 'via'> & { via: RouteExplanation['via'] };

/** Stands for the number that a dynamic webhook would name. */
const whatTheWebhookNames = 'webhook';

function webhookChoice({ staticNumber, noAnswer }: Integration): Explained {
  return {
    via: 'webhook',
    destinations: [whatTheWebhookNames, ...(noAnswer.includes('next') ? [staticNumber] : [])],
    why: `The dynamic webhook names the destination; nothing was asked of it now. When it fails, the static number ${staticNumber} is rung.`,
  };
}

function ruleTraces(facts: RouteFacts, compiled: CompiledIntegration): RuleTrace[] {
  const { rules } = compiled;
  if (rules === null) return [];
  const first = firstMatch(facts, compiled);
  const regions = facts.number === null ? [] : regionsOf(facts.number);
  const shadowed = new Map(shadowedRules(rules).map(({ position, says }) => [position, says]));
  return rules.list.map(({ rule, to, schedule, prefixes }, position) => {
    const about = { name: rule.name, to: rule.to, neverMatches: shadowed.get(position) ?? null };
    if (first !== noRule && position > first) {
      return {
        ...about,
        outcome: 'not-looked-at',
        why: [`the rule "${rules.list[first]?.rule.name}" above it matched`],
      };
    }
    const times = schedule === null ? [] : [scheduleWords(schedule.schedule, facts.now)];
    if (position === first) {
      const { schedule: _named, open: _asked, ...others } = rule.when;
      const why = [...holdingWords(others), ...times];
      return { ...about, outcome: 'matched', why: why.length === 0 ? ['it has no condition'] : why };
    }
    const why = failingWords(rule.when, facts, regions);
    if (schedule !== null && schedule.schedule.stateAt(facts.now).open !== schedule.open) why.push(...times);
    if (to === null) why.push(`the desk has no group "${rule.to}"`);
    else if (prefixes?.length === 0) why.push(`the desk has no schedule "${rule.when.schedule}"`);
    return { ...about, outcome: 'not-matched', why };
  });
}

function memberTraces(
  group: CompiledGroup,
  { destinations, together = [] }: Explained,
  facts: RouteFacts,
  integration: Integration,
  { state, secondsFor }: ExplainWith,
): CandidateTrace[] {
  const { judged } = chooseMembers(group, facts, integration, state);
  return judged.map(({ member, hindrance }) => {
    const { number } = member;
    if (hindrance !== null) {
      return { number, outcome: hindrance, says: hinderedWords(member, hindrance, facts, state) };
    }
    const place = destinations.indexOf(number);
    if (place === -1) {
      const hasNext = integration.noAnswer.includes('next');
      const says = hasNext
        ? 'is not rung: a call is dialled at most four times'
        : 'is not rung: the ring plan has no "next"';
      return { number, outcome: 'not-reached-in-turn', says };
    }
    const seconds = secondsFor(number, member.seconds ?? integration.ring.seconds);
    const order = together.includes(number)
      ? 'at once with the others'
      : place === 0
        ? 'first'
        : `as number ${place + 1}`;
    return { number, outcome: 'rung', says: `is rung ${order}, for ${seconds} s` };
  });
}

function hinderedWords(
  { number, schedule }: CompiledMember,
  hindrance: Hindrance,
  { now }: RouteFacts,
  state: RouteState,
): string {
  if (hindrance === 'closed' && schedule !== null) {
    return `${hindranceWords.closed}: ${scheduleWords(schedule, now)}`;
  }
  const minutes = Math.ceil((state.restsUntil(number) - now) / 60_000);
  if (hindrance !== 'resting' || !Number.isFinite(minutes)) return hindranceWords[hindrance];
  return `${hindranceWords.resting}, for ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}`;
}

function secondsAtMost(
  choice: Explained,
  facts: RouteFacts,
  { id, staticNumber, ring, noAnswer, dynamic }: Integration,
  { state, secondsFor }: ExplainWith,
): number {
  const decision: Decision = { ...choice, integrationId: id, tookMs: 0 };
  const ringing = atMostSeconds(decision, [], {
    ...ring,
    rungNext: noAnswer.includes('next'),
    staticNumber,
    isForbidden: (number) => number === facts.number || state.isAttached(number),
    secondsFor,
  });
  const asking = dynamic?.webhook === undefined ? 0 : (dynamic.timeoutMs ?? defaultTimeoutMs) / 1000;
  return Math.ceil(asking + ringing);
}
