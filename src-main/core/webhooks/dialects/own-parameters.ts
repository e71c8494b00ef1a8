import type { JsonObject } from './dialect.ts';
import { fieldsOf, objectOf } from './read-json.ts';

/** What operators call the caller’s number, in letters and digits alone, the least ambiguous name first. */
const callerNames = [
  'callernumber',
  'callerid',
  'callerphonenumber',
  'callerphone',
  'caller',
  'customernumber',
  'customerphonenumber',
  'customerphone',
  'userphonenumber',
  'userphone',
  'fromnumber',
  'from',
  'phonenumber',
  'phone',
  'number',
  // Of an outbound call this is the business’s own number, so it comes last.
  'fromphonenumber',
];
const calledNames = ['callednumber', 'called', 'tonumber', 'to', 'tophonenumber', 'dialednumber'];

export interface OwnParameters {
  callers: unknown[];
  called: unknown[];
  fields: Record<string, string>;
}

/**
 * Reads a body whose names the operator chose at the platform: the numbers by their usual names, whatever the case and
 * the separators, one level deep; every other flat value is a form field.
 */
export function ownParameters(body: JsonObject): OwnParameters {
  const nested = Object.values(body).map(objectOf);
  const levels = [body, ...nested.filter((level) => level !== undefined)];
  return {
    callers: valuesNamed(callerNames, levels),
    called: valuesNamed(calledNames, levels),
    fields: fieldsOf(...levels.map(withoutNumbers)),
  };
}

function valuesNamed(names: readonly string[], levels: readonly JsonObject[]): unknown[] {
  const entries = levels.flatMap((level) => Object.entries(level));
  return names.flatMap((name) => entries.filter(([key]) => plain(key) === name).map(([, value]) => value));
}

function withoutNumbers(level: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(level).filter(([key]) => ![...callerNames, ...calledNames].includes(plain(key))),
  );
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
