import type { Desk, Integration, Rule, RuleConditions } from '../../../src-preload/contract/desk.ts';
import { type PrefixTrie, PrefixTrieBuilder } from './prefix-trie.ts';

/** An integration as decisions use it; `rules` is null when it has none (static, or a dynamic webhook). */
export interface CompiledIntegration {
  integration: Integration;
  rules: CompiledRules | null;
}

/** Where the rules lead, and why in one plain sentence. `rule` is the name of the rule that matched. */
export interface RouteChoice {
  destination: string;
  via: 'static' | 'rule';
  rule?: string;
  why: string;
}

/** Rules arranged so that a decision follows the caller's digits and never goes through the list. */
export interface CompiledRules {
  /** What each rule leads to, in the order of the desk file; a position is an index into this list. */
  choices: readonly RouteChoice[];
  /** Under each caller prefix, and under "+" for rules without one, the rules that come first there. */
  byPrefix: PrefixTrie<FirstRules>;
}

/** The position of the first rule for each condition on the contact; `noRule` where there is none. */
export interface FirstRules {
  /** Without a condition on the contact. */
  any: number;
  known: number;
  new: number;
  byTag: Map<string, number> | null;
  /** With whatever condition on the contact. */
  aboutContact: number;
}

/** Larger than every position, so that the smallest wins. */
export const noRule = 0x7fffffff;

/** Compiles an integration once per edit of the desk, so that the cost of a decision does not grow with its rules. */
export function compileIntegration(integration: Integration, _desk: Desk): CompiledIntegration {
  const rules = integration.dynamic?.rules;
  return { integration, rules: rules === undefined ? null : compileRules(rules) };
}

/**
 * Whether a rule can match at all today. Groups, schedules and form fields are kept in the desk but not in force:
 * a rule that uses one never matches, and the static number answers.
 */
export function isInForce(rule: Rule): boolean {
  return rule.to.startsWith('+') && rule.when.schedule === undefined && rule.when.field === undefined;
}

function compileRules(rules: readonly Rule[]): CompiledRules {
  const trie = new PrefixTrieBuilder<FirstRules>();
  rules.forEach((rule, position) => {
    if (!isInForce(rule)) return;
    for (const prefix of rule.when.callerPrefix ?? ['+']) {
      note(trie.at(prefix, noFirstRules), rule.when.contact, position);
    }
  });
  return { choices: rules.map(choiceOf), byPrefix: trie.build() };
}

function noFirstRules(): FirstRules {
  return { any: noRule, known: noRule, new: noRule, byTag: null, aboutContact: noRule };
}

/** Rules come in order: whatever is there already comes first. */
function note(first: FirstRules, contact: RuleConditions['contact'], position: number): void {
  if (contact === undefined) {
    first.any = Math.min(first.any, position);
    return;
  }
  first.aboutContact = Math.min(first.aboutContact, position);
  if (typeof contact === 'string') first[contact] = Math.min(first[contact], position);
  else {
    first.byTag ??= new Map();
    if (!first.byTag.has(contact.tag)) first.byTag.set(contact.tag, position);
  }
}

function choiceOf({ name, to, when }: Rule): RouteChoice {
  const holds: string[] = [];
  if (when.callerPrefix !== undefined) holds.push(`the number starts with ${prefixWords(when.callerPrefix)}`);
  if (when.contact === 'known') holds.push('the caller is a known contact');
  else if (when.contact === 'new') holds.push('the caller is new');
  else if (when.contact !== undefined) holds.push(`the contact has the tag "${when.contact.tag}"`);
  const why = `The rule "${name}" matched: ${holds.length === 0 ? 'it has no condition' : holds.join(' and ')}.`;
  return { destination: to, via: 'rule', rule: name, why };
}

function prefixWords(prefixes: readonly string[]): string {
  return prefixes.length > 3 ? `one of its ${prefixes.length} prefixes` : prefixes.join(' or ');
}
