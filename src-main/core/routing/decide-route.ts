import type { Rule } from '../../../src-preload/contract/desk.ts';
import { type CompiledIntegration, type CompiledRules, noRule } from './compile-rules.ts';
import { nextNode, noNode, rootNode, valueAt } from './prefix-trie.ts';

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
  const position = firstMatch(rules, facts);
  const rule = position === noRule ? undefined : rules.rules[position];
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
  if (number === null || rules === null) return false;
  const { byPrefix } = rules;
  let any = noRule;
  let aboutContact = noRule;
  for (let node = rootNode, depth = 1; node !== noNode; node = nextNode(byPrefix, node, number, depth++)) {
    const first = valueAt(byPrefix, node);
    if (first === undefined) continue;
    any = Math.min(any, first.any);
    aboutContact = Math.min(aboutContact, first.aboutContact);
  }
  return aboutContact < any;
}

/** The position of the first rule that holds, or `noRule`. */
function firstMatch({ byPrefix }: CompiledRules, facts: RouteFacts): number {
  // Without a number there is no contact: such a caller is new and has no tags.
  const number = facts.number ?? '';
  const known = facts.number !== null && facts.contact.known;
  const tags = facts.number === null ? [] : facts.contact.tags;
  let best = noRule;
  for (let node = rootNode, depth = 1; node !== noNode; node = nextNode(byPrefix, node, number, depth++)) {
    const first = valueAt(byPrefix, node);
    if (first === undefined) continue;
    best = Math.min(best, first.any, known ? first.known : first.new);
    if (first.byTag.size === 0) continue;
    for (const tag of tags) best = Math.min(best, first.byTag.get(tag) ?? noRule);
  }
  return best;
}

function whyOf({ name, when }: Rule, number: string | null): string {
  const holds: string[] = [];
  if (when.callerPrefix !== undefined)
    holds.push(`the number starts with ${prefixOf(when.callerPrefix, number)}`);
  if (when.contact === 'known') holds.push('the caller is a known contact');
  else if (when.contact === 'new') holds.push('the caller is new');
  else if (when.contact !== undefined) holds.push(`the contact has the tag "${when.contact.tag}"`);
  return `The rule "${name}" matched: ${holds.length === 0 ? 'it has no condition' : holds.join(' and ')}.`;
}

/** Naming the prefix must not cost a walk through a long list of them. */
function prefixOf(prefixes: readonly string[], number: string | null): string {
  const prefix =
    prefixes.length > 10 ? undefined : prefixes.find((candidate) => number?.startsWith(candidate));
  return prefix ?? 'one of its prefixes';
}
