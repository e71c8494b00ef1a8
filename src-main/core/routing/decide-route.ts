import type { Decision } from '../../../src-preload/contract/calls.ts';
import type { Integration } from '../../../src-preload/contract/desk.ts';
import { maxDials } from '../calls/ring-plan.ts';
import type { CompiledIntegration } from './compile-rules.ts';
import {
  type Chosen,
  type CompiledGroup,
  chooseMembers,
  freshState,
  hindranceOf,
  hindranceWords,
  type RouteState,
} from './groups.ts';
import { pointOf, type RouteFacts } from './route-facts.ts';
import { noRule } from './rule-index.ts';
import { isOpen } from './schedules.ts';

/** Where a call goes, and why in plain words. */
export interface RouteChoice
  extends Pick<Decision, 'destinations' | 'together' | 'seconds' | 'rule' | 'group' | 'seen' | 'why'> {
  via: 'static' | 'rule';
  /** The member after which a round-robin group's next decision begins. */
  taken?: { groupId: string; member: string };
}

/**
 * Decides by the integration's rules: the first rule whose conditions all hold, else the static number. Pure, so that
 * it can be replayed over past calls; what it costs does not grow with rules, schedules or contacts. There is always at
 * least one destination.
 */
export function decideRoute(
  facts: RouteFacts,
  compiled: CompiledIntegration,
  state: RouteState = freshState,
): RouteChoice {
  const { integration, rules } = compiled;
  if (rules === null) {
    return staticChoice(integration, 'static', 'The integration always leads to its static number.');
  }
  const matched = rules.list[firstMatch(facts, compiled)];
  if (matched === undefined || matched.to === null) {
    return staticChoice(integration, 'static', 'No rule matched.');
  }
  const { to, why } = matched;
  const choice =
    typeof to === 'string'
      ? numberChoice(to, why, facts, integration, state)
      : groupChoice(to, why, facts, integration, state);
  return { ...choice, rule: matched.rule.name };
}

/** The position of the first rule that holds, or `noRule`. */
export function firstMatch(facts: RouteFacts, { rules }: CompiledIntegration): number {
  if (rules === null) return noRule;
  const { now } = facts;
  return rules.index.firstRule(
    pointOf(facts),
    (candidates) => candidates.firstAt(now),
    (when) => when === null || isOpen(when.schedule, now) === when.open,
  );
}

function staticChoice({ staticNumber }: Integration, via: RouteChoice['via'], why: string): RouteChoice {
  return { via, destinations: [staticNumber], why };
}

function numberChoice(
  number: string,
  why: string,
  facts: RouteFacts,
  integration: Integration,
  state: RouteState,
): RouteChoice {
  const hindrance = hindranceOf(number, facts, integration, state);
  if (hindrance === null) {
    return { via: 'rule', destinations: rungInTurn([number], facts, integration, state), why };
  }
  const instead = `${why} ${number} ${hindranceWords[hindrance]}, so the static number is rung.`;
  return {
    ...staticChoice(integration, 'rule', instead),
    ...(hindrance === 'resting' ? { seen: { resting: [number] } } : {}),
  };
}

function groupChoice(
  group: CompiledGroup,
  why: string,
  facts: RouteFacts,
  integration: Integration,
  state: RouteState,
): RouteChoice {
  const chosen = chooseMembers(group, facts, integration, state);
  const seen = seenOf(group, chosen, state);
  const about = { group: group.id, ...(seen && { seen }) };
  const [first] = chosen.members;
  if (first === undefined) {
    const instead = `${why} Nobody of the group ${group.id} can be rung, so the static number is.`;
    return { ...staticChoice(integration, 'rule', instead), ...about };
  }
  const numbers = chosen.members.map(({ number }) => number);
  const atOnce = group.strategy === 'all-at-once';
  const destinations = atOnce
    ? withStatic(numbers, facts, integration, state)
    : rungInTurn(numbers, facts, integration, state);
  const seconds = chosen.members.flatMap(({ number, seconds: own }) =>
    own !== null && destinations.includes(number) ? [[number, own] as const] : [],
  );
  return {
    via: 'rule',
    destinations,
    ...(atOnce && numbers.length > 1 ? { together: numbers } : {}),
    ...(seconds.length > 0 ? { seconds: Object.fromEntries(seconds) } : {}),
    ...(group.strategy === 'round-robin' ? { taken: { groupId: group.id, member: first.number } } : {}),
    why: atOnce
      ? `${why} All of the group ${group.id} are rung.`
      : `${why} It is the turn of ${first.number} in the group ${group.id}.`,
    ...about,
  };
}

/** One after the other, at most as many as a call is dialled to: the static number keeps its place as the last. */
function rungInTurn(
  numbers: readonly string[],
  facts: RouteFacts,
  integration: Integration,
  state: RouteState,
): string[] {
  if (!integration.noAnswer.includes('next')) return numbers.slice(0, 1);
  const most = numbers.slice(0, maxDials);
  const all = withStatic(most, facts, integration, state);
  return all.length <= maxDials ? all : withStatic(most.slice(0, -1), facts, integration, state);
}

/** Adds the static number as the last, where the ring plan has one and it can be rung. */
function withStatic(
  numbers: readonly string[],
  facts: RouteFacts,
  integration: Integration,
  state: RouteState,
): string[] {
  const { staticNumber, noAnswer } = integration;
  const isNext =
    noAnswer.includes('next') &&
    !numbers.includes(staticNumber) &&
    hindranceOf(staticNumber, facts, integration, state) === null;
  return isNext ? [...numbers, staticNumber] : [...numbers];
}

/** What the decision saw beyond the call's own facts, so that it can be explained later. */
function seenOf(group: CompiledGroup, { judged }: Chosen, state: RouteState): Decision['seen'] {
  const last = group.strategy === 'round-robin' ? state.lastTaken(group.id) : undefined;
  const resting = judged.flatMap(({ member, hindrance }) => (hindrance === 'resting' ? [member.number] : []));
  if (last === undefined && resting.length === 0) return undefined;
  return { ...(last !== undefined && { lastTaken: last }), ...(resting.length > 0 && { resting }) };
}
