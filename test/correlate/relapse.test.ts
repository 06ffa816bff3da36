/** What comes back part by part, fails again, or ends without a word: still one fault, and nothing more than that. */
import { expect, test } from 'vitest';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import { reachOf } from '../../src/correlate/recent.ts';
import { RuleTable } from '../../src/correlate/rule-table.ts';
import { resourceId } from '../../src/model/ids.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, cleared, raised, smallCity, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const minute = 60;

const told = (run: CityRun): string[] => run.open().map(({ kind, root }) => `${kind} ${root}`);

test('a mend that does not hold is the same fault, though only a part of it fails again', () => {
  const run = new CityRun().raise(0, 'LOS', terminals('1-1')).to(20);
  run.clear(30 * minute, 'LOS', terminals('1-1')).to(31 * minute);
  expect(run.open()).toEqual([]);
  run.raise(40 * minute, 'LOS', terminals('1-1-2').slice(0, 6)).to(41 * minute);
  expect(told(run)).toEqual(['splitter s1-1']);
  expect(new Set(run.changes.map(({ incident }) => incident.id)).size).toBe(1);
});

test('a port and its only splitter relapse as one, whichever was named first and however few were heard then', () => {
  const heard = terminals('1-1').filter((_, i) => i % 2 === 0);
  const run = new CityRun().raise(0, 'LOS', heard).to(20);
  run.clear(5 * minute, 'LOS', heard).to(6 * minute);
  run
    .raise(8 * minute, 'LOS', terminals('1-1'))
    .raise(8 * minute + 1, 'PORT_LOS', ['olt-1/c1/p1'])
    .to(9 * minute);
  expect(new Set(run.changes.map(({ incident }) => incident.id)).size).toBe(1);
});

test('mains of a district come back as a whole: a house of it that loses them minutes later has another fault', () => {
  const run = new CityRun().raise(0, 'DYING_GASP', terminals('1')).to(30);
  run.clear(5 * minute, 'DYING_GASP', terminals('1')).to(6 * minute);
  const house = terminals('1-1').filter((_, i) => i % 8 < 6);
  run.raise(20 * minute, 'DYING_GASP', house).to(21 * minute);
  expect(run.open().map(({ kind }) => kind)).not.toContain('area-power');
  expect(run.open().length).toBeGreaterThan(0);
});

test('a customer who switches off after the mend has nothing to do with it', () => {
  const run = new CityRun().raise(0, 'LOS', terminals('1-1')).to(20);
  run.clear(30 * minute, 'LOS', terminals('1-1')).to(31 * minute);
  run.raise(40 * minute, 'DYING_GASP', terminals('1-1-2').slice(0, 1)).to(41 * minute);
  expect(run.open()).toEqual([]);
});

test('mains that come back take no customer who switches off then, though some are still dark: they would fail for all', () => {
  const [gasping, mute, ...others] = terminals('1');
  const run = new CityRun()
    .raise(0, 'DYING_GASP', [gasping!, ...others])
    .raise(1, 'LOS', [mute!])
    .to(30);
  const back = [gasping!, ...others.slice(0, 24)];
  run
    .clear(60 * minute, 'DYING_GASP', back)
    .clear(60 * minute + 5, 'LOS', [mute!])
    .to(61 * minute);
  run
    .raise(62 * minute, 'DYING_GASP', [gasping!])
    .raise(62 * minute, 'LOS', [mute!])
    .to(64 * minute);
  expect(run.open().map(({ kind, root, alarms }) => `${kind} ${root} ${alarms.length}`)).toEqual([
    'area-power mains-1 32',
    `drop ${mute} 1`,
  ]);
});

test('mains that fail again while they come back are the same failure', () => {
  const all = terminals('1');
  const run = new CityRun().raise(0, 'DYING_GASP', all).to(30);
  run.clear(5 * minute, 'DYING_GASP', all.slice(0, 20)).to(6 * minute);
  run.raise(7 * minute, 'DYING_GASP', all.slice(0, 20)).to(8 * minute);
  expect(run.open().map(({ kind, root, alarms }) => `${kind} ${root} ${alarms.length}`)).toEqual([
    'area-power mains-1 52',
  ]);
});

test('a battery in the house that gives out belongs to the lost mains while the house is dark, whoever else is back', () => {
  const [owner, ...house] = terminals('1-1-1').slice(0, 6);
  const others = terminals('1').filter((id) => id !== owner && !house.includes(id));
  const run = new CityRun().raise(0, 'DYING_GASP', [...house, ...others]).to(30);
  run.clear(60 * minute, 'DYING_GASP', others).to(70 * minute);
  run.raise(75 * minute, 'DYING_GASP', [owner!]).to(76 * minute);
  expect(told(run)).toEqual(['area-power mains-1']);
  expect(run.open()[0]?.alarms).toHaveLength(32);
});

test('what is still dark of a wide fault does not make its cause a narrower one', () => {
  const back = terminals('1').filter((id) => !terminals('1-1-1').slice(0, 6).includes(id));
  const [late, ...house] = terminals('1-1-1').slice(0, 6);
  const run = new CityRun().raise(0, 'DYING_GASP', [...house, ...back]).to(30);
  run.clear(60, 'DYING_GASP', back).raise(100, 'DYING_GASP', [late!]).to(150);
  expect(told(run)).toEqual(['area-power mains-1']);
});

test('clears that were lost are no second fault; a branch that stays dark waits for its mend', () => {
  for (const [left, open] of [
    [2, []],
    [8, ['duct duct-1']],
  ] as const) {
    const dark = terminals('1-1-1').slice(0, left);
    const run = new CityRun().raise(0, 'LOS', terminals('1')).to(20);
    run.clear(
      30 * minute,
      'LOS',
      terminals('1').filter((id) => !dark.includes(id)),
    );
    expect(told(run.to(70 * minute))).toEqual(open);
  }
});

test('a customer who switched off hours ago and was not heard coming back is not what began a cut', () => {
  const [early] = terminals('1-1');
  const run = new CityRun().raise(0, 'DYING_GASP', [early!]).to(30);
  run.raise(180 * minute, 'LOS', terminals('1-1')).to(181 * minute);
  expect(run.summary()).toEqual(['splitter s1-1 16']);
  expect(run.open()[0]?.startedAt).toBe(cityStartsAt + 180 * minute * 1_000);
});

test('what was told by trap a minute and a half before a burst of traps is another matter', () => {
  const [early, ...others] = terminals('1-1');
  const run = new CityRun().raise(0, 'DYING_GASP', [early!]).to(30).raise(90, 'LOS', others).to(140);
  expect(run.summary()).toEqual(['splitter s1-1 15']);
});

test('a terminal whose clear was lost and that falls dark again when the rest is back has a fault of its own', () => {
  const [again, ...others] = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', terminals('1-1')).to(20);
  run.clear(30 * minute, 'LOS', others).to(32 * minute);
  run.raise(34 * minute, 'LOS', [again!]).to(35 * minute);
  expect(run.summary()).toContain(`drop ${again} 1`);
});

test('that a device calls its alarm unsteady says how its fault behaves and is no other fault', () => {
  const [one] = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', [one!]).to(30).raise(60, 'FLAPPING', [one!]).to(70);
  expect(run.summary()).toEqual([`flapping ${one} 2`]);
});

test('a poll that finds dark what is known to be dark adds to that, however much of it is back', () => {
  const all = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', all).to(20).clear(60, 'LOS', all.slice(0, 10)).to(70);
  run.take([raised(all[15]!, 'UNREACHABLE', run.at, { source: 'poll' })]).to(100);
  expect(run.summary()).toEqual(['splitter s1-1 17']);
});

/** A street amplifier and the house behind it hang on one feed; two flats of the house hang on the amplifier before it. */
function houseWithModems() {
  const modems = (amplifier: string, count: number): object[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `${amplifier}-m${i + 1}`,
      kind: 'modem',
      subscribers: 1,
      in: { access: amplifier, power: 'house' },
    }));
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'cmts', kind: 'cmts' },
      { id: 'node', kind: 'fiber-node', in: { access: 'cmts' } },
      { id: 'amp-1', kind: 'amplifier', in: { access: 'node' } },
      { id: 'amp-2', kind: 'amplifier', in: { access: 'amp-1', power: 'house' } },
      { id: 'house', kind: 'building' },
      ...modems('amp-1', 4),
      ...modems('amp-2', 12),
      ...Array.from({ length: 20 }, (_, i) => ({
        id: `other-${i + 1}`,
        kind: 'modem',
        subscribers: 1,
        in: { access: 'amp-1' },
      })),
    ],
    links: [{ id: 'up', ends: ['core', 'cmts'] }],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'modems.json').value).value;
}

test('modems have no last word: that all of one house lost signal together speaks for its mains', () => {
  const run = new CityRun(houseWithModems());
  const house = [1, 2, 3, 4]
    .map((n) => `amp-1-m${n}`)
    .concat(Array.from({ length: 12 }, (_, i) => `amp-2-m${i + 1}`));
  run.raise(0, 'LOS', house).to(30);
  expect(run.summary()).toEqual(['house-power house 16']);
});

/** All modems of a street amplifier, and of the house behind it, are the same; one more hangs on another amplifier. */
function houseOnAmplifier() {
  const modem = (id: string, access: string, power: string): object => ({
    ...{ id, kind: 'modem', subscribers: 1 },
    in: { access, power },
  });
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'cmts', kind: 'cmts' },
      { id: 'node', kind: 'fiber-node', in: { access: 'cmts' } },
      { id: 'amp-1', kind: 'amplifier', in: { access: 'node' } },
      { id: 'amp-2', kind: 'amplifier', in: { access: 'node' } },
      { id: 'house', kind: 'building' },
      { id: 'cottage', kind: 'building' },
      ...modems.map((id) => modem(id, 'amp-1', 'house')),
      ...Array.from({ length: 8 }, (_, i) => modem(`far-${i}`, 'amp-2', 'cottage')),
    ],
    links: [{ id: 'up', ends: ['core', 'cmts'] }],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'modems.json').value).value;
}

const modems = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'];

test('all modems of one amplifier without signal and none that gasped is the amplifier, the surer where one was heard to gasp', () => {
  const unheard = new CityRun(houseOnAmplifier()).raise(0, 'LOS', modems).to(30).open()[0];
  expect(unheard?.candidates.slice(0, 2).map(({ root }) => root)).toEqual(['amp-1', 'house']);
  const heard = new CityRun(houseOnAmplifier()).raise(0, 'DYING_GASP', ['far-1']).to(600);
  const known = heard
    .raise(600, 'LOS', modems)
    .to(630)
    .open()
    .find(({ root }) => root === 'amp-1');
  expect(known?.probability).toBeGreaterThan(0.9);
});

test('the clear of one member of a settled fault is only that', () => {
  const all = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', all).to(20);
  run
    .to(600)
    .take([cleared(all[0]!, 'LOS', run.at)])
    .to(620);
  expect(told(run)).toEqual(['splitter s1-1']);
});

test('two fibres of one feeder that go dark within a second are one cut, though the other fibres are spared', () => {
  const run = new CityRun().raise(0, 'LOS', terminals('1-1').concat(terminals('1-2')), 20).to(30);
  expect(told(run)).toEqual(['duct duct-1']);
});

test('what a bad splice switches off and on is no word of the house in which its terminals stand', () => {
  const run = new CityRun();
  const line = terminals('1-1-1');
  for (const start of [0, 300, 600, 900])
    run
      .raise(start, 'LOS', line)
      .to(start + 60)
      .clear(start + 120, 'LOS', line);
  run.raise(1_200, 'LOS', line).to(1_240).raise(1_240, 'DYING_GASP', ['ont-1-1-2-7']).to(1_300);
  expect(run.open()[0]).toMatchObject({ kind: 'flapping', root: 's1-1-1' });
  const ancestry = new Ancestry(smallCity(), new RuleTable(shippedRules));
  const piece = { place: ancestry.placeOf(line[0]!), symptom: 'los' as const };
  const reach = (root: string): readonly string[] =>
    reachOf(ancestry, 'down', piece, { kind: 'flapping', root: resourceId(root) }).map((at) =>
      ancestry.idOf(at),
    );
  expect(reach('s1-1-1')).toEqual([line[0], 's1-1-1']);
  expect(reach('b-1-1-1')).toContain('b-1-1-1');
});

test('causes that carry the very same terminals are stated as one, by the likeliest, with the others named', () => {
  for (const [port, likeliest] of [
    [[], 's1-1'],
    [['olt-1/c1/p1'], 'olt-1/c1/p1'],
  ] as const) {
    const run = new CityRun().raise(0, 'PORT_LOS', port).raise(0.1, 'LOS', terminals('1-1'), 20).to(30);
    const [first] = run.open()[0]?.candidates ?? [];
    const all = [first, ...(first?.indistinguishable ?? [])].map((one) => one?.root);
    expect(all[0]).toBe(likeliest);
    expect([...all].sort()).toEqual(['f-1-1', 'olt-1/c1/p1', 's1-1']);
    expect(first?.probability).toBeGreaterThan(0.7);
    expect(run.open()[0]?.explanation['indistinguishable']).toEqual(all);
  }
});

test('a link and the stretch that carries nothing else are one candidate, one that carries others is another', () => {
  const own = new CityRun().linkDown(0, 'l-c1', ['agg-1', 'core-1']).to(30).open()[0];
  expect(own?.candidates[0]).toMatchObject({
    root: 'l-c1',
    indistinguishable: [{ root: 'trench-a', kind: 'duct' }],
  });
  const shared = new CityRun().linkDown(0, 'l-12', ['agg-1', 'agg-2']).to(30).open()[0];
  expect(shared?.candidates[0]?.indistinguishable).toBeUndefined();
  expect(shared?.candidates.map(({ root }) => root)).toContain('trench-b');
});

test('a head that was heard to gasp would have gasped: lost light there is no lost power', () => {
  const alone = terminals('1-2').slice(0, 1);
  const house = terminals('1-1-1').slice(0, 6);
  const shareOfHouse = (run: CityRun): number =>
    run.open().flatMap(({ candidates }) => candidates.filter(({ root }) => root === 'b-1-1-1'))[0]
      ?.probability ?? 0;
  const known = new CityRun().raise(0, 'DYING_GASP', alone).clear(60, 'DYING_GASP', alone);
  known.raise(3 * minute * minute, 'LOS', house, 700).to(3 * minute * minute + 30);
  const unknown = new CityRun().raise(3 * minute * minute, 'LOS', house, 700).to(3 * minute * minute + 30);
  expect(shareOfHouse(known)).toBeLessThan(shareOfHouse(unknown));
});

test('of a cable that relapses polls find what traps told of the first time', () => {
  const run = new CityRun().raise(0, 'LOS', terminals('1')).to(20);
  run.clear(30 * minute, 'LOS', terminals('1')).to(31 * minute);
  run.unreachable(40 * minute, terminals('1-1')).to(41 * minute);
  expect(told(run)).toEqual(['duct duct-1']);
  expect(new Set(run.changes.map(({ incident }) => incident.id)).size).toBe(1);
});
