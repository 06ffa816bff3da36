/** How far two partitions of the same things agree: pairs, B-cubed (Bagga and Baldwin 1998), adjusted Rand index. */

/** All cells of the contingency table that are not empty. */
export interface Contingency {
  readonly things: number;
  readonly cells: readonly Cell[];
}

interface Cell {
  /** Label in the truth; -1: alone there. */
  readonly truth: number;
  readonly count: number;
  /** Of the groups that cross here. */
  readonly truthSize: number;
  readonly statedSize: number;
}

export interface Agreement {
  readonly pairPrecision: number;
  readonly pairRecall: number;
  readonly bcubedPrecision: number;
  readonly bcubedRecall: number;
  readonly bcubedF1: number;
}

/** Labels by thing, -1 for a thing on its own; n log n. */
export function contingencyOf(truth: Int32Array, stated: Int32Array): Contingency {
  const truthSizes = sizesOf(truth);
  const statedSizes = sizesOf(stated);
  const width = statedSizes.length + 1;
  const keys = new Float64Array(truth.length);
  for (let i = 0; i < truth.length; i++) keys[i] = (truth[i]! + 1) * width + stated[i]! + 1;
  keys.sort();
  const cells: Cell[] = [];
  for (let from = 0; from < keys.length; ) {
    const key = keys[from]!;
    let to = from;
    while (to < keys.length && keys[to] === key) to++;
    const truthLabel = Math.floor(key / width) - 1;
    const statedLabel = (key % width) - 1;
    const truthSize = truthLabel < 0 ? 1 : truthSizes[truthLabel]!;
    const statedSize = statedLabel < 0 ? 1 : statedSizes[statedLabel]!;
    // Where one side is alone, each thing is a cell of its own.
    const isAlone = truthLabel < 0 || statedLabel < 0;
    const count = isAlone ? 1 : to - from;
    for (let left = isAlone ? to - from : 1; left > 0; left--) {
      cells.push({ truth: truthLabel, count, truthSize, statedSize });
    }
    from = to;
  }
  return { things: truth.length, cells };
}

/** Over the things of the truth's groups that `within` takes; undefined for none. Without a pair nothing is wrong: 1. */
export function agreementOf(
  { cells }: Contingency,
  within: (truth: number) => boolean = () => true,
): Agreement | undefined {
  let things = 0;
  let together = 0;
  let ofTruth = 0;
  let ofStated = 0;
  let precision = 0;
  let recall = 0;
  for (const { truth, count, truthSize, statedSize } of cells) {
    if (!within(truth)) continue;
    things += count;
    together += count * (count - 1);
    ofTruth += count * (truthSize - 1);
    ofStated += count * (statedSize - 1);
    precision += (count * count) / statedSize;
    recall += (count * count) / truthSize;
  }
  if (things === 0) return undefined;
  const bcubedPrecision = precision / things;
  const bcubedRecall = recall / things;
  return {
    pairPrecision: ofStated === 0 ? 1 : together / ofStated,
    pairRecall: ofTruth === 0 ? 1 : together / ofTruth,
    bcubedPrecision,
    bcubedRecall,
    bcubedF1: (2 * bcubedPrecision * bcubedRecall) / (bcubedPrecision + bcubedRecall),
  };
}

/** Hubert and Arabie 1985; 1 for two equal partitions also where chance alone gives that. Undefined for nothing. */
export function adjustedRandIndex({ things, cells }: Contingency): number | undefined {
  if (things === 0) return undefined;
  let together = 0;
  let ofTruth = 0;
  let ofStated = 0;
  for (const { count, truthSize, statedSize } of cells) {
    together += (count * (count - 1)) / 2;
    // A group of n has n(n-1)/2 pairs: (n-1)/2 for each of its members.
    ofTruth += (count * (truthSize - 1)) / 2;
    ofStated += (count * (statedSize - 1)) / 2;
  }
  const all = (things * (things - 1)) / 2;
  const byChance = all === 0 ? 0 : (ofTruth * ofStated) / all;
  const most = (ofTruth + ofStated) / 2;
  return most === byChance ? 1 : (together - byChance) / (most - byChance);
}

function sizesOf(labels: Int32Array): Int32Array {
  let most = -1;
  for (const label of labels) if (label > most) most = label;
  const sizes = new Int32Array(most + 1);
  for (const label of labels) if (label >= 0) sizes[label]!++;
  return sizes;
}
