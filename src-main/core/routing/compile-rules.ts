import type { Desk, Integration, Rule, RuleConditions } from '../../../src-preload/contract/desk.ts';

/** An integration as decisions use it; `rules` is null when it has none (static, or a dynamic webhook). */
export interface CompiledIntegration {
  integration: Integration;
  rules: CompiledRules | null;
}

/**
 * Rules arranged so that a decision follows the caller's digits and never goes through the list: a trie over decimal
 * digits, whose nodes say which rule comes first for callers whose number begins with these digits.
 */
export interface CompiledRules {
  /** In the order of the desk file; a position is an index into this list. */
  rules: readonly Rule[];
  /** The trie, `nodeSize` numbers a node; the first node stands for any number, and for none. */
  nodes: Int32Array;
  /** For nodes where rules ask for tags: the first rule of each tag. */
  tags: readonly ReadonlyMap<string, number>[];
}

/** A node fills one 64-byte cache line, so that each digit costs at most one miss. */
export const nodeSize = 16;

/** What stands where in a node: first the offsets of its ten children (0: none), then positions of rules (`noRule`: none). */
export const slots = {
  /** The first rule without a condition on the contact. */
  any: 10,
  known: 11,
  new: 12,
  /** The first rule with any condition on the contact. */
  aboutContact: 13,
  /** An index into `tags`, or `noRule`. */
  tags: 14,
} as const;

/** Larger than every position of a rule, so that the smallest wins. */
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
  const trie = new TrieBuilder();
  rules.forEach((rule, position) => {
    if (!isInForce(rule)) return;
    for (const prefix of rule.when.callerPrefix ?? ['+']) trie.add(prefix, rule.when.contact, position);
  });
  return { rules, ...trie.build() };
}

class TrieBuilder {
  readonly #nodes: number[] = [];
  readonly #tags: Map<string, number>[] = [];

  constructor() {
    this.#addNode();
  }

  /** Adds a rule under "+" and digits. Rules come in order, so whatever is there already comes first. */
  add(prefix: string, contact: RuleConditions['contact'], position: number): void {
    const node = this.#nodeOf(prefix);
    if (contact === undefined) {
      this.#lower(node + slots.any, position);
      return;
    }
    this.#lower(node + slots.aboutContact, position);
    if (typeof contact === 'string') {
      this.#lower(node + slots[contact], position);
      return;
    }
    const tags = this.#tagsOf(node);
    if (!tags.has(contact.tag)) tags.set(contact.tag, position);
  }

  build(): Pick<CompiledRules, 'nodes' | 'tags'> {
    return { nodes: Int32Array.from(this.#nodes), tags: this.#tags };
  }

  #nodeOf(prefix: string): number {
    let node = 0;
    for (let at = 1; at < prefix.length; at++) {
      const slot = node + Number(prefix[at]);
      const child = this.#nodes[slot] || this.#addNode();
      this.#nodes[slot] = child;
      node = child;
    }
    return node;
  }

  #addNode(): number {
    const node = this.#nodes.length;
    for (let slot = 0; slot < nodeSize; slot++) this.#nodes.push(slot < 10 ? 0 : noRule);
    return node;
  }

  #lower(slot: number, position: number): void {
    this.#nodes[slot] = Math.min(this.#nodes[slot] ?? noRule, position);
  }

  #tagsOf(node: number): Map<string, number> {
    const index = this.#nodes[node + slots.tags] ?? noRule;
    const existing = this.#tags[index];
    if (existing !== undefined) return existing;
    const made = new Map<string, number>();
    this.#nodes[node + slots.tags] = this.#tags.push(made) - 1;
    return made;
  }
}
