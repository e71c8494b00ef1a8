import type { ContactQueries } from '../database/contacts.ts';
import type { CompiledDesk } from '../desk/desk-service.ts';
import { regionsOf } from './regions.ts';

/**
 * Loads and works out ahead what the first decision would otherwise wait for: the contacts, the holidays of schedules,
 * and where area codes are. @param now Unix milliseconds
 * @throws what loading throws; decisions then go to the static number.
 */
export function prepareRoutes(
  { integrationById }: Pick<CompiledDesk, 'integrationById'>,
  contacts: Pick<ContactQueries, 'facts'>,
  now: number,
): void {
  contacts.facts(someNumber);
  for (const { rules } of integrationById.values()) {
    for (const { schedule, conditions, to } of rules?.list ?? []) {
      schedule?.schedule.stateAt(now);
      if (typeof to === 'object') for (const member of to?.members ?? []) member.schedule?.stateAt(now);
      if (conditions.some(({ dimension }) => dimension === 'region')) regionsOf(someNumber);
    }
  }
}

/** Of an area code; whatever is asked about it, all contacts and the table of all area codes are read. */
const someNumber = '+14165550100';
