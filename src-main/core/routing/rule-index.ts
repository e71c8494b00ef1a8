import type { IndexedRule, Point, ScheduleCondition } from './indexed-rule.ts';
import { type HeldValues, PackedConditions } from './packed-conditions.ts';
import { nextNode, noNode, type PrefixTrie, packTrie, rootNode, valueAt } from './prefix-trie.ts';

/** Larger than every position, so that the smallest wins. */
export const noRule = 0x7fffffff;

/** More combinations of values than this would make the index large: such a rule is asked by itself. */
export const mostCombinations = 512;

/** So few rules under one prefix are asked one by one, which is sooner done than looked up. */
const few = 8;

/** Rules that ask the same of all but the schedule: all that is left to ask, each way once, in order. */
export class Candidates {
  readonly entries: { position: number; when: ScheduleCondition | null }[] = [];
  /** The first of them that holds, from one moment until another: schedules turn seldom, and calls come often. */
  #found = { position: noRule, from: 0, until: 0 };

  /** Positions come in order. */
  add(position: number, when: ScheduleCondition | null): void {
    const isThere = this.entries.some(
      (entry) =>
        entry.when === null || (entry.when.schedule === when?.schedule && entry.when.open === when.open),
    );
    if (!isThere) this.entries.push({ position, when });
  }

  /** The position of the first rule that holds at this moment, or `noRule`. */
  firstAt(now: number): number {
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
  next: Map<number, Level> | null = null;

  under(value: number): Level {
    this.next ??= new Map();
    let level = this.next.get(value);
    if (level === undefined) {
      level = new Level();
      this.next.set(value, level);
    }
    return level;
  }
}

/** Rules under one prefix that ask about the same dimensions. */
interface Shape {
  dimensions: readonly number[];
  /** The position of the first of them. */
  first: number;
  top: Level;
}

/** More than one rule under one prefix. */
interface Crowd {
  shapes: readonly Shape[];
  /** Positions of those that are asked one by one, in order. */
  oneByOne: readonly number[];
}

/**
 * Rules arranged so that a decision never goes through their list: it follows the number's digits, and at each prefix
 * asks the rules when they are few, or looks each combination of dimensions up by the values at hand (tuple space
 * search). What it costs depends on how differently rules are built, not on how many there are.
 */
export class RuleIndex {
  readonly #conditions: PackedConditions;
  readonly #crowds: Crowd[] = [];
  /** Under a prefix with one rule its position + 1, with several −1 − their place in `#crowds`. */
  readonly #byPrefix: PrefixTrie;

  constructor(rules: readonly IndexedRule[]) {
    this.#conditions = new PackedConditions(rules);
    const positions = new Map<string, number[]>();
    rules.forEach(({ prefixes }, position) => {
      for (const prefix of new Set(prefixes ?? ['+'])) {
        const there = positions.get(prefix);
        if (there === undefined) positions.set(prefix, [position]);
        else there.push(position);
      }
    });
    const values = new Map<string, number>();
    for (const [prefix, there] of positions) {
      const [first = 0] = there;
      values.set(prefix, there.length === 1 ? first + 1 : -this.#crowds.push(this.#crowdOf(there, rules)));
    }
    this.#byPrefix = packTrie(values);
  }

  /**
   * The position of the first rule that holds at a point; `noRule` when there is none. Of schedules `judge` speaks (given
   * candidates, it names a position or `noRule`), and `stands` for rules that are asked one by one.
   */
  firstRule(
    point: Point,
    judge: (candidates: Candidates) => number,
    stands: (when: ScheduleCondition | null, position: number) => boolean,
  ): number {
    const held = this.#conditions.heldAt(point);
    const holds = (position: number): boolean =>
      this.#conditions.hold(position, held) && stands(this.#conditions.whenOf(position), position);
    let first = noRule;
    const trie = this.#byPrefix;
    const { number } = point;
    for (let node = rootNode, depth = 1; node !== noNode; node = nextNode(trie, node, number, depth++)) {
      const here = valueAt(trie, node);
      if (here > 0 && here <= first && holds(here - 1)) first = here - 1;
      const crowd = here < 0 ? this.#crowds[-1 - here] : undefined;
      if (crowd === undefined) continue;
      for (const shape of crowd.shapes) {
        if (shape.first < first) first = lowest(shape.top, shape.dimensions, 0, held, judge, first);
      }
      for (const position of crowd.oneByOne) {
        if (position >= first) break;
        if (holds(position)) first = position;
      }
    }
    return first;
  }

  #crowdOf(positions: readonly number[], rules: readonly IndexedRule[]): Crowd {
    if (positions.length <= few) return { shapes: [], oneByOne: positions };
    const shapes = new Map<string, Shape>();
    const oneByOne: number[] = [];
    for (const position of positions) {
      const rule = rules[position];
      if (rule === undefined || combinationsOf(rule) > mostCombinations) {
        oneByOne.push(position);
        continue;
      }
      const conditions = this.#conditions.numbered(rule);
      const dimensions = conditions.map(({ dimension }) => dimension);
      const shape = shapes.get(dimensions.join()) ?? { dimensions, first: position, top: new Level() };
      shapes.set(dimensions.join(), shape);
      let levels = [shape.top];
      for (const { values } of conditions) {
        levels = levels.flatMap((level) => values.map((value) => level.under(value)));
      }
      for (const level of levels) level.add(position, rule.schedule);
    }
    return { shapes: [...shapes.values()], oneByOne };
  }
}

/** How many ways there are to meet a rule's conditions under one prefix. */
export function combinationsOf({ conditions }: IndexedRule): number {
  return conditions.reduce((product, { values }) => product * values.length, 1);
}

/** The lowest position that `judge` names for candidates at the point; `before` when none is lower than that. */
function lowest(
  level: Level,
  dimensions: readonly number[],
  depth: number,
  held: HeldValues,
  judge: (candidates: Candidates) => number,
  before: number,
): number {
  const dimension = dimensions[depth];
  if (dimension === undefined) return Math.min(before, judge(level));
  let best = before;
  for (const value of held.of(dimension)) {
    const under = level.next?.get(value);
    if (under !== undefined) best = lowest(under, dimensions, depth + 1, held, judge, best);
  }
  return best;
}
