import type { RouteQuestion } from '../../src-preload/contract/routing.ts';
import { callerNumberOf } from '../core/routing/caller-number.ts';
import { UsageError } from './command.ts';

/** The options of "patchbay route", as they were typed. */
export interface RouteFlags {
  integration?: string | undefined;
  number?: string | undefined;
  at?: string | undefined;
  field?: readonly string[] | undefined;
  called?: string | undefined;
  workflow?: string | undefined;
  contact?: string | undefined;
  tag?: readonly string[] | undefined;
}

/**
 * Reads the options of "patchbay route". A time without a zone is one of this machine's; without a time it is now.
 * @param now Unix milliseconds @throws UsageError which says what to type instead.
 */
export function readRouteQuestion(flags: RouteFlags, now: number): RouteQuestion {
  const { integration, contact, tag, workflow } = flags;
  if (integration === undefined || integration === '') {
    throw new UsageError(
      'patchbay route takes --integration with the id of one, like --integration front-desk',
    );
  }
  if (contact !== undefined && contact !== 'known' && contact !== 'new') {
    throw new UsageError(`--contact takes known or new, not "${contact}"`);
  }
  if (contact === 'new' && tag !== undefined) {
    throw new UsageError('a new contact has no tags; leave out --contact new or --tag');
  }
  return {
    integrationId: integration,
    number: flags.number === undefined ? null : numberIn('--number', flags.number),
    at: flags.at === undefined ? now : momentIn(flags.at),
    fields: fieldsIn(flags.field ?? []),
    called: flags.called === undefined ? null : numberIn('--called', flags.called),
    workflowId: workflow ?? null,
    ...(contact && { contact }),
    ...(tag && { tags: [...tag] }),
  };
}

function numberIn(option: string, typed: string): string {
  const number = callerNumberOf(typed);
  if (number !== null) return number;
  throw new UsageError(
    `${option} takes a phone number with its country code, like +14165557777, not "${typed}"`,
  );
}

function fieldsIn(typed: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    typed.map((one) => {
      const at = one.indexOf('=');
      if (at > 0) return [one.slice(0, at).trim(), one.slice(at + 1).trim()];
      throw new UsageError(`--field takes a name and a value, like department=billing, not "${one}"`);
    }),
  );
}

const moment =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ](?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d))?(?<zone>Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;

function momentIn(typed: string): number {
  const parts = moment.exec(typed)?.groups;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map((part) => Number(parts?.[part] ?? 0));
  const written = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (parts === undefined || written.getUTCMonth() !== month - 1 || written.getUTCDate() !== day) {
    throw new UsageError(
      `--at takes a day and a time, like 2026-12-24T10:00 or 2026-12-24T10:00-05:00, not "${typed}"`,
    );
  }
  if (parts.zone === undefined) return new Date(year, month - 1, day, hour, minute, second).getTime();
  return written.getTime() - offsetIn(parts.zone);
}

/** "-05:00" in milliseconds. */
function offsetIn(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60 * 1000;
}
