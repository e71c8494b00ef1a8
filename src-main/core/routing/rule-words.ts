import type { Rule, RuleConditions } from '../../../src-preload/contract/desk.ts';
import type { RouteFacts } from './route-facts.ts';
import { plainValue } from './rule-values.ts';
import type { CompiledSchedule } from './schedules.ts';

/** Why a rule that matched did so, in one plain sentence for the operator. */
export function whyMatched({ name, when }: Rule): string {
  const holds = holdingWords(when);
  return `The rule "${name}" matched: ${holds.length === 0 ? 'it has no condition' : holds.join(' and ')}.`;
}

/** A list as a sentence says it: "a, b or c"; a long one by its length: "one of its 12 prefixes". */
export function oneOf(values: readonly string[], what: string): string {
  if (values.length > 3) return `one of its ${values.length} ${what}`;
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** What holds when a rule matches, as parts of a sentence. */
export function holdingWords(when: RuleConditions): string[] {
  const holds: string[] = [];
  if (when.callerPrefix !== undefined) {
    holds.push(`the number starts with ${oneOf(when.callerPrefix, 'prefixes')}`);
  }
  if (when.callerRegion !== undefined) {
    holds.push(`the number is from ${oneOf(when.callerRegion, 'regions')}`);
  }
  if (when.contact === 'known') holds.push('the caller is a known contact');
  else if (when.contact === 'new') holds.push('the caller is new');
  else if (when.contact !== undefined) holds.push(`the contact has the tag "${when.contact.tag}"`);
  if (when.called !== undefined) holds.push(`the number called is ${oneOf(when.called, 'numbers')}`);
  if (when.workflow !== undefined) holds.push(`the workflow is ${oneOf(when.workflow, 'workflows')}`);
  for (const [field, values] of Object.entries(when.field ?? {})) {
    holds.push(`${field} is ${oneOf(values, 'values')}`);
  }
  if (when.schedule !== undefined) holds.push(`${when.schedule} is ${when.open ? 'open' : 'closed'}`);
  return holds;
}

/** What keeps a rule from matching, as parts of a sentence; none when all its conditions but the schedule's hold. */
export function failingWords(when: RuleConditions, facts: RouteFacts, regions: readonly string[]): string[] {
  const fails: string[] = [];
  const { number, called, workflowId } = facts;
  const known = number !== null && facts.contact.known;
  if (when.callerPrefix !== undefined || when.callerRegion !== undefined) {
    if (number === null) fails.push('the caller’s number is withheld');
  }
  if (number !== null && when.callerPrefix?.some((prefix) => number.startsWith(prefix)) === false) {
    fails.push(`the number does not start with ${oneOf(when.callerPrefix, 'prefixes')}`);
  }
  if (number !== null && when.callerRegion?.some((region) => regions.includes(region)) === false) {
    fails.push(`the number is from ${placeWords(regions)}, not ${oneOf(when.callerRegion, 'regions')}`);
  }
  if (when.contact === 'new' && known) fails.push('the caller is a known contact');
  else if (when.contact !== undefined && when.contact !== 'new' && !known) {
    fails.push('the caller is no known contact');
  } else if (typeof when.contact === 'object' && !facts.contact.tags.includes(when.contact.tag)) {
    fails.push(`the contact does not have the tag "${when.contact.tag}"`);
  }
  if (when.called?.some((one) => one === called) === false) {
    const is = called === null ? 'not told' : called;
    fails.push(`the number called is ${is}, not ${oneOf(when.called, 'numbers')}`);
  }
  if (when.workflow?.some((one) => one === workflowId) === false) {
    const is = workflowId === null ? 'none of Patchbay’s' : workflowId;
    fails.push(`the workflow is ${is}, not ${oneOf(when.workflow, 'workflows')}`);
  }
  for (const [field, values] of Object.entries(when.field ?? {})) {
    const said = Object.hasOwn(facts.fields, field) ? facts.fields[field] : undefined;
    if (said === undefined) fails.push(`${field} was not said`);
    else if (!values.some((value) => plainValue(value) === plainValue(said))) {
      fails.push(`${field} is ${said}, not ${oneOf(values, 'values')}`);
    }
  }
  return fails;
}

/** "office is open until 17:00", in the schedule's own time zone. @param now Unix milliseconds */
export function scheduleWords(schedule: CompiledSchedule, now: number): string {
  const { open, until } = schedule.stateAt(now);
  const closedDay = open ? null : schedule.closedDay(now);
  const because = closedDay === null ? '' : ` (${closedDay})`;
  const is = `${schedule.id} is ${open ? 'open' : 'closed'}`;
  if (until === null) return `${is} for all of the year to come${because}`;
  return `${is} until ${momentWords(schedule.localOf(now), schedule.localOf(until))}${because}`;
}

/** A time on the wall clock as it is said at another one: "17:00", "Mon 09:00", "Mon 28 Dec 09:00". */
function momentWords(from: number, to: number): string {
  const date = new Date(to);
  const time = date.toISOString().slice(11, 16);
  const days = Math.floor(to / dayMs) - Math.floor(from / dayMs);
  if (days === 0) return time;
  const [weekday = '', day, month] = date.toUTCString().replace(',', '').split(' ');
  return days < 7 ? `${weekday} ${time}` : `${weekday} ${Number(day)} ${month} ${time}`;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The states where there are any, else the country. */
function placeWords(regions: readonly string[]): string {
  const [country] = regions;
  if (country === undefined) return 'no place that is known';
  return regions.length === 1 ? country : regions.slice(1).join(' or ');
}
