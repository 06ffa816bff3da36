/** The real networks: incidents simulated on one of them by its experts' graph, and the recorded streams as they were. */
import { seededRandom } from '../../src/base/random.ts';
import { type Statement, statedBy, statedByUs } from './alarm-case.ts';
import { type AlarmLoad, loadOf } from './alarm-load.ts';
import { Pool } from './alarm-pool.ts';
import { type Contestant, contestTable, kindTable } from './alarm-table.ts';
import { chainedNeighbours, quietGaps } from './baselines/chains.ts';
import { clusteredByDefault } from './baselines/dbscan.ts';
import { baselines } from './baselines/index.ts';
import { plausibilityOf } from './plausibility.ts';
import { type RealNetwork, realNetworks } from './real-networks.ts';
import { drawnRelations, learnedFrom, proposed, scoreOf, withRelations } from './real-relations.ts';
import {
  type Branching,
  neighboursOf,
  networkOf,
  recordedStream,
  simulatedOn,
  studied,
} from './real-streams.ts';
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
  for (const network of networks) {
    recorded(network, { print, show });
    secondHalf(network, show);
    learner(network, { print, show });
  }
  return ours;
}

/** Unless a line says otherwise no rule says which type causes which: the engine knows the neighbours and the time only. */
function simulated(network: RealNetwork, { seeds, print, show }: RealRun): Pool {
  const cases = seeds.map((seed) => simulatedOn(network, seededRandom(seed)));
  const drawn = withRelations(drawnRelations(network));
  const anotherDay = simulatedOn(network, seededRandom(seeds[0]! + 1_000_000));
  const learned = withRelations(proposed(learnedFrom(network, anotherDay.records)));
  const pools = [
    { name: 'ours', stated: (one: (typeof cases)[number]) => statedByUs(one) },
    {
      name: "ours, experts' graph as rules",
      stated: (one: (typeof cases)[number]) => statedByUs(one, drawn),
    },
    {
      name: 'ours, rules learned another day',
      stated: (one: (typeof cases)[number]) => statedByUs(one, learned),
    },
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
  const [ours, ...others] = contestants;
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
  otherDays(network, seeds, show);
  return pools[0]!.pool;
}

/** Faster, slower, rarer and more frequent than the study's days: nothing may hang on one pace. */
const paces: readonly (readonly [string, Partial<Branching>])[] = [
  ['the study', {}],
  ['fewer effects', { perSecond: 0.004 }],
  ['three times as slow', { meanLength: 30, perSecond: 0.002 }],
  ['three times as fast', { meanLength: 3, perSecond: 0.02 }],
  ['three times as many', { spontaneous: 6e-6 }],
  ['a quarter as many', { spontaneous: 5e-7 }],
];

function otherDays(network: RealNetwork, seeds: readonly number[], show: RealRun['show']): void {
  const drawn = withRelations(drawnRelations(network));
  for (const [name, pace] of paces) {
    const cases = seeds.map((seed) =>
      simulatedOn(network, seededRandom(seed + 500), { ...studied, ...pace }),
    );
    const figures = [
      ['ours', (one: (typeof cases)[number]) => statedByUs(one)] as const,
      ["with the experts' graph", (one: (typeof cases)[number]) => statedByUs(one, drawn)] as const,
      ['ALEC', (one: (typeof cases)[number]) => statedBy(clusteredByDefault, one)] as const,
    ].map(([who, stated]) => {
      const pool = new Pool();
      let [largest, largestTrue] = [0, 0];
      for (const one of cases) {
        const said = stated(one);
        pool.add(one, said);
        for (const line of said.lines)
          largest = Math.max(largest, (JSON.parse(line) as PrintedIncident).alarms.length);
        const { faults } = one.truth as {
          readonly faults: readonly { readonly alarms: readonly string[] }[];
        };
        for (const { alarms } of faults) largestTrue = Math.max(largestTrue, alarms.length);
      }
      const { exact, rootTop1 } = pool.result().score;
      return `${who} exact ${exact?.toFixed(3)} root ${rootTop1?.toFixed(3)} largest ${largest} of ${largestTrue}`;
    });
    show(`  ${name}: ${figures.join('; ')}`);
  }
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
  const stated = statedByUs(stream);
  const { tookMs } = stated;
  const all = statedOf(stated);
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
  const groups = placesOf(all);
  show(`  ours: ${makeUp(network, groups)}`);
  const { share, byChance, z } = plausibilityOf(network, groups, seededRandom(1));
  show(
    `  plausibility: ${share.toFixed(3)} follow a cause the experts drew, ${byChance.toFixed(3)} by chance, z ${z.toFixed(1)}`,
  );
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

const asChains = (incidents: readonly PrintedIncident[]) =>
  incidents.map(({ history, startedAt, alarms }) => ({
    at: history[0]?.at ?? startedAt,
    size: alarms.length,
  }));

const statedOf = ({ lines }: Statement): readonly PrintedIncident[] =>
  lines.map((line) => JSON.parse(line) as PrintedIncident).filter(({ state }) => state !== 'merged');

/** Places of their alarms in the network's list. */
const placesOf = (incidents: readonly PrintedIncident[]): readonly (readonly number[])[] =>
  incidents.map(({ alarms }) => alarms.map((id) => Number(id.slice(1))));

/** What a group is made of: an alarm that chatters is one alarm, however many raises it has. */
function makeUp(network: RealNetwork, groups: readonly (readonly number[])[]): string {
  const sizes = groups.map((group) => {
    const alarms = group.map((place) => network.alarms[place]!);
    const devices = new Set(alarms.map(({ device }) => device)).size;
    return {
      raises: group.length,
      alarms: new Set(alarms.map(({ device, type }) => `${device} ${type}`)).size,
      devices,
    };
  });
  const most = (of: 'raises' | 'alarms' | 'devices') =>
    sizes.reduce((best, one) => (one[of] > best[of] ? one : best), { raises: 0, alarms: 0, devices: 0 });
  const said = ({ raises, alarms, devices }: ReturnType<typeof most>): string =>
    `${raises} raises of ${alarms} alarms on ${devices} devices`;
  const held = sizes.reduce((sum, { raises }) => sum + raises, 0);
  return `${held} raises in ${groups.length} groups; most raises: ${said(most('raises'))}; most alarms: ${said(most('alarms'))}; most devices: ${said(most('devices'))}`;
}

/** Rules learned on the first half of a stream, applied to the second: is it grouped better than without? */
function secondHalf(network: RealNetwork, show: RealRun['show']): void {
  const records = recordedStream(network);
  const middle = (records[0]!.at + records.at(-1)!.at) / 2;
  const second = { topology: networkOf(network), records: records.filter(({ at }) => at >= middle) };
  const first = records.filter(({ at }) => at < middle);
  const rules = withRelations(proposed(learnedFrom(network, first)));
  const count = second.records.filter(({ observation }) => observation.event === 'raise').length;
  show(`  second half, ${count} alarms; ${rules.follows.length} relations learned on the first`);
  for (const [name, stated] of [
    ['without them', statedByUs(second)],
    ['with them', statedByUs(second, rules)],
  ] as const) {
    const groups = placesOf(statedOf(stated));
    const { share, byChance, z } = plausibilityOf(network, groups, seededRandom(1));
    const drawn = `; caused ${share.toFixed(3)}, by chance ${byChance.toFixed(3)}, z ${z.toFixed(1)}`;
    show(`    ${name}: ${makeUp(network, groups)}${drawn}`);
  }
}

/** F1 of the best published learner on the two networks of gcastle: THP, by the README of the data. */
const published: Readonly<Record<string, number>> = { '18V': 0.5765, '24V': 0.3719 };

function learner(network: RealNetwork, { print, show }: Omit<RealRun, 'seeds'>): void {
  const relations = learnedFrom(network, recordedStream(network));
  const { proposed: all, right, reversed, f1, g } = scoreOf(relations, network);
  show(
    `  relations: ${all} pairs proposed, ${right} as experts drew them, ${reversed} the other way round; F1 ${f1.toFixed(3)}, g ${g.toFixed(3)}`,
  );
  const peer = published[network.name.slice(0, 3)];
  print({
    case: `${network.name}: F1 of relations${peer === undefined ? '' : '; peer: THP'}`,
    ours: f1,
    peer,
    unit: 'share',
  });
  print({ case: `${network.name}: g-score of relations`, ours: g, unit: 'share' });
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
