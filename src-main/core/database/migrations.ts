import { foundation } from './migrations/0001-foundation.ts';

/** One step of the schema. `version` counts from 1 without gaps; a step that has shipped is never changed. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}

export const migrations: readonly Migration[] = [{ version: 1, name: 'foundation', sql: foundation }];
