import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { minutes, seconds } from '../../src/base/instant.ts';
import type { Command } from '../../src/flow/input.ts';
import { type AlarmId, alarmId, type IncidentId, resourceId } from '../../src/model/ids.ts';
import type { Incident } from '../../src/model/incident.ts';
import { cityContents } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const losOf = (terminal: string): AlarmId => alarmId(resourceId(terminal), 'LOS', undefined);

const cut = (): LineRun => new LineRun().begin().observe('raise', branch, { cause: 'LOS' }).pass(minutes(1));
const order = (run: LineRun, command: Command): LineRun => run.put({ kind: 'command', by: 'olga', command });

function newest(run: LineRun): Incident[] {
  const found = new Map<string, Incident>();
  for (const { incident } of run.changes('incident')) found.set(incident.id, incident);
  return [...found.values()];
}

const at = (run: LineRun, root: string): Incident =>
  newest(run).findLast((incident) => incident.root === root)!;
const homeOf = (run: LineRun, terminal: string): IncidentId | undefined =>
  run.changes('alarm').findLast(({ alarm }) => alarm.id === losOf(terminal))?.alarm.incident;

describe('an alarm that does not belong', () => {
  const [stranger, ...others] = branch as [string, ...string[]];
  const taken = (): LineRun => {
    const run = cut();
    const { id } = at(run, 's1-1-1');
    return order(run, { kind: 'placeAlarm', incident: id, alarm: losOf(stranger), belongs: false }).pass(
      seconds(1),
    );
  };

  test('is an incident of its own, which says who decided it; the other keeps the rest', () => {
    const run = taken();
    const [left, own] = [at(run, 's1-1-1'), at(run, stranger)];
    expect(own).toMatchObject({ parent: left.id, state: 'open', explanation: { decidedBy: 'olga' } });
    expect(homeOf(run, stranger)).toBe(own.id);
    expect(left.alarms).toHaveLength(others.length);
    expect(left.history.at(-1)).toMatchObject({ event: 'split', by: 'olga' });
    expect(left.explanation['operators']).toMatchObject([
      { by: 'olga', said: 'tookOut', alarms: [losOf(stranger)] },
    ]);
  });

  test('stays out when it comes and goes, and when the rest grows', () => {
    const run = taken();
    run.observe('clear', [stranger], { cause: 'LOS' }).pass(minutes(2));
    run.observe('raise', [stranger, ...terminals('1-1-2')], { cause: 'LOS' }).pass(minutes(3));
    expect(homeOf(run, stranger)).not.toBe(homeOf(run, others[0]!));
  });

  test('stays out after a restart', () => {
    const run = taken();
    const line = freshLine(cityContents());
    line.restore(run.line.snapshot());
    expect(canonicalJson(line.snapshot())).toBe(canonicalJson(run.line.snapshot()));
    const restarted = new LineRun(line, run.at);
    restarted.observe('clear', [stranger], { cause: 'LOS' }).pass(minutes(2));
    restarted.observe('raise', [stranger], { cause: 'LOS' }).pass(minutes(3));
    expect(homeOf(restarted, stranger)).not.toBe(homeOf(run, others[0]!));
  });

  test('and belongs after all, is taken back', () => {
    const run = taken();
    const { id } = at(run, 's1-1-1');
    order(run, { kind: 'placeAlarm', incident: id, alarm: losOf(stranger), belongs: true }).pass(seconds(1));
    expect(homeOf(run, stranger)).toBe(id);
    expect(at(run, stranger)).toMatchObject({ state: 'merged', into: id });
    expect(at(run, 's1-1-1').alarms).toHaveLength(8);
    expect(run.line.kpis()['groupingsCorrected']).toBe(2);
  });

  test('ends with its own clear, as the other does with its own', () => {
    const run = taken().observe('clear', others, { cause: 'LOS' }).pass(minutes(1));
    expect([at(run, 's1-1-1').state, at(run, stranger).state]).toEqual(['resolved', 'open']);
    run.observe('clear', [stranger], { cause: 'LOS' }).pass(minutes(1));
    expect(at(run, stranger).state).toBe('resolved');
  });
});

test('what makes room for newer words is counted, over a restart too', () => {
  const run = cut();
  const { id } = at(run, 's1-1-1');
  const alarm = losOf(terminals('1-1-1')[0]!);
  for (let n = 0; n < 12; n++) {
    order(run, { kind: 'placeAlarm', incident: id, alarm, belongs: false }).pass(seconds(1));
    order(run, { kind: 'placeAlarm', incident: id, alarm, belongs: true }).pass(seconds(1));
  }
  expect(at(run, 's1-1-1').explanation['operators']).toHaveLength(20);
  expect(run.line.kpis()).toMatchObject({ groupingsCorrected: 24, correctionsForgotten: 4 });
  const line = freshLine();
  line.restore(run.line.snapshot());
  expect(line.kpis()['correctionsForgotten']).toBe(4);
});

test('an incident is split at what the alarms share, and both parts go on by themselves', () => {
  const run = new LineRun().begin().observe('raise', terminals('1-1'), { cause: 'LOS' }).pass(minutes(1));
  const [whole] = newest(run) as [Incident];
  const alarms = terminals('1-1-2').map(losOf);
  order(run, { kind: 'splitIncident', incident: whole.id, alarms }).pass(minutes(5));
  expect(at(run, 's1-1-2')).toMatchObject({ parent: whole.id, affected: { under: ['s1-1-2'] } });
  expect(at(run, 's1-1-2').alarms).toHaveLength(8);
  expect(homeOf(run, 'ont-1-1-1-1')).toBe(whole.id);
});

test('two incidents that are one are merged, and the tickets and notices follow', () => {
  const run = cut().observe('raise', terminals('2-2-1'), { cause: 'LOS' }).pass(minutes(5));
  const [first, second] = [at(run, 's1-1-1'), at(run, 's2-2-1')];
  order(run, { kind: 'mergeIncidents', incident: second.id, into: first.id }).pass(seconds(1));
  expect(newest(run).find(({ id }) => id === second.id)).toMatchObject({ state: 'merged', into: first.id });
  expect(at(run, 's1-1-1').history.at(-1)).toMatchObject({ event: 'join', by: 'olga' });
  expect(homeOf(run, 'ont-2-2-1-1')).toBe(first.id);
});

test('what names no incident, no alarm of it, all of it or itself changes nothing', () => {
  const run = cut();
  const { id } = at(run, 's1-1-1');
  const before = newest(run).length;
  const alarm = losOf('ont-2-1-1-1');
  for (const command of [
    { kind: 'placeAlarm', incident: 'l.9.9' as IncidentId, alarm, belongs: true },
    { kind: 'placeAlarm', incident: id, alarm, belongs: false },
    { kind: 'placeAlarm', incident: id, alarm, belongs: true },
    { kind: 'splitIncident', incident: id, alarms: branch.map(losOf) },
    { kind: 'mergeIncidents', incident: id, into: id },
  ] as const)
    order(run, command);
  expect(newest(run)).toHaveLength(before);
  expect(at(run, 's1-1-1').alarms).toHaveLength(8);
  expect(run.applied.filter(({ failed }) => failed !== undefined)).toEqual([]);
});
