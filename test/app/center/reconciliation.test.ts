import { expect, test } from 'vitest';
import { reconciliations } from '../../../src/app/center/reconciliation.ts';
import { instant } from '../../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../../src/detect/detect.ts';
import { encodeInput } from '../../../src/flow/record.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { Observation } from '../../../src/model/observation.ts';
import { freshLine } from '../../support/line-run.ts';

const raise = (resource: string, cause: string): Observation => ({
  event: 'raise',
  resource: resourceId(resource),
  cause,
  source: 'poll',
});

test('the list of a large network is many inputs of bounded size that together say the same', () => {
  const watches = Array.from({ length: 300_000 }, (_, n) =>
    resourceId(`a-device-with-a-long-name-${n}/if/1`),
  );
  const active = watches.filter((_, n) => n % 100 === 0).map((resource) => raise(resource, 'LINK_DOWN'));
  const inputs = reconciliations('c', {
    watches,
    active: [...active, raise(watches[0]!, 'X'), raise('s', 'Y')],
  });
  const lists = inputs.flatMap((input) =>
    input.kind === 'command' && input.command.kind === 'reconcile' ? [input.command] : [],
  );
  expect(lists.flatMap((list) => list.watches)).toEqual(watches);
  expect(lists.flatMap((list) => list.active)).toHaveLength(active.length + 2);
  expect(lists[0]!.active.slice(0, 2).map(({ cause }) => cause)).toEqual(['LINK_DOWN', 'X']);
  for (const { watches: some, active: held } of lists.slice(0, -1)) {
    expect(held.every(({ resource }) => some.includes(resource))).toBe(true);
  }
  const sizes = inputs.map((input) => encodeInput(instant(0), input).length);
  expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
});

test('what holds comes with how bad it is, so that a raise that was missed is as severe as it would have been', () => {
  const line = freshLine();
  const active: Observation[] = [{ ...raise('olt-1/if/7', 'LINK_DOWN'), severity: 'major' }];
  const changes = reconciliations('c', { watches: [], active }).flatMap(
    (input, i) => line.apply(i + 1, line.at, input).changes,
  );
  expect(changes.filter(({ kind }) => kind === 'alarm')).toMatchObject([
    { alarm: { resource: 'olt-1/if/7', perceivedSeverity: 'major' } },
  ]);
});

test('who watches nothing says nothing', () => {
  expect(reconciliations('c', { watches: [], active: [] })).toEqual([]);
});

test('all that is active of a kind of objects stands in one input beside the name of the kind', () => {
  const active = ['o-1/ont/1', 'o-1/ont/2', 'o-2/ont/1', 'o-2/if/1'].map((id) => raise(id, 'LOS'));
  const lists = reconciliations('c', {
    watches: [],
    below: ['o-1/ont', 'o-2/ont', 'o-3/ont'],
    active,
  }).flatMap((input) =>
    input.kind === 'command' && input.command.kind === 'reconcile' ? [input.command] : [],
  );
  expect(lists.map(({ below, active: held }) => [below, held.map(({ resource }) => resource)])).toEqual([
    [undefined, ['o-2/if/1']],
    [
      ['o-1/ont', 'o-2/ont', 'o-3/ont'],
      ['o-1/ont/1', 'o-1/ont/2', 'o-2/ont/1'],
    ],
  ]);
});

test('a kind with more alarms than an input holds is cut into spans that hold every name once', () => {
  const names = Array.from({ length: 4_500 }, (_, n) => `o-1/ont/${n}`);
  const active = names.flatMap((id) => [
    raise(id, 'LOS'),
    ...(id.endsWith('7') ? [raise(id, 'HIGH_TEMP')] : []),
  ]);
  const lists = reconciliations('c', { watches: [], below: ['o-0/ont', 'o-1/ont'], active }).map((input) =>
    input.kind === 'command' && input.command.kind === 'reconcile' ? input.command : undefined,
  );
  const spans = lists.flatMap((list) => (list?.span === undefined ? [] : [list.span]));
  expect(spans[0]?.from).toBeUndefined();
  expect(spans.at(-1)?.to).toBeUndefined();
  expect(spans.slice(1).map(({ from }) => from)).toEqual(spans.slice(0, -1).map(({ to }) => to));
  const line = freshLine();
  lists.forEach(
    (command, i) => void line.apply(i + 1, instant(0), { kind: 'command', by: 'c', command: command! }),
  );
  expect(line.openCounts().alarms).toBe(active.length);
  const left = active.filter((_, n) => n % 3 === 0);
  const later = reconciliations('c', { watches: [], below: ['o-1/ont'], active: left });
  later.forEach((input, i) => void line.apply(100 + i, instant(1), input));
  expect(line.openCounts().alarms).toBe(left.length);
  const again = later.map((input, i) => line.apply(200 + i, instant(2), input));
  expect(again.flatMap(({ changes }) => changes)).toEqual([]);
});

test('an interface that is watched and of a judged kind goes on being down', () => {
  const down = raise('o-1/if/7', 'LINK_DOWN');
  const inputs = reconciliations('c', { watches: [down.resource], below: ['o-1/if'], active: [down] });
  const line = freshLine();
  const states = [...inputs, ...inputs].flatMap((input, i) =>
    line
      .apply(i + 1, instant(i), input)
      .changes.flatMap((change) => (change.kind === 'alarm' ? [change.alarm.state] : [])),
  );
  expect(new Set(states)).toEqual(new Set(['raised']));
});

test('of a device that does not answer the list says that nothing is known', () => {
  const detection = new Detection(compileDetectionRules([]).value);
  const device = { id: 'o-1', resource: resourceId('olt-1') };
  for (let i = 0; i < 3; i++) detection.silent(device);
  const inputs = reconciliations('c', detection.active());
  expect(inputs).toMatchObject([
    { command: { watches: ['olt-1'], active: [{ resource: 'olt-1', cause: 'UNREACHABLE' }] } },
    { command: { unseen: ['olt-1'], active: [] } },
  ]);
});
