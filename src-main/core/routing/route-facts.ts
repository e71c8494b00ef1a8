import type { Dimension, Point } from './indexed-rule.ts';
import { regionsOf } from './regions.ts';
import { plainValue } from './rule-values.ts';

/** What a decision may know. `number` is E.164, or null for a caller without a number; `now` is Unix time in milliseconds. */
export interface RouteFacts {
  number: string | null;
  /** Known: before this call. Tags count for known contacts only. */
  contact: { known: boolean; tags: readonly string[] };
  /** What the AI, or another platform, has collected, by field. */
  fields: Readonly<Record<string, string>>;
  /** The number that was called, in E.164; null: not told. */
  called: string | null;
  /** The workflow that the call is in; null: none, as another platform's AI talks. */
  workflowId: string | null;
  now: number;
}

/** Facts as rules ask them. Regions are worked out when the first rule asks. */
export function pointOf({ number, contact, called, workflowId, fields }: Omit<RouteFacts, 'now'>): Point {
  let regions: readonly string[] | undefined;
  // Without a number there is no contact: such a caller is new and has no tags.
  const isKnown = number !== null && contact.known;
  return {
    number: number ?? '',
    valuesOf(dimension) {
      switch (dimension) {
        case 'region':
          regions ??= number === null ? none : regionsOf(number);
          return regions;
        case 'contact':
          return isKnown ? knownContact : newContact;
        case 'tag':
          return isKnown ? contact.tags : none;
        case 'called':
          return called === null ? none : [called];
        case 'workflow':
          return workflowId === null ? none : [workflowId];
        default:
          return fieldValues(fields, dimension);
      }
    },
  };
}

const none: readonly string[] = [];
const knownContact: readonly string[] = ['known'];
const newContact: readonly string[] = ['new'];

function fieldValues(fields: RouteFacts['fields'], dimension: Dimension): readonly string[] {
  const field = dimension.slice('field '.length);
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return value === undefined ? none : [plainValue(value)];
}
