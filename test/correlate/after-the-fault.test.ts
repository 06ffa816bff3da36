/** What comes late, comes back, or fell to something wider: to which incident it belongs. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { raised, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

/** The duct of the first OLT's feeders also carries a link of the ring. */
function cityWithSharedTrench() {
  const document = smallCityDocument().replace('"segments":["trench-d"]', '"segments":["duct-1"]');
  return compileTopology(parseTopology(document, 'shared.json').value).value;
}

test('links in a trench and the fibres beside them are one cut, whichever is told of first', () => {
  for (const [link, light] of [
    [0, 1],
    [3, 0],
  ] as const) {
    const run = new CityRun(cityWithSharedTrench());
    const steps = [
      () => run.linkDown(link, 'l-34', ['agg-3', 'agg-4']),
      () => run.raise(light, 'LOS', terminals('1')),
    ];
    for (const step of link < light ? steps : steps.reverse()) step();
    run.to(120);
    expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['duct duct-1']);
    expect(run.open()[0]?.alarms).toHaveLength(34);
  }
});

test('links of a trench that are decided on in one look with the fibres beside them are of the same dig', () => {
  const run = new CityRun(cityWithSharedTrench());
  // The cause of the fibres is clear in the very look in which the link has been quiet for long enough.
  run.linkDown(0, 'l-34', ['agg-3', 'agg-4']).raise(0.5, 'LOS', terminals('1'), 10).to(120);
  expect(run.summary()).toEqual(['duct duct-1 34']);
  expect(new Set(run.changes.map(({ incident }) => incident.id)).size).toBe(1);
});

test('a head that was dead looks for its terminals anew when it is back: what it misses at first is no new fault', () => {
  const run = new CityRun()
    .linkDown(0, 'l-o1', ['agg-2'])
    .unreachable(20, ['olt-1'])
    .to(300)
    .clear(301, 'UNREACHABLE', ['olt-1'])
    .raise(305, 'LOS', terminals('1'))
    .to(330);
  expect(run.open().map(({ root }) => root)).toEqual(['olt-1']);
  expect(run.open()[0]?.alarms).toHaveLength(34);
  run.clear(360, 'LOS', terminals('1')).linkUp(361, 'l-o1', ['agg-2']).to(400);
  expect(run.open()).toEqual([]);
});

test('a terminal that falls dark when its head has long been back has a fault of its own', () => {
  const run = new CityRun()
    .linkDown(0, 'l-o1', ['agg-2'])
    .unreachable(20, ['olt-1'])
    .clear(301, 'UNREACHABLE', ['olt-1'])
    .to(900)
    .raise(901, 'LOS', terminals('1').slice(0, 1))
    .to(930);
  expect(run.summary()).toContain('drop ont-1-1-1-1 1');
});

test('what is dark cannot fall dark: half an hour later a loss of light below the cut is another fault', () => {
  const [first, ...others] = terminals('1-1');
  const run = new CityRun().raise(0, 'LOS', others).to(60).raise(2_400, 'LOS', [first!]).to(2_430);
  expect(run.summary()).toEqual(['splitter s1-1 15', `drop ${first} 1`]);
});

test('when most of it is back, what fails below the cause fails for another reason', () => {
  const all = terminals('1-1');
  const run = new CityRun()
    .raise(0, 'LOS', all.slice(0, 14))
    .to(60)
    .clear(100, 'LOS', all.slice(0, 10))
    .to(110);
  run.raise(120, 'LOS', [all[15]!]).to(140);
  expect(run.summary()).toContain(`drop ${all[15]} 1`);
});

test('a link that fails again and again within the hour is unsteady, not down', () => {
  const run = new CityRun();
  for (const second of [0, 200, 400, 600]) {
    run.linkDown(second, 'l-34', ['agg-3', 'agg-4']).to(second + 20);
    run.linkUp(second + 60, 'l-34', ['agg-3', 'agg-4']).to(second + 80);
  }
  const [told] = run.changes.slice(-1);
  expect(told?.incident).toMatchObject({ kind: 'flapping', root: 'l-34' });
  expect(told?.incident.candidates[0]?.kind).toBe('flapping');
  expect(new Set(run.changes.map(({ incident }) => incident.id)).size).toBe(1);
});

test('a device that dies while its site runs on battery belongs to the loss of mains', () => {
  const run = new CityRun()
    .raise(0, 'MAINS_FAIL', ['site-1'])
    .to(20)
    .raise(3_000, 'BATTERY_LOW', ['battery-1']);
  run.linkDown(3_600, 'l-o1', ['agg-2']).unreachable(3_620, ['olt-1']).to(3_700);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['site-power site-1']);
  expect(run.open()[0]?.affected.under).toContain('olt-1');
});

test('a site that runs on battery does so until it says otherwise, whatever failed beside it and is back', () => {
  const run = new CityRun().raise(0, 'MAINS_FAIL', ['site-1']).to(20);
  run
    .to(3 * 3_600)
    .raise(3 * 3_600, 'BATTERY_LOW', ['battery-1'])
    .to(3 * 3_600 + 20);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['site-power site-1']);
  expect(run.open()[0]?.alarms).toHaveLength(2);
});

test('a port whose terminals lost their mains has none to hear: it is part of that', () => {
  const run = new CityRun()
    .raise(0, 'DYING_GASP', terminals('1'))
    .to(30)
    .raise(40, 'PORT_LOS', ['olt-1/c1/p1'])
    .to(80);
  expect(run.open().map(({ kind }) => kind)).toEqual(['area-power']);
});

test('a port that a poll finds without light before it names the terminals there waits for what took them', () => {
  const [first, ...others] = terminals('1-1');
  const heard = [...terminals('1-2'), first!];
  const run = new CityRun().raise(0, 'DYING_GASP', heard).to(30);
  run.take([raised('olt-1/c1/p1', 'PORT_LOS', run.at, { source: 'poll' })]);
  run.unreachable(31, others).to(60);
  expect(run.summary()).toEqual(['area-power mains-1 33']);
});

test('a port told of in the same seconds as the failing mains that took its terminals is part of that', () => {
  const run = new CityRun().raise(0, 'DYING_GASP', terminals('1')).raise(1, 'PORT_LOS', ['olt-1/c1/p1']);
  expect(run.to(30).summary()).toEqual(['area-power mains-1 33']);
});

test('a service says itself that it fails, and takes the sessions that drop with it', () => {
  const run = new CityRun().raise(0, 'NO_SERVICE', ['dns-1']).to(20);
  expect(run.summary()).toEqual(['service dns-1 1']);
});

test('what only the device can know has no cause in the cable below it', () => {
  const run = new CityRun().raise(0, 'CARD_FAIL', ['olt-1/c1']).raise(0.1, 'LOS', terminals('1')).to(60);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['card olt-1/c1']);
});

test('a head found silent by polls stays dead until it answers, however late its poll round came', () => {
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(120, ['olt-1']).to(3_000);
  expect(run.open()).toHaveLength(1);
  // Its only link or itself: one end alone tells of it.
  expect(run.open()[0]?.state).toBe('uncertain');
});

test('single terminals found dark when their head is back have causes of their own', () => {
  const run = new CityRun()
    .linkDown(0, 'l-o1', ['agg-2'])
    .unreachable(20, ['olt-1'])
    .linkUp(3_000, 'l-o1', ['agg-2'])
    .unreachable(3_020, ['ont-1-1-1-1'])
    .clear(3_020.1, 'UNREACHABLE', ['olt-1'])
    .to(3_060);
  expect(run.summary()).toEqual(['drop ont-1-1-1-1 1']);
});

test('customers who switched off just before their head died, or after it came back, are no part of its death', () => {
  const gone = terminals('1').slice(0, 6);
  const run = new CityRun().raise(0, 'DYING_GASP', gone).to(4).linkDown(5, 'l-o1', ['agg-2']);
  run.unreachable(30, ['olt-1']).to(60);
  expect(run.open().find(({ root }) => root === 'l-o1')?.alarms).toHaveLength(2);
  run.linkUp(600, 'l-o1', ['agg-2']).clear(610, 'UNREACHABLE', ['olt-1']);
  run.raise(640, 'DYING_GASP', terminals('1').slice(8, 14)).to(700);
  const [told] = run.changes.filter(({ incident }) => incident.root === 'l-o1').slice(-1);
  expect(told?.incident.alarms).toHaveLength(2);
});

test('a reload shows by loss of light of nearly all terminals: then the device was dead, not its link cut', () => {
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(25, ['olt-1']).to(300);
  expect(run.open().map(({ root }) => root)).toEqual(['l-o1']);
  run.linkUp(301, 'l-o1', ['agg-2']).raise(310, 'LOS', terminals('1').slice(4)).to(330);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['node-down olt-1']);
  expect(run.open()[0]?.alarms).toHaveLength(30);
});

test('what a head told before its death is said anew after it: the old fault does not keep it', () => {
  const branch = terminals('1-1-1');
  const run = new CityRun().raise(0, 'LOS', branch).to(100).linkDown(600, 'l-o1', ['agg-2']);
  run.unreachable(620, ['olt-1']).to(700).linkUp(1_000, 'l-o1', ['agg-2']);
  run.raise(1_010, 'LOS', terminals('1')).to(1_040);
  const dead = run.open().find(({ kind }) => kind === 'node-down');
  expect(dead?.alarms).toHaveLength(34);
});

test('a device is dead when its neighbours say so and it says nothing, though what hangs on it alone cannot', () => {
  const run = new CityRun().linkDown(0, 'l-23', ['agg-2']).linkDown(0.2, 'l-34', ['agg-4']).to(10);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['node-down agg-3']);
});

test('a device that dies hours after its site lost its mains ran empty, also when the last word of its battery was lost', () => {
  const run = new CityRun().raise(0, 'MAINS_FAIL', ['site-1']).to(20);
  run.linkDown(7_200, 'l-o1', ['agg-2']).unreachable(7_200.5, ['olt-1']).to(7_230);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['site-power site-1']);
});

test('no battery lasts all night: what dies ten hours after its site lost its mains has a cause of its own', () => {
  const run = new CityRun().raise(0, 'MAINS_FAIL', ['site-1']).to(20);
  run.linkDown(36_000, 'l-o1', ['agg-2']).unreachable(36_000.5, ['olt-1']).to(36_030);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual([
    'site-power site-1',
    'node-down olt-1',
  ]);
});

test('a link of which one end tells is as likely dead at the other, when that end hangs on it alone', () => {
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).to(20);
  const [link, head] = [...run.open()[0]!.candidates].filter(({ kind }) => kind !== 'duct');
  expect([link?.root, head?.root].sort()).toEqual(['l-o1', 'olt-1']);
  expect(link!.probability / head!.probability).toBeLessThan(1.5);
});

test('polls that find terminals dark behind a head that has just started again speak of its death, not of another', () => {
  const all = terminals('1');
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(100, ['olt-1']).to(200);
  run.linkUp(600, 'l-o1', ['agg-2']).raise(610, 'LOS', all.slice(0, 18)).to(620);
  run.unreachable(640, all.slice(18)).to(700);
  expect(run.open().map(({ kind, alarms }) => `${kind} ${alarms.length}`)).toEqual(['node-down 34']);
});

test('a site on battery did not die while its battery never said that it was low', () => {
  const run = new CityRun()
    .raise(0, 'MAINS_FAIL', ['site-1'])
    .to(20)
    .linkDown(1_800, 'l-o1', ['agg-2'])
    .to(1_830);
  expect(run.open().map(({ kind }) => kind)).toEqual(['site-power', 'link']);
});

test('a link beside the fibres of one port shows that the trench was dug up, whatever else lies above the port', () => {
  for (const isLinkFirst of [true, false]) {
    const run = new CityRun(cityWithSharedTrench());
    if (isLinkFirst) run.linkDown(0, 'l-34', ['agg-3']).raise(0.3, 'LOS', terminals('1'));
    else run.raise(0, 'LOS', terminals('1')).to(12).linkDown(13, 'l-34', ['agg-3']);
    run.to(60).linkDown(90, 'l-34', ['agg-4']).to(120);
    expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['duct duct-1']);
    expect(run.open()[0]?.alarms).toHaveLength(34);
  }
});

test('a poll that finds the other link of a device down, and then the device silent, shows that it is dead', () => {
  const run = new CityRun().linkDown(0, 'l-23', ['agg-2']).to(100);
  expect(run.open().map(({ kind }) => kind)).toEqual(['link']);
  run.to(130).take([raised('l-34', 'LINK_DOWN', run.at, { by: 'agg-4', source: 'poll' })]);
  run.unreachable(160, ['agg-3']).to(200);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['node-down agg-3']);
});

test('terminals that a poll found dark before their head told of all the others were dark by themselves', () => {
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(20, ['olt-1']).to(600);
  run
    .linkUp(601, 'l-o1', ['agg-2'])
    .unreachable(603, ['ont-1-1-1-1'])
    .raise(612, 'LOS', terminals('1').slice(1))
    .to(640);
  expect(run.open().map(({ kind, alarms }) => `${kind} ${alarms.length}`)).toEqual([
    'node-down 33',
    'drop 1',
  ]);
});

test('sessions that ended just before their service was found failing belong to it', () => {
  const document = smallCityDocument().replace(
    '"id":"dns-1","kind":"dns"',
    '"id":"radius-1","kind":"radius"',
  );
  const run = new CityRun(compileTopology(parseTopology(document, 'radius.json').value).value);
  run.raise(0, 'NO_IP', ['agg-1']).to(20).raise(40, 'SESSIONS_DROP', ['radius-1']).to(60);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['service radius-1']);
});

test('what a device calls unsteady is one incident with the losses that were told of before, also those just over', () => {
  const run = new CityRun().raise(0, 'LOS', ['ont-1-1-1-1']).to(20).clear(40, 'LOS', ['ont-1-1-1-1']).to(60);
  run.raise(100, 'FLAPPING', ['ont-1-1-1-1']).to(120).raise(140, 'LOS', ['ont-1-1-1-1']).to(180);
  expect(run.open().map(({ kind, root, alarms }) => `${kind} ${root} ${alarms.length}`)).toEqual([
    'flapping ont-1-1-1-1 3',
  ]);
});

test('a lost collector takes back what it called unreachable, whatever had explained it', () => {
  const run = new CityRun().raise(0, 'MAINS_FAIL', ['site-1']).raise(5, 'BATTERY_LOW', ['battery-1']).to(60);
  run.unreachable(100, ['olt-1']).to(200);
  expect(run.open().map(({ kind, alarms }) => `${kind} ${alarms.length}`)).toEqual(['site-power 3']);
  run.raise(260, 'UNREACHABLE', ['col-1']).to(300);
  expect(run.open().map(({ kind, alarms }) => `${kind} ${alarms.length}`)).toEqual([
    'site-power 2',
    'collector 2',
  ]);
});

test('what was thought to follow from a dead head has a cause of its own when the head was only out of sight', () => {
  const lost = ['1-1-1', '1-1-2', '1-2-1', '1-2-2'].flatMap((splitter) => terminals(splitter).slice(0, 5));
  const run = new CityRun().raise(0, 'NO_IP', lost).to(60).unreachable(70, ['olt-1']).to(200);
  expect(run.open().map(({ kind, alarms }) => `${kind} ${alarms.length}`)).toEqual(['node-down 21']);
  run.raise(260, 'UNREACHABLE', ['col-1']).to(300);
  expect(run.summary()).toEqual(['collector col-1 2', 'config olt-1 20']);
});

test('of a head that starts again the first poll finds those not heard here and there, and a branch that was cut before', () => {
  const cut = terminals('1-2-2');
  const lit = terminals('1').filter((id) => !cut.includes(id));
  const unheard = [lit[2]!, lit[11]!];
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(20, ['olt-1']).to(600);
  run.linkUp(601, 'l-o1', ['agg-2']).raise(
    610,
    'LOS',
    lit.filter((id) => !unheard.includes(id)),
  );
  run.unreachable(640, [...unheard, ...cut]).to(680);
  expect(run.open().map(({ kind, root, alarms }) => `${kind} ${root} ${alarms.length}`)).toEqual([
    'node-down olt-1 26',
    'splitter s1-2-2 8',
  ]);
});

test('a card that a poll finds failed is the cause of what its terminals said before', () => {
  const run = new CityRun().raise(0, 'LOS', terminals('1')).to(60);
  expect(run.open()).toHaveLength(1);
  run.to(90).take([raised('olt-1/c1', 'CARD_FAIL', run.at, { source: 'poll' })]);
  run.to(120);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['card olt-1/c1']);
});

test('a branch that was cut while its head was dead is a fault of its own once the head has long started', () => {
  const cut = terminals('1-2-1').concat(terminals('1-2-2'));
  const run = new CityRun().linkDown(0, 'l-o1', ['agg-2']).unreachable(20, ['olt-1']).to(600);
  run.linkUp(601, 'l-o1', ['agg-2']).clear(605, 'UNREACHABLE', ['olt-1']).raise(610, 'LOS', terminals('1'));
  run.clear(
    650,
    'LOS',
    terminals('1').filter((id) => !cut.includes(id)),
  );
  run.to(1_400);
  expect(run.open().map(({ alarms, root }) => `${root} ${alarms.length}`)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^(olt-1\/c1\/p2|s1-2|f-1-2) 16$/)]),
  );
  expect(run.open()).toHaveLength(1);
  run.clear(5_000, 'LOS', cut).to(5_100);
  expect(run.open()).toEqual([]);
});

test('of vendors that only polls hear, one branch stays one incident through two rounds of polling', () => {
  const run = new CityRun();
  terminals('1-1-1').forEach((id, i) => {
    run.unreachable(i === 0 ? 10 : 140 + i * 20, [id]);
  });
  run.to(400);
  expect(run.open().map(({ root, alarms }) => `${root} ${alarms.length}`)).toEqual(['s1-1-1 8']);
});

test('a device that called itself worse off takes no terminals that are worse off later: they have a cause of theirs', () => {
  const run = new CityRun().raise(0, 'DEGRADED', ['olt-1']).to(2_000);
  run.raise(2_000, 'DEGRADED', terminals('1-1-1'), 5_000).to(2_200);
  const roots = run.correlation.open().map(({ root, alarms }) => `${root} ${alarms.length}`);
  expect(roots).toEqual(['olt-1 1', 's1-1-1 8']);
});

test('a card that a poll finds failed is the cause of its dark ports, though none of its terminals was told of', () => {
  const run = new CityRun().raise(0, 'PORT_LOS', ['olt-1/c1/p2']).to(60);
  expect(run.summary()).toEqual(['pon-port olt-1/c1/p2 1']);
  run.to(130).take([raised('olt-1/c1', 'CARD_FAIL', run.at, { source: 'poll' })]);
  expect(run.to(160).summary()).toEqual(['card olt-1/c1 2']);
});

test('houses come back one after the other: who gasps in one that is back switched off, though his clear was lost', () => {
  const all = terminals('1');
  const house = terminals('1-1-1').slice(0, 6);
  const run = new CityRun().raise(0, 'DYING_GASP', all, 100).to(60);
  expect(run.summary()).toEqual(['area-power mains-1 32']);
  run.clear(1_000, 'DYING_GASP', house.slice(1), 500).to(2_000).raise(2_000, 'DYING_GASP', house.slice(0, 1));
  run.to(2_060);
  expect(run.summary()).toEqual(['area-power mains-1 32']);
  // In a house that is still dark it is a repeat.
  run.raise(2_100, 'DYING_GASP', terminals('1-2-2').slice(0, 1)).to(2_160);
  expect(run.summary()).toEqual(['area-power mains-1 33']);
});
