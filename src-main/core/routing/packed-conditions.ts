import type { Dimension, IndexedRule, Point, ScheduleCondition } from './indexed-rule.ts';

/** The ids of the values that hold at a point, by dimension; worked out when they are first asked for. */
export class HeldValues {
  readonly #point: Point;
  readonly #dimensions: readonly NumberedDimension[];
  readonly #held: (readonly number[] | undefined)[] = [];

  constructor(point: Point, dimensions: readonly NumberedDimension[]) {
    this.#point = point;
    this.#dimensions = dimensions;
  }

  /** @param dimension its id */
  of(dimension: number): readonly number[] {
    this.#held[dimension] ??= this.#lookUp(dimension);
    return this.#held[dimension];
  }

  #lookUp(dimension: number): number[] {
    const held: number[] = [];
    const asked = this.#dimensions[dimension];
    if (asked === undefined) return held;
    for (const value of this.#point.valuesOf(asked.name)) {
      const id = asked.ids.get(value);
      if (id !== undefined) held.push(id);
    }
    return held;
  }
}

/** A dimension with the ids of the values that rules ask about; its own id is its place in a list. */
interface NumberedDimension {
  name: Dimension;
  ids: Map<string, number>;
}

/** A condition as ids: one of the values must hold on the dimension. */
export interface NumberedCondition {
  dimension: number;
  values: readonly number[];
}

/**
 * The conditions of many rules as numbers, side by side in one array: among ten thousand rules a decision waits for
 * memory more than for anything else, and so those of a rule are in a place or two.
 */
export class PackedConditions {
  readonly #dimensions: NumberedDimension[] = [];
  readonly #dimensionIds = new Map<Dimension, number>();
  readonly #schedules: ScheduleCondition[] = [];
  /** Where in `#packed` a rule begins, by its position. */
  readonly #starts: Int32Array;
  /** Of each rule: an index into `#schedules` or `none`; of each condition its dimension, how many values, the values; `none`. */
  readonly #packed: Int32Array;

  constructor(rules: readonly IndexedRule[]) {
    const packed: number[] = [];
    this.#starts = Int32Array.from(rules, (rule) => {
      const start = packed.length;
      packed.push(this.#numberOf(rule.schedule));
      for (const { dimension, values } of this.numbered(rule))
        packed.push(dimension, values.length, ...values);
      packed.push(none);
      return start;
    });
    this.#packed = Int32Array.from(packed);
  }

  /** The conditions of a rule as ids, prefixes and schedule left out. */
  numbered({ conditions }: IndexedRule): NumberedCondition[] {
    return conditions.map(({ dimension: name, values }) => {
      const dimension = this.#dimensionIds.get(name) ?? this.#dimensions.push({ name, ids: new Map() }) - 1;
      this.#dimensionIds.set(name, dimension);
      const { ids } = this.#dimensions[dimension] ?? { ids: new Map<string, number>() };
      for (const value of values) if (!ids.has(value)) ids.set(value, ids.size);
      return { dimension, values: values.map((value) => ids.get(value) ?? none) };
    });
  }

  heldAt(point: Point): HeldValues {
    return new HeldValues(point, this.#dimensions);
  }

  /** Whether the conditions of the rule at a position hold, prefixes and schedule left out. */
  hold(position: number, held: HeldValues): boolean {
    const packed = this.#packed;
    let at = (this.#starts[position] ?? 0) + 1;
    for (;;) {
      const dimension = packed[at] ?? none;
      if (dimension === none) return true;
      const end = at + 2 + (packed[at + 1] ?? 0);
      if (!isAmong(held.of(dimension), packed, at + 2, end)) return false;
      at = end;
    }
  }

  /** How the schedule of the rule at a position must stand; null: it has none. */
  whenOf(position: number): ScheduleCondition | null {
    return this.#schedules[this.#packed[this.#starts[position] ?? 0] ?? none] ?? null;
  }

  /** The same condition of many rules is kept once. */
  #numberOf(when: ScheduleCondition | null): number {
    if (when === null) return none;
    const known = this.#schedules.findIndex(
      ({ schedule, open }) => schedule === when.schedule && open === when.open,
    );
    return known === -1 ? this.#schedules.push(when) - 1 : known;
  }
}

const none = -1;

function isAmong(ids: readonly number[], packed: Int32Array, from: number, until: number): boolean {
  for (const id of ids) {
    for (let at = from; at < until; at++) if (packed[at] === id) return true;
  }
  return false;
}
