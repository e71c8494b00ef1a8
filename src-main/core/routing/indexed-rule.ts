import type { CompiledSchedule } from './schedules.ts';

/** What a condition other than prefix and schedule is about; a form field by its name. */
export type Dimension = 'region' | 'contact' | 'tag' | 'called' | 'workflow' | `field ${string}`;

/**
 * A rule as a decision asks it: the number begins with one of the prefixes, each dimension has one of its values, and
 * the schedule stands as it says.
 */
export interface IndexedRule {
  /** null: any caller, one without a number too. None at all: the rule never matches. */
  prefixes: readonly string[] | null;
  /** The values of a condition are each there once. */
  conditions: readonly { dimension: Dimension; values: readonly string[] }[];
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
