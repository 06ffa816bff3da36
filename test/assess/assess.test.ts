import { expect, test } from 'vitest';
import { Assessment } from '../../src/assess/assess.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant, minutes } from '../../src/base/instant.ts';
import type { Impact, Incident, IncidentChange } from '../../src/model/incident.ts';
import { lossesAt } from '../../src/model/lost-minutes.ts';
import type { Policy } from '../../src/model/policy.ts';
import { compileTopology, placeSubscribers, type Topology } from '../../src/topology/topology.ts';
import { smallCity, terminals } from '../support/small-city.ts';
import { subscribersOn } from '../support/subscriber-table.ts';

const start = instant(Date.UTC(2026, 0, 1, 12, 3));
const policy = {
  etr: {
    '*': { p50Ms: minutes(120), p80Ms: minutes(240) },
    splitter: { p50Ms: minutes(65), p80Ms: minutes(100) },
  },
} as unknown as Policy;

interface Given {
  readonly topology?: Topology;
  readonly attachedTo?: readonly string[];
}

function assessment({
  topology = smallCity(),
  attachedTo = [...terminals('1'), ...terminals('2')],
}: Given = {}) {
  const room = new Assessment();
  room.setTopology(topology, placeSubscribers(topology, subscribersOn(attachedTo)), 1);
  room.setPolicy(policy);
  return room;
}

function incident(id: string, under: readonly string[], more: Partial<Incident> = {}): Incident {
  return {
    id: id as never,
    kind: 'splitter',
    root: under[0] as never,
    probability: 0.9,
    candidates: [],
    state: 'open',
    actionable: true,
    planned: false,
    startedAt: start,
    alarms: [],
    suppressed: 0,
    affected: { under: under as never, except: [] },
    explanation: {},
    history: [],
    ...more,
  };
}

const opened = (of: Incident): IncidentChange => ({ kind: 'opened', incident: of, joined: [] });
const first = <T>(items: readonly T[]): T => items[0]!;
const later = (ms: number): Instant => instant(start + ms);

test('an incident touches everybody below its root, counted by class, with a time from the table', () => {
  const room = assessment();
  const { kind, impact, joined, left } = first(room.take([opened(incident('1', ['s1-1-1']))], start));
  expect(kind).toBe('assessed');
  expect(impact).toMatchObject({ revision: 1, topologyVersion: 1, subscribers: 8 });
  expect(Object.values(impact.byClass).reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(joined).toEqual(impact.ranges);
  expect(left).toEqual([]);
  const at = (hour: number, minute: number): number => Date.UTC(2026, 0, 1, hour, minute);
  expect(impact.etr).toEqual({ from: at(13, 10), to: at(14, 0), source: 'table', revision: 1 });
});

test('a wider cause raises the revision and says who came; the same again says nothing', () => {
  const room = assessment();
  const before = first(room.take([opened(incident('1', ['s1-1-1']))], start)).impact;
  const wider = incident('1', ['olt-1/c1/p1'], { kind: 'pon-port' });
  const change = first(room.take([{ kind: 'rerooted', incident: wider, joined: [] }], later(1)));
  expect(change.impact).toMatchObject({ revision: 2, subscribers: 16, etr: { revision: 2 } });
  expect(change.joined.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(8);
  expect(change.left).toEqual([]);
  expect(room.take([{ kind: 'grew', incident: wider, joined: [] }], later(2))).toEqual([]);
  const back = first(
    room.take([{ kind: 'rerooted', incident: incident('1', ['s1-1-1']), joined: [] }], later(3)),
  );
  expect(back.left).toEqual(change.joined);
  expect(back.impact.ranges).toEqual(before.ranges);
});

test('the spared part of a subtree is not touched, and overlapping trees count once', () => {
  const room = assessment();
  const affected = { under: ['olt-1', 'mains-1'] as never, except: ['s1-1-1'] as never };
  expect(first(room.take([opened(incident('1', [], { affected }))], start)).impact.subscribers).toBe(24);
});

test('a failed resolver touches everybody but those of unknown place', () => {
  const room = assessment({ attachedTo: [...terminals('1'), 'nowhere'] });
  expect(first(room.take([opened(incident('1', ['dns-1']))], start)).impact.subscribers).toBe(32);
});

test('without an imported list the topology counts', () => {
  const room = assessment({ attachedTo: [] });
  const { impact } = first(room.take([opened(incident('1', ['olt-2']))], start));
  expect(impact).toMatchObject({ subscribers: 32, ranges: [] });
});

test('a port of a device nothing is mapped below means the subscribers of the device', () => {
  const bare = compileTopology({
    serviceRoots: [],
    resources: [{ id: 'r-1', kind: 'router', in: {}, subscribers: 0 }] as never,
    links: [],
    planned: [],
  }).value;
  const room = assessment({ topology: bare, attachedTo: ['r-1', 'r-1', 'r-1/if/2', 'r-1/if/3'] });
  expect(first(room.take([opened(incident('1', ['r-1/if/2']))], start)).impact.subscribers).toBe(3);
  const mapped = assessment({ attachedTo: ['olt-1', 'olt-1/if/3'] });
  expect(first(mapped.take([opened(incident('1', ['olt-1/if/3']))], start)).impact.subscribers).toBe(1);
});

test('an operator’s time stays whatever the table says, until a relapse', () => {
  const room = assessment();
  room.take([opened(incident('1', ['s1-1-1']))], start);
  const word = { from: later(3_600_000), to: later(7_200_000) };
  expect(first(room.setEtr('1' as never, word, later(1)))).toMatchObject({
    kind: 'etrChanged',
    impact: { revision: 1, etr: { ...word, source: 'operator', revision: 2 } },
  });
  room.take(
    [{ kind: 'rerooted', incident: incident('1', ['olt-1'], { kind: 'node-down' }), joined: [] }],
    later(2),
  );
  expect(room.impactOf('1' as never)?.etr?.source).toBe('operator');
  const relapse = later(36_000_000);
  room.take(
    [{ kind: 'reopened', incident: incident('1', ['olt-1'], { kind: 'node-down' }), joined: [] }],
    relapse,
  );
  expect(room.impactOf('1' as never)?.etr).toMatchObject({ source: 'table', revision: 3 });
  expect(room.impactOf('1' as never)!.etr!.from).toBeGreaterThan(relapse);
  expect(room.setEtr('nine' as never, word, start)).toEqual([]);
});

test('a merged incident touches nobody any more, a closed one is gone', () => {
  const room = assessment();
  const ranges = first(
    room.take([opened(incident('1', ['s1-1-1'])), opened(incident('2', ['s1-1-2']))], start),
  ).joined;
  const merged = incident('1', ['s1-1-1'], { state: 'merged', into: '2' as never });
  const change = first(room.take([{ kind: 'merged', incident: merged, joined: [] }], later(1)));
  expect(change).toMatchObject({ impact: { subscribers: 0, ranges: [] }, left: ranges });
  expect(room.impactOf('1' as never)).toBeUndefined();
  room.take([{ kind: 'closed', incident: incident('2', [], { state: 'closed' }), joined: [] }], later(2));
  expect(room.impactOf('2' as never)).toBeUndefined();
});

test('a complaint belongs to the nearest open cause, and to one resolved lately only on request', () => {
  const topology = smallCity();
  const placed = placeSubscribers(topology, subscribersOn(terminals('1')));
  const room = assessment({ attachedTo: terminals('1') });
  const number = first(placed.rangesUnderId('ont-1-1-1-1')).from;
  expect(room.incidentOf(number)).toBeUndefined();
  room.take([opened(incident('1', ['olt-1'])), opened(incident('2', ['s1-1-1']))], start);
  expect(room.incidentOf(number)).toBe('2');
  room.take([opened(incident('3', ['ont-1-1-1-1'], { actionable: false }))], start);
  room.take([opened(incident('4', ['ont-1-1-1-1'], { planned: true }))], start);
  expect(room.incidentOf(number)).toBe('2');
  const over = { state: 'resolved', resolvedAt: later(10) } as const;
  room.take([{ kind: 'resolved', incident: incident('2', ['s1-1-1'], over), joined: [] }], later(10));
  expect(room.incidentOf(number)).toBe('1');
  room.take([{ kind: 'resolved', incident: incident('1', ['olt-1'], over), joined: [] }], later(10));
  expect(room.incidentOf(number)).toBeUndefined();
  expect(room.incidentOf(number, { resolvedSince: later(5) })).toBe('2');
  expect(room.incidentOf(number, { resolvedSince: later(11) })).toBeUndefined();
  expect(room.contains('2' as never, number)).toBe(true);
  expect(room.contains('2' as never, first(placed.rangesUnderId('ont-1-2-1-1')).from)).toBe(false);
});

test('a new topology version moves every incident to the new numbers', () => {
  const room = assessment();
  room.take([opened(incident('1', ['s2-1-1']))], start);
  const topology = smallCity();
  const placed = placeSubscribers(topology, subscribersOn([...terminals('2-1-1'), ...terminals('2-1-1')]));
  room.setTopology(topology, placed, 2);
  const { impact } = first(room.rebase(later(1)));
  expect(impact).toMatchObject({ topologyVersion: 2, revision: 2, subscribers: 16, etr: { revision: 1 } });
  expect(impact.ranges).toEqual(placed.rangesUnderId('s2-1-1'));
});

test('a restored room goes on where the snapshot was taken', () => {
  const room = assessment();
  room.take([opened(incident('1', ['s1-1-1'])), opened(incident('2', ['olt-2']))], start);
  const restored = assessment();
  restored.restore(JSON.parse(canonicalJson(room.snapshot())));
  expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(room.snapshot()));
  const wider: IncidentChange = { kind: 'rerooted', incident: incident('1', ['s1-1']), joined: [] };
  expect(canonicalJson(restored.take([wider], later(1)))).toBe(canonicalJson(room.take([wider], later(1))));
});

test('minutes are lost by each from the own start to the own end; a pause is not lost', () => {
  const room = assessment();
  const narrow = incident('1', ['s1-1-1']);
  const lost = (impact: Impact, of: Incident, at: Instant): number =>
    Math.round(lossesAt(impact, of, at)[0]!.minutes);
  const impact = first(room.take([opened(narrow)], later(minutes(2)))).impact;
  expect(impact.losses).toEqual([{ service: 'internet', affected: 8, minutes: 0 }]);
  expect(lost(impact, narrow, later(minutes(10)))).toBe(80);
  const wide = incident('1', ['olt-1/c1/p1']);
  const wider = first(room.take([{ kind: 'grew', incident: wide, joined: [] }], later(minutes(10)))).impact;
  expect(lost(wider, wide, later(minutes(20)))).toBe(80 + 160);
  const history = [
    { at: later(minutes(20)), event: 'resolve' },
    { at: later(minutes(60)), event: 'reopen' },
  ] as const;
  const again = { ...wide, history };
  expect(lost(wider, again, later(minutes(61)))).toBe(80 + 160 + 16);
  room.take([{ kind: 'reopened', incident: again, joined: [] }], later(minutes(60)));
  const less = { ...narrow, history };
  const left = first(room.take([{ kind: 'shrank', incident: less, joined: [] }], later(minutes(61)))).impact;
  expect(left.losses).toEqual([{ service: 'internet', affected: 8, minutes: 256 }]);
  const over = { ...less, resolvedAt: later(minutes(62)) };
  expect(lost(left, over, later(minutes(99)))).toBe(264);
});
