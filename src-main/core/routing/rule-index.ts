import { nextNode, noNode, type PrefixTrie, PrefixTrieBuilder, rootNode, valueAt } from './prefix-trie.ts';
import { type CompiledSchedule, isOpen } from './schedules.ts';

/** What a condition other than prefix and schedule is about; a form field by its name. */
export type Dimension = 'region' | 'contact' | 'called' | 'workflow' | `field ${string}`;

/**
 * A rule as a decision asks it: the number begins with one of the prefixes, each dimension has one of its values, and
 * the schedule stands as it says.
 */
export interface IndexedRule {
  /** null: any caller, one without a number too. None at all: the rule never matches. */
  prefixes: readonly string[] | null;
  conditions: readonly { dimension: Dimension; values: ReadonlySet<string> }[];
  schedule: ScheduleCondition | null;
}

export interface ScheduleCondition {
  schedule: CompiledSchedule;
  open: boolean;
}

/** What is asked about: a number ("" for none), and for each dimension the values that hold. */
export interface Point {
  number: string;
  valuesOf(dimension: Dimension): readonly string[];
}

/** Larger than every position, so that the smallest wins. */
export const noRule = 0x7fffffff;

/** On the dimension "contact": whatever the contact. */
export const anyContact = '*';

/** More combinations of values than this would make the index large: such a rule is asked by itself. */
export const mostCombinations = 512;

/** Rules that ask the same of all but the schedule: all that is left to ask, each way once, in order. */
export class Candidates {
  readonly entries: { position: number; when: ScheduleCondition | null }[] = [];
  /** The position of the first of them. */
  first = noRule;
  /** Whether that one holds at any time. */
  #isPlain = false;
  /** The first of them that holds, from one moment until another: schedules turn seldom, and calls come often. */
  #found = { position: noRule, from: 0, until: 0 };

  /** Positions come in order. */
  add(position: number, when: ScheduleCondition | null): void {
    const isThere = this.entries.some(
      (entry) =>
        entry.when === null || (entry.when.schedule === when?.schedule && entry.when.open === when.open),
    );
    if (isThere) return;
    this.entries.push({ position, when });
    if (this.entries.length > 1) return;
    this.first = position;
    this.#isPlain = when === null;
  }

  /** The position of the first rule that holds at this moment, or `noRule`. */
  firstAt(now: number): number {
    if (this.#isPlain || this.first === noRule) return this.first;
    if (now >= this.#found.from && now < this.#found.until) return this.#found.position;
    let until = Number.POSITIVE_INFINITY;
    let position = noRule;
    for (const entry of this.entries) {
      if (entry.when !== null) {
        const state = entry.when.schedule.stateAt(now);
        until = Math.min(until, state.until ?? until);
        if (state.open !== entry.when.open) continue;
      }
      position = entry.position;
      break;
    }
    this.#found = { position, from: now, until };
    return position;
  }
}

/** Under each value of a dimension those of the next one; the candidates themselves where the dimensions end. */
class Level extends Candidates {
  next: Map<string, Level> | null = null;

  under(value: string): Level {
    this.next ??= new Map();
    let level = this.next.get(value);
    if (level === undefined) {
      level = new Level();
      this.next.set(value, level);
    }
    return level;
  }
}

/** Rules under one prefix that ask about the same dimensions; those that ask differently follow. */
class Shape extends Level {
  readonly dimensions: readonly Dimension[];
  readonly asksContact: boolean;
  /** The position of the first of them. */
  readonly firstOfAll: number;
  following: Shape | null = null;

  constructor(dimensions: readonly Dimension[], firstOfAll: number) {
    super();
    this.dimensions = dimensions;
    this.asksContact = dimensions.includes('contact');
    this.firstOfAll = firstOfAll;
  }
}

/** Of few parts, as a decision among many rules waits for memory more than for anything else. */
interface RulesHere {
  /** The position of the first of all rules under this prefix. */
  first: number;
  shapes: Shape | null;
  /** Positions of the rules with more combinations than `mostCombinations`. */
  byThemselves: number[] | null;
}

/** Positions of the first rules that hold: of those that ask about the contact, and of the others. */
export interface FirstRules {
  aboutContact: number;
  others: number;
}

/**
 * Rules arranged so that a decision never goes through their list: it follows the number's digits, and at each prefix
 * looks each combination of dimensions up by the values at hand (tuple space search). What it costs depends on how
 * differently rules are built, not on how many there are.
 */
export class RuleIndex {
  readonly #rules: readonly IndexedRule[];
  readonly #byPrefix: PrefixTrie<RulesHere>;

  constructor(rules: readonly IndexedRule[]) {
    this.#rules = rules;
    const trie = new PrefixTrieBuilder<RulesHere>();
    const dimensionLists = new Map<string, readonly Dimension[]>();
    rules.forEach((rule, position) => {
      const dimensions = rule.conditions.map(({ dimension }) => dimension);
      const key = JSON.stringify(dimensions);
      const shared = dimensionLists.get(key) ?? dimensions;
      dimensionLists.set(key, shared);
      for (const prefix of rule.prefixes ?? ['+']) {
        const here = trie.at(prefix, () => ({ first: position, shapes: null, byThemselves: null }));
        if (combinationsOf(rule) <= mostCombinations) add(here, shared, rule, position);
        else if (here.byThemselves === null) here.byThemselves = [position];
        else here.byThemselves.push(position);
      }
    });
    this.#byPrefix = trie.build();
  }

  /**
   * The first rules at a point for which `judge` (given candidates, it names a position or `noRule`) and `holds` (for
   * rules that stand by themselves) speak. Rules behind the first that asks nothing about the contact are not judged.
   */
  firstRules(
    point: Point,
    judge: (candidates: Candidates) => number,
    holds: (rule: IndexedRule) => boolean,
  ): FirstRules {
    const first: FirstRules = { aboutContact: noRule, others: noRule };
    const trie = this.#byPrefix;
    const { number } = point;
    for (let node = rootNode, depth = 1; node !== noNode; node = nextNode(trie, node, number, depth++)) {
      const here = valueAt(trie, node);
      if (here === undefined || here.first >= first.others) continue;
      for (let shape = here.shapes; shape !== null; shape = shape.following) {
        if (shape.firstOfAll >= first.others) continue;
        const position = lowest(shape, shape.dimensions, 0, point, judge, first.others);
        note(first, shape.asksContact, position);
      }
      for (const position of here.byThemselves ?? []) {
        if (position >= first.others) break;
        const rule = this.#rules[position];
        if (rule !== undefined && holds(rule)) note(first, asksContact(rule), position);
      }
    }
    return first;
  }
}

/** How many ways there are to meet a rule's conditions under one prefix. */
export function combinationsOf({ conditions }: IndexedRule): number {
  return conditions.reduce((product, { values }) => product * values.size, 1);
}

/** Whether a rule holds at a point, its prefixes left out: the plain reading of its conditions. */
export function conditionsHold(rule: IndexedRule, point: Point, now: number): boolean {
  return (
    rule.conditions.every(
      ({ dimension, values }) =>
        point.valuesOf(dimension).some((value) => values.has(value)) ||
        (dimension === 'contact' && point.valuesOf(dimension).includes(anyContact)),
    ) &&
    (rule.schedule === null || isOpen(rule.schedule.schedule, now) === rule.schedule.open)
  );
}

function lowest(
  level: Level,
  dimensions: readonly Dimension[],
  depth: number,
  point: Point,
  judge: (candidates: Candidates) => number,
  before: number,
): number {
  const dimension = dimensions[depth];
  if (dimension === undefined) return level.first < before ? judge(level) : noRule;
  let best = before;
  for (const value of point.valuesOf(dimension)) {
    const under = level.next?.get(value);
    if (under === undefined) continue;
    best = Math.min(best, lowest(under, dimensions, depth + 1, point, judge, best));
  }
  return best < before ? best : noRule;
}

function note(first: FirstRules, isAboutContact: boolean, position: number): void {
  if (isAboutContact) first.aboutContact = Math.min(first.aboutContact, position);
  else first.others = Math.min(first.others, position);
}

function asksContact({ conditions }: IndexedRule): boolean {
  return conditions.some(({ dimension }) => dimension === 'contact');
}

function add(
  here: RulesHere,
  dimensions: readonly Dimension[],
  { conditions, schedule }: IndexedRule,
  position: number,
): void {
  here.shapes ??= new Shape(dimensions, position);
  let shape = here.shapes;
  while (shape.dimensions !== dimensions) {
    shape.following ??= new Shape(dimensions, position);
    shape = shape.following;
  }
  let levels: Level[] = [shape];
  for (const { dimension, values } of conditions) {
    const keys = dimension === 'contact' ? [...values, anyContact] : [...values];
    levels = levels.flatMap((level) => keys.map((value) => level.under(value)));
  }
  for (const level of levels) level.add(position, schedule);
}
