import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** Where something stands in a YAML document: keys and list positions, outermost first. */
export type Path = readonly (string | number)[];

/** One thing that is wrong. `line` counts from 1; null when no line can be named. */
export interface YamlProblem {
  path: Path;
  line: number | null;
  message: string;
}

/** Plain values of a YAML document with the line of every key and list item. */
export interface YamlReading {
  value: unknown;
  problems: YamlProblem[];
  /** The line of what `path` names, or of the innermost thing around it that is there. */
  lineOf(path: Path): number | null;
  /** What stands at `path`, undefined when nothing does. */
  valueAt(path: Path): unknown;
}

/** Far deeper than a desk file goes, and far from the end of the stack. */
const deepest = 40;
/** Aliases may repeat this many values in all; more is a bomb, not a desk. */
const mostAliased = 10_000;

/**
 * Reads YAML 1.2 (core schema) into strings, numbers, booleans, null, lists and objects, nothing else. What is wrong is
 * reported, not thrown, but for text so deeply nested that the parser's stack ends (RangeError).
 */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Checked here: the package compares every key with every other one.
    uniqueKeys: false,
    version: '1.2',
    schema: 'core',
    merge: false,
    // "silent" would also keep silent about a second document in the file.
    logLevel: 'error',
  });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const reader = new Reader(lineAt);
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    reader.problems.push({ path: [], line: lineAt(pos[0]), message: inOurWords(message) });
  }
  const value = reader.problems.length === 0 ? reader.read(document.contents, [], 0) : undefined;
  return {
    value,
    problems: reader.problems,
    lineOf: (path) => reader.lineOf(value, path),
    valueAt: (path) => path.reduce<unknown>((at, key) => memberOf(at, key), value),
  };
}

function inOurWords(message: string): string {
  if (message.startsWith('Maximum call stack')) return 'is nested too deeply';
  if (message.startsWith('Source contains multiple documents'))
    return 'a second document begins here; remove it';
  return message;
}

function memberOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, unknown>)[key];
}

class Reader {
  readonly problems: YamlProblem[] = [];
  readonly #lineAt: (offset: number) => number;
  /** For each list or object made, the line of each member. */
  readonly #lines = new WeakMap<object, Map<string | number, number>>();
  readonly #anchors = new Map<string, Node>();
  #aliased = 0;
  #withinAlias = false;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  read(node: Node | null, path: Path, depth: number): unknown {
    if (node === null) return null;
    if (this.#withinAlias && ++this.#aliased > mostAliased) {
      if (this.#aliased === mostAliased + 1)
        this.#report(node, path, 'the aliases (*) repeat too much; write it out');
      return null;
    }
    if (depth > deepest) {
      this.#report(node, path, 'is nested too deeply');
      return null;
    }
    if (isAlias(node)) return this.#readAlias(node.source, node, path, depth);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#readMap(node.items as Iterable<MapItem>, path, depth);
    if (isSeq(node)) return this.#readList(node.items as Iterable<Node | null>, path, depth);
    if (isScalar(node)) return this.#readScalar(node.value, node, path);
    return null;
  }

  lineOf(value: unknown, path: Path): number | null {
    let line: number | null = typeof value === 'object' && value !== null ? 1 : null;
    let at = value;
    for (const key of path) {
      if (typeof at !== 'object' || at === null) break;
      line = this.#lines.get(at)?.get(key) ?? line;
      at = memberOf(at, key);
    }
    return line ?? 1;
  }

  #readAlias(anchor: string, node: Node, path: Path, depth: number): unknown {
    const target = this.#anchors.get(anchor);
    if (target === undefined) {
      this.#report(node, path, `no anchor "&${anchor}" stands before this alias`);
      return null;
    }
    const outermost = !this.#withinAlias;
    this.#withinAlias = true;
    const value = this.read(target, path, depth + 1);
    if (outermost) this.#withinAlias = false;
    return value;
  }

  #readMap(items: Iterable<MapItem>, path: Path, depth: number): object {
    const result: Record<string, unknown> = {};
    const lines = new Map<string | number, number>();
    this.#lines.set(result, lines);
    for (const { key: keyNode, value } of items) {
      if (!isScalar(keyNode) || typeof keyNode.value === 'object') {
        this.#report(keyNode ?? value, path, 'a key must be plain text');
        continue;
      }
      const key = String(keyNode.value);
      const inner = [...path, key];
      if (key === '__proto__') this.#report(keyNode, inner, 'is not a key of a desk file; remove it');
      else if (lines.has(key)) {
        this.#report(keyNode, inner, `is there twice, first on line ${lines.get(key)}; remove one`);
      } else {
        lines.set(key, this.#lineOfNode(keyNode));
        result[key] = this.read(value, inner, depth + 1);
      }
    }
    return result;
  }

  #readList(items: Iterable<Node | null>, path: Path, depth: number): unknown[] {
    const result: unknown[] = [];
    const lines = new Map<string | number, number>();
    this.#lines.set(result, lines);
    for (const item of items) {
      const position = result.length;
      lines.set(position, this.#lineOfNode(item));
      // A lone "? key" item of a list that a tag turned into pairs is no node of ours.
      result.push(this.read(item, [...path, position], depth + 1));
    }
    return result;
  }

  #readScalar(value: unknown, node: Node, path: Path): unknown {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.#report(node, path, 'must be text, a number, true or false');
    return null;
  }

  #report(node: Node | null, path: Path, message: string): void {
    this.problems.push({ path, line: this.#lineOfNode(node), message });
  }

  #lineOfNode(node: Node | null): number {
    const offset = node?.range?.[0];
    return offset === undefined ? 1 : this.#lineAt(offset);
  }
}

interface MapItem {
  key: Node | null;
  value: Node | null;
}
