/** Fresh networks with their faults, by condition: our figures by kind beside the baselines', and how they bend. */
import type { Score } from '../../src/measure/measure.ts';
import { type AlarmCase, statedBy, statedByUs } from './alarm-case.ts';
import { Pool } from './alarm-pool.ts';
import { promptnessTable } from './alarm-promptness.ts';
import { type Contestant, contestTable, kindTable, presentedByFault } from './alarm-table.ts';
import { lineWithJournal, roomsAlone, worstTenMinutes } from './alarm-throughput.ts';
import { baselines } from './baselines/index.ts';
import type { Measured } from './report.ts';
import { changesHash, interruptions } from './restarted-line.ts';

/** What is damaged on the way from the faults to the alarms. */
export interface Condition {
  /** Short, for `--only`. */
  readonly name: string;
  readonly title: string;
  /** Share of lost traps. */
  readonly loss: number;
  /** Times the usual noise. */
  readonly noise: number;
  /** Share of leaves that hang elsewhere than the topology says. */
  readonly topologyErrors?: number | undefined;
  /** Standard deviation of the devices' clocks. */
  readonly skewMs?: number | undefined;
}

export const stated: readonly Condition[] = [
  { name: 'loss5', title: '5 % of the traps lost', loss: 0.05, noise: 1 },
  { name: 'loss20', title: '20 % lost', loss: 0.2, noise: 1 },
  { name: 'noise10', title: '20 % lost, ten times the noise', loss: 0.2, noise: 10 },
];

export const curves: readonly Condition[] = [
  ...[0.01, 0.02, 0.05].map((share) => ({
    ...{ name: `errors${share * 100}`, title: `${share * 100} % of the leaves in the wrong place` },
    ...{ loss: 0.05, noise: 1, topologyErrors: share },
  })),
  ...[
    { skewMs: 60_000, words: 'a minute' },
    { skewMs: 3_600_000, words: 'an hour' },
  ].map(({ skewMs, words }) => ({
    ...{ name: `skew${skewMs / 1_000}`, title: `clocks off by about ${words}` },
    ...{ loss: 0.05, noise: 1, skewMs },
  })),
];

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
    options.show(`${kindTable(ours!.pooled, options.kinds)}\n\n${contestTable(contestants)}\n`);
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
    const ours = statedByUs(one);
    show(
      `${one.name}, ${condition.name}: ${one.records.length} lines, ${(ours.tookMs / 1_000).toFixed(1)} CPU s`,
    );
    pools.get('ours')!.add(one, ours);
    for (const baseline of compared) pools.get(baseline.name)!.add(one, statedBy(baseline, one));
  }
  const { records, tookMs } = pools.get('ours')!;
  return { pools, records, tookMs };
}

function printFigures(
  { title }: Condition,
  {
    ours,
    others,
    print,
  }: {
    readonly ours: Contestant;
    readonly others: readonly Contestant[];
    readonly print: GeneratedRun['print'];
  },
): void {
  const { score, notified } = ours.pooled;
  const line = (name: string, value: number | null | undefined, unit: string): void => {
    if (value !== null && value !== undefined) print({ case: `${title}: ${name}`, ours: value, unit });
  };
  for (const figure of ['exact', 'jaccard', 'rootTop1', 'solved'] as const) {
    line(`${figure}, mean of kinds`, score.macro[figure], 'share');
    for (const { name, pooled } of others) {
      const of = (one: Score): number => one.macro[figure] ?? 0;
      print({
        case: `${title}: ${figure}, mean of kinds; peer: ${name}`,
        ...{ ours: of(score), peer: of(pooled.score), unit: 'share' },
      });
    }
  }
  line('presented by fault', presentedByFault(score), 'items');
  line('calibration error', score.ece, 'share');
  line('told and affected', notified.precision, 'share');
  line('affected and told', notified.recall, 'share');
  for (const { name, onset, evidence } of ours.pooled.promptness) {
    line(`decided after first heard, p95, ${name}`, onset.p95, 'ms');
    line(`decided after the last needed evidence, p95, ${name}`, evidence.p95, 'ms');
  }
  line('false incidents', score.falsePerDay, 'a day');
  line('largest wrong merge', score.largestWrongMerge, 'alarms');
}

const repeats = 20;

/** The same stream again and again, each time killed at other places: how many of the runs say anything else than the first. */
export function runRepeats(one: AlarmCase, print: (line: Measured) => void): void {
  const first = changesHash(one, interruptions(one, 0));
  let [differ, deaths] = [0, 0];
  for (let run = 1; run <= repeats; run++) {
    // Every fifth runs through.
    const places = interruptions(one, run % 5 === 0 ? 0 : run);
    deaths += places.deaths.size;
    if (changesHash(one, places) !== first) differ++;
  }
  print({
    case: `${repeats} runs of one stream with ${deaths} deaths in mid-storm: runs that differ`,
    ours: differ,
    unit: 'runs',
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
