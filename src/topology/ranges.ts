/** A tree walked depth first, so that what lies below a resource, its leaves and subscribers are counted in O(1). */
import type { Tree } from './columns.ts';
import { depthFirst } from './trees.ts';

export interface TreeRanges {
  /** Place of each index in the walk; undefined where every index is its own place. */
  readonly placeOf: Int32Array | undefined;
  /** One behind the last place at or below it, by place. */
  readonly endOf: Uint32Array;
  /** Leaves before each place; one more at the end. A leaf has a parent and no child. */
  readonly leavesBefore: Uint32Array;
  /** Own subscribers before each place; one more at the end. */
  readonly subscribersBefore: Float64Array;
}

export function rangesOf(tree: Tree, ownSubscribers: Uint32Array): TreeRanges {
  const { parents, starts } = tree;
  const count = parents.length;
  const order = new Int32Array(count);
  depthFirst(
    tree,
    order.map((_, i) => i),
    order,
  );
  const placeOf = new Int32Array(count);
  const leavesBefore = new Uint32Array(count + 1);
  const subscribersBefore = new Float64Array(count + 1);
  let inPlace = true;
  for (let place = 0; place < count; place++) {
    const at = order[place]!;
    placeOf[at] = place;
    if (at !== place) inPlace = false;
    const isLeaf = parents[at]! >= 0 && starts[at] === starts[at + 1];
    leavesBefore[place + 1] = leavesBefore[place]! + (isLeaf ? 1 : 0);
    subscribersBefore[place + 1] = subscribersBefore[place]! + ownSubscribers[at]!;
  }
  // Backwards every child comes before its parent.
  const endOf = new Uint32Array(count);
  for (let place = count - 1; place >= 0; place--) {
    const end = Math.max(endOf[place]!, place + 1);
    endOf[place] = end;
    const parent = parents[order[place]!]!;
    if (parent >= 0) endOf[placeOf[parent]!] = Math.max(endOf[placeOf[parent]!]!, end);
  }
  return { placeOf: inPlace ? undefined : placeOf, endOf, leavesBefore, subscribersBefore };
}
