import type { DestinationCheck } from '../../../src-preload/contract/destination-test.ts';
import { problemOf } from '../twilio/error-catalogue.ts';

/** A check without the name of what was checked. */
export type Finding = Omit<DestinationCheck, 'id'>;

interface Mending {
  remedy?: string | null;
  link?: string | null;
}

/** Nothing to mend. */
export function ok(says: string): Finding {
  return { verdict: 'ok', says, remedy: null, link: null };
}

/** Calls may suffer from it. */
export function warning(says: string, { remedy = null, link = null }: Mending = {}): Finding {
  return { verdict: 'warning', says, remedy, link };
}

/** Calls would not get through, or should not be sent there. */
export function broken(says: string, { remedy = null, link = null }: Mending = {}): Finding {
  return { verdict: 'broken', says, remedy, link };
}

/** It was not found out: no verdict about the number. */
export function unknown(says: string, { remedy = null, link = null }: Mending = {}): Finding {
  return { verdict: 'unknown', says, remedy, link };
}

/** What could not be looked at, because asking failed: no verdict about the number. */
export function couldNotLook(thrown: unknown): Finding {
  const { says, remedy, link } = problemOf(thrown);
  return unknown(says, { remedy, link });
}
