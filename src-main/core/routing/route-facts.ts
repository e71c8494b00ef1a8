import { regionsOf } from './regions.ts';
import { anyContact, type Dimension, type Point } from './rule-index.ts';
import { plainValue, tagValue } from './rule-values.ts';

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

/** How much a point tells of the contact: what is known, or that it is any contact. */
export type ContactAtPoint = 'known' | 'any';

/** Facts as rules ask them. Regions are worked out when the first rule asks. */
export function pointOf(
  facts: Omit<RouteFacts, 'now' | 'contact'> & { contact?: RouteFacts['contact'] },
  about: ContactAtPoint = 'known',
): Point {
  const { number, contact, called, workflowId, fields } = facts;
  let regions: readonly string[] | undefined;
  const contactValues = about === 'any' ? any : valuesOfContact(number, contact);
  return {
    number: number ?? '',
    valuesOf(dimension) {
      switch (dimension) {
        case 'region':
          regions ??= number === null ? none : regionsOf(number);
          return regions;
        case 'contact':
          return contactValues;
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
const any: readonly string[] = [anyContact];
const newContact: readonly string[] = ['new'];

/** Without a number there is no contact: such a caller is new and has no tags. */
function valuesOfContact(
  number: string | null,
  contact: RouteFacts['contact'] | undefined,
): readonly string[] {
  if (number === null || contact === undefined || !contact.known) return newContact;
  return ['known', ...contact.tags.map(tagValue)];
}

function fieldValues(fields: RouteFacts['fields'], dimension: Dimension): readonly string[] {
  const field = dimension.slice('field '.length);
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return value === undefined ? none : [plainValue(value)];
}
