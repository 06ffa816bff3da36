/** What belongs to a fault by when it was said: strays before it, words that came just before it, and what comes long after. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import { RuleTable } from '../../src/correlate/rule-table.ts';
import { finished } from '../../src/correlate/steps.ts';
import { type Evidence, tallyingUp } from '../../src/correlate/tally.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, raised, smallCity, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const minute = 60;

test('what was seen alive before the light went says nothing against the cut, though a customer had switched off before', () => {
  const ancestry = new Ancestry(smallCity(), new RuleTable(shippedRules));
  const said = (id: string, second: number): Evidence => {
    const place = ancestry.placeOf(id);
    const at = instant(cityStartsAt + second * 1_000);
    return { place, above: ancestry.above(place), id, symptom: 'los', weight: 1, firstAt: at, lastAt: at };
  };
  const aliveWhenSeenAt = (second: number, strays: number): number | undefined => {
    const ids = terminals('1-1');
    const evidence = ids.slice(0, 12).map((id, i) => said(id, i < strays ? 0 : 30 + i / 10));
    const place = ancestry.placeOf('s1-1-2');
    const at = instant(cityStartsAt + second * 1_000);
    const tallies = finished(
      tallyingUp(ancestry, 'down', evidence, [{ place, state: 'alive', below: true, at }]),
    );
    return tallies.at(ancestry.placeOf('s1-1'))?.alive;
  };
  expect(aliveWhenSeenAt(20, 1)).toBe(0);
  expect(aliveWhenSeenAt(20, 4)).toBe(8);
  expect(aliveWhenSeenAt(40, 1)).toBe(8);
});

test('a terminal that was dark before all others went dark at once is no part of their fault', () => {
  const [stray, ...others] = terminals('1-1');
  for (const source of ['LOS', 'UNREACHABLE']) {
    const run = new CityRun();
    if (source === 'LOS') run.raise(0, 'LOS', [stray!]);
    else run.unreachable(0, [stray!]);
    run.to(20).raise(30, 'PORT_LOS', ['olt-1/c1/p1']).raise(30, 'LOS', others).to(60);
    expect(run.open().map(({ alarms }) => alarms.length)).toEqual([1, 16]);
  }
});

test('the last battery of a dark house is empty, also of a terminal that has no last word', () => {
  const [late, ...house] = terminals('1-1-1').slice(0, 6);
  const run = new CityRun()
    .raise(0, 'DYING_GASP', house)
    .to(60)
    .raise(100 * minute, 'LOS', [late!]);
  expect(run.to(101 * minute).summary()).toEqual(['house-power b-1-1-1 6']);
});

test('who gasps again had power until now: that a poll had confirmed the last time does not keep it apart', () => {
  const [first, ...others] = terminals('1-1-1').slice(0, 6);
  const run = new CityRun()
    .raise(0, 'DYING_GASP', [first!])
    .to(30)
    .unreachable(40, [first!])
    .to(30 * minute);
  run.raise(31 * minute, 'DYING_GASP', [...others, first!]).to(32 * minute);
  expect(run.summary()).toEqual(['house-power b-1-1-1 6']);
});

test('of a cut that relapses long after it was stated polls find the rest', () => {
  const [unheard, ...others] = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', terminals('1-1')).to(60);
  run.clear(100 * minute, 'LOS', terminals('1-1').slice(0, 15)).raise(101 * minute, 'LOS', others);
  run
    .clear(101 * minute, 'LOS', [unheard!])
    .unreachable(105 * minute, [unheard!])
    .to(106 * minute);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['splitter s1-1']);
});

/** One cable of a DSLAM with two cabinets of thirty lines, and a fibre node with eight modems. */
function street() {
  const lines = (cabinet: string) =>
    Array.from({ length: 150 }, (_, i) => ({
      ...{ id: `${cabinet}-${i + 1}`, kind: 'dsl-line', subscribers: 1, order: i + 1 },
      in: { access: cabinet },
    }));
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'dslam', kind: 'dslam' },
      { id: 'cable', kind: 'cable', in: { access: 'dslam' } },
      ...['cab-1', 'cab-2'].map((id) => ({ id, kind: 'cabinet', in: { access: 'cable' } })),
      ...lines('cab-1'),
      ...lines('cab-2'),
      { id: 'cmts', kind: 'cmts' },
      { id: 'node', kind: 'fiber-node', in: { access: 'cmts' } },
      ...Array.from({ length: 8 }, (_, i) => ({
        ...{ id: `modem-${i + 1}`, kind: 'modem', subscribers: 1 },
        in: { access: 'node' },
      })),
    ],
    links: ['dslam', 'cmts'].map((id) => ({ id: `to-${id}`, ends: ['core', id] })),
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'street.json').value).value;
}

const wet = Array.from({ length: 10 }, (_, i) => `cab-1-${i + 11}`);

test('a line that gets worse an hour after the water came has a cause of its own', () => {
  const run = new CityRun(street()).raise(0, 'CRC_ERRORS', wet, 20_000).to(10 * minute);
  run.raise(70 * minute, 'DEGRADED', ['cab-1-2']).to(72 * minute);
  expect(run.summary()).toEqual(['water cab-1 10']);
});

test('lines that a poll finds worse with the next round belong to the water of before', () => {
  const run = new CityRun(street()).raise(0, 'CRC_ERRORS', wet, 20_000).to(5 * minute);
  const found = Array.from({ length: 4 }, (_, i) => `cab-1-${i + 21}`);
  run.raise(8 * minute, 'DEGRADED', found, 100).to(9 * minute);
  expect(run.summary()).toEqual(['water cab-1 14']);
});

test('a noisy node is nobody’s work until its modems suffer, and then it is', () => {
  const run = new CityRun(street());
  run.take([raised('node', 'CRC_ERRORS', run.at, { severity: 'minor' })]).to(15);
  const changes = [...run.changes];
  run.raise(20, 'DEGRADED', ['modem-2', 'modem-5', 'modem-6'], 5_000).to(60);
  expect(changes.every(({ incident }) => !incident.actionable)).toBe(true);
  expect(run.summary()).toEqual(['ingress node 4']);
});

test('a dead head makes no lines noisy', () => {
  const run = new CityRun(street()).raise(0, 'CRC_ERRORS', wet, 2_000).to(40);
  run.unreachable(50, ['dslam']).to(60);
  expect(run.summary()).toEqual(['water cab-1 10', 'node-down dslam 1']);
});

test('a port that warned of itself is likelier than the splitter on it, which looks the same', () => {
  const warned = new CityRun().raise(0, 'OPTICS_BIAS', ['olt-1/c1/p1']).to(100);
  expect(warned.raise(120, 'LOS', terminals('1-1')).to(150).summary()).toContain('pon-port olt-1/c1/p1 16');
});

test('a poll that finds dark again what traps told of says nothing new: the cause waits no longer for it', () => {
  const some = terminals('1-1-1').slice(0, 5);
  const stated = (run: CityRun): number | undefined => run.open()[0]?.decidedAt;
  const told = new CityRun().raise(0, 'LOS', some, 0).to(30);
  const polled = new CityRun().raise(0, 'LOS', some, 0).unreachable(6, some).to(30);
  expect(stated(polled)).toBe(stated(told));
});

test('noise that creeps is named while more of it shows, however short the pauses', () => {
  const modems = Array.from({ length: 150 }, (_, i) => ({
    id: `m-${i}`,
    kind: 'modem',
    subscribers: 1,
    in: { access: i < 20 ? 'node-1' : 'node-2' },
  }));
  const nodes = ['node-1', 'node-2'].map((id) => ({ id, kind: 'fiber-node', in: { access: 'cmts' } }));
  const resources = [{ id: 'cmts', kind: 'cmts' }, ...nodes, ...modems];
  const document = JSON.stringify({ format: 'allclear-topology/1', resources });
  const run = new CityRun(compileTopology(parseTopology(document, 'noise.json').value).value);
  run.raise(0, 'DEGRADED', ['node-1']);
  for (let i = 0; i < 7; i++) run.raise(2 + i * 5, 'DEGRADED', [`m-${i}`]);
  const [incident] = run.to(60).open();
  expect([incident?.kind, incident?.root, incident?.alarms.length]).toEqual(['ingress', 'node-1', 8]);
  expect((incident?.decidedAt ?? 0) - cityStartsAt).toBeLessThanOrEqual(10_000);
});

test('what a card took began when it failed: who was found dark or gasped a minute before has a cause of his own', () => {
  const [off, silent, ...others] = terminals('1');
  for (const word of ['trap', 'poll']) {
    const run = new CityRun().unreachable(0, [silent!]).raise(1, 'DYING_GASP', [off!]).to(80);
    run.raise(90, 'CARD_FAIL', ['olt-1/c1']).raise(90, 'PORT_LOS', ['olt-1/c1/p1', 'olt-1/c1/p2']);
    if (word === 'poll') run.to(91).unreachable(91, others);
    expect(run.to(150).summary()).toEqual([
      `drop ${silent} 1`,
      `card olt-1/c1 ${word === 'poll' ? others.length + 3 : 3}`,
    ]);
  }
});
