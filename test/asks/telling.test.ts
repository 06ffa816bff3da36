// What people ask of alarm correlation and do not get, each as a story (design correlation.md, section 4): who hears what.
import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { exampleProblems } from '../../src/app/config/rule-examples.ts';
import { after, hours, minutes, seconds } from '../../src/base/instant.ts';
import { compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { loadRules } from '../../src/edge/files/rule-files.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { playExamples } from '../../src/flow/examples.ts';
import type { Command } from '../../src/flow/input.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import { type AlarmId, alarmId, resourceId } from '../../src/model/ids.ts';
import type { Incident } from '../../src/model/incident.ts';
import { LineRun } from '../support/line-run.ts';
import { shippedDocuments } from '../support/shipped-rules.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const city = (): LineRun => new LineRun().begin();
const cut = (): LineRun => city().observe('raise', branch, { cause: 'LOS' });
const losOf = (terminal: string): AlarmId => alarmId(resourceId(terminal), 'LOS', undefined);

const order = (run: LineRun, command: Command): LineRun => run.put({ kind: 'command', by: 'olga', command });

const alarmOf = (run: LineRun, id: AlarmId): Alarm =>
  run.changes('alarm').findLast(({ alarm }) => alarm.id === id)!.alarm;
const incidentAt = (run: LineRun, root: string): Incident =>
  run.changes('incident').findLast(({ incident }) => incident.root === root)!.incident;

/** How many subscribers each type of notice goes to. */
function told(run: LineRun): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { type, from, to, except } of run.tells()) {
    sums[type] = (sums[type] ?? 0) + to - from - except.length;
  }
  return sums;
}

test('ask-03 to acknowledge an alarm silences nothing; that and notes to it stay said as long as the alarm lives', () => {
  const run = cut().pass(seconds(30));
  const noted = run.at;
  order(run, { kind: 'acknowledgeAlarm', alarm: losOf(branch[0]!) });
  order(run, { kind: 'noteAlarm', alarm: losOf(branch[0]!), note: 'row-1' });
  run.observe('raise', [branch[0]!], { cause: 'LOS' }).pass(minutes(3));
  expect(alarmOf(run, losOf(branch[0]!))).toMatchObject({
    ackState: 'acknowledged',
    ackBy: 'olga',
    state: 'raised',
    notes: [{ at: noted, by: 'olga', text: 'row-1' }],
  });
  expect(told(run)).toEqual({ detected: 8 });
  run
    .observe('clear', branch, { cause: 'LOS' })
    .pass(minutes(3))
    .observe('raise', [branch[0]!], { cause: 'LOS' });
  expect(alarmOf(run, losOf(branch[0]!))).toMatchObject({ ackState: 'unacknowledged', notes: undefined });
});

test('ask-04 the end of a silenced alarm is heard: whoever was told hears that it works', () => {
  const run = cut().pass(minutes(3));
  for (const id of branch)
    order(run, { kind: 'shelveAlarm', alarm: losOf(id), until: after(run.at, hours(6)) });
  run.observe('clear', branch, { cause: 'LOS' }).pass(hours(1));
  expect(incidentAt(run, 's1-1-1').state).toBe('resolved');
  expect(told(run)).toEqual({ detected: 8, ask: 8 });
});

test('ask-05 a silence ends at its time or with the alarm, says so, and does not outlive the alarm into the next', () => {
  const run = cut().pass(minutes(3));
  const id = losOf(branch[0]!);
  const until = after(run.at, hours(1));
  order(run, { kind: 'shelveAlarm', alarm: id, until });
  expect(alarmOf(run, id).shelvedUntil).toBe(until);
  run.pass(hours(2));
  const ended = { shelvedUntil: undefined, unshelved: { at: until, because: 'expired' } };
  expect(alarmOf(run, id)).toMatchObject({ ...ended, changedAt: until, state: 'raised' });
  const week = after(run.at, hours(168));
  order(run, { kind: 'shelveAlarm', alarm: id, until: week, untilCleared: true }).pass(hours(3));
  expect(alarmOf(run, id)).toMatchObject({ shelvedUntil: week, shelf: { by: 'olga' }, unshelved: undefined });
  const cleared = run.at;
  run.observe('clear', branch, { cause: 'LOS' }).pass(minutes(3));
  const over = { shelvedUntil: undefined, unshelved: { at: cleared, because: 'cleared' } };
  expect(alarmOf(run, id)).toMatchObject({ ...over, state: 'cleared' });
  run.observe('raise', [branch[0]!], { cause: 'LOS' });
  expect(alarmOf(run, id)).toMatchObject({ state: 'raised', shelvedUntil: undefined, unshelved: undefined });
});

test('ask-06 detection and correlation are tried by examples beside the rules, which anybody can run', async () => {
  const { value: rules, problems } = await loadRules({ shipped: ['rules'] });
  const played = rules.documents.map(
    ({ document }) => (document.value as { examples?: unknown[] }).examples?.length ?? 0,
  );
  expect(played.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
  expect([...problems, ...exampleProblems(rules, 'all')]).toEqual([]);
});

test('ask-06 inhibition, grouping and hours of a rule are tried in its own file, and what does not hold is named in its place', () => {
  const file = `format: correlation/1
patterns:
  - { id: hush, kind: suppress, on: { cause: FAN_FAIL }, while: [{ cause: CARD_FAIL }] }
  - { id: night, kind: calendar, on: { cause: DOOR_OPEN }, hours: "00:00-23:59" }
  - { id: many, kind: group, by: head, of: [{ on: { cause: LOS }, atLeast: 2 }], within: 10m, raise: { cause: MANY, severity: minor } }
examples:
  - name: all three
    topology: { access: { olt o: { card c: [ont a, ont b] } } }
    script:
      - { at: 0s, raise: CARD_FAIL, on: [c] }
      - { at: 1s, raise: FAN_FAIL, on: [c] }
      - { at: 1s, raise: DOOR_OPEN, on: [o] }
      - { at: 2s, raise: LOS, on: [a, b] }
    expect:
      - { by: 5m, alarm: { resource: c, cause: FAN_FAIL, state: raised } }
      - { by: 5m, alarm: { resource: o, cause: MANY, state: raised } }
      - { by: 5m, none: { root: o, actionable: true } }
      - { by: 5m, incidents: 7 }
`;
  const document = parseYaml('own.yaml', file).value;
  const rules = compileCorrelationRules([...shippedDocuments, document]).value!;
  const failed = playExamples({ document, rules, policy: defaultPolicy });
  expect(failed).toMatchObject([{ file: 'own.yaml', line: 18, code: 'rule/example' }]);
});

test('ask-11 one outage is one message to each, however often it is said', () => {
  const run = city();
  for (let n = 0; n < 50; n++) run.observe('raise', terminals('1'), { cause: 'LOS' }).pass(seconds(6));
  run.pass(minutes(30));
  expect(run.changes('alarm').length).toBeGreaterThan(1_000);
  expect(told(run)).toEqual({ detected: 32 });
  const opened = new Set(run.changes('incident').map(({ incident }) => incident.id));
  expect(opened.size).toBe(1);
});

test('ask-12 in a flood the message names the cause, and no alarm is thrown away', () => {
  const run = city();
  const all = [...terminals('1'), ...terminals('2')];
  run.observe('raise', ['mains-1'], { cause: 'MAINS_FAIL' });
  for (const cause of ['DYING_GASP', 'LOS'])
    run.observe('raise', all.slice(0, 32), { cause }).pass(seconds(1));
  run.pass(minutes(3));
  const incidents = new Map(run.changes('incident').map(({ incident }) => [incident.id, incident]));
  const held = [...incidents.values()].flatMap(({ alarms }) => alarms);
  expect(held.length).toBe(65);
  const [tell] = run.tells();
  expect(tell?.facts).toMatchObject({ kind: expect.stringMatching(/power/) as string, root: 'mains-1' });
});

test('ask-15 one alarm of a group is silenced without the group', () => {
  const run = cut().pass(seconds(30));
  order(run, { kind: 'shelveAlarm', alarm: losOf(branch[0]!), until: after(run.at, hours(6)) });
  run.pass(minutes(5));
  expect(alarmOf(run, losOf(branch[1]!)).shelvedUntil).toBeUndefined();
  expect(incidentAt(run, 's1-1-1')).toMatchObject({ state: 'open', actionable: true });
  expect(told(run)).toEqual({ detected: 8 });
});

test('ask-16 what a cause explains is folded into it everywhere, and severity, state and acknowledgement are three things', () => {
  const run = cut().pass(minutes(1));
  const incident = incidentAt(run, 's1-1-1');
  const before = alarmOf(run, losOf(branch[0]!));
  expect(before).toMatchObject({ incident: incident.id, state: 'raised', ackState: 'unacknowledged' });
  order(run, { kind: 'acknowledgeAlarm', alarm: before.id });
  run.observe('raise', [branch[0]!], { cause: 'LOS', severity: 'warning' });
  const now = alarmOf(run, before.id);
  expect(now).toMatchObject({ perceivedSeverity: 'warning', state: 'raised', ackState: 'acknowledged' });
  run.observe('clear', branch, { cause: 'LOS' });
  expect(alarmOf(run, before.id)).toMatchObject({
    perceivedSeverity: 'warning',
    state: 'cleared',
    ackState: 'acknowledged',
  });
});
