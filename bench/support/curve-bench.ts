/** How the figures bend with loss, noise, wrong papers, wrong clocks and deaths: one row a point. */
import { formatTable } from '../../src/app/cli/table.ts';
import { type AlarmCase, statedUnder } from './alarm-case.ts';
import { Pool, type Pooled } from './alarm-pool.ts';
import { presentedByFault } from './alarm-table.ts';
import type { Wanted } from './generated-case.ts';
import type { Measured } from './report.ts';

/** One row of the table: a network for each seed. */
interface Point extends Omit<Wanted, 'seed' | 'faultsPerKind'> {
  readonly seeds: readonly number[];
}

export interface CurveRun {
  readonly points: readonly Point[];
  readonly caseOf: (wanted: Omit<Wanted, 'faultsPerKind'>) => AlarmCase;
  readonly print: (line: Measured) => void;
  readonly show: (text: string) => void;
}

const figures = ['exact', 'jaccard', 'rootTop1', 'solved'] as const;
const share = (value: number | null | undefined): string => value?.toFixed(3) ?? '-';

export function runCurves({ points, caseOf, print, show }: CurveRun): void {
  const rows = points.map((point) => {
    const pool = new Pool();
    for (const seed of point.seeds) {
      const one = caseOf({ ...point, seed });
      pool.add(one, statedUnder(point.condition, one));
    }
    const pooled = pool.result();
    for (const figure of figures) {
      const value = pooled.score.macro[figure];
      const place = `${point.size}, ${point.condition.title}`;
      if (value !== null) print({ case: `${place}: ${figure}, mean of kinds`, ours: value, unit: 'share' });
    }
    return rowOf(point, pooled);
  });
  const head = ['network', 'bent by', 'faults', 'exact', 'jaccard', 'root', 'solved', 'second cuts', 'shown'];
  const more = ['false/day', 'ece', 'told right', 'told all', 'worst'];
  show(`\n${formatTable([...head, ...more], rows)}`);
}

function rowOf({ condition, size }: Point, { score, notifiedBy }: Pooled): readonly unknown[] {
  return [
    ...[size, condition.title, score.faults, ...figures.map((figure) => share(score.macro[figure]))],
    ...[share(score.perVariant['link second-cut']?.exact), share(presentedByFault(score))],
    ...[score.falsePerDay?.toFixed(1) ?? '-', share(score.ece)],
    ...[share(notifiedBy.equipment.precision), share(notifiedBy.equipment.recall), score.largestWrongMerge],
  ];
}
