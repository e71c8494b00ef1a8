import type { CallView } from '../../../src-preload/contract/calls.ts';

/** A short reference that the operator finds in the log: the first eight characters of the call's id. */
export function caseNumberOf(call: Pick<CallView, 'id'>): string {
  return call.id.slice(0, 8).toUpperCase();
}

/** Fills `{{name}}` from `values`; a name without a value disappears. */
export function fillIn(body: string, values: Readonly<Record<string, string>>): string {
  return body.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : '',
  );
}
