import type { CompiledRules } from './compile-rules.ts';
import type { Dimension, IndexedRule, Point, ScheduleCondition } from './indexed-rule.ts';
import { canBeOf, regionsOfPrefix } from './regions.ts';
import { combinationsOf, mostCombinations, noRule } from './rule-index.ts';

/** A rule that no call can ever reach. Positions count from 0. */
export interface ShadowedRule {
  position: number;
  /** The rules above it that take all its calls; none: it contradicts itself. */
  by: readonly number[];
  /** Why, as a sentence part that follows the rule's name. */
  says: string;
}

/** One way to meet a rule's conditions: a prefix and a value for each condition. Undefined: whatever. */
interface Box {
  prefix: string | undefined;
  values: ReadonlyMap<Dimension, string>;
}

/**
 * The rules that can never match, because those above them take all their calls or because they contradict themselves.
 * Sound: a rule that some call could reach is never named. Not every rule that is out of reach is found; one with very
 * many combinations of values is not looked into. Pure, and as quick as a decision for each rule.
 */
export function shadowedRules(rules: CompiledRules): ShadowedRule[] {
  return rules.list.flatMap((rule, position) => {
    const found = contradiction(rule) ?? covers(rules, rule, position);
    return found === null ? [] : [{ position, ...found }];
  });
}

type Finding = Omit<ShadowedRule, 'position'>;

function contradiction(rule: CompiledRules['list'][number]): Finding | null {
  const { schedule } = rule;
  if (schedule !== null && schedule.schedule.always === !schedule.open) {
    const stands = schedule.open ? 'never open' : 'always open';
    return { by: [], says: `can never match: the schedule "${schedule.schedule.id}" is ${stands}` };
  }
  const boxes = boxesOf(rule);
  if (boxes.length > 0 && boxes.every((box) => !isPossible(box))) {
    return { by: [], says: 'can never match: no number with its prefixes is from its regions' };
  }
  return null;
}

function covers(rules: CompiledRules, rule: IndexedRule, position: number): Finding | null {
  const boxes = boxesOf(rule).filter(isPossible);
  if (boxes.length === 0) return null;
  const by = new Set<number>();
  for (const box of boxes) {
    const cover = coverOf(rules, box, rule.schedule, position);
    if (cover === null) return null;
    for (const covering of cover) by.add(covering);
  }
  const above = [...by].toSorted((a, b) => a - b);
  return { by: above, says: `can never match: ${aboveWords(above, rules)}` };
}

function aboveWords(above: readonly number[], { list }: CompiledRules): string {
  const names = above.slice(0, 3).map((at) => `"${list[at]?.rule.name}"`);
  if (above.length === 1) return `the rule ${names.join()} above it takes all its calls`;
  const more = above.length > names.length ? ' and others' : '';
  return `the rules ${names.join(', ')}${more} above it take all its calls`;
}

/** Rules above a position that together take whatever meets the box; null when none are found. */
function coverOf(
  rules: CompiledRules,
  box: Box,
  schedule: ScheduleCondition | null,
  position: number,
): number[] | null {
  // Only known contacts have tags.
  const contact = box.values.get('contact') ?? (box.values.has('tag') ? 'known' : undefined);
  if (contact !== undefined) return coverAt(rules, pointOf(box, [contact]), schedule, position);
  const whatever = coverAt(rules, pointOf(box, []), schedule, position);
  if (whatever !== null) return whatever;
  // Every caller is either known or new.
  const known = coverAt(rules, pointOf(box, ['known']), schedule, position);
  const unknown = known && coverAt(rules, pointOf(box, ['new']), schedule, position);
  return known && unknown && [...known, ...unknown];
}

function coverAt(
  { index }: CompiledRules,
  point: Point,
  own: ScheduleCondition | null,
  position: number,
): number[] | null {
  const halves = new Map<ScheduleCondition['schedule'], Map<boolean, number>>();
  /** Whether the rule at `at` takes all that meets the box; if it does so at some times only, that is noted. */
  const takesAll = (at: number, when: ScheduleCondition | null): boolean => {
    if (at >= position) return false;
    if (
      when === null ||
      when.schedule.always === when.open ||
      (when.schedule === own?.schedule && when.open === own.open)
    ) {
      return true;
    }
    halves.set(when.schedule, (halves.get(when.schedule) ?? new Map()).set(when.open, at));
    return false;
  };
  const whole = index.firstRule(
    point,
    ({ entries }) => entries.find(({ position: at, when }) => takesAll(at, when))?.position ?? noRule,
    (when, at) => takesAll(at, when),
  );
  if (whole !== noRule) return [whole];
  for (const half of halves.values()) {
    if (half.size === 2) return [...half.values()];
  }
  return null;
}

function pointOf({ prefix, values }: Box, contact: readonly string[]): Point {
  const region = values.get('region');
  const regions = new Set([
    ...(region === undefined ? [] : [region, region.slice(0, 2)]),
    ...(prefix === undefined ? [] : regionsOfPrefix(prefix)),
  ]);
  return {
    number: prefix ?? '',
    valuesOf(dimension) {
      if (dimension === 'region') return [...regions];
      if (dimension === 'contact') return contact;
      const value = values.get(dimension);
      return value === undefined ? [] : [value];
    },
  };
}

function isPossible({ prefix, values }: Box): boolean {
  const region = values.get('region');
  return prefix === undefined || region === undefined || canBeOf(region, prefix);
}

/** None when the rule never matches anyhow, or has more combinations than are looked into. */
function boxesOf(rule: IndexedRule): Box[] {
  const { prefixes, conditions } = rule;
  if (combinationsOf(rule) > mostCombinations) return [];
  let all: ReadonlyMap<Dimension, string>[] = [new Map()];
  for (const { dimension, values } of conditions) {
    all = all.flatMap((box) => [...values].map((value) => new Map(box).set(dimension, value)));
  }
  return (prefixes ?? [undefined]).flatMap((prefix) => all.map((values) => ({ prefix, values })));
}
