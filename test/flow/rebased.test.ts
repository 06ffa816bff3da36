// An import of topology renames or removes what an open incident is about: the incident stands as it was judged.
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, minutes, seconds } from '../../src/base/instant.ts';
import { alarmId } from '../../src/model/ids.ts';
import type { Incident } from '../../src/model/incident.ts';
import { allTerminals, cityContents, cityTable } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const lastOf = (run: LineRun): readonly Incident[] => [
  ...new Map(run.changes('incident').map(({ incident }) => [incident.id, incident])).values(),
];
const impactsOf = (run: LineRun) => run.changes('impact').map(({ impact }) => impact);
/** Seven of eight terminals are dark, and their subscribers are told; then the topology comes. */
const cutThen = (topology: string): LineRun =>
  new LineRun()
    .begin()
    .observe('raise', branch.slice(0, 7), { cause: 'LOS' })
    .pass(minutes(3))
    .put({ kind: 'topologyVersion', version: 2, topology, subscribers: 'all' })
    .pass(minutes(3));

test('a splitter that has another name now keeps its incident, who is touched, and what comes late', () => {
  const run = cutThen('renamed').observe('raise', branch.slice(7), { cause: 'LOS' }).pass(minutes(3));
  expect(lastOf(run)).toMatchObject([
    {
      ...{ root: 's1-1-1', state: 'open', alarms: { length: 8 } },
      explanation: { rootGone: { nowCalled: 'splitter-111' }, judgedBy: { topologyVersion: 1 } },
    },
  ]);
  expect(impactsOf(run).at(-1)).toMatchObject({ topologyVersion: 2, subscribers: 8 });
  expect(run.tells().map(({ type, from, to }) => [type, to - from])).toEqual([['detected', 8]]);
  run.observe('clear', branch, { cause: 'LOS' }).pass(hours(1));
  expect(lastOf(run)).toMatchObject([{ root: 's1-1-1', state: 'resolved' }]);
  expect(run.tells().map(({ type, from, to }) => [type, to - from])).toContainEqual(['ask', 8]);
});

test('a splitter that is gone keeps its incident and the same subscribers, in their new numbers', () => {
  const run = cutThen('rebuilt');
  expect(lastOf(run)).toMatchObject([
    { root: 's1-1-1', state: 'open', explanation: { rootGone: {}, judgedBy: { topologyVersion: 1 } } },
  ]);
  expect(lastOf(run)[0]!.explanation['rootGone']).toEqual({ nowCalled: undefined });
  // Beside each other they stand no longer.
  expect(impactsOf(run).at(-1)).toMatchObject({ topologyVersion: 2, subscribers: 8, ranges: { length: 2 } });
  run.observe('clear', branch, { cause: 'LOS' }).pass(hours(1));
  expect(lastOf(run)).toMatchObject([{ root: 's1-1-1', state: 'resolved' }]);
  const asked = run.tells().filter(({ type }) => type === 'ask');
  expect(asked.reduce((sum, { from, to, except }) => sum + to - from - except.length, 0)).toBe(8);
});

test('who left with the import is touched no more', () => {
  const left = cityTable({ without: branch.slice(0, 3) });
  const run = new LineRun(freshLine(cityContents({ left }))).begin();
  run.observe('raise', branch, { cause: 'LOS' }).pass(minutes(3));
  run.put({ kind: 'topologyVersion', version: 2, topology: 'rebuilt', subscribers: 'left' }).pass(minutes(1));
  expect(impactsOf(run).at(-1)).toMatchObject({ subscribers: 5 });
});

test('the name that comes back takes the hint away', () => {
  const run = cutThen('renamed');
  run.put({ kind: 'topologyVersion', version: 3, topology: 'city', subscribers: 'all' }).pass(minutes(1));
  expect(lastOf(run)).toMatchObject([{ root: 's1-1-1', state: 'open' }]);
  expect(lastOf(run)[0]!.explanation).not.toHaveProperty('rootGone');
});

test('a link between the same ends is found under its new name', () => {
  const run = new LineRun().begin().observe('raise', ['l-34'], { cause: 'LINK_DOWN' }).pass(minutes(3));
  run.put({ kind: 'topologyVersion', version: 2, topology: 'renamed', subscribers: 'all' }).pass(minutes(1));
  expect(lastOf(run)).toMatchObject([
    { root: 'l-34', state: 'open', explanation: { rootGone: { nowCalled: 'ring-34' } } },
  ]);
});

test('topology and rules that change all the time of a storm leave no alarm without its one incident', () => {
  const causes = ['LOS', 'NO_IP', 'DEGRADED', 'DYING_GASP', 'VENDOR_ODD', 'CRC_ERRORS'];
  const raises = causes.flatMap((cause) => allTerminals.map((on) => ({ cause, on })));
  const run = new LineRun().begin().put({ kind: 'ruleSet', rules: 'rules-0' });
  // In an order that mixes places and causes: 145 has no divisor in common with their number.
  for (let n = 0; n < raises.length; n++) {
    const { cause, on } = raises[(n * 145) % raises.length]!;
    run.observe('raise', [on], { cause });
    if (n % 16 === 0) run.pass(seconds(1));
    if (n % 40 === 0) {
      const topology = ['renamed', 'rebuilt', 'city'][(n / 40) % 3]!;
      run.put({
        kind: 'topologyVersion',
        version: run.line.topologyVersion + 1,
        topology,
        subscribers: 'all',
      });
    }
    if (n % 60 === 0) run.put({ kind: 'ruleSet', rules: `rules-${2 * ((n / 60) % 3)}` });
  }
  run.pass(minutes(5));
  const held = lastOf(run).flatMap(({ state, alarms }) => (state === 'merged' ? [] : alarms));
  const raised = new Set(
    raises.map(({ cause, on }) => alarmId(on, cause, undefined)).filter((id) => held.includes(id)),
  );
  expect(raised.size).toBe(raises.length);
  expect(held).toHaveLength(raises.length);
  const again = freshLine();
  for (const { sequence, at, input } of run.inputs) again.apply(sequence, at, input);
  expect(canonicalJson(again.snapshot())).toBe(canonicalJson(run.line.snapshot()));
});
