import { describe, expect, test } from 'vitest';
import { Assessment } from '../../src/assess/assess.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant, minutes } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { IncidentId, TaskId } from '../../src/model/ids.ts';
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { TaskChange } from '../../src/model/task.ts';
import { placeSubscribers } from '../../src/topology/topology.ts';
import { smallCity } from '../support/small-city.ts';
import { subscribersOn } from '../support/subscriber-table.ts';

const start = instant(Date.UTC(2026, 0, 5, 9, 2));
const minute = 60_000;
const hour = 60 * minute;
const table = { '*': { p50Ms: minutes(120), p80Ms: minutes(240) } };

function newRoom(etr: Policy['etr'] = table): Assessment {
  const room = new Assessment();
  const topology = smallCity();
  room.setTopology(topology, placeSubscribers(topology, subscribersOn([])), 1);
  room.setPolicy({ etr } as unknown as Policy);
  return room;
}

const incidentOf = (id: number, startedAt: Instant, more: Partial<Incident> = {}): Incident => ({
  id: String(id) as IncidentId,
  kind: 'splitter',
  root: 's1-1-1' as never,
  probability: 0.9,
  candidates: [],
  state: 'open',
  actionable: true,
  planned: false,
  startedAt,
  alarms: [],
  suppressed: 0,
  affected: { under: [], except: [] },
  explanation: {},
  history: [],
  ...more,
});

const change = (kind: IncidentChange['kind'], incident: Incident): IncidentChange => ({
  kind,
  incident,
  joined: [],
});
const etrOf = (room: Assessment, id: number) => room.impactOf(String(id) as IncidentId)?.etr;

let next = 1_000;
/** Opens one and lets it end after so long. */
function live(room: Assessment, at: number, lengthMs: number, more: Partial<Incident> = {}): void {
  const id = next++;
  const [from, to] = [instant(at), instant(at + lengthMs)];
  room.take([change('opened', incidentOf(id, from, more))], from);
  room.take([change('resolved', incidentOf(id, from, { ...more, state: 'resolved', resolvedAt: to }))], to);
}

/** When an incident that opens now is expected to be over, counted in hours from now. */
function expectedHours(room: Assessment, at: number, more: Partial<Incident> = {}): number {
  const id = next++;
  room.take([change('opened', incidentOf(id, instant(at), more))], instant(at));
  const etr = etrOf(room, id)!;
  room.take([change('merged', incidentOf(id, instant(at), { ...more, state: 'merged' }))], instant(at));
  return (etr.to - at) / hour;
}

describe('what was learned', () => {
  test('repairs that take longer than the table says move the promise, few of them a little, many wholly', () => {
    const room = newRoom();
    const before = expectedHours(room, start);
    for (let n = 0; n < 3; n++) live(room, start + n * minute, 10 * hour);
    const few = expectedHours(room, start + 24 * hour);
    for (let n = 0; n < 60; n++) live(room, start + n * minute, 10 * hour);
    const many = expectedHours(room, start + 24 * hour);
    expect(before).toBeLessThan(4.6);
    expect(few).toBeGreaterThan(before);
    expect(many).toBeGreaterThan(9.5);
    expect(many).toBeLessThan(11.5);
  });

  test('it says that the promise comes from history, once there is enough of it', () => {
    const room = newRoom();
    room.take([change('opened', incidentOf(1, start))], start);
    expect(etrOf(room, 1)?.source).toBe('table');
    for (let n = 0; n < 6; n++) live(room, start + n * minute, 3 * hour);
    const later = instant(start + 24 * hour);
    room.take([change('opened', incidentOf(2, later))], later);
    expect(etrOf(room, 2)?.source).toBe('history');
  });

  test('a district with slow crews has later promises than the kind, and one without cases has those of the kind', () => {
    const room = newRoom();
    for (let n = 0; n < 60; n++) {
      live(room, start + n * minute, 9 * hour);
      live(room, start + n * minute, 2 * hour, { root: 's2-1-1' as never });
    }
    const at = start + 24 * hour;
    const [slow, quick, unknown] = ['s1-1-1', 's2-1-1', 'agg-4'].map((root) =>
      expectedHours(room, at, { root: root as never }),
    ) as [number, number, number];
    expect(slow).toBeGreaterThan(8.9);
    expect(quick).toBeLessThan(4);
    expect(unknown).toBeGreaterThan(quick);
    expect(unknown).toBeLessThanOrEqual(slow + 0.5);
  });

  test('what begins at night is judged by nights', () => {
    const room = newRoom();
    const night = start + 15 * hour;
    for (let n = 0; n < 60; n++) {
      live(room, start + n * minute, hour);
      live(room, night + n * minute, 8 * hour);
    }
    expect(expectedHours(room, night + 24 * hour)).toBeGreaterThan(7);
    expect(expectedHours(room, start + 48 * hour)).toBeLessThan(3);
  });

  test('who is closed without a repair, or not repaired yet, was at risk so long and counts no further', () => {
    const ended = newRoom();
    const censored = newRoom();
    for (let n = 0; n < 40; n++) {
      for (const room of [ended, censored]) live(room, start + n * minute, 2 * hour);
      const open = incidentOf(n, start);
      censored.take([change('opened', open)], start);
      if (n % 2 === 0)
        censored.take([change('closed', { ...open, state: 'closed' })], instant(start + 3 * hour));
    }
    const at = start + 4 * hour;
    expect(expectedHours(censored, at)).toBeGreaterThan(expectedHours(ended, at) + 1);
  });

  test('planned works and noise teach nothing', () => {
    const room = newRoom();
    for (let n = 0; n < 60; n++) {
      live(room, start + n * minute, 20 * hour, { planned: true });
      live(room, start + n * minute, 20 * hour, { actionable: false });
    }
    expect(expectedHours(room, start + 48 * hour)).toBeLessThan(4.6);
  });

  test('of noise nothing is promised, and no repair is expected to last longer because it goes on', () => {
    const [quiet, noisy] = [newRoom(), newRoom()];
    for (let n = 0; n < 40; n++) {
      for (const room of [quiet, noisy]) live(room, start + n * minute, 2 * hour);
      noisy.take([change('opened', { ...incidentOf(100 + n, start), actionable: false })], start);
    }
    expect(etrOf(noisy, 100)).toBeUndefined();
    const at = start + 4 * hour;
    expect(expectedHours(noisy, at)).toBe(expectedHours(quiet, at));
    noisy.take([change('grew', incidentOf(100, start))], instant(at));
    expect(etrOf(noisy, 100)).toBeDefined();
  });

  test('a relapse at once shows that the repair was none, and its clock goes on', () => {
    const room = newRoom();
    const incident = incidentOf(1, start);
    room.take([change('opened', incident)], start);
    const resolvedAt = instant(start + 3 * hour);
    room.take([change('resolved', { ...incident, state: 'resolved', resolvedAt })], resolvedAt);
    const relapse = instant(resolvedAt + 5 * minute);
    room.take([change('reopened', incident)], relapse);
    const etr = etrOf(room, 1)!;
    expect(etr.from).toBeGreaterThan(relapse);
    // Of repairs that last three hours few are over an hour later.
    expect(etr.to - relapse).toBeGreaterThan(2 * hour);
  });
});

describe('a promise', () => {
  test('never lies in the past, however long the incident lasts', () => {
    const room = newRoom();
    const late = instant(start + 3 * hour);
    room.take([change('opened', incidentOf(1, start))], late);
    const first = etrOf(room, 1)!;
    expect(first.from).toBeGreaterThan(late);
    expect(first.to).toBeGreaterThanOrEqual(first.from);
    for (let n = 0; n < 40; n++) {
      const due = room.wakeAt!;
      room.wake(due);
      expect(etrOf(room, 1)!.to).toBeGreaterThan(due);
    }
  });

  test('is renewed before it lapses, and rarely', () => {
    const room = newRoom();
    room.take([change('opened', incidentOf(1, start))], start);
    const first = etrOf(room, 1)!;
    const due = room.wakeAt!;
    expect(due).toBe(first.to - 10 * minute);
    expect(room.wake(instant(due - 1))).toEqual([]);
    const [renewed] = room.wake(due);
    expect(renewed).toMatchObject({ kind: 'etrChanged', impact: { revision: 1, etr: { revision: 2 } } });
    expect(renewed!.impact.etr!.to).toBeGreaterThan(first.to + hour);
    let promises = 2;
    for (const end = start + 7 * 24 * hour; room.wakeAt! < end; promises++) room.wake(room.wakeAt!);
    expect(promises).toBeLessThan(12);
  });

  test('ends on the half hour', () => {
    const room = newRoom();
    for (let id = 1; id < 20; id++) {
      const at = instant(start + id * 7 * minute);
      room.take([change('opened', incidentOf(id, at))], at);
      expect(etrOf(room, id)!.to % (30 * minute)).toBe(0);
    }
  });

  test('is not moved by what others teach meanwhile', () => {
    const room = newRoom();
    room.take([change('opened', incidentOf(1, start))], start);
    const first = etrOf(room, 1);
    for (let n = 0; n < 60; n++) live(room, start + n * minute, 10 * hour);
    expect(room.take([change('grew', incidentOf(1, start))], instant(start + hour))).toEqual([]);
    expect(etrOf(room, 1)).toEqual(first);
  });

  test('stays when another kind would move it by less than matters', () => {
    const room = newRoom({ ...table, feeder: { p50Ms: minutes(125), p80Ms: minutes(245) } });
    room.take([change('opened', incidentOf(1, start))], start);
    const first = etrOf(room, 1);
    room.take([change('rerooted', incidentOf(1, start, { kind: 'feeder' }))], instant(start + minute));
    expect(etrOf(room, 1)).toEqual(first);
  });

  test('an operator’s word is not renewed', () => {
    const room = newRoom();
    room.take([change('opened', incidentOf(1, start))], start);
    const word = { from: instant(start + hour), to: instant(start + 2 * hour) };
    room.setEtr('1' as IncidentId, word, start);
    expect(room.wakeAt).toBeUndefined();
    expect(room.onTasks([task('done', 'fixed')], instant(start + hour))).toEqual([]);
    expect(etrOf(room, 1)).toMatchObject(word);
  });
});

const task = (kind: TaskChange['kind'], outcome?: 'fixed' | 'notFixed'): TaskChange => ({
  kind,
  task: {
    id: 't' as TaskId,
    kind: 'repair',
    state: kind === 'done' ? 'done' : 'accepted',
    skill: 'fibre',
    incident: '1' as IncidentId,
    createdAt: start,
    dueAt: start,
    outcome,
    why: [],
  },
});

describe('a crew', () => {
  /** Repairs of ten hours that are over a quarter of an hour after the crew said so. */
  function taught(): Assessment {
    const room = newRoom();
    for (let n = 0; n < 60; n++) {
      const from = instant(start - 100 * hour + n * minute);
      const incident = incidentOf(1, from);
      room.take([change('opened', incident)], from);
      room.onTasks([task('assigned')], from);
      room.onTasks([task('done', 'fixed')], instant(from + 9.75 * hour));
      const resolvedAt = instant(from + 10 * hour);
      room.take([change('resolved', { ...incident, state: 'resolved', resolvedAt })], resolvedAt);
      room.take([change('merged', { ...incident, state: 'merged' })], resolvedAt);
    }
    room.take([change('opened', incidentOf(1, start))], start);
    return room;
  }

  test('that says it is repaired brings the promise near; that it is not, takes it back', () => {
    const room = taught();
    const first = etrOf(room, 1)!;
    expect(first.to - start).toBeGreaterThan(9 * hour);
    const at = instant(start + 2 * hour);
    const [sooner] = room.onTasks([task('done', 'fixed')], at);
    expect(sooner!.impact.etr!.to - at).toBeLessThanOrEqual(hour);
    const [again] = room.onTasks([task('done', 'notFixed')], instant(at + minute));
    expect(again!.impact.etr!.to - start).toBeGreaterThan(9 * hour);
  });

  test('that is given the work changes nothing where that says nothing new', () => {
    const room = taught();
    expect(room.onTasks([task('assigned')], instant(start + minute))).toEqual([]);
  });
});

test('a restored room makes the same promises', () => {
  const [room, twin] = [newRoom(), newRoom()];
  const random = seededRandom(7);
  for (let n = 0; n < 50; n++) live(room, start + n * minute, random.next() * 9 * hour);
  room.take([change('opened', incidentOf(1, start))], start);
  twin.restore(JSON.parse(canonicalJson(room.snapshot())));
  expect(twin.wakeAt).toBe(room.wakeAt);
  for (let n = 0; n < 5; n++) expect(twin.wake(twin.wakeAt!)).toEqual(room.wake(room.wakeAt!));
  expect(canonicalJson(twin.snapshot())).toBe(canonicalJson(room.snapshot()));
});

test('what is kept does not grow with time, places or kinds', () => {
  const room = newRoom();
  for (let n = 0; n < 12_000; n++) {
    live(room, start + n * minute, hour, { kind: `kind-${n % 5_000}`, root: `s${(n % 2) + 1}-1-1` as never });
  }
  const { expectation } = room.snapshot() as {
    expectation: { times: { cells: unknown[] }; courses: unknown[] };
  };
  expect(expectation.times.cells.length).toBe(8_192);
  expect(expectation.courses.length).toBe(10_000);
});
