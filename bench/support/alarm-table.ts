/** Scores as lines of a table: one for each kind, then the means beside those of the baselines. */
import { formatTable } from '../../src/app/cli/table.ts';
import type { Score } from '../../src/measure/measure.ts';
import type { Pooled } from './alarm-pool.ts';

type KindScore = Score['perKind'][string];

const share = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)}s`);

export function kindTable({ score }: Pooled, shown?: readonly string[]): string {
  const head = ['kind', 'faults', 'exact', 'jaccard', 'solved', 'root', 'root3', 'kind ok'];
  const more = ['surplus', 'merged', 'split', 'worst', 'ece', 'onset p50', 'p95', 'evidence p95'];
  const row = (name: string, one: KindScore) => [
    ...[name, one.faults, share(one.exact), share(one.jaccard), share(one.solved)],
    ...[share(one.rootTop1), share(one.rootTop3), share(one.kindTop1)],
    ...[one.surplusIncidents, one.overMerge, one.overSplit, one.largestWrongMerge, share(one.ece)],
    ...[seconds(one.latency.onset.p50), seconds(one.latency.onset.p95), seconds(one.latency.evidence.p95)],
  ];
  const kinds = Object.entries(score.perKind)
    .filter(([kind]) => shown === undefined || shown.includes(kind))
    .map(([kind, one]) => row(kind, one));
  return formatTable([...head, ...more], [...kinds, row('all', score)]);
}

export interface Contestant {
  readonly name: string;
  readonly pooled: Pooled;
}

/** Means over kinds where there are kinds of many leaves, else over all faults. */
export function contestTable(contestants: readonly Contestant[]): string {
  const hasKinds = contestants.some(({ pooled }) => pooled.score.macro.kinds.length > 0);
  const head = [
    hasKinds ? 'mean of kinds' : 'all faults',
    'exact',
    'jaccard',
    'solved',
    'root',
    'root3',
    'kind ok',
    'all: exact',
    'ARI',
    'B3 F1',
  ];
  const more = ['pairs', 'told right', 'told all', 'false/day', 'shown', 'of faults', 'worst'];
  const rows = contestants.map(({ name, pooled: { score, notified } }) => {
    const macro = hasKinds ? score.macro : score;
    return [
      ...[name, share(macro.exact), share(macro.jaccard), share(macro.solved), share(macro.rootTop1)],
      ...[
        share(macro.rootTop3),
        share(macro.kindTop1),
        share(score.exact),
        share(score.ari),
        share(score.bcubedF1),
      ],
      `${share(score.pairPrecision)}/${share(score.pairRecall)}`,
      ...[
        share(notified.precision),
        share(notified.recall),
        score.falsePerDay?.toFixed(1) ?? '-',
        score.incidents,
      ],
      ...[presentedByFault(score).toFixed(3), score.largestWrongMerge],
    ];
  });
  return formatTable([...head, ...more], rows);
}

/** Without what looks exactly like a fault and is none. */
export const presentedByFault = ({ incidents, exemptIncidents, faults }: Score): number =>
  (incidents - exemptIncidents) / Math.max(1, faults);
