/**
 * Numbers under prefixes of E.164 numbers, found by following a number digit by digit. Packed into one array of small
 * nodes, breadth first, so that a walk through ten thousand prefixes touches hardly more memory than one through ten.
 * Three numbers a node: which digits go on (a bit each), the node of the lowest of them, the value or 0.
 */
export type PrefixTrie = Int32Array;

/** The node under which every number begins: the prefix "+". */
export const rootNode = 0;

/** There is no such node. */
export const noNode = -1;

/** The value that stands at a node; 0: none. */
export function valueAt(trie: PrefixTrie, node: number): number {
  return trie[node * 3 + 2] ?? 0;
}

/**
 * The node that comes after `node`, which stands for the first `depth` characters of `number` ("+" is the first);
 * `noNode` where the number or the prefixes end.
 */
export function nextNode(trie: PrefixTrie, node: number, number: string, depth: number): number {
  if (depth >= number.length || (depth === 1 && number.charCodeAt(0) !== plus)) return noNode;
  const digit = number.charCodeAt(depth) - zero;
  if (digit < 0 || digit > 9) return noNode;
  const digits = trie[node * 3] ?? 0;
  if (((digits >> digit) & 1) === 0) return noNode;
  return (trie[node * 3 + 1] ?? 0) + (bitsIn[digits & ((1 << digit) - 1)] ?? 0);
}

const plus = '+'.charCodeAt(0);
const zero = '0'.charCodeAt(0);

/** How many of ten bits are set. */
const bitsIn = Uint8Array.from({ length: 1024 }, (_, bits) => bits.toString(2).replaceAll('0', '').length);

interface Growing {
  children: Map<number, Growing>;
  value: number;
}

/** @param values by prefix ("+" and digits), none of them 0 */
export function packTrie(values: ReadonlyMap<string, number>): PrefixTrie {
  const root: Growing = { children: new Map(), value: 0 };
  for (const [prefix, value] of values) {
    let node = root;
    for (const character of prefix.slice(1)) {
      const digit = Number(character);
      const child = node.children.get(digit) ?? { children: new Map(), value: 0 };
      node.children.set(digit, child);
      node = child;
    }
    node.value = value;
  }
  const queue = [root];
  const nodes: number[] = [];
  // The queue grows while it is read: children are numbered in the order in which they will be packed.
  for (const { children, value } of queue) {
    const inOrder = [...children].toSorted(([a], [b]) => a - b);
    const bits = inOrder.reduce((sum, [digit]) => sum | (1 << digit), 0);
    nodes.push(bits, queue.length, value);
    queue.push(...inOrder.map(([, child]) => child));
  }
  return Int32Array.from(nodes);
}
