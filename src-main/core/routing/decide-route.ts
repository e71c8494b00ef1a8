import { type CompiledIntegration, type CompiledRules, noRule, type RouteChoice } from './compile-rules.ts';
import { nextNode, noNode, rootNode, valueAt } from './prefix-trie.ts';

/** What a decision may know. `number` is E.164, or null for a caller without a number; `now` is Unix time in milliseconds. */
export interface RouteFacts {
  number: string | null;
  contact: { known: boolean; tags: readonly string[] };
  fields: Readonly<Record<string, string>>;
  now: number;
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
  const choice = position === noRule ? undefined : rules.choices[position];
  return choice ?? { destination: integration.staticNumber, via: 'static', why: 'No rule matched.' };
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
    if (first.byTag === null) continue;
    for (const tag of tags) best = Math.min(best, first.byTag.get(tag) ?? noRule);
  }
  return best;
}
