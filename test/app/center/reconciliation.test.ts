import { expect, test } from 'vitest';
import { reconciliations } from '../../../src/app/center/reconciliation.ts';
import { instant } from '../../../src/base/instant.ts';
import { encodeInput } from '../../../src/flow/record.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { Observation } from '../../../src/model/observation.ts';

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

test('a kind with more alarms than an input holds is left to what was told of it', () => {
  const active = Array.from({ length: 2_500 }, (_, n) => raise(`o-1/ont/${n}`, 'LOS'));
  expect(reconciliations('c', { watches: [], below: ['o-1/ont'], active })).toEqual([]);
});
