import { expect, test } from 'vitest';
import { cityStartsAt, cleared, raised, smallCity, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const first = <T>(items: readonly T[]): T => items[0]!;

test('all terminals of one branch dark are one broken splitter', () => {
  const run = new CityRun().raise(1, 'LOS', terminals('1-1-1')).to(15);
  expect(run.summary()).toEqual(['splitter s1-1-1 8']);
  expect(first(run.open()).affected).toEqual({ under: ['s1-1-1'], except: [] });
});

test('a device whose parts are degraded is not said to be down', () => {
  const run = new CityRun().raise(1, 'DEGRADED', ['agg-2/if/1', 'agg-2/if/2', 'agg-2/if/3']).to(60);
  const kinds = run.open().map(({ kind }) => kind);
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds).not.toContain('node-down');
});

test('a splitter is found though a fifth of the alarms was lost', () => {
  const heard = terminals('1-1-1').filter((_, i) => i % 5 !== 2);
  expect(new CityRun().raise(1, 'LOS', heard).to(15).summary()).toEqual(['splitter s1-1-1 6']);
});

test('the port that says so itself is the cause when all of its terminals are dark', () => {
  const run = new CityRun().raise(1, 'PORT_LOS', ['olt-1/c1/p1']).raise(1.1, 'LOS', terminals('1-1')).to(15);
  expect(run.summary()).toEqual(['pon-port olt-1/c1/p1 17']);
});

test('ports that say they are down belong to the cut of the cable behind them, also when they say so later', () => {
  const ports = ['olt-1/c1/p1', 'olt-1/c1/p2'];
  const dark = [...terminals('1-1'), ...terminals('1-2')];
  const together = new CityRun().raise(1, 'LINK_DOWN', ports).raise(1.2, 'LOS', dark).to(30);
  expect(together.open()).toHaveLength(1);
  const later = new CityRun()
    .raise(1, 'LOS', terminals('1-1'))
    .raise(14, 'LINK_DOWN', ['olt-1/c1/p1'])
    .to(30);
  expect(later.open()).toHaveLength(1);
  expect(first(later.open()).alarms).toHaveLength(17);
});

test('two ports of one duct dark are one cut, with the feeders or ports as other candidates', () => {
  const run = new CityRun().raise(1, 'LOS', [...terminals('1-1'), ...terminals('1-2')]).to(20);
  expect(run.open()).toHaveLength(1);
  expect(first(run.open()).alarms).toHaveLength(32);
  expect(['duct-1', 'olt-1/c1']).toContain(first(run.open()).root);
  const sum = first(run.open()).candidates.reduce((total, candidate) => total + candidate.probability, 0);
  expect(sum).toBeLessThanOrEqual(1);
});

test('dying gasps of one house are its mains, on whatever port they hang', () => {
  const house = terminals('1').filter((id) => /-[78]$/.test(id));
  const run = new CityRun().raise(1, 'DYING_GASP', house, 300).to(20);
  expect(run.summary()).toEqual(['house-power b-1-x 8']);
});

test('dying gasps of all houses on one feed are an area without mains', () => {
  expect(new CityRun().raise(1, 'DYING_GASP', terminals('2'), 100).to(20).summary()).toEqual([
    'area-power mains-2 32',
  ]);
});

test('one dark terminal is a drop; one dying gasp is somebody who switched it off', () => {
  const run = new CityRun().raise(1, 'LOS', ['ont-1-1-1-1']).raise(2, 'DYING_GASP', ['ont-2-2-2-2']).to(15);
  expect(run.summary()).toEqual(['drop ont-1-1-1-1 1']);
  expect(run.correlation.open()).toHaveLength(2);
});

test('a few scattered dark terminals are not made into a wide cause', () => {
  const run = new CityRun().raise(1, 'LOS', ['ont-1-1-1-1', 'ont-1-2-2-3', 'ont-2-1-1-4']).to(15);
  expect(run.summary()).toEqual(['drop ont-1-1-1-1 1', 'drop ont-1-2-2-3 1', 'drop ont-2-1-1-4 1']);
});

test('an OLT that fell silent with its uplink is dead, and its terminals are the affected ones', () => {
  const run = new CityRun().linkDown(1, 'l-o1', ['agg-2']).unreachable(1.5, ['olt-1']).to(10);
  expect(run.summary()).toEqual(['node-down olt-1 2']);
  expect(first(run.open()).affected.under).toContain('olt-1');
});

test('an OLT found silent by a later poll tells nothing new of the cut of its only uplink: what was said first stands', () => {
  const run = new CityRun().linkDown(1, 'l-o1', ['agg-2']).to(10);
  expect(run.summary()).toEqual(['link l-o1 1']);
  run.unreachable(25, ['olt-1']).to(40);
  expect(run.summary()).toEqual(['link l-o1 2']);
  expect(run.open()[0]!.candidates).toContainEqual(
    expect.objectContaining({ root: 'olt-1', kind: 'node-down' }),
  );
});

test('terminals that fall silent behind a dead OLT belong to it', () => {
  const run = new CityRun()
    .linkDown(1, 'l-o1', ['agg-2'])
    .unreachable(1.5, ['olt-1'])
    .raise(5, 'LOS', terminals('1'));
  expect(run.to(30).summary()).toEqual(['node-down olt-1 34']);
});

test('a terminal heard later from behind a cut has a fault of its own: the region speaks again', () => {
  const run = new CityRun()
    .linkDown(1, 'l-o1', ['agg-2', 'olt-1'])
    .to(10)
    .raise(600, 'LOS', terminals('1-1-1'))
    .to(620);
  expect(run.summary()).toEqual(['link l-o1 2', 'splitter s1-1-1 8']);
});

test('incidents that merge after all is over still end', () => {
  const run = new CityRun().unreachable(1, ['olt-1', 'olt-2']).to(10).unreachable(20, ['col-1']);
  run.clear(20.5, 'UNREACHABLE', ['olt-1', 'olt-2']).to(25).clear(30, 'UNREACHABLE', ['col-1']).to(60);
  expect(run.open()).toEqual([]);
});

test('one cut of the ring costs redundancy and no customer', () => {
  const run = new CityRun().linkDown(1, 'l-34', ['agg-3', 'agg-4']).to(10);
  expect(run.summary()).toEqual(['link l-34 2']);
  expect(first(run.open()).affected.under).toEqual([]);
  expect(first(run.open()).explanation).toMatchObject({ redundancyLost: true });
});

test('a second cut of the ring is an incident of its own with all that went dark', () => {
  const run = new CityRun()
    .linkDown(1, 'l-c1', ['core-1', 'agg-1'])
    .linkDown(301, 'l-34', ['agg-4'])
    .unreachable(320, ['agg-1', 'agg-2', 'agg-3', 'olt-1', 'olt-2'])
    .to(340);
  expect(run.summary()).toEqual(['link l-c1 2', 'link l-34 6']);
  expect(run.open()[1]!.affected.under).toEqual(expect.arrayContaining(['olt-1', 'olt-2']));
});

test('of two cuts of the ring within a second the later one takes the customers, whatever the links are called', () => {
  for (const [first, second] of [
    ['l-12', 'l-4c'],
    ['l-4c', 'l-12'],
  ] as const) {
    const ends = { 'l-12': ['agg-1', 'agg-2'], 'l-4c': ['agg-4', 'core-1'] };
    const run = new CityRun().linkDown(0, first, ends[first]).linkDown(0.6, second, ends[second]).to(120);
    const dark = (root: string) => run.open().find((incident) => incident.root === root)!.affected.under;
    expect(dark(first)).toEqual([]);
    expect(dark(second)).toContain('olt-1');
  }
});

test('two links that failed together in one trench are one cut of the trench', () => {
  const run = new CityRun().linkDown(1, 'l-12', ['agg-1', 'agg-2']).linkDown(1.2, 'l-o1', ['agg-2']).to(10);
  expect(run.summary()).toEqual(['duct trench-b 3']);
  expect(first(run.open()).affected.under).toEqual(['olt-1']);
});

test('a lost collector takes back what its polls called unreachable', () => {
  const run = new CityRun().unreachable(1, ['olt-1']).unreachable(20, ['agg-4']).to(40);
  run
    .take([raised('col-1', 'UNREACHABLE', run.at, { source: 'collector' })])
    .to(60)
    .unreachable(61, ['olt-2'])
    .to(70);
  expect(run.summary()).toEqual(['collector col-1 4']);
  expect(first(run.open()).affected.under).toEqual([]);
});

test('mains lost at a site are told by the device on battery, and its death joins', () => {
  const run = new CityRun().raise(1, 'MAINS_FAIL', ['olt-1']).to(20);
  expect(run.summary()).toEqual(['site-power site-1 1']);
  expect(first(run.open()).affected.under).toEqual([]);
  run.unreachable(3_600, ['olt-1']).to(3_620);
  expect(run.summary()).toEqual(['site-power site-1 2']);
  expect(first(run.open()).affected.under).toEqual(['site-1', 'olt-1']);
});

test('a part that the topology does not list speaks for the supply of its device', () => {
  const run = new CityRun().raise(1, 'MAINS_FAIL', ['olt-1/ups/0']).to(20);
  expect(run.summary()).toEqual(['site-power site-1 1']);
});

test('a port of a device that the topology does not hold is an incident of that port', () => {
  const run = new CityRun().linkDown(1, 'agg-1/if/7', []).raise(1, 'LINK_DOWN', ['agg-1/if/7']).to(15);
  expect(run.summary()).toEqual(['link agg-1/if/7 1']);
  expect(first(run.open()).affected.under).toEqual(['agg-1/if/7']);
});

test('a resource nobody knows is at least an incident of its own', () => {
  expect(new CityRun().raise(1, 'UNREACHABLE', ['stranger']).to(90).summary()).toEqual([
    'node-down stranger 1',
  ]);
});

test('a cause nobody taught us is an incident of its own where its device calls it grave, on no terminal', () => {
  const run = new CityRun().raise(1, 'FIRE', ['olt-1']).raise(2, 'VENDOR_ODDITY', ['ont-1-1-1-1']).to(20);
  expect(run.summary()).toEqual(['unexplained olt-1 1']);
});

test('a fan tells of no outage and is kept from people', () => {
  const run = new CityRun().raise(1, 'FAN_FAIL', ['olt-1']).to(5);
  expect(run.summary()).toEqual([]);
  expect(run.correlation.open()).toHaveLength(1);
});

test('a failed resolver is a service incident and takes the lost sessions', () => {
  const lost = ['1-1-1', '1-2-2', '2-1-1', '2-2-2'].map((splitter) => terminals(splitter)[0]!);
  const run = new CityRun().raise(1, 'DNS_FAIL', ['dns-1']).raise(3, 'NO_IP', lost).to(70);
  expect(run.summary()).toEqual(['service dns-1 5']);
});

test('a late alarm below an open cause joins it and is told later, together', () => {
  const run = new CityRun().raise(1, 'LOS', terminals('1-1-1').slice(1)).to(15);
  run.raise(90, 'LOS', ['ont-1-1-1-1']).to(95);
  expect(run.summary()).toEqual(['splitter s1-1-1 8']);
  expect(run.changes.at(-1)).toMatchObject({ kind: 'grew', joined: ['ont-1-1-1-1~LOS'] });
});

test('a wider cause found later keeps the id of the first and takes the others in', () => {
  const run = new CityRun().raise(1, 'LOS', terminals('1-1-1')).to(15);
  const id = first(run.open()).id;
  run.raise(20, 'LOS', terminals('1-1-2')).raise(20.5, 'PORT_LOS', ['olt-1/c1/p1']).to(40);
  expect(run.summary()).toEqual(['pon-port olt-1/c1/p1 17']);
  expect(first(run.open()).id).toBe(id);
  expect(first(run.open()).history.map((event) => event.event)).toContain('re-root');
});

test('a single incident below is merged into the cause found above it', () => {
  const run = new CityRun().raise(1, 'LOS', ['ont-1-1-1-1']).to(12);
  run.raise(20, 'LOS', terminals('1-1-1').slice(1)).to(40);
  expect(run.summary()).toEqual(['splitter s1-1-1 8']);
});

test('a clear case is stated before the quiet time is over', () => {
  const run = new CityRun().raise(1, 'LOS', terminals('1-1-1'), 20).to(5);
  expect(run.summary()).toEqual(['splitter s1-1-1 8']);
  expect(first(run.open()).explanation).toMatchObject({ early: true });
});

test('an incident is mitigated, then resolved as of the last clear', () => {
  const all = terminals('1');
  const run = new CityRun().raise(1, 'LOS', all).to(20);
  run.clear(600, 'LOS', all.slice(1)).to(610);
  expect(first(run.open()).state).toBe('mitigated');
  run.clear(620, 'LOS', all.slice(0, 1)).to(630);
  expect(run.open()).toEqual([]);
  expect(run.changes.at(-1)).toMatchObject({ kind: 'resolved', incident: { resolvedAt: run.at - 10_000 } });
});

test('half restored is neither mitigated nor resolved', () => {
  const run = new CityRun()
    .raise(1, 'LOS', terminals('1-1-1'))
    .to(20)
    .clear(600, 'LOS', terminals('1-1-1').slice(4));
  expect(first(run.to(2_000).open()).state).toBe('open');
});

test('a branch that stays dark when the rest came back is split off as a child', () => {
  const all = [...terminals('1'), ...terminals('2')];
  const run = new CityRun().linkDown(0, 'l-23', ['agg-2', 'agg-3']).raise(1, 'LOS', all).to(20);
  const [parent] = run.open().filter(({ kind }) => kind !== 'link');
  const dark = terminals('1-1-1').slice(0, 2);
  run
    .clear(
      600,
      'LOS',
      all.filter((id) => !dark.includes(id)),
    )
    .to(1_300);
  const child = run.open().find((incident) => incident.parent !== undefined);
  expect(child === undefined || child.parent === parent?.id).toBe(true);
});

test('a single one whose clear was lost ends with the rest, and its next raise is news', () => {
  const branch = terminals('1-1-1');
  const lost = new CityRun().raise(1, 'LOS', branch).to(20).clear(600, 'LOS', branch.slice(1)).to(1_300);
  expect(lost.open()).toEqual([]);
  expect(lost.raise(9_000, 'LOS', branch.slice(0, 1)).to(9_020).summary()).toEqual([`drop ${branch[0]} 1`]);
});

test('the same root failing again within half an hour is the same incident', () => {
  const run = new CityRun()
    .raise(1, 'LOS', terminals('1-1-1'))
    .to(20)
    .clear(100, 'LOS', terminals('1-1-1'))
    .to(110);
  run.raise(1_000, 'LOS', terminals('1-1-1')).to(1_020);
  const told = run.changes
    .map((change) => change.kind)
    .filter((kind) => kind !== 'grew' && kind !== 'shrank');
  expect(told).toEqual(['opened', 'resolved', 'reopened']);
  expect(new Set(run.changes.map((change) => change.incident.id)).size).toBe(1);
  run.clear(1_100, 'LOS', terminals('1-1-1')).raise(4_000, 'LOS', terminals('1-1-1')).to(4_020);
  expect(run.changes.at(-1)?.kind).toBe('opened');
});

test('proof of life below an OLT ends the loss of light of its terminals', () => {
  const run = new CityRun().raise(1, 'LOS', terminals('1-1-1')).to(20);
  run.take([{ kind: 'alive', resource: 'olt-1' as never, below: true }]).to(30);
  expect(run.open()).toEqual([]);
});

test('a sibling that proved to be alive speaks against the cause above', () => {
  const run = new CityRun().raise(1, 'LOS', ['ont-1-1-1-1', 'ont-1-1-1-2']);
  for (const id of terminals('1-1-1').slice(2))
    run.take([{ kind: 'alive', resource: id as never, below: false }]);
  expect(run.to(15).summary()).toEqual(['drop ont-1-1-1-1 1', 'drop ont-1-1-1-2 1']);
});

test('an alarm that clears before a cause is stated makes no incident', () => {
  const run = new CityRun().raise(1, 'LOS', ['ont-1-1-1-1']).clear(3, 'LOS', ['ont-1-1-1-1']).to(90);
  expect(run.changes).toEqual([]);
  expect(run.correlation.counters.clearedBeforeDecision).toBe(1);
});

test('announced works mark what lies below them, until they are a quarter of an hour late', () => {
  const start = new CityRun().at;
  const works = { id: 'w-1', resources: ['s1-1'], from: start, to: start + 600_000, announcedAt: start - 1 };
  const run = new CityRun(smallCity([works]))
    .raise(1, 'LOS', [...terminals('1-1-1'), ...terminals('2-1-1')])
    .to(20);
  expect(run.open().map(({ root, planned, works: id }) => [root, planned, id])).toEqual([
    ['s1-1-1', true, 'w-1'],
    ['s2-1-1', false, undefined],
  ]);
  run.to(600 + 901);
  expect(first(run.open()).planned).toBe(false);
});

test('closed incidents are forgotten half an hour later, noise too', () => {
  const run = new CityRun()
    .raise(1, 'DYING_GASP', ['ont-1-1-1-1'])
    .to(20)
    .clear(100, 'DYING_GASP', ['ont-1-1-1-1']);
  expect(run.to(2_000).correlation.counters.incidents).toBe(0);
  expect(run.correlation.wakeAt).toBeUndefined();
});

test('repeats are kept as records of the same incident, and a clear ends what a raise began', () => {
  const run = new CityRun().raise(1, 'LOS', ['ont-1-1-1-1']).to(10);
  const again = raised('ont-1-1-1-1', 'LOS', run.at, { record: 'again' });
  run.take([{ ...again, kind: 'repeated' } as never]).to(12);
  expect(first(run.open()).alarms).toHaveLength(2);
  run.take([cleared('ont-1-1-1-1', 'LOS', run.at)]).to(20);
  expect(run.open()).toEqual([]);
});

test('errors that one card alone counts are kept from people and take no terminals later; called grave they are told', () => {
  const run = new CityRun()
    .take([raised('olt-1/c1', 'CRC_ERRORS', cityStartsAt, { severity: 'warning' })])
    .to(600);
  expect(run.open()).toEqual([]);
  run.raise(3_600, 'DEGRADED', terminals('1-1')).to(3_700);
  expect(run.open().map(({ alarms }) => alarms.length)).toEqual([16]);
  const grave = new CityRun()
    .take([raised('olt-1/c1', 'CRC_ERRORS', cityStartsAt, { severity: 'critical' })])
    .to(60);
  expect(grave.open()).toHaveLength(1);
});

test('heat and noise of a device that is out of reach do not follow from the cut before it', () => {
  const run = new CityRun().linkDown(1, 'l-o1', ['agg-2']).unreachable(2, ['olt-1']).to(60);
  run.raise(1_800, 'HIGH_TEMP', ['olt-1']).raise(1_801, 'CRC_ERRORS', ['olt-1/c1']).to(1_900);
  expect(first(run.open()).alarms).toHaveLength(2);
});

test('sessions lost on all ports of a device with one card are its settings', () => {
  expect(new CityRun().raise(1, 'NO_SERVICE', terminals('1')).to(60).summary()).toEqual(['config olt-1 32']);
});

test('a terminal found silent that gasps later had worked again: somebody switched it off, which is nobody’s work', () => {
  const run = new CityRun()
    .unreachable(1, ['ont-1-1-1-1'])
    .to(60)
    .raise(1_500, 'DYING_GASP', ['ont-1-1-1-1']);
  expect(run.to(1_600).summary()).toEqual(['drop ont-1-1-1-1 1']);
  expect(run.correlation.open()).toHaveLength(2);
});
