/** The real networks: incidents simulated on one of them by its experts' graph, and the recorded streams as they were. */
import { seededRandom } from '../../src/base/random.ts';
import { type Statement, statedBy, statedByUs } from './alarm-case.ts';
import { type AlarmLoad, loadOf } from './alarm-load.ts';
import { Pool } from './alarm-pool.ts';
import { type Contestant, contestTable, kindTable } from './alarm-table.ts';
import { chainedNeighbours, quietGaps } from './baselines/chains.ts';
import { baselines } from './baselines/index.ts';
import { type RealNetwork, realNetworks } from './real-networks.ts';
import { neighboursOf, networkOf, recordedStream, simulatedOn } from './real-streams.ts';
import type { Measured } from './report.ts';

export interface RealRun {
  readonly seeds: readonly number[];
  readonly print: (line: Measured) => void;
  readonly show: (text: string) => void;
}

export function runReal({ seeds, print, show }: RealRun): Pool | undefined {
  const networks = realNetworks();
  if (networks.length === 0) {
    show('left out: the recorded networks are not beside the project');
    return undefined;
  }
  const wired = networks.find(({ links, causes }) => links.length > 0 && causes.length > 0)!;
  const ours = simulated(wired, { seeds, print, show });
  for (const network of networks) recorded(network, { print, show });
  return ours;
}

/** No rule says which type causes which: the engine knows the neighbours and the time only. */
function simulated(network: RealNetwork, { seeds, print, show }: RealRun): Pool {
  const cases = seeds.map((seed) => simulatedOn(network, seededRandom(seed)));
  const pools = [
    { name: 'ours', stated: statedByUs },
    // What is held back as noise counts as grouped here, so that grouping is judged apart from presenting.
    { name: 'ours, nothing held back', stated: (one: (typeof cases)[number]) => released(statedByUs(one)) },
    ...baselines.map((baseline) => ({
      name: baseline.name,
      stated: (one: (typeof cases)[number]) => statedBy(baseline, one),
    })),
  ].map(({ name, stated }) => {
    const pool = new Pool();
    for (const one of cases) pool.add(one, stated(one));
    return { name, pool };
  });
  const contestants: readonly Contestant[] = pools.map(({ name, pool }) => ({ name, pooled: pool.result() }));
  const [ours, , ...others] = contestants;
  show(`\n${network.name}: a branching process on its devices and its experts' graph, ${seeds.length} days`);
  show(`${kindTable(ours!.pooled)}\n\n${contestTable(contestants)}`);
  for (const { name, pooled } of others) {
    for (const figure of ['exact', 'jaccard', 'rootTop1', 'bcubedF1'] as const) {
      print({
        case: `simulated on ${network.name}: ${figure}; peer: ${name}`,
        ours: ours!.pooled.score[figure] ?? 0,
        peer: pooled.score[figure] ?? 0,
        unit: 'share',
      });
    }
  }
  return pools[0]!.pool;
}

/** Unlabelled: what is presented, how large a group grows, how often it floods; compression alone is no goal. */
function recorded(network: RealNetwork, { print, show }: Omit<RealRun, 'seeds'>): void {
  const records = recordedStream(network);
  const stream = { topology: networkOf(network), records };
  const raises = records.filter(({ observation }) => observation.event === 'raise');
  const span = { from: raises[0]!.at, to: raises.at(-1)!.at + 1 };
  const before = loadOf(
    raises.map(({ at }) => at),
    span,
  );
  const { lines, tookMs } = statedByUs(stream);
  const all = lines
    .map((line) => JSON.parse(line) as PrintedIncident)
    .filter(({ state }) => state !== 'merged');
  const asChains = (incidents: readonly PrintedIncident[]) =>
    incidents.map(({ history, startedAt, alarms }) => ({
      at: history[0]?.at ?? startedAt,
      size: alarms.length,
    }));
  const neighbours = neighboursOf(network);
  const rows = [
    { name: 'as recorded', at: raises.map(({ at }) => at as number), largest: 1 },
    summary('ours', asChains(all.filter(({ actionable }) => actionable))),
    summary('ours, nothing held back', asChains(all)),
    summary('same alarm within 300 s', quietGaps(network.alarms, 300)),
    summary('same device or neighbour within 60 s', chainedNeighbours(network.alarms, neighbours, 60)),
    summary('same device or neighbour within 300 s', chainedNeighbours(network.alarms, neighbours, 300)),
  ];
  const skewed = network.alarms.filter(({ from, to }) => to < from).length;
  show(`\n${network.name}, as recorded: ${raises.length} alarms, ${skewed} that end before they begin`);
  for (const { name, at, largest } of rows) {
    // The logs that were chained begin at zero seconds.
    const load =
      name === 'as recorded' || name.startsWith('ours') ? loadOf(at, span) : loadOf(at, secondsSpan(network));
    show(`  ${loadLine(name, { presented: at.length, largest, of: raises.length, load })}`);
  }
  const [, ours, , ...others] = rows;
  for (const peer of others) {
    const figures = { ours: ours!.at.length, peer: peer.at.length, unit: 'items' };
    print({ case: `${network.name}: presented of ${raises.length}; peer: ${peer.name}`, ...figures });
    print({
      case: `${network.name}: largest group; peer: ${peer.name}`,
      ours: ours!.largest,
      peer: peer.largest,
      unit: 'alarms',
    });
  }
  const after = loadOf(ours!.at, span);
  print({
    case: `${network.name}: intervals in flood; peer: as recorded`,
    ours: after.floods,
    peer: before.floods,
    unit: 'intervals',
  });
  print({
    case: `${network.name}: replayed`,
    ours: (records.length / tookMs) * 1_000,
    unit: 'observations/CPU s',
  });
}

function released({ lines, tookMs }: Statement): Statement {
  const all = lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), actionable: true }));
  return { lines: all, tookMs };
}

interface PrintedIncident {
  readonly actionable: boolean;
  readonly state: string;
  readonly startedAt: number;
  readonly alarms: readonly string[];
  readonly history: readonly { readonly at: number }[];
}

function secondsSpan({ alarms }: RealNetwork): { readonly from: number; readonly to: number } {
  return { from: alarms[0]!.from * 1_000, to: alarms.at(-1)!.from * 1_000 + 1 };
}

function summary(name: string, groups: readonly { readonly at: number; readonly size: number }[]) {
  const largest = groups.reduce((most, { size }) => Math.max(most, size), 0);
  return { name, at: groups.map(({ at }) => at), largest };
}

function loadLine(
  name: string,
  { presented, largest, of, load }: { presented: number; largest: number; of: number; load: AlarmLoad },
): string {
  const off = ((1 - presented / of) * 100).toFixed(1);
  const floods = `${load.floods} of ${load.intervals} intervals in flood`;
  return `${name}: ${presented} presented (${off} % off), largest ${largest}, ${load.perTenMinutes.toFixed(1)} per 10 min, ${floods}`;
}
