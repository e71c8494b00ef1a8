import type { Desk, Integration, Rule, RuleConditions } from '../../../src-preload/contract/desk.ts';

/** An integration as decisions use it; `rules` is null when it has none (static, or a dynamic webhook). */
export interface CompiledIntegration {
  integration: Integration;
  rules: CompiledRules | null;
}

/**
 * Rules arranged so that a decision looks at the caller's digits and tags, never at the list: for each condition on the
 * contact there is one index of caller prefixes.
 */
export interface CompiledRules {
  /** In the order of the desk file; an index points into this list. */
  rules: readonly Rule[];
  any: PrefixIndex | null;
  known: PrefixIndex | null;
  new: PrefixIndex | null;
  byTag: ReadonlyMap<string, PrefixIndex>;
  /** All rules that ask about the contact, whatever they ask; tells whether it needs to be looked up. */
  aboutContact: PrefixIndex | null;
}

/**
 * A trie over decimal digits. Node n has its ten children at `children[n * 10 …]` (0: none) and the first rule that
 * ends there at `first[n]` (`noRule`: none). Node 0 stands for "any number, or none".
 */
export interface PrefixIndex {
  children: Int32Array;
  first: Int32Array;
}

/** Larger than every index of a rule, so that the smallest index wins. */
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
  const builders = new Map<string, PrefixIndexBuilder>();
  rules.forEach((rule, position) => {
    if (!isInForce(rule)) return;
    const key = contactKeyOf(rule.when.contact);
    for (const index of key === 'any' ? [key] : [key, 'about']) {
      const builder = builders.get(index) ?? new PrefixIndexBuilder();
      builders.set(index, builder);
      for (const prefix of rule.when.callerPrefix ?? ['+']) builder.add(prefix, position);
    }
  });
  const indexOf = (key: string): PrefixIndex | null => builders.get(key)?.build() ?? null;
  const byTag = new Map<string, PrefixIndex>();
  for (const [key, builder] of builders) {
    if (key.startsWith(tagMark)) byTag.set(key.slice(tagMark.length), builder.build());
  }
  return {
    rules,
    any: indexOf('any'),
    known: indexOf('known'),
    new: indexOf('new'),
    byTag,
    aboutContact: indexOf('about'),
  };
}

const tagMark = 'tag:';

function contactKeyOf(contact: RuleConditions['contact']): string {
  if (contact === undefined) return 'any';
  return typeof contact === 'string' ? contact : tagMark + contact.tag;
}

class PrefixIndexBuilder {
  readonly #children: number[] = new Array<number>(10).fill(0);
  readonly #first: number[] = [noRule];

  /** Adds "+" and digits. Rules come in order, so what already ends at a node wins. */
  add(prefix: string, position: number): void {
    let node = 0;
    for (let at = 1; at < prefix.length; at++) {
      const slot = node * 10 + Number(prefix[at]);
      let child = this.#children[slot] ?? 0;
      if (child === 0) {
        child = this.#first.length;
        this.#children[slot] = child;
        this.#first.push(noRule);
        for (let digit = 0; digit < 10; digit++) this.#children.push(0);
      }
      node = child;
    }
    this.#first[node] = Math.min(this.#first[node] ?? noRule, position);
  }

  build(): PrefixIndex {
    return { children: Int32Array.from(this.#children), first: Int32Array.from(this.#first) };
  }
}
