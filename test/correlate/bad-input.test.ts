/** What networks and their documents do wrong, run through a replay: named, contained, and no raise is lost. */
import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { instant } from '../../src/base/instant.ts';
import { type CorrelationRules, compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { type ReplayedIncident, replayStream } from '../../src/flow/replay.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import { compileTopology, parseTopology, type Topology } from '../../src/topology/topology.ts';
import { shippedDocuments, shippedRules } from '../support/shipped-rules.ts';
import {
  cityStartsAt,
  cleared as clearedAlarm,
  raised,
  smallCity,
  smallCityDocument,
  terminals,
} from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

interface Said extends Partial<Omit<Observation, 'resource' | 'by'>> {
  readonly second: number;
  readonly resource: string;
  readonly by?: string;
}

const each = (second: number, cause: string, resources: readonly string[]): Said[] =>
  resources.map((resource, i) => ({ second: second + i * 0.05, cause, resource }));
const cleared = (second: number, cause: string, resources: readonly string[]): Said[] =>
  each(second, cause, resources).map((one) => ({ ...one, event: 'clear' }));

const branch = terminals('1-1-1');
const house = terminals('2-2-1').slice(0, 6);
/** A cut branch of one OLT, a dark house of the other, and a cut of the ring, within a minute and over after an hour. */
const faults: readonly Said[] = [
  ...each(10, 'LOS', branch),
  ...each(25, 'DYING_GASP', house),
  ...['agg-3', 'agg-4'].map((by, i) => ({ second: 40 + i * 0.1, resource: 'l-34', cause: 'LINK_DOWN', by })),
  ...cleared(3_600, 'LOS', branch),
  ...cleared(3_600, 'DYING_GASP', house),
  ...['agg-3', 'agg-4'].map((by) => ({
    ...{ second: 3_610, resource: 'l-34', cause: 'LINK_DOWN', by },
    event: 'clear' as const,
  })),
];
const stated = ['house-power b-2-2-1 6', 'link l-34 2', 'splitter s1-1-1 8'];

function replay(
  said: readonly Said[],
  topology: Topology = smallCity(),
  rules: CorrelationRules = shippedRules,
) {
  const inOrder = [...said].sort((a, b) => a.second - b.second);
  const records = inOrder.map(({ second, resource, by, ...one }, i) => ({
    at: instant(cityStartsAt + Math.round(second * 1_000)),
    observation: {
      ...{ event: 'raise' as const, source: 'trap' as const, record: `${i} ${resource}` },
      ...one,
      resource: resourceId(resource),
      by: by === undefined ? undefined : resourceId(by),
    },
  }));
  const incidents = replayStream({ topology, policy: defaultPolicy, rules, records });
  // Every raise, repeats and duplicates among them, stands in exactly one incident; what rules raise has no line.
  const raises = records.filter(({ observation }) => observation.event === 'raise');
  const lines = new Set(records.map(({ observation }) => observation.record));
  const standing = incidents.flatMap(({ incident }) => incident.alarms).filter((id) => lines.has(id));
  expect([...standing].sort()).toEqual(raises.map(({ observation }) => observation.record).sort());
  return incidents;
}

/** What people are told of: `kind root alarms`. */
const told = (incidents: readonly ReplayedIncident[]): readonly string[] =>
  incidents
    .filter(({ incident }) => incident.actionable && incident.state !== 'merged')
    .map(({ incident: { kind, root, alarms } }) => `${kind} ${root} ${alarms.length}`)
    .sort();

/** The small city with its document changed as a slip of somebody's hand would. */
function cityWith(change: (document: string) => string) {
  const parsed = parseTopology(change(smallCityDocument()), 'city.json');
  const { value, problems } = compileTopology(parsed.value);
  return { topology: value, codes: [...parsed.problems, ...problems].map(({ code }) => code) };
}

test('with nothing wrong each fault is one incident and all are over', () => {
  const incidents = replay(faults);
  expect(told(incidents)).toEqual(stated);
  expect(incidents.map(({ incident }) => incident.state)).toEqual(['closed', 'closed', 'closed']);
});

test('a tree that runs in a circle is named and cut, and faults elsewhere are told of as ever', () => {
  const { topology, codes } = cityWith((document) =>
    document.replace('"id":"olt-1/c1","kind":"card","in":{"access":"olt-1"}', (text) =>
      text.replace('"access":"olt-1"', '"access":"s1-2"'),
    ),
  );
  expect(codes).toContain('topology/cycle');
  expect(told(replay(faults, topology))).toEqual(stated);
});

test('parents and link ends that are not there are named, and what hangs on nothing is still told of', () => {
  const { topology, codes } = cityWith((document) =>
    document
      .replace('"id":"s1-1","kind":"splitter","in":{"access":"olt-1/c1/p1"', (text) =>
        text.replace('olt-1/c1/p1', 'nowhere'),
      )
      .replace('"ends":["agg-2","olt-1"]', '"ends":["agg-2","nobody"]'),
  );
  expect(codes).toHaveLength(2);
  expect(told(replay(faults, topology))).toEqual(stated);
});

test('resources that nobody planned are incidents of their own, each with its raise, and take part in no other', () => {
  const strangers = Array.from({ length: 30 }, (_, i) => `stranger-${i}`);
  const incidents = replay([...faults, ...each(9, 'LOS', strangers), ...each(11, 'LINK_DOWN', ['cut-x'])]);
  const grave = incidents.filter(({ incident }) => incident.root?.startsWith('stranger-') === true);
  expect(grave).toHaveLength(30);
  expect(grave.every(({ incident }) => incident.alarms.length === 1)).toBe(true);
  expect(told(incidents)).toEqual(expect.arrayContaining(stated));
});

test('clears of what nobody raised end nothing', () => {
  const all = terminals('1').concat(terminals('2'));
  const idle = [
    ...cleared(60, 'PORT_LOS', all),
    ...cleared(61, 'NO_IP', all),
    ...cleared(62, 'LOS', terminals('2')),
  ];
  const until = faults.filter(({ event }) => event !== 'clear');
  const incidents = replay([...until, ...idle]);
  expect(told(incidents)).toEqual(stated);
  expect(incidents.filter(({ incident }) => incident.resolvedAt !== undefined)).toEqual([]);
});

test('what is said two and three times is counted with what was said once', () => {
  const raises = faults.filter(({ event }) => event === undefined);
  const again = raises.map((one) => ({ ...one, second: one.second + 0.4 }));
  const late = raises.map((one) => ({ ...one, second: one.second + 900 }));
  const incidents = replay([...faults, ...again, ...late]);
  expect(told(incidents)).toEqual(['house-power b-2-2-1 18', 'link l-34 6', 'splitter s1-1-1 24']);
});

test('device clocks that are an hour, or a year, off change nothing', () => {
  const off = [3_600_000, -3_600_000, 31_536_000_000, -31_536_000_000, 0];
  const skewed = faults.map((one, i) => ({
    ...one,
    deviceAt: instant(Math.round(cityStartsAt + one.second * 1_000 + off[i % off.length]!)),
  }));
  const strip = (incidents: readonly ReplayedIncident[]) =>
    incidents.map(({ incident: { root, startedAt, resolvedAt } }) => ({ root, startedAt, resolvedAt }));
  expect(strip(replay(skewed))).toEqual(strip(replay(faults)));
});

test('two terminals whose names were swapped cost each fault one alarm and merge nothing', () => {
  const [one, other] = [branch[3]!, house[2]!];
  const swap = (id: string): string => (id === one ? other : id === other ? one : id);
  const incidents = replay(faults.map((said) => ({ ...said, resource: swap(said.resource) })));
  const found = told(incidents);
  expect(found).toEqual(
    expect.arrayContaining([expect.stringMatching(/^splitter s1-1-1 [78]$/), 'link l-34 2']),
  );
  expect(found).toEqual(expect.arrayContaining([expect.stringMatching(/^house-power b-2-2-1 [56]$/)]));
});

test('two splitters that the papers have swapped are cut in the wrong place at most, and nothing else is drawn in', () => {
  const { topology, codes } = cityWith((document) =>
    document
      .replace('"id":"s1-1-1","kind":"splitter","in":{"access":"s1-1"', (text) =>
        text.replace('"s1-1"', '"s2-2"'),
      )
      .replace('"id":"s2-2-1","kind":"splitter","in":{"access":"s2-2"', (text) =>
        text.replace('"s2-2"', '"s1-1"'),
      ),
  );
  expect(codes).toEqual([]);
  expect(topology.idOf(topology.parentOf('access', topology.indexOf('s1-1-1')))).toBe('s2-2');
  expect(told(replay(faults, topology))).toEqual(stated);
  // A whole port by its real wiring: the papers put half of it elsewhere, and the other half of what they put here is lit.
  const port = [...terminals('1-1-1'), ...terminals('1-1-2')];
  const incidents = replay(
    [...each(10, 'LOS', port), ...each(25, 'DYING_GASP', house.slice(0, 2))],
    topology,
  );
  for (const { incident } of incidents) {
    const devices = new Set(incident.alarms.map((id) => id.split(' ')[1]!.split('-').slice(0, 3).join('-')));
    expect([...devices].includes('ont-1-1') && [...devices].includes('ont-2-2'), incident.root).toBe(false);
  }
});

test('collectors that see again end nothing that is still dark', () => {
  const still = faults.filter(({ event }) => event === undefined);
  const back: Said[] = [
    { second: 5, resource: 'col-1', cause: 'UNREACHABLE', source: 'collector' },
    { second: 5.1, resource: 'col-1', event: 'unknown', source: 'collector', below: true },
    { second: 1_800, resource: 'col-1', cause: 'UNREACHABLE', event: 'clear', source: 'collector' },
    { second: 1_801, resource: 'col-1', event: 'alive', source: 'collector' },
    ...['agg-1', 'agg-4', 'olt-1', 'olt-2'].map(
      (resource): Said => ({ second: 1_802, resource, event: 'alive', source: 'poll' }),
    ),
  ];
  const open = replay([...still, ...back]).filter(
    ({ incident }) => incident.actionable && incident.resolvedAt === undefined,
  );
  expect(told(open)).toEqual(stated);
});

test('half of the collectors blind: what they see nothing of is not dark, what others see is told of', () => {
  const { topology, codes } = cityWith((document) =>
    document
      .replace('{"id":"col-1","kind":"collector"}', '$&,{"id":"col-2","kind":"collector"}')
      .replace(/("id":"olt-1","kind":"olt","in":\{[^}]*"collector":)"col-1"/, '$1"col-2"'),
  );
  expect(codes).toEqual([]);
  const blind: Said[] = [
    { second: 5, resource: 'col-1', cause: 'UNREACHABLE', source: 'collector' },
    { second: 5.1, resource: 'col-1', event: 'unknown', source: 'collector', below: true },
    ...each(5.5, 'UNREACHABLE', ['agg-1', 'agg-4', 'olt-2']).map((one) => ({
      ...one,
      source: 'poll' as const,
    })),
  ];
  const incidents = replay([...faults, ...blind], topology);
  expect(told(incidents)).toEqual(['collector col-1 4', ...stated]);
});

test('a head that says all is well while its branch is dark ends what it speaks of, and the next raise is news', () => {
  const incidents = replay([
    ...faults.filter(({ event }) => event === undefined),
    { second: 100, resource: 's1-1-1', event: 'alive', source: 'poll', below: true },
    ...each(160, 'LOS', branch),
  ]);
  // The same branch within half an hour is the same fault; the house and the ring are not touched by its word.
  expect(told(incidents)).toEqual(['house-power b-2-2-1 6', 'link l-34 2', 'splitter s1-1-1 16']);
});

test('hundreds of unrelated words in a few hours gather nothing: none takes more than ten of other devices', () => {
  const causes = ['DOOR', 'FAN_FAIL', 'HIGH_TEMP', 'CRC_ERRORS', 'VENDOR_A', 'VENDOR_B', 'DEGRADED', 'NO_IP'];
  const devices = ['agg-1', 'agg-2', 'agg-3', 'agg-4', 'core-1', 'olt-1', 'olt-2', 'olt-1/c1', 'olt-2/c1'];
  const words = Array.from({ length: 200 }, (_, i): Said => {
    const resource = i % 4 === 0 ? terminals('1')[(i * 7) % 32]! : devices[(i * 5) % devices.length]!;
    return { second: 60 + i * 97, resource, cause: causes[(i * 3) % causes.length]! };
  });
  const incidents = replay([...faults, ...words]);
  expect(told(incidents)).toEqual(expect.arrayContaining(['house-power b-2-2-1 6', 'splitter s1-1-1 8']));
  for (const { incident } of incidents) {
    if (incident.root === 's1-1-1' || incident.root === 'b-2-2-1') continue;
    const others = incident.alarms.filter((id) => id.split(' ')[1] !== incident.root);
    expect(others.length, `${incident.kind} ${incident.root}`).toBeLessThanOrEqual(10);
  }
});

/** The shipped rules with one pattern of somebody's own. */
function rulesWith(pattern: string): CorrelationRules {
  const text = `format: correlation/1\npatterns:\n  - ${pattern}\n`;
  const { value } = compileCorrelationRules([...shippedDocuments, parseYaml('own.yaml', text).value]);
  if (value === undefined) throw new Error('incomplete');
  return value;
}

test('a rule that matches everything adds a word to each alarm, and one whose condition never holds adds none', () => {
  const all = rulesWith(
    '{ id: all, kind: single, by: resource, on: {}, raise: { cause: SAID, severity: minor } }',
  );
  expect(told(replay(faults, smallCity(), all))).toEqual(stated);
  const broken = rulesWith(
    `{ id: broken, kind: single, by: resource, on: { where: "attributes.absent > 'x' || count > 1000000.0" }, raise: { cause: SAID, severity: critical } }`,
  );
  expect(told(replay(faults, smallCity(), broken))).toEqual(stated);
});

test('names that no topology knows are forgotten when nothing holds them: however many came, the next one has its incident', () => {
  const city = new CityRun();
  const names = Array.from({ length: 101_000 }, (_, i) => `gone-${i}`);
  for (let from = 0; from < names.length; from += 500) {
    const some = names.slice(from, from + 500);
    city.to(1 + from / 250);
    city.take(some.map((name) => raised(name, 'LOS', city.at)));
    city.take(some.map((name) => clearedAlarm(name, 'LOS', city.at)));
  }
  city.raise(600, 'LOS', ['here', ...branch]).to(700);
  expect(city.correlation.open().map(({ root }) => root)).toEqual(['s1-1-1', 'here']);
  expect(city.correlation.counters).toMatchObject({ refused: 0, clearedBeforeDecision: 101_000 });
});
