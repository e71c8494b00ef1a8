import type { Desk, Integration, Rule, RuleConditions } from '../../../src-preload/contract/desk.ts';
import { type CompiledGroup, compileGroup } from './groups.ts';
import type { Dimension, IndexedRule } from './indexed-rule.ts';
import { RuleIndex } from './rule-index.ts';
import { plainValue } from './rule-values.ts';
import { whyMatched } from './rule-words.ts';
import { type CompiledSchedule, compileSchedule } from './schedules.ts';

/** An integration as decisions use it; `rules` is null when it has none (static, or a dynamic webhook). */
export interface CompiledIntegration {
  integration: Integration;
  rules: CompiledRules | null;
}

/** Rules in the order of the desk file, and arranged for decisions. A position counts from 0. */
export interface CompiledRules {
  list: readonly CompiledRule[];
  index: RuleIndex;
}

export interface CompiledRule extends IndexedRule {
  rule: Rule;
  /** Where it leads; null: to a group that the desk does not have. */
  to: string | CompiledGroup | null;
  /** Why it matched, in one plain sentence. */
  why: string;
}

/** Compiles an integration once per edit of the desk, so that the cost of a decision does not grow with its rules. */
export function compileIntegration(integration: Integration, desk: Desk): CompiledIntegration {
  const rules = integration.dynamic?.rules;
  return { integration, rules: rules === undefined ? null : compileRules(rules, desk) };
}

/** Compiles rules with the groups and schedules of a desk. */
export function compileRules(rules: readonly Rule[], desk: Desk): CompiledRules {
  const scheduleById = new Map(desk.schedules.map((schedule) => [schedule.id, schedule]));
  const scheduleOf = (id: string): CompiledSchedule | null => {
    const schedule = scheduleById.get(id);
    return schedule === undefined ? null : compileSchedule(schedule);
  };
  const groups = new Map(desk.groups.map((group) => [group.id, compileGroup(group, scheduleOf)]));
  const list = rules.map((rule): CompiledRule => {
    const to = rule.to.startsWith('+') ? rule.to : (groups.get(rule.to) ?? null);
    return { rule, to, why: whyMatched(rule), ...conditionsOf(rule.when, scheduleOf, to !== null) };
  });
  return { list, index: new RuleIndex(list) };
}

function conditionsOf(
  when: RuleConditions,
  scheduleOf: (id: string) => CompiledSchedule | null,
  leadsSomewhere: boolean,
): IndexedRule {
  const conditions: { dimension: Dimension; values: readonly string[] }[] = [];
  const ask = (dimension: Dimension, values: readonly string[] | undefined): void => {
    if (values !== undefined) conditions.push({ dimension, values: [...new Set(values)] });
  };
  ask('region', when.callerRegion);
  if (typeof when.contact === 'object') ask('tag', [when.contact.tag]);
  else ask('contact', when.contact && [when.contact]);
  ask('called', when.called);
  ask('workflow', when.workflow);
  for (const [field, values] of Object.entries(when.field ?? {}).toSorted(byName)) {
    ask(`field ${field}`, values.map(plainValue));
  }
  const schedule = when.schedule === undefined ? null : scheduleOf(when.schedule);
  const isWhole = leadsSomewhere && (when.schedule === undefined || schedule !== null);
  return {
    prefixes: isWhole ? (when.callerPrefix ?? null) : [],
    conditions,
    schedule: schedule === null ? null : { schedule, open: when.open ?? true },
  };
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
