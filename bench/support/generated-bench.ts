/** Fresh networks with their faults, by condition: our figures by kind beside the baselines', and how they bend. */
import type { Score } from '../../src/measure/measure.ts';
import { type AlarmCase, statedBy, statedUnder } from './alarm-case.ts';
import { Pool } from './alarm-pool.ts';
import { promptnessTable } from './alarm-promptness.ts';
import {
  type Contestant,
  calibrationTable,
  contestTable,
  kindTable,
  notifiedTable,
  presentedByFault,
} from './alarm-table.ts';
import { lineWithJournal, roomsAlone, worstTenMinutes } from './alarm-throughput.ts';
import { baselines } from './baselines/index.ts';
import type { Condition } from './conditions.ts';
import type { Measured } from './report.ts';
import { changesHash, interruptions } from './restarted-line.ts';

export interface GeneratedRun {
  /** One stream a seed. */
  readonly cases: (condition: Condition) => Iterable<AlarmCase>;
  readonly conditions: readonly Condition[];
  readonly withBaselines: boolean;
  /** Undefined: all are shown. */
  readonly kinds: readonly string[] | undefined;
  readonly print: (line: Measured) => void;
  readonly show: (text: string) => void;
}

/** Answers what was not told right. */
export function runGenerated(options: GeneratedRun): readonly Readonly<Record<string, unknown>>[] {
  return options.conditions.flatMap((condition) => {
    const { pools, records, tookMs } = statements(options, condition);
    const contestants = [...pools].map(([name, pool]): Contestant => ({ name, pooled: pool.result() }));
    const [ours, ...others] = contestants;
    options.show(`\n${condition.title}: ${records} lines, replayed in ${(tookMs / 1_000).toFixed(1)} CPU s`);
    options.show(`${kindTable(ours!.pooled, options.kinds, others)}\n\n${contestTable(contestants)}\n`);
    options.show(`${notifiedTable(ours!.pooled)}\n\n${calibrationTable(ours!.pooled)}\n`);
    options.show(`${promptnessTable(ours!.pooled.promptness)}\n`);
    printFigures(condition, { ours: ours!, others, print: options.print });
    return pools
      .get('ours')!
      .failures.filter(({ kind }) => options.kinds === undefined || options.kinds.includes(String(kind)))
      .map((failure) => ({ condition: condition.name, ...failure }));
  });
}

function statements({ cases, withBaselines, show }: GeneratedRun, condition: Condition) {
  const compared = withBaselines ? baselines : [];
  const pools = new Map(['ours', ...compared.map(({ name }) => name)].map((name) => [name, new Pool()]));
  for (const one of cases(condition)) {
    const ours = statedUnder(condition, one);
    show(
      `${one.name}, ${condition.name}: ${one.records.length} lines, ${(ours.tookMs / 1_000).toFixed(1)} CPU s`,
    );
    pools.get('ours')!.add(one, ours);
    for (const baseline of compared) pools.get(baseline.name)!.add(one, statedBy(baseline, one));
  }
  const { records, tookMs } = pools.get('ours')!;
  return { pools, records, tookMs };
}

interface Compared {
  readonly ours: Contestant;
  readonly others: readonly Contestant[];
  readonly print: GeneratedRun['print'];
}

function printFigures({ title, targets = {} }: Condition, { ours, others, print }: Compared): void {
  const { score, notified, notifiedBy, promptness } = ours.pooled;
  const line = (name: string, value: number | null | undefined, wanted: Wanted): void => {
    if (value !== null && value !== undefined) print({ case: `${title}: ${name}`, ours: value, ...wanted });
  };
  for (const figure of ['exact', 'jaccard', 'rootTop1', 'solved'] as const) {
    const atLeast = figure === 'solved' ? undefined : targets[figure];
    line(`${figure}, mean of kinds`, score.macro[figure], { unit: 'share', atLeast });
    for (const { name, pooled } of others) {
      const of = (one: Score): number => one.macro[figure] ?? 0;
      print({
        case: `${title}: ${figure}, mean of kinds; peer: ${name}`,
        ...{ ours: of(score), peer: of(pooled.score), unit: 'share' },
      });
    }
  }
  const second = score.perVariant['link second-cut'];
  const cuts = `second cuts of a ring, ${second?.faults} of them`;
  line(`exact, ${cuts}`, second?.exact, { unit: 'share', atLeast: targets.secondCuts });
  line(`right root, ${cuts}`, second?.rootTop1, { unit: 'share' });
  line('presented by fault', presentedByFault(score), { unit: 'items', atMost: 1.05 });
  line('calibration error', score.ece, { unit: 'share', atMost: 0.05 });
  line('told and affected', notified.precision, { unit: 'share' });
  line('affected and told', notified.recall, { unit: 'share' });
  const { equipment, mains } = notifiedBy;
  line('told and affected, fibre and equipment', equipment.precision, { unit: 'share', atLeast: 0.999 });
  line('affected and told, fibre and equipment', equipment.recall, { unit: 'share', atLeast: 0.99 });
  line('told and affected, mains', mains.precision, { unit: 'share', atLeast: 0.999 });
  line('affected and told, mains', mains.recall, { unit: 'share', atLeast: 0.99 });
  for (const { name, onset, evidence } of promptness) {
    line(`decided after first heard, p95, ${name}`, onset.p95, { unit: 'ms' });
    line(`decided after the last needed evidence, p95, ${name}`, evidence.p95, { unit: 'ms' });
  }
  line('false incidents', score.falsePerDay, { unit: 'a day' });
  line('largest wrong merge', score.largestWrongMerge, { unit: 'alarms', atMost: 10 });
}

type Wanted = Pick<Measured, 'unit' | 'atLeast' | 'atMost'>;

const repeats = 20;

/** The same stream again and again, each time killed at other places: how many of the runs say anything else than the first. */
export function runRepeats(one: AlarmCase, { print, show }: Pick<GeneratedRun, 'print' | 'show'>): void {
  const first = changesHash(one, interruptions(one, 0));
  let [differ, deaths] = [0, 0];
  for (let run = 1; run <= repeats; run++) {
    // Every fifth runs through.
    const places = interruptions(one, run % 5 === 0 ? 0 : run);
    deaths += places.deaths.size;
    const isSame = changesHash(one, places) === first;
    if (!isSame) differ++;
    show(`run ${run} of ${repeats}, ${places.deaths.size} deaths: ${isSame ? 'the same' : 'it differs'}`);
  }
  print({
    case: `${repeats} runs of ${one.records.length} lines with ${deaths} deaths, half in mid-storm: runs that differ`,
    ...{ ours: differ, unit: 'runs', atMost: 0 },
  });
}

/** On one stream: alarm and correlate alone, the line with its journal, and the longest that either stood still. */
export async function runPace(one: AlarmCase, print: (line: Measured) => void): Promise<void> {
  // Once before, so that what is measured is compiled.
  roomsAlone(one);
  const alone = roomsAlone(one);
  const journaled = await lineWithJournal(one);
  print({ case: 'alarm and correlate alone', ours: alone.perSecond, unit: 'observations/s' });
  print({ case: 'alarm and correlate alone', ours: alone.perCpuSecond, unit: 'observations/CPU s' });
  print({ case: 'whole line with journal', ours: journaled.perSecond, unit: 'observations/s' });
  print({ case: 'whole line with journal', ours: journaled.perCpuSecond, unit: 'observations/CPU s' });
  print({ case: 'longest step, alarm and correlate', ours: alone.longestMs, unit: 'ms' });
  print({ case: 'longest step, whole line', ours: journaled.longestMs, unit: 'ms' });
  print({ case: 'worst ten minutes of that stream', ours: worstTenMinutes(one.records), unit: 'raises' });
}
