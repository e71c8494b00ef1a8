/**
 * Values under prefixes of E.164 numbers, found by following a number digit by digit. Packed into one array of small
 * nodes, breadth first, so that a walk through ten thousand prefixes touches hardly more memory than one through ten.
 */
export interface PrefixTrie<T> {
  /** Three numbers a node: which digits go on (a bit each), the node of the lowest of them, an index into `values` or 0. */
  nodes: Int32Array;
  /** The first one is never used. */
  values: readonly (T | undefined)[];
}

/** The node under which every number begins: the prefix "+". */
export const rootNode = 0;

/** There is no such node. */
export const noNode = -1;

/** The value that stands at a node, if any. */
export function valueAt<T>({ nodes, values }: PrefixTrie<T>, node: number): T | undefined {
  const index = nodes[node * 3 + 2] ?? 0;
  return index === 0 ? undefined : values[index];
}

/**
 * The node that comes after `node`, which stands for the first `depth` characters of `number` ("+" is the first);
 * `noNode` where the number or the prefixes end.
 */
export function nextNode<T>({ nodes }: PrefixTrie<T>, node: number, number: string, depth: number): number {
  if (depth >= number.length || (depth === 1 && number.charCodeAt(0) !== plus)) return noNode;
  const digit = number.charCodeAt(depth) - zero;
  if (digit < 0 || digit > 9) return noNode;
  const digits = nodes[node * 3] ?? 0;
  if (((digits >> digit) & 1) === 0) return noNode;
  return (nodes[node * 3 + 1] ?? 0) + (bitsIn[digits & ((1 << digit) - 1)] ?? 0);
}

const plus = '+'.charCodeAt(0);
const zero = '0'.charCodeAt(0);

/** How many of ten bits are set. */
const bitsIn = Uint8Array.from({ length: 1024 }, (_, bits) => bits.toString(2).replaceAll('0', '').length);

interface Growing<T> {
  children: Map<number, Growing<T>>;
  value: T | undefined;
}

export class PrefixTrieBuilder<T> {
  readonly #root: Growing<T> = { children: new Map(), value: undefined };

  /** The value under a prefix ("+" and digits); made with `make` when there is none. */
  at(prefix: string, make: () => T): T {
    let node = this.#root;
    for (let depth = 1; depth < prefix.length; depth++) {
      const digit = Number(prefix[depth]);
      let child = node.children.get(digit);
      if (child === undefined) {
        child = { children: new Map(), value: undefined };
        node.children.set(digit, child);
      }
      node = child;
    }
    node.value ??= make();
    return node.value;
  }

  build(): PrefixTrie<T> {
    const queue = [this.#root];
    const nodes: number[] = [];
    const values: (T | undefined)[] = [undefined];
    // The queue grows while it is read: children are numbered in the order in which they will be packed.
    for (const { children, value } of queue) {
      const digits = [...children.keys()].sort((a, b) => a - b);
      const bits = digits.reduce((sum, digit) => sum | (1 << digit), 0);
      nodes.push(bits, queue.length, value === undefined ? 0 : values.push(value) - 1);
      for (const digit of digits) {
        const child = children.get(digit);
        if (child !== undefined) queue.push(child);
      }
    }
    return { nodes: Int32Array.from(nodes), values };
  }
}
