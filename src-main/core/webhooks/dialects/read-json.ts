import type { JsonObject } from './dialect.ts';

/** How much of what a platform has collected is taken over; a form has a handful of fields. */
const mostFields = 100;
const longestName = 100;
const longestValue = 1_000;

/** The object that a value is, or undefined. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** What stands at the end of a path of keys; undefined wherever the path breaks off. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const object = objectOf(inner);
    return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
  }, value);
}

/**
 * The flat values of these objects as form fields; of two with one name the first counts. A yes-no is "yes" or "no", as
 * Patchbay’s own forms say it. A name that no form could have, like "requested_department", also counts in the form’s
 * spelling, "requested-department", so that one rule serves every platform.
 */
export function fieldsOf(...sources: readonly unknown[]): Record<string, string> {
  const found = new Map<string, string>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(objectOf(source) ?? {})) {
      const text = textOf(value);
      if (text === undefined || name.length > longestName || found.size >= mostFields) continue;
      if (!found.has(name)) found.set(name, text);
    }
  }
  for (const [name, text] of [...found]) {
    const asInForms = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    if (!found.has(asInForms)) found.set(asInForms, text);
  }
  return Object.fromEntries(found);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > longestValue ? undefined : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? String(value) : undefined;
}
