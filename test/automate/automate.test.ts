import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AutomationSet, Automations, type Seen } from '../../src/automate/automate.ts';
import { hours, type Instant, instant, minutes } from '../../src/base/instant.ts';
import { viewOf } from '../../src/flow/automating.ts';
import { Rooms } from '../../src/flow/rooms.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import { alarmId, resourceId } from '../../src/model/ids.ts';
import { ids } from '../support/care.ts';
import { cityContents, cityNoon } from '../support/line-city.ts';
import { automationsOf } from '../support/shipped-automations.ts';

// The room alone, over the rooms of a line that knows of nothing yet.

const setOf = (...automations: readonly string[]): AutomationSet => {
  const { value, problems } = automationsOf(
    automations.length === 0 ? '' : `automations:\n${automations.join('')}`,
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return value;
};
const one = (id: string, keys: string): string =>
  `  - { id: ${id}, ${keys}, do: [{ task: { skill: care, due: 1h, text: { en: '{cause}', ru: '{cause}' } } }] }\n`;

function roomWith(set: AutomationSet): Automations {
  const rooms = new Rooms(cityContents(), undefined);
  rooms.useTopology({ version: 1, topology: 'city', subscribers: 'all' });
  const room = new Automations(viewOf(rooms));
  room.setAutomations(set);
  return room;
}

const alarm = (resource: string, more: Partial<Alarm> = {}): Alarm => ({
  ...{ id: alarmId(resource, 'LOS', undefined), resource: resourceId(resource), cause: 'LOS' },
  ...{ alarmType: 'communicationsAlarm', perceivedSeverity: 'major', state: 'raised', flapping: false },
  ...{ ackState: 'unacknowledged', sources: ['trap'], source: 'trap', count: 1, attributes: {} },
  ...{ raisedAt: cityNoon, changedAt: cityNoon },
  ...more,
});
const raised = (one: Alarm): Seen => ({
  family: 'alarm',
  change: { kind: 'raised', alarm: one, record: one.id, source: 'trap' },
});
const at = (ms: number): { readonly at: Instant; readonly ids: ReturnType<typeof ids> } => ({
  at: instant(cityNoon + ms),
  ids: ids(),
});

describe('10,000 changes a second', () => {
  const flood = Array.from({ length: 10_000 }, (_, n) => raised(alarm(`ont-${n}`)));

  test('are looked at, and acted on as often as the bound says', () => {
    const room = roomWith(setOf(one('all', 'on: alarmRaised, limit: { most: 7, per: 10m }')));
    const { errands, acts } = room.take(flood, at(0));
    expect(errands).toHaveLength(7);
    expect(acts.filter(({ result }) => result === 'stopped')).toHaveLength(9_993);
    expect(room.status(at(0).at)).toMatchObject([{ state: 'stopped', acted: 7, stopped: 9_993 }]);
    expect(room.status(at(minutes(11)).at)).toMatchObject([{ state: 'active', stopped: 9_993 }]);
  });

  test('fill the memory of the one that waits for all of them, and of no other', () => {
    const [greedy, modest] = [one('greedy', 'on: alarmRaised, after: 1h'), 'on: alarmRaised, after: 1h'];
    const room = roomWith(setOf(greedy, one('modest', `${modest}, where: 'resource == "ont-9999"'`)));
    room.take(flood, at(0));
    expect(room.status(at(0).at)).toMatchObject([
      { id: 'greedy', state: 'stopped', stopped: 8_000 },
      { id: 'modest', stopped: 8_000 },
    ]);
    // Each due time is asked for in slices, and what is gone by then is let go.
    expect(room.wakeAt).toBe(at(hours(1)).at);
    for (let n = 0; n < 8 && room.wakeAt !== undefined; n++) room.take([], at(hours(1)));
    expect(room.wakeAt).toBeUndefined();
    expect((room.snapshot().held as readonly unknown[]).length).toBe(0);
  });

  test('of one thing in one input are one', () => {
    const room = roomWith(setOf(one('each', 'on: alarmRaised, once: false')));
    const same = Array.from({ length: 100 }, () => raised(alarm('ont-1')));
    expect(room.take(same, at(0)).errands).toHaveLength(1);
  });
});

test('what nobody is for is not watched', () => {
  expect([...roomWith(setOf()).watched]).toEqual([]);
  expect([...roomWith(setOf(one('a', 'on: alarmRaised'))).watched]).toEqual(['alarm']);
  const incident = one('a', 'on: incidentOpened').replaceAll('{cause}', '{kind}');
  expect([...roomWith(setOf(incident)).watched]).toEqual(['incident', 'impact']);
});

test('a collector and a flood are told from other alarms by what they are', () => {
  const room = roomWith(
    setOf(
      one('blind', 'on: collectorBlind'),
      one('flood', 'on: floodBegan'),
      one('sees', 'on: collectorSees'),
      one('over', 'on: floodEnded'),
    ),
  );
  const acted = (change: Seen) => room.take([change], at(0)).acts.map(({ automation }) => automation);
  const lost = alarm('col-1', { cause: 'UNREACHABLE', source: 'poll' });
  expect(acted(raised(lost))).toEqual(['blind']);
  expect(acted(raised(alarm('olt-1', { cause: 'UNREACHABLE' })))).toEqual([]);
  expect(acted(raised(alarm('collector', { cause: 'UNREACHABLE', source: 'collector' })))).toEqual(['blind']);
  expect(acted(raised(alarm('ingest', { cause: 'TRAP_FLOOD' })))).toEqual(['flood']);
  const over = (one: Alarm): Seen => ({
    family: 'alarm',
    change: { kind: 'cleared', alarm: { ...one, state: 'cleared' } },
  });
  expect(acted(over(lost))).toEqual(['sees']);
  expect(acted(over(alarm('ingest', { cause: 'TRAP_FLOOD' })))).toEqual(['over']);
});

test('no condition throws, whatever an alarm lacks or holds', () => {
  const conditions = [
    'attributes.none == "" && size(attributes.none) == 0',
    'double(attributes.x) > 1 || double(device) < 0',
    'by.startsWith(attributes.x) && count / 0 > 1',
    'has(attributes.__proto__) || attributes.constructor != ""',
    'minutes % 0 == 0 ? flapping : !flapping',
    'severity in [cause, kind, source] || hour >= 24 || weekday == at',
  ];
  const room = roomWith(
    setOf(...conditions.map((where, n) => one(`c${n}`, `on: alarmRaised, once: false, where: '${where}'`))),
  );
  const text = fc.oneof(fc.string(), fc.constantFrom('', '__proto__', '{cause}', '\u0000', '1e999'));
  fc.assert(
    fc.property(text, text, fc.dictionary(text, text), (resource, cause, attributes) => {
      const { errands } = room.take(
        [raised(alarm(`r${resource}`, { cause, attributes, count: Number.NaN }))],
        at(0),
      );
      for (const { words } of errands) expect(words.en).not.toMatch(/[\u0000-\u001f]/);
    }),
    { numRuns: 300, seed: 5 },
  );
});
