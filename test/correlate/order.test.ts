import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { instant } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Correlation } from '../../src/correlate/correlate.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import type { Incident } from '../../src/model/incident.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, cleared, countedIds, raised, smallCity, terminals } from '../support/small-city.ts';

const topology = smallCity();
const causes = [
  'LOS',
  'DYING_GASP',
  'UNREACHABLE',
  'NO_IP',
  'DEGRADED',
  'PORT_LOS',
  'FAN_FAIL',
  'MAINS_FAIL',
] as const;
const devices = [
  'olt-1',
  'agg-1',
  'agg-2',
  'agg-3',
  'olt-1/c1/p1',
  'dns-1',
  'col-1',
  'agg-1/if/7',
  'stranger',
];
const links = ['l-c1', 'l-12', 'l-23', 'l-34', 'l-4c', 'l-o1'];

/** Properties take their time on a busy machine; nothing is said about speed. */
const propertyTimeoutMs = 60_000;

interface Step {
  readonly at: number;
  readonly change: AlarmChange;
}

const one = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      resource: fc.constantFrom(...terminals('1'), ...terminals('2-1')),
      cause: fc.constantFrom(...causes),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ resource: fc.constantFrom(...devices), cause: fc.constantFrom(...causes) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ resource: fc.constantFrom(...links), cause: fc.constant('LINK_DOWN' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      resource: fc.constantFrom('s1-1', 'olt-1/c1/p2'),
      cause: fc.constant('BRANCH' as const),
    }),
  },
);
const group = fc.record({
  gapMs: fc.constantFrom(0, 400, 3_000, 9_000, 70_000),
  said: fc.array(one, { minLength: 1, maxLength: 12 }),
});
const stream = fc.array(group, { minLength: 1, maxLength: 5 });

/** Groups of simultaneous raises; each (resource, cause) once. A BRANCH stands for all terminals below. */
function steps(
  groups: readonly { gapMs: number; said: readonly { resource: string; cause: string }[] }[],
): Step[][] {
  const seen = new Set<string>();
  let at = cityStartsAt as number;
  return groups.map(({ gapMs, said }) => {
    at += gapMs + 1;
    const wide = said.flatMap(({ resource, cause }) =>
      cause === 'BRANCH'
        ? terminals(resource === 's1-1' ? '1-1' : '1-2').map((id) => ({ resource: id, cause: 'LOS' }))
        : [{ resource, cause }],
    );
    const fresh = wide.filter(
      ({ resource, cause }) => !seen.has(`${resource} ${cause}`) && seen.add(`${resource} ${cause}`),
    );
    return fresh.map(
      ({ resource, cause }): Step => ({
        at,
        change: raised(resource, cause, instant(at), { source: 'poll' }),
      }),
    );
  });
}

function play(
  parts: readonly (readonly Step[])[],
  correlation = new Correlation(shippedRules),
  ids = countedIds(),
): Correlation {
  correlation.setTopology(topology);
  for (const { at, change } of parts.flat()) {
    wakeUntil(correlation, at - 1, ids);
    correlation.take([change], { at: instant(at), ids });
  }
  wakeUntil(correlation, (parts.at(-1)?.[0]?.at ?? cityStartsAt) + 120_000, ids);
  return correlation;
}

function wakeUntil(correlation: Correlation, until: number, ids: ReturnType<typeof countedIds>): void {
  for (let due = correlation.wakeAt; due !== undefined && due <= until; due = correlation.wakeAt) {
    correlation.wake({ at: due, ids });
  }
}

/** Incidents without ids, alarms in order of name. */
function normal(incidents: readonly Incident[]): string[] {
  return incidents
    .map(({ id: _, history, ...rest }) =>
      canonicalJson({
        ...rest,
        into: undefined,
        parent: undefined,
        alarms: [...rest.alarms].sort(),
        history: history.length,
      }),
    )
    .sort();
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const left = [...items];
  return Array.from({ length: items.length }, () => left.splice(random.below(left.length), 1)[0]!);
}

test(
  'the order of simultaneous alarms changes nothing but ids',
  () => {
    fc.assert(
      fc.property(stream, fc.integer(), (groups, seed) => {
        const parts = steps(groups);
        const mixed = parts.map((part) => shuffled(part, seed));
        expect(normal(play(mixed).open())).toEqual(normal(play(parts).open()));
      }),
      { numRuns: 60, seed: 20_260_101 },
    );
  },
  propertyTimeoutMs,
);

test(
  'a replay gives an equal snapshot, and a restored one goes on as if nothing had happened',
  () => {
    fc.assert(
      fc.property(stream, stream, (before, then) => {
        const parts = steps([...before, ...then]);
        const first = play(parts);
        expect(canonicalJson(play(parts).snapshot())).toBe(canonicalJson(first.snapshot()));
        const ids = countedIds();
        const half = play(parts.slice(0, before.length), new Correlation(shippedRules), ids);
        const restored = new Correlation(shippedRules);
        restored.setTopology(topology);
        restored.restore(JSON.parse(JSON.stringify(half.snapshot())));
        expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(half.snapshot()));
        const rest = parts
          .slice(before.length)
          .map((part) => part.map((step) => ({ ...step, at: step.at + 200_000 })));
        const [a, b] = [half, restored].map((held) => {
          const own = countedIds();
          for (let skip = 0; skip < 1_000; skip++) own.next();
          return canonicalJson(play(rest, held, own).snapshot());
        });
        expect(b).toBe(a);
      }),
      { numRuns: 25, seed: 7 },
    );
  },
  propertyTimeoutMs,
);

test(
  'every raised alarm stands in exactly one incident once all waiting is over',
  () => {
    fc.assert(
      fc.property(stream, (groups) => {
        const parts = steps(groups);
        const records = parts.flat().map(({ change }) => (change.kind === 'raised' ? change.record : ''));
        const placed = play(parts)
          .open()
          .flatMap((incident) => incident.alarms);
        expect([...placed].sort()).toEqual([...records].sort());
      }),
      { numRuns: 60, seed: 3 },
    );
  },
  propertyTimeoutMs,
);

test(
  'when all is cleared every incident ends, and state does not grow',
  () => {
    fc.assert(
      fc.property(stream, (groups) => {
        const parts = steps(groups);
        const correlation = play(parts);
        const ids = countedIds();
        for (let skip = 0; skip < 1_000; skip++) ids.next();
        const at = instant((parts.at(-1)?.[0]?.at ?? cityStartsAt) + 300_000);
        for (const { change } of parts.flat()) {
          if (change.kind !== 'raised') continue;
          correlation.take([cleared(change.alarm.resource, change.alarm.cause, at)], { at, ids });
        }
        wakeUntil(correlation, at + 8 * 86_400_000, ids);
        expect(correlation.open()).toEqual([]);
        expect(correlation.counters).toMatchObject({ incidents: 0, pending: 0, refused: 0 });
      }),
      { numRuns: 30, seed: 11 },
    );
  },
  propertyTimeoutMs,
);
