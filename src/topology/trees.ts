/** Trees in arrays: cycles cut, children listed, walked depth first; every step is linear and none recurses. */
import type { Tree } from './columns.ts';

/** `cut` is told of each that is above itself; it becomes a root. */
export function cutCycles(parents: Int32Array, cut: (at: number) => void): void {
  // 0 not seen, else the number of the walk that first saw it: meeting one's own walk again is a cycle.
  const seenIn = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    let previous = -1;
    for (let at = start; at >= 0; previous = at, at = parents[at]!) {
      if (seenIn[at] === 0) {
        seenIn[at] = start + 1;
        continue;
      }
      if (seenIn[at] === start + 1) {
        parents[previous] = -1;
        cut(previous);
      }
      break;
    }
  }
}

/** Siblings stand in the order of `compare`. */
export function childrenOf(
  parents: Int32Array,
  compare: (a: number, b: number) => number,
): Omit<Tree, 'parents'> {
  const count = parents.length;
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) if (parents[i]! >= 0) starts[parents[i]! + 1]!++;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const children = new Int32Array(starts[count]!);
  // Filled from behind, each start ends where it belongs and needs no second column to count in.
  for (let i = count - 1; i >= 0; i--) {
    const parent = parents[i]!;
    if (parent >= 0) children[--starts[parent + 1]!] = i;
  }
  for (let i = 0; i < count; i++) starts[i] = starts[i + 1]!;
  starts[count] = children.length;
  for (let i = 0; i < count; i++) sortSpan(children, { from: starts[i]!, to: starts[i + 1]! }, compare);
  return { starts, children };
}

function sortSpan(
  row: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
  compare: (a: number, b: number) => number,
): void {
  for (let at = from + 1; at < to; at++) {
    if (compare(row[at - 1]!, row[at]!) <= 0) continue;
    // Most files list siblings in order; the others are sorted here.
    row.set(Array.from(row.subarray(from, to)).sort(compare), from);
    return;
  }
}

/** Writes `roots` that hang on nothing, each followed by all that is below it. */
export function depthFirst(tree: Tree, roots: Int32Array, into: Int32Array): void {
  const stack: number[] = [];
  let count = 0;
  for (const root of roots) {
    if (tree.parents[root]! >= 0) continue;
    stack.push(root);
    while (stack.length > 0) {
      const at = stack.pop()!;
      into[count++] = at;
      for (let child = tree.starts[at + 1]! - 1; child >= tree.starts[at]!; child--) {
        stack.push(tree.children[child]!);
      }
    }
  }
}
