/** Orders the placement of subscribers is made of: the access walk and a linear sort. */
import type { Topology } from './graph.ts';

interface AccessWalk {
  /** Place of each index in a depth-first walk of `access`; what is not in it stands as a root of its own. */
  readonly positionOf: Uint32Array;
  /** One behind the last place below it. */
  readonly endOf: Uint32Array;
  /** 1 where something at or below it in `access` supplies others in another tree: no single range then. */
  readonly mixed: Uint8Array;
}

export function walkInAccessOrder(topology: Topology): AccessWalk {
  const count = topology.count;
  const positionOf = new Uint32Array(count);
  const endOf = new Uint32Array(count);
  const mixed = new Uint8Array(count);
  const access = topology.treeOf('access');
  const others = topology.trees.filter(
    (tree) => tree !== 'access' && tree !== 'site' && tree !== 'collector',
  );
  const order = new Int32Array(count);
  const stack: number[] = [];
  let position = 0;
  for (let root = 0; root < count; root++) {
    if ((access?.parents[root] ?? -1) >= 0) continue;
    stack.push(root);
    while (stack.length > 0) {
      const at = stack.pop()!;
      order[position] = at;
      positionOf[at] = position++;
      if (access === undefined) continue;
      for (let child = access.starts[at + 1]! - 1; child >= access.starts[at]!; child--) {
        stack.push(access.children[child]!);
      }
    }
  }
  // Backwards every child comes before its parent.
  for (let place = count - 1; place >= 0; place--) {
    const at = order[place]!;
    if (endOf[at] === 0) endOf[at] = place + 1;
    if (others.some((tree) => topology.childrenOf(tree, at).length > 0)) mixed[at] = 1;
    const parent = access?.parents[at] ?? -1;
    if (parent < 0) continue;
    endOf[parent] = Math.max(endOf[parent]!, endOf[at]!);
    if (mixed[at] === 1) mixed[parent] = 1;
  }
  return { positionOf, endOf, mixed };
}

/** Sorts rows by `column` (through `rank` where given), keeping the order of equal ones: two 16-bit radix passes. */
export function stableByColumn(rows: Uint32Array, column: Uint32Array, rank?: Uint32Array): Uint32Array {
  const digitsOf = (row: number): number => (rank === undefined ? column[row]! : rank[column[row]!]!);
  let from = rows;
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(65_537);
    for (const row of from) starts[((digitsOf(row) >>> shift) & 0xffff) + 1]!++;
    for (let digit = 0; digit < 65_536; digit++) starts[digit + 1]! += starts[digit]!;
    const to = new Uint32Array(from.length);
    for (const row of from) to[starts[(digitsOf(row) >>> shift) & 0xffff]!++] = row;
    from = to;
  }
  return from;
}
