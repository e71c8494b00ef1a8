import type { Rule } from '../../../src-preload/contract/desk.ts';
import { type CompiledIntegration, type CompiledRules, noRule, type PrefixIndex } from './compile-rules.ts';

/** What a decision may know. `number` is E.164, or null for a caller without a number; `now` is Unix time in milliseconds. */
export interface RouteFacts {
  number: string | null;
  contact: { known: boolean; tags: readonly string[] };
  fields: Readonly<Record<string, string>>;
  now: number;
}

/** Where the rules lead, and why in one plain sentence. `rule` is the name of the rule that matched. */
export interface RouteChoice {
  destination: string;
  via: 'static' | 'rule';
  rule?: string;
  why: string;
}

/**
 * Decides by the integration's rules: the first rule whose conditions all hold, else the static number. Pure, so that
 * it can be replayed over past calls; looks at the caller's digits and tags, never through the list of rules.
 */
export function decideRoute(facts: RouteFacts, compiled: CompiledIntegration): RouteChoice {
  const { integration, rules } = compiled;
  if (rules === null) {
    return {
      destination: integration.staticNumber,
      via: 'static',
      why: 'The integration always leads to its static number.',
    };
  }
  const rule = rules.rules[firstMatch(rules, facts)];
  if (rule === undefined) {
    return { destination: integration.staticNumber, via: 'static', why: 'No rule matched.' };
  }
  return { destination: rule.to, via: 'rule', rule: rule.name, why: whyOf(rule, facts.number) };
}

/**
 * Whether a decision about this number can depend on its contact: only if a rule that asks about the contact comes
 * before the first one that matches without. Spares the look into the database otherwise.
 */
export function needsContact(number: string | null, { rules }: CompiledIntegration): boolean {
  if (number === null || rules === null || rules.aboutContact === null) return false;
  return firstIn(rules.aboutContact, number, noRule) < firstIn(rules.any, number, noRule);
}

function firstMatch(rules: CompiledRules, { number, contact }: RouteFacts): number {
  // Without a number there is no contact: such a caller is new and has no tags.
  const known = number !== null && contact.known;
  let best = firstIn(rules.any, number, noRule);
  best = firstIn(known ? rules.known : rules.new, number, best);
  if (number === null || rules.byTag.size === 0) return best;
  for (const tag of contact.tags) best = firstIn(rules.byTag.get(tag) ?? null, number, best);
  return best;
}

function firstIn(index: PrefixIndex | null, number: string | null, best: number): number {
  if (index === null) return best;
  const { children, first } = index;
  let node = 0;
  let found = Math.min(best, first[0] ?? noRule);
  if (number === null || number[0] !== '+') return found;
  for (let at = 1; at < number.length; at++) {
    const digit = number.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    node = children[node * 10 + digit] ?? 0;
    if (node === 0) break;
    found = Math.min(found, first[node] ?? noRule);
  }
  return found;
}

function whyOf({ name, when }: Rule, number: string | null): string {
  const holds: string[] = [];
  const prefix = when.callerPrefix?.find((candidate) => number?.startsWith(candidate));
  if (prefix !== undefined) holds.push(`the number starts with ${prefix}`);
  if (when.contact === 'known') holds.push('the caller is a known contact');
  else if (when.contact === 'new') holds.push('the caller is new');
  else if (when.contact !== undefined) holds.push(`the contact has the tag "${when.contact.tag}"`);
  return `The rule "${name}" matched: ${holds.length === 0 ? 'it has no condition' : holds.join(' and ')}.`;
}
