import type { CompiledDesk } from '../desk/desk-service.ts';
import { regionsOf } from './regions.ts';

/**
 * Loads and works out ahead what the first decision would otherwise wait for: the holidays of schedules, and where area
 * codes are. Does nothing for a desk that needs neither. @param now Unix milliseconds
 * @throws what loading throws; decisions then go to the static number.
 */
export function prepareRoutes({ integrationById }: Pick<CompiledDesk, 'integrationById'>, now: number): void {
  for (const { rules } of integrationById.values()) {
    for (const { schedule, conditions, to } of rules?.list ?? []) {
      schedule?.schedule.stateAt(now);
      if (typeof to === 'object') for (const member of to?.members ?? []) member.schedule?.stateAt(now);
      if (conditions.some(({ dimension }) => dimension === 'region')) regionsOf(someNumber);
    }
  }
}

/** Of an area code, which takes the table of them all. */
const someNumber = '+14165550100';
