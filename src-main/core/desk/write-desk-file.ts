import { stringify } from 'yaml';
import type { Desk } from '../../../src-preload/contract/desk.ts';
import { deskSchema } from '../../../src-preload/contract/desk.ts';

/**
 * Writes a desk as its canonical desk file: keys in the order of the schema, defaults written out, empty lists that
 * mean nothing left out. Parsing it gives the identical desk, and writing that the identical text.
 */
export function writeDeskFile(desk: Desk): string {
  // The schema puts keys into its own order.
  const { patchbay, integrations, groups, schedules, workflows, contacts } = deskSchema.parse(desk);
  const file = {
    patchbay,
    ...unlessEmpty({ integrations, groups, schedules }),
    ...unlessEmpty({
      workflows: workflows.map(({ transferWhen, form, texts, ...workflow }) => ({
        ...workflow,
        ...unlessEmpty({ transferWhen, form, texts }),
      })),
    }),
    ...unlessEmpty({
      contacts: contacts.map(({ tags, ...contact }) => ({ ...contact, ...unlessEmpty({ tags }) })),
    }),
  };
  return stringify(file, {
    version: '1.2',
    schema: 'core',
    // Quotes what readers of YAML 1.1 would take for something else, like yes or 12:30.
    compat: 'yaml-1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

function unlessEmpty<T extends Record<string, readonly unknown[]>>(lists: T): Partial<T> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}
