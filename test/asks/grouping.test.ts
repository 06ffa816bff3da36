// What people ask of alarm correlation and do not get, each as a story (design correlation.md, section 4): what belongs together.
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { after, instant, minutes, seconds } from '../../src/base/instant.ts';
import { compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Incident } from '../../src/model/incident.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { cityContents, cityNoon } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { shippedDocuments } from '../support/shipped-rules.ts';
import { smallCityDocument, terminals } from '../support/small-city.ts';

const city = (): LineRun => new LineRun().begin();

/** The newest state of everything that is presented. */
function presented(run: LineRun): Incident[] {
  const newest = new Map<string, Incident>();
  for (const { incident } of run.changes('incident')) newest.set(incident.id, incident);
  return [...newest.values()].filter(({ actionable, state }) => actionable && state !== 'merged');
}

const shown = (run: LineRun) => presented(run).map(({ kind, root, state }) => ({ kind, root, state }));

/** A portal that needs one of two servers, in the city. */
function cityWithPortal(): LineRun {
  const document = JSON.parse(smallCityDocument()) as { resources: object[] };
  document.resources.push(
    { id: 'server-a', kind: 'server' },
    { id: 'server-b', kind: 'server' },
    { id: 'portal', kind: 'service-platform', needs: { of: ['server-a', 'server-b'], atLeast: 1 } },
  );
  const topology = compileTopology(parseTopology(JSON.stringify(document), 'city.json').value).value;
  return new LineRun(freshLine({ ...cityContents(), topology: () => topology }), cityNoon).begin();
}

/** What rules that are added to the shipped ones make of it. */
const underRules = (text: string): LineRun => {
  const own = parseYaml('own.yaml', `format: correlation/1\n${text}`).value;
  const rules = compileCorrelationRules([...shippedDocuments, own]).value!;
  return new LineRun(freshLine({ ...cityContents(), rules: () => rules }), cityNoon).begin();
};

test('ask-01 what needs one of two sources is lost when both are, and not when one is', () => {
  const down = (run: LineRun, ...ids: string[]): LineRun =>
    run.observe('raise', ids, { cause: 'UNREACHABLE', source: 'poll' });
  const one = down(cityWithPortal(), 'server-a').pass(minutes(3));
  expect(presented(one).map(({ root, affected }) => [root, affected.under])).toEqual([
    ['server-a', expect.not.arrayContaining(['portal'])],
  ]);
  // With one server left the portal's own word is a fault of its own; with none it is a symptom.
  down(one, 'portal').pass(minutes(3));
  expect(presented(one).map(({ root }) => root)).toContain('portal');
  const both = down(cityWithPortal(), 'server-a', 'server-b', 'portal').pass(minutes(3));
  expect(presented(both).map(({ root }) => root)).not.toContain('portal');
});

test('ask-01 an operator may say so with a rule: hidden while both sources hold, and not with one of them', () => {
  const rule = `patterns:
  - { id: backup-runs, kind: suppress, by: network, on: { cause: CARD_FAIL }, while: [{ cause: MAINS_FAIL }, { cause: ON_BATTERY }] }`;
  const card = { cause: 'CARD_FAIL' };
  const one = underRules(rule)
    .observe('raise', ['site-1'], { cause: 'MAINS_FAIL' })
    .observe('raise', ['olt-2/c1'], card)
    .pass(minutes(3));
  expect(presented(one).map(({ root }) => root)).toContain('olt-2/c1');
  const both = underRules(rule)
    .observe('raise', ['site-1'], { cause: 'MAINS_FAIL' })
    .observe('raise', ['battery-1'], { cause: 'ON_BATTERY' })
    .observe('raise', ['olt-2/c1'], card)
    .pass(minutes(3));
  expect(presented(both).map(({ root }) => root)).not.toContain('olt-2/c1');
  both.observe('clear', ['battery-1'], { cause: 'ON_BATTERY' }).pass(minutes(3));
  expect(presented(both).map(({ root }) => root)).toContain('olt-2/c1');
});

test('ask-02 a symptom that comes before its cause, or around a restart, raises nothing of its own', () => {
  const fault = (run: LineRun): LineRun => {
    run
      .observe('raise', terminals('1').slice(0, 12), { cause: 'UNREACHABLE', source: 'poll' })
      .pass(seconds(1));
    return run;
  };
  const rest = (run: LineRun): LineRun =>
    run
      .observe('raise', ['l-o1'], { cause: 'LINK_DOWN', by: resourceId('agg-2') })
      .observe('raise', ['olt-1'], { cause: 'UNREACHABLE', source: 'poll' })
      .observe('raise', terminals('1').slice(12), { cause: 'UNREACHABLE', source: 'poll' })
      .pass(minutes(5));
  const whole = rest(fault(city()));
  expect(presented(whole)).toHaveLength(1);
  const before = fault(city());
  const restarted = freshLine(cityContents());
  restarted.restore(before.line.snapshot());
  const after = rest(new LineRun(restarted, before.at));
  expect(shown(after)).toEqual(shown(whole));
  const reloaded = fault(city())
    .put({ kind: 'ruleSet', rules: 'rules-2' })
    .put({ kind: 'policy', policy: 'quick' });
  reloaded.put({ kind: 'topologyVersion', version: 2, topology: 'city', subscribers: 'all' });
  expect(shown(rest(reloaded))).toEqual(shown(whole));
});

test('ask-07 a thousand targets below one source are one incident, and no target is told of by itself', () => {
  const resources: object[] = [
    { id: 'core', kind: 'core' },
    { id: 'head', kind: 'olt' },
    ...Array.from({ length: 64 }, (_, port) => ({
      id: `p${port}`,
      kind: 'pon-port',
      in: { access: 'head' },
    })),
    ...Array.from({ length: 2_048 }, (_, n) => ({
      id: `t${n}`,
      kind: 'ont',
      in: { access: `p${n % 64}` },
      subscribers: 1,
    })),
  ];
  const links = [{ id: 'up', ends: ['core', 'head'], segments: [] }];
  const text = JSON.stringify({
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources,
    links,
    planned: [],
  });
  const topology = compileTopology(parseTopology(text, 'wide.json').value).value;
  const run = new LineRun(freshLine({ ...cityContents(), topology: () => topology }), cityNoon);
  run.begin();
  run.observe('raise', ['head'], { cause: 'UNREACHABLE', source: 'poll' });
  run.observe('raise', ['up'], { cause: 'LINK_DOWN', by: resourceId('core') });
  run.observe(
    'raise',
    Array.from({ length: 2_048 }, (_, n) => `t${n}`),
    { cause: 'UNREACHABLE', source: 'poll' },
  );
  run.pass(minutes(5));
  expect(presented(run)).toHaveLength(1);
  expect(presented(run)[0]!.alarms).toHaveLength(2_050);
});

test('ask-08 children are suppressed below their parent, kept, and named with it', () => {
  const run = city()
    .observe('raise', ['olt-1'], { cause: 'UNREACHABLE', source: 'poll' })
    .observe('raise', ['l-o1'], { cause: 'LINK_DOWN', by: resourceId('agg-2') })
    .observe('raise', terminals('1'), { cause: 'UNREACHABLE', source: 'poll' })
    .pass(minutes(3));
  const [incident, ...others] = presented(run);
  expect(others).toEqual([]);
  expect(incident!.root).toMatch(/^(olt-1|l-o1)$/);
  expect(incident!.suppressed).toBeGreaterThanOrEqual(32);
  const alarms = run.changes('alarm').map(({ alarm }) => alarm);
  const last = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  expect(
    [...last.values()].every((alarm) => alarm.incident === incident!.id && alarm.state === 'raised'),
  ).toBe(true);
});

test('ask-09 a child of two parents is reached while one lives, and is out of reach when both are gone', () => {
  const run = city()
    .observe('raise', ['l-12'], { cause: 'LINK_DOWN', by: resourceId('agg-1') })
    .observe('raise', ['l-12'], { cause: 'LINK_DOWN', by: resourceId('agg-2') })
    .pass(minutes(2));
  expect(presented(run)).toMatchObject([{ root: 'l-12', kind: 'link', affected: { under: [] } }]);
  run
    .observe('raise', ['l-34'], { cause: 'LINK_DOWN', by: resourceId('agg-3') })
    .observe('raise', ['l-34'], { cause: 'LINK_DOWN', by: resourceId('agg-4') })
    .observe('raise', ['agg-2', 'agg-3', 'olt-1', 'olt-2'], { cause: 'UNREACHABLE', source: 'poll' })
    .pass(minutes(3));
  const second = presented(run).find(({ root }) => root === 'l-34');
  expect(second?.affected.under).toEqual(expect.arrayContaining(['olt-1', 'olt-2']));
  expect(presented(run)).toHaveLength(2);
});

test('ask-10 works on a parent cover what lies below, whichever is found first', () => {
  const run = new LineRun().begin({ topology: 'works' });
  run.observe('raise', terminals('2-2').slice(3), { cause: 'LOS' }).pass(seconds(2));
  run.observe('raise', terminals('2-2').slice(0, 3), { cause: 'LOS' }).pass(minutes(10));
  expect(presented(run).map(({ planned }) => planned)).toEqual([true]);
  expect(run.tells()).toEqual([]);
  // What was suppressed is not forgotten: who is still dark when the works are long over is told.
  run.to(after(instant(Date.UTC(2026, 0, 2)), minutes(30)));
  expect(presented(run).map(({ planned, state }) => [planned, state])).toEqual([[false, 'open']]);
  expect(new Set(run.tells().map(({ type }) => type))).toContain('detected');
});

test('ask-13 what cleared again, and repeats of one alarm, do not add up to an incident of many', () => {
  const [one, two, three] = terminals('1-1-1') as [string, string, string];
  const run = city();
  for (const id of [one, two])
    run.observe('raise', [id], { cause: 'LOS' }).pass(seconds(1)).observe('clear', [id], { cause: 'LOS' });
  for (let n = 0; n < 20; n++) run.observe('raise', [three], { cause: 'LOS' }).pass(seconds(1));
  run.pass(minutes(3));
  expect(presented(run).map(({ kind, root }) => [kind, root])).toEqual([['drop', three]]);
  // Of many that are really down one incident is made, whose cause is what they share.
  const many = city().observe('raise', terminals('1-1-1'), { cause: 'LOS' }).pass(minutes(3));
  expect(shown(many)).toEqual([{ kind: 'splitter', root: 's1-1-1', state: 'open' }]);
});

test('ask-13 a threshold counts alarms that are raised, each once, and none that cleared', () => {
  const rule = `symptoms: { MANY_HOT: other }
patterns:
  - { id: hot, kind: threshold, by: head, counts: alarms, on: { cause: HIGH_TEMP }, atLeast: 3, below: 3, within: 10m, raise: { cause: MANY_HOT, severity: major } }`;
  const hot = { cause: 'HIGH_TEMP' };
  const isRaised = (run: LineRun): boolean | undefined => {
    const all = run.changes('alarm').map(({ alarm }) => alarm);
    const last = all.findLast(({ cause }) => cause === 'MANY_HOT');
    return last === undefined ? undefined : last.state === 'raised';
  };
  const [one, two, three] = ['olt-1', 'olt-1/c1', 'olt-1/c1/p1'] as const;
  const run = underRules(rule).observe('raise', [one, two], hot).pass(seconds(5));
  for (let n = 0; n < 5; n++) run.observe('raise', [one], hot).pass(seconds(5));
  run.observe('clear', [two], hot).pass(seconds(5)).observe('raise', [three], hot).pass(seconds(5));
  expect(isRaised(run)).toBeUndefined();
  run.observe('raise', [two], hot).pass(seconds(5));
  expect(isRaised(run)).toBe(true);
  run.observe('clear', [one], hot).pass(seconds(5));
  expect(isRaised(run)).toBe(false);
});

test('ask-14 the same words give the same incidents, in whatever order they come at one instant', () => {
  const down = [...terminals('1-1-1'), ...terminals('2-2')];
  const outcomes = [
    down,
    [...down].reverse(),
    [...down].sort((a, b) => (a.at(-1)! < b.at(-1)! ? -1 : 1)),
  ].map((order) =>
    canonicalJson(
      shown(city().observe('raise', order, { cause: 'LOS' }).pass(minutes(5))).sort((a, b) =>
        a.root! < b.root! ? -1 : 1,
      ),
    ),
  );
  expect(new Set(outcomes).size).toBe(1);
  const twice = [1, 2].map(() =>
    canonicalJson(city().observe('raise', down, { cause: 'LOS' }).pass(minutes(5)).applied),
  );
  expect(twice[0]).toBe(twice[1]);
});

test('ask-17 a broken drop is told apart from a router that was switched off, and both from house and branch', () => {
  const [cut, off] = ['ont-1-1-1-3', 'ont-1-1-2-6'];
  const alive = terminals('1-1').filter((id) => id !== cut && id !== off);
  const run = city()
    .observe('raise', [cut], { cause: 'LOS' })
    .observe('raise', [off], { cause: 'DYING_GASP' })
    .observe('alive', alive, { source: 'poll' })
    .pass(minutes(3));
  const [drop, ...others] = presented(run);
  expect(drop).toMatchObject({ root: cut, kind: 'drop' });
  // Fourteen of sixteen in sync: no branch, no port, no house; who switched off is nobody's fault.
  expect(others.filter(({ root }) => root !== off)).toEqual([]);
  const all = new Map(run.changes('incident').map(({ incident }) => [incident.root, incident]));
  expect(all.get(resourceId(off))?.actionable ?? false).toBe(false);
  const house = city()
    .observe('raise', terminals('1-1-1').slice(0, 6), { cause: 'DYING_GASP' })
    .observe('alive', terminals('1-1-2'), { source: 'poll' })
    .pass(minutes(3));
  expect(shown(house)).toEqual([{ kind: 'house-power', root: 'b-1-1-1', state: 'open' }]);
});
