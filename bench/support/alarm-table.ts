/** Scores as lines of a table: one for each kind, then the means beside those of the baselines. */
import { formatTable } from '../../src/app/cli/table.ts';
import type { Score } from '../../src/measure/measure.ts';
import { groups, type Pooled, type PooledNotified } from './alarm-pool.ts';

type KindScore = Score['perKind'][string];

const share = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)}s`);

/** By kind and by what forms of a kind are told apart; behind ours how many were exact to each of the others. */
export function kindTable(
  ours: Pooled,
  shown?: readonly string[],
  others: readonly Contestant[] = [],
): string {
  const head = ['kind', 'faults', 'exact', 'jaccard', 'solved', 'root', 'root3', 'kind ok'];
  const more = ['surplus', 'merged', 'split', 'worst', 'ece', 'onset p50', 'p95', 'evidence p95'];
  const beside = others.map(({ name }) => `exact: ${name}`);
  const row = (name: string, one: KindScore, of: (score: Score) => KindScore | undefined) => [
    ...[name, one.faults, share(one.exact), share(one.jaccard), share(one.solved)],
    ...[share(one.rootTop1), share(one.rootTop3), share(one.kindTop1)],
    ...[one.surplusIncidents, one.overMerge, one.overSplit, one.largestWrongMerge, share(one.ece)],
    ...[seconds(one.latency.onset.p50), seconds(one.latency.onset.p95), seconds(one.latency.evidence.p95)],
    ...others.map(({ pooled }) => share(of(pooled.score)?.exact ?? null)),
  ];
  const { score } = ours;
  const kinds = Object.entries(score.perKind)
    .filter(([kind]) => shown === undefined || shown.includes(kind))
    .flatMap(([kind, one]) => [
      row(kind, one, ({ perKind }) => perKind[kind]),
      ...Object.entries(score.perVariant)
        .filter(([name]) => name.startsWith(`${kind} `))
        .map(([name, form]) =>
          row(`- ${name.slice(kind.length + 1)}`, form, ({ perVariant }) => perVariant[name]),
        ),
    ]);
  return formatTable([...head, ...more, ...beside], [...kinds, row('all', score, (one) => one)]);
}

/** Whether what was stated is as often right as it was said to be: by steps of the probability, then by stated kind. */
export function calibrationTable({ score }: Pooled): string {
  const bar = (one: { readonly stated: number; readonly right: number }): string =>
    `${one.right < one.stated ? '-' : '+'}${'#'.repeat(Math.round(Math.abs(one.right - one.stated) * 50))}`;
  const steps = score.reliability.map((one) => [
    ...[`${one.from.toFixed(1)} to ${one.to.toFixed(1)}`, one.incidents, share(one.stated), share(one.right)],
    ...['', bar(one)],
  ]);
  const kinds = Object.entries(score.calibration).map(([kind, one]) => [
    ...[`stated as ${kind}`, one.incidents, share(one.stated), share(one.right), share(one.ece), bar(one)],
  ]);
  const all = [`all: Brier ${share(score.brier)}`, '', '', '', share(score.ece), ''];
  const head = ['stated probability', 'incidents', 'stated', 'right', 'ece', 'right less stated'];
  return formatTable(head, [...steps, ...kinds, all]);
}

const groupNames: Readonly<Record<(typeof groups)[number], string>> = {
  equipment: 'fibre and equipment',
  mains: 'mains',
  service: 'services, settings, collectors',
};

/** Of those told the share that had lost service, of those who had lost it the share told; baselines tell nobody. */
export function notifiedTable({ notified, notifiedBy }: Pooled): string {
  const row = (name: string, one: PooledNotified) => [name, exactly(one.precision), exactly(one.recall)];
  return formatTable(
    ['who was told', 'told right', 'told all'],
    [...groups.map((group) => row(groupNames[group], notifiedBy[group])), row('mean of streams', notified)],
  );
}

const exactly = (value: number | null): string => (value === null ? '-' : value.toFixed(5));

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
