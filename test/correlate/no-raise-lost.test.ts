/** No raise is lost: whatever stays raised stands in one incident, and what came and went stands where its fault does. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { instant } from '../../src/base/instant.ts';
import { Groups } from '../../src/correlate/groups.ts';
import { replayStream } from '../../src/flow/replay.ts';
import { endsWithProofOfLife } from '../../src/model/alarm.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, smallCity, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const city = smallCity();
const one = 'ont-1-1-1-1';

/** All that were ever told of, in their last state: root, state, how many raise lines. */
function last(run: CityRun): string[] {
  const incidents = new Map(run.changes.map(({ incident }) => [incident.id, incident]));
  return [...incidents.values()].map(
    ({ root, state, actionable, alarms }) =>
      `${root} ${state} ${alarms.length}${actionable ? '' : ', for nobody'}`,
  );
}

test('a terminal that tells of its dark while all above it is called alive may hang elsewhere: it is kept, for nobody', () => {
  const run = new CityRun().raise(1, 'LOS', [one]).to(4);
  run.take([{ kind: 'alive', resource: resourceId('s1-1'), below: true }]).to(90);
  expect(last(run)).toEqual([`${one} resolved 1, for nobody`]);
  const own = new CityRun().raise(1, 'LOS', [one]).to(4);
  own.take([{ kind: 'alive', resource: resourceId(one), below: false }]).to(90);
  expect(last(own)).toEqual([]);
});

test('what polls find dark is over when a poll finds all above it alive', () => {
  const run = new CityRun().unreachable(1, [one]).to(4);
  run.take([{ kind: 'alive', resource: resourceId('s1-1'), below: true }]).to(90);
  expect(last(run)).toEqual([]);
});

test('a terminal called alive from above goes dark again before its cause is stated: it is dark', () => {
  const run = new CityRun().raise(1, 'LOS', [one]).to(4);
  run.take([{ kind: 'alive', resource: resourceId('s1-1'), below: true }]);
  run.raise(5, 'LOS', [one]).to(30);
  expect(last(run)).toEqual([`${one} open 2`]);
});

test('short darkness after an incident of the same terminal stands in that incident, and opens none', () => {
  const run = new CityRun().raise(1, 'LOS', [one]).clear(100, 'LOS', [one]).to(150);
  for (const second of [400, 430, 500]) run.raise(second, 'LOS', [one]).clear(second + 3, 'LOS', [one]);
  expect(last(run.to(600))).toEqual([`${one} resolved 4`]);
  run.raise(4_000, 'LOS', [one]).clear(4_003, 'LOS', [one]).to(4_100);
  expect(last(run)).toEqual([`${one} resolved 4`]);
});

test('short darkness before the lasting one of the same terminal stands in its incident', () => {
  const run = new CityRun();
  for (const second of [1, 20, 60]) run.raise(second, 'LOS', [one]).clear(second + 3, 'LOS', [one]);
  run.raise(200, 'LOS', [one]).to(250);
  expect(last(run)).toEqual([`${one} open 4`]);
});

test('short darkness of one terminal is no part of a cut of its branch', () => {
  const run = new CityRun().raise(1, 'LOS', [one]).clear(4, 'LOS', [one]);
  run.raise(200, 'LOS', terminals('1-1-1')).to(250);
  expect(last(run)).toEqual(['s1-1-1 open 8']);
});

test('short darkness is not forgotten over a restart', () => {
  const run = new CityRun().raise(1, 'LOS', [one]).clear(4, 'LOS', [one]);
  const again = new CityRun();
  again.correlation.restore(run.correlation.snapshot());
  again.raise(60, 'LOS', [one]).to(90);
  expect(last(again)).toEqual([`${one} open 2`]);
});

test('a look that fails is not the last one', () => {
  const run = new CityRun().raise(1, 'LOS', [one]);
  vi.spyOn(Groups.prototype, 'explain').mockImplementationOnce(() => {
    throw new Error('a mistake of ours');
  });
  expect(() => run.to(60)).toThrow('a mistake of ours');
  expect(last(run.to(60))).toEqual([`${one} open 1`]);
});

const dark = ['LOS', 'DYING_GASP', 'UNREACHABLE'];
const speakers: readonly (readonly [string, readonly string[]])[] = [
  ...[...terminals('1-1'), ...terminals('2-2-1')].map((id) => [id, [...dark, 'DEGRADED']] as const),
  ...['olt-1/c1/p1', 'olt-2/c1/p2'].map((id) => [id, ['PORT_LOS']] as const),
  ...['l-12', 'l-34', 'l-o1'].map((id) => [id, ['LINK_DOWN']] as const),
  ...['agg-2', 'olt-2'].map((id) => [id, ['UNREACHABLE', 'HIGH_TEMP', 'FLAPPING']] as const),
  ...['battery-1', 'col-1', 'dns-1', 'stranger'].map((id) => [id, ['MAINS_FAILURE', 'UNREACHABLE']] as const),
];
const wide = ['s1-1-1', 's1-1', 'olt-1', 'olt-2', 'col-1'].map(resourceId);

type Said = Omit<Observation, 'record'> & { readonly second: number };

const second = fc.integer({ min: 0, max: 400 });
const word: fc.Arbitrary<readonly Said[]> = fc.constantFrom(...speakers).chain(([id, causes]) =>
  fc
    .record({
      second,
      cause: fc.constantFrom(...causes),
      lasts: fc.option(fc.integer({ min: 1, max: 300 })),
      source: fc.constantFrom('trap', 'poll'),
    })
    .map(({ second: from, cause, lasts, source }) => {
      const said = { resource: resourceId(id), cause, source };
      const raise: Said = { ...said, event: 'raise', second: from };
      return lasts === null ? [raise] : [raise, { ...said, event: 'clear', second: from + lasts }];
    }),
);
const sight: fc.Arbitrary<readonly Said[]> = fc
  .record({ second, event: fc.constantFrom('alive', 'unknown'), resource: fc.constantFrom(...wide) })
  .map((said) => [{ ...said, source: 'poll', below: true }]);
/** A branch or a house at once. */
const fault: fc.Arbitrary<readonly Said[]> = fc
  .record({ second, cause: fc.constantFrom(...dark), under: fc.constantFrom('1-1-1', '1-1', '2-2-1') })
  .map(({ second: from, cause, under }) =>
    terminals(under).map((id) => ({ ...{ resource: resourceId(id), cause, second: from }, ...byTrap })),
  );
const byTrap = { event: 'raise', source: 'trap' } as const;
const stream = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: word },
      { weight: 2, arbitrary: sight },
      { weight: 1, arbitrary: fault },
    ),
    {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    },
  )
  .map((all) => all.flat().sort((a, b) => a.second - b.second));

/** The lines of alarms that nothing said can have ended but, of what devices told, a word about all above them. */
function lasting(records: readonly { readonly observation: Observation }[]): string[] {
  const now = new Map<string, { readonly first: Observation; readonly lines: string[] }>();
  const outlived = new Map<string, readonly string[]>();
  for (const { observation } of records) {
    const { event, resource, cause = '', record = '' } = observation;
    const key = `${resource} ${cause}`;
    if (event === 'raise') {
      const known = now.get(key) ?? { first: observation, lines: [] };
      now.set(key, { ...known, lines: [...known.lines, record] });
    } else if (event === 'clear') for (const lines of [now, outlived]) lines.delete(key);
    if (event !== 'alive') continue;
    // A collector that sees again speaks for all that it watches, whoever told of it.
    if (resource === 'col-1') outlived.clear();
    for (const [other, { first, lines }] of now) {
      if (!endsWithProofOfLife.has(first.cause ?? '')) continue;
      now.delete(other);
      if (first.source !== 'trap' || resource === first.resource || resource === 'col-1') continue;
      outlived.set(other, [...(outlived.get(other) ?? []), ...lines]);
    }
  }
  return [...[...now.values()].flatMap(({ lines }) => lines), ...[...outlived.values()].flat()];
}

test('whatever devices, polls and heads say in whatever order, what stays raised stands in one incident, nothing in two', () => {
  let lines = 0;
  fc.assert(
    fc.property(stream, (said) => {
      const records = said.map(({ second: at, ...observation }, i) => ({
        at: instant(cityStartsAt + at * 1_000),
        observation: { ...observation, record: `r${i}` },
      }));
      const incidents = replayStream({ topology: city, policy: defaultPolicy, rules: shippedRules, records });
      const standing = incidents.flatMap(({ incident }) => incident.alarms);
      expect(standing.length).toBe(new Set(standing).size);
      const held = new Set<string>(standing);
      const stays = lasting(records);
      lines += stays.length;
      expect(stays.filter((record) => !held.has(record))).toEqual([]);
    }),
    { seed: 20_260_101, numRuns: 60 },
  );
  expect(lines).toBeGreaterThan(300);
});
