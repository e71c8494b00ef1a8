import { foundation } from './migrations/0001-foundation.ts';
import { goingLive } from './migrations/0002-going-live.ts';
import { rulesAndRingPlans } from './migrations/0003-rules-and-ring-plans.ts';

/** One step of the schema. `version` counts from 1 without gaps; a step that has shipped is never changed. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}

export const migrations: readonly Migration[] = [
  { version: 1, name: 'foundation', sql: foundation },
  { version: 2, name: 'going live', sql: goingLive },
  { version: 3, name: 'rules and ring plans', sql: rulesAndRingPlans },
];
