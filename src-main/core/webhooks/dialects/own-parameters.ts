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

const numberNames = new Set([...callerNames, ...calledNames]);

/** An operator sets up a handful of parameters; what is more is no request of theirs, and costs time to look through. */
const mostLevels = 50;
const mostNames = 200;
const mostCandidates = 50;

export interface OwnParameters {
  callers: unknown[];
  called: unknown[];
  fields: Record<string, string>;
}

/**
 * Reads a body whose names the operator chose at the platform: the numbers by their usual names, whatever the case and
 * the separators, one level deep; every other flat value is a form field. A number that is written without quotation marks
 * is one too.
 */
export function ownParameters(body: JsonObject): OwnParameters {
  const nested = Object.values(body)
    .map(objectOf)
    .filter((level) => level !== undefined);
  const levels = [body, ...nested].slice(0, mostLevels).map(parametersOf);
  const parameters = levels.flat();
  return {
    callers: valuesNamed(callerNames, parameters),
    called: valuesNamed(calledNames, parameters),
    fields: fieldsOf(...levels.map(withoutNumbers)),
  };
}

interface Parameter {
  key: string;
  /** In letters and digits alone. */
  name: string;
  value: unknown;
}

function parametersOf(level: JsonObject): Parameter[] {
  return Object.entries(level)
    .slice(0, mostNames)
    .map(([key, value]) => ({ key, name: key.toLowerCase().replace(/[^a-z0-9]/g, ''), value }));
}

function valuesNamed(names: readonly string[], parameters: readonly Parameter[]): unknown[] {
  const named = (wanted: string) => parameters.filter(({ name }) => name === wanted);
  return names
    .flatMap(named)
    .slice(0, mostCandidates)
    .map(({ value }) => (typeof value === 'number' ? String(value) : value));
}

function withoutNumbers(parameters: readonly Parameter[]): JsonObject {
  return Object.fromEntries(
    parameters.filter(({ name }) => !numberNames.has(name)).map(({ key, value }) => [key, value]),
  );
}
