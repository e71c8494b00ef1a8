import type { Coverage, CoverageSpan } from '../../../src-preload/contract/routing.ts';
import type { CompiledIntegration, CompiledRule } from './compile-rules.ts';
import { type CompiledGroup, freshState } from './groups.ts';
import { type CompiledSchedule, isOpen } from './schedules.ts';
import { shadowedRules } from './shadowed-rules.ts';

export interface CoverageQuestion {
  /** Unix milliseconds, like `until`. */
  from: number;
  until: number;
  /** Whether calls to this number come to Patchbay, so that it is never rung. */
  isAttached?: (number: string) => boolean;
}

/**
 * Who could be rung when: the spans in which nobody but the static number, or nobody at all, would be rung, and who in
 * the others. Looks at schedules and away switches, not at who calls: a rule counts for the callers that it is for.
 * Resting destinations are of the moment and do not count. Pure.
 */
export function coverageOf(
  compiled: CompiledIntegration,
  { from, until, isAttached = freshState.isAttached }: CoverageQuestion,
): Coverage {
  const spans: CoverageSpan[] = [];
  const schedules = schedulesOf(compiled);
  const shadowed = new Set(
    compiled.rules === null ? [] : shadowedRules(compiled.rules).map(({ position }) => position),
  );
  for (let at = from; at < until; ) {
    const turns = schedules.map((schedule) => schedule.stateAt(at).until ?? until);
    const end = Math.min(until, ...turns);
    const span = { from: at, until: end, ...standingAt(compiled, at, shadowed, isAttached) };
    const last = spans.at(-1);
    if (last !== undefined && isAlike(last, span)) last.until = end;
    else spans.push(span);
    at = end;
  }
  return { integrationId: compiled.integration.id, from, until, spans };
}

function standingAt(
  { integration, rules }: CompiledIntegration,
  at: number,
  shadowed: ReadonlySet<number>,
  isAttached: (number: string) => boolean,
): Omit<CoverageSpan, 'from' | 'until'> {
  const { staticNumber } = integration;
  if (integration.dynamic?.webhook !== undefined) {
    return { status: 'webhook', numbers: [staticNumber], emptyRules: [] };
  }
  const numbers = new Set<string>();
  const emptyRules: string[] = [];
  for (const [position, rule] of (rules?.list ?? []).entries()) {
    if (shadowed.has(position) || !isInForce(rule, at)) continue;
    const reached = numbersOf(rule, at).filter((number) => !isAttached(number));
    if (reached.length === 0) emptyRules.push(rule.rule.name);
    for (const number of reached) numbers.add(number);
    if (isForEverybody(rule)) break;
  }
  numbers.delete(staticNumber);
  const status = numbers.size > 0 ? 'covered' : isAttached(staticNumber) ? 'nobody' : 'static-only';
  const last = isAttached(staticNumber) ? [] : [staticNumber];
  return { status, numbers: [...numbers, ...last], emptyRules };
}

/** Whether a call at this moment could match the rule. */
function isInForce({ to, prefixes, schedule }: CompiledRule, at: number): boolean {
  if (to === null || prefixes?.length === 0) return false;
  return schedule === null || isOpen(schedule.schedule, at) === schedule.open;
}

/** Whether every call that comes to the rule at a moment at which it is in force matches it. */
function isForEverybody({ prefixes, conditions }: CompiledRule): boolean {
  return prefixes === null && conditions.length === 0;
}

function numbersOf({ to }: CompiledRule, at: number): string[] {
  if (to === null) return [];
  return typeof to === 'string' ? [to] : membersAt(to, at);
}

function membersAt({ members }: CompiledGroup, at: number): string[] {
  return members.flatMap(({ number, away, schedule }) =>
    away || (schedule !== null && !isOpen(schedule, at)) ? [] : [number],
  );
}

function schedulesOf({ rules }: CompiledIntegration): CompiledSchedule[] {
  const schedules = new Set<CompiledSchedule>();
  for (const { to, schedule } of rules?.list ?? []) {
    if (schedule !== null) schedules.add(schedule.schedule);
    if (to === null || typeof to === 'string') continue;
    for (const member of to.members) if (member.schedule !== null) schedules.add(member.schedule);
  }
  return [...schedules];
}

function isAlike(a: CoverageSpan, b: CoverageSpan): boolean {
  return (
    a.status === b.status &&
    a.numbers.join() === b.numbers.join() &&
    a.emptyRules.join('\n') === b.emptyRules.join('\n')
  );
}
