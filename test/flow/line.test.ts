import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, milliseconds, minutes } from '../../src/base/instant.ts';
import type { LineSnapshot } from '../../src/flow/line-snapshot.ts';
import type { IncidentId } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import { placeSubscribers, type Subscribers } from '../../src/topology/topology.ts';
import { cityContents } from '../support/line-city.ts';
import { dayArbitrary, play, type Step } from '../support/line-inputs.ts';
import { freshLine, LineRun, type NumberedInput } from '../support/line-run.ts';
import { terminals } from '../support/small-city.ts';

const days = (numRuns: number) => ({ numRuns, seed: 7, endOnFailure: false });
/** Every other day begins under rules with patterns. */
const aDay = (steps: readonly Step[]): LineRun =>
  play(new LineRun().begin().put({ kind: 'ruleSet', rules: `rules-${steps.length}` }), steps);

describe('whatever happens in a day', { timeout: 30_000 }, () => {
  test('no room throws', () => {
    fc.assert(
      fc.property(dayArbitrary(60), (steps) => {
        const run = aDay(steps);
        expect(run.applied.find(({ failed }) => failed !== undefined)?.failed).toBeUndefined();
        for (const { ticket } of run.changes('ticket')) {
          expect(ticket.kind).toBe(ticket.subscriber === undefined ? 'incident' : 'subscriber');
        }
      }),
      days(30),
    );
  });

  test('the same inputs bring the same changes, effects and state, byte for byte', () => {
    fc.assert(
      fc.property(dayArbitrary(60), (steps) => {
        const first = aDay(steps);
        const second = freshLine();
        const again = first.inputs.map(({ sequence, at, input }) => second.apply(sequence, at, input));
        expect(canonicalJson(again)).toBe(canonicalJson(first.applied));
        expect(canonicalJson(second.snapshot())).toBe(canonicalJson(first.line.snapshot()));
      }),
      days(30),
    );
  });

  test('a line restored from its snapshot goes on as if it had never stopped', () => {
    fc.assert(
      fc.property(dayArbitrary(60), fc.nat(), (steps, cut) => {
        const whole = aDay(steps);
        const at = 4 + (cut % (whole.inputs.length - 3));
        const later = whole.inputs.slice(at);
        const restored = freshLine();
        const kept = snapshotAfter(whole.inputs.slice(0, at));
        restored.restore(kept);
        expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(kept));
        const again = later.map(({ sequence, at, input }) => restored.apply(sequence, at, input));
        expect(canonicalJson(again)).toBe(canonicalJson(whole.applied.slice(at)));
        expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(whole.line.snapshot()));
        expect(restored.wakeAt).toBe(whole.line.wakeAt);
      }),
      days(25),
    );
  });

  test('nobody is told the same twice, and only of people who exist', () => {
    fc.assert(
      fc.property(dayArbitrary(60), (steps) => {
        const run = aDay(steps);
        expect(toldTwice(run.tells(), versionsOf(run))).toEqual([]);
      }),
      days(30),
    );
  });
});

test('a snapshot of another version of the rooms is refused before anything is changed', () => {
  const snapshot = snapshotAfter([]);
  const line = freshLine();
  expect(() => line.restore({ ...snapshot, sequence: 7, schema: snapshot.schema + 1 })).toThrow(
    expect.objectContaining({ code: 'journal/snapshot-schema' }),
  );
  expect(line.sequence).toBe(0);
});

test('the order of alarms of one instant changes nothing but ids', { timeout: 30_000 }, () => {
  const together = fc.uniqueArray(
    fc.record({
      resource: fc.constantFrom(...terminals('1'), ...terminals('2-1'), 'olt-1/c1/p1', 'agg-2', 's1-1'),
      cause: fc.constantFrom('LOS', 'LOS', 'LOS', 'DYING_GASP', 'PORT_LOS'),
    }),
    { minLength: 2, maxLength: 30, selector: ({ resource, cause }) => `${resource} ${cause}` },
  );
  const outcome = (alarms: readonly { readonly resource: string; readonly cause: string }[]): string => {
    const run = new LineRun().begin();
    for (const { resource, cause } of alarms) run.observe('raise', [resource], { cause });
    run.pass(minutes(2));
    for (const { resource, cause } of alarms) run.observe('clear', [resource], { cause });
    return withoutIds(run.pass(minutes(30)));
  };
  fc.assert(
    fc.property(
      together.chain((alarms) =>
        fc.tuple(
          fc.constant(alarms),
          fc.shuffledSubarray(alarms, { minLength: alarms.length, maxLength: alarms.length }),
        ),
      ),
      ([first, second]) => {
        expect(outcome(second)).toBe(outcome(first));
      },
    ),
    days(25),
  );
});

describe('a crowd of 12,800 subscribers', { timeout: 30_000 }, () => {
  const everywhere = [...terminals('1'), ...terminals('2')];

  test('is told, asked and let go in slices, each once, none beyond 5,000', () => {
    const run = new LineRun().begin({ subscribers: 'crowd' });
    run.observe('raise', everywhere, { cause: 'LOS' }).pass(minutes(3));
    run.observe('clear', everywhere, { cause: 'LOS' }).pass(hours(60));
    const told = { detected: 0, ask: 0, reminder: 0 };
    for (const { type, from, to, except } of run.tells()) {
      expect(to - from).toBeLessThanOrEqual(5_000);
      told[type as keyof typeof told] += to - from - except.length;
    }
    expect(told).toEqual({ detected: 8_400, ask: 8_400, reminder: 16_800 });
    expect(toldTwice(run.tells(), versionsOf(run))).toEqual([]);
    const states = new Map(run.changes('incident').map(({ incident }) => [incident.id, incident.state]));
    expect(new Set(states.values())).toEqual(new Set(['closed']));
  });

  test('moves to a new topology version in slices, and what was told stays told', () => {
    const run = new LineRun().begin({ subscribers: 'crowd' });
    run.observe('raise', everywhere, { cause: 'LOS' }).pass(minutes(3));
    run.put({ kind: 'topologyVersion', version: 2, topology: 'works', subscribers: 'crowd' });
    run.pass(minutes(3)).observe('clear', everywhere, { cause: 'LOS' }).pass(minutes(20));
    expect(toldTwice(run.tells(), versionsOf(run))).toEqual([]);
    const asked = run.tells().filter(({ type }) => type === 'ask');
    expect(asked.reduce((sum, { from, to, except }) => sum + to - from - except.length, 0)).toBe(8_400);
  });
});

/** What the day came to: incidents by what they are about, how many were told, asked and worked for. */
function withoutIds(run: LineRun): string {
  const incidents = new Map(
    run.changes('incident').map(({ incident }) => {
      const { kind, root, state, startedAt, resolvedAt, affected, candidates, suppressed } = incident;
      const alarms = [...incident.alarms].sort();
      return [
        incident.id,
        { kind, root, state, startedAt, resolvedAt, affected, candidates, suppressed, alarms },
      ];
    }),
  );
  const about = (id: IncidentId): string => `${incidents.get(id)?.kind} ${incidents.get(id)?.root}`;
  const tells = run.tells().map(({ incident, type, from, to, except }) => ({
    about: about(incident),
    type,
    from,
    to,
    except,
  }));
  const sorted = (things: readonly unknown[]): string[] => things.map(canonicalJson).sort();
  return canonicalJson({ incidents: sorted([...incidents.values()]), tells: sorted(tells) });
}

function snapshotAfter(inputs: readonly NumberedInput[]): LineSnapshot {
  const line = freshLine();
  for (const { sequence, at, input } of inputs) line.apply(sequence, at, input);
  return JSON.parse(JSON.stringify(line.snapshot())) as LineSnapshot;
}

function versionsOf(run: LineRun): Map<number, Subscribers> {
  const contents = cityContents();
  const versions = new Map<number, Subscribers>();
  for (const { input } of run.inputs) {
    if (input.kind !== 'topologyVersion') continue;
    const { version, topology, subscribers } = input;
    versions.set(version, placeSubscribers(contents.topology(topology), contents.subscribers(subscribers)));
  }
  return versions;
}

/** Keys of notices that went out twice, and what is wrong with the numbers of a tell. */
function toldTwice(tells: readonly Tell[], versions: ReadonlyMap<number, Subscribers>): string[] {
  const told = new Set<string>();
  const wrong: string[] = [];
  for (const { incident, type, revision, topologyVersion, from, to, except } of tells) {
    const columns = versions.get(topologyVersion)!;
    const left = new Set(except);
    const isSound = from >= 0 && from < to && to <= columns.count - columns.orphans && except.length <= 5_000;
    if (!isSound || left.size !== except.length || except.some((number) => number < from || number >= to))
      wrong.push(`numbers of ${incident} ${type} ${revision}: ${from} to ${to}`);
    for (let number = from; number < to; number++) {
      if (left.has(number)) continue;
      if (columns.isOptedOut(number) || columns.channelMaskOf(number) === 0)
        wrong.push(`${incident} ${columns.keyOf(number)} ${type} may not be told`);
      const key = `${incident} ${columns.keyOf(number)} ${type} ${revision}`;
      if (told.has(key)) wrong.push(key);
      told.add(key);
    }
  }
  return wrong;
}

test('an alarm that repeats itself and comes and goes thousands of times stands in its incident once', () => {
  const run = new LineRun().begin();
  for (let i = 0; i < 3_000; i++) {
    run.observe('raise', ['ont-1-1-1-1'], { cause: 'LOS' });
    if (i > 1_000 && i % 2 === 0) run.observe('clear', ['ont-1-1-1-1'], { cause: 'LOS' });
    run.pass(milliseconds(20));
  }
  run.pass(minutes(2));
  const incident = run.changes('incident').at(-1)?.incident;
  expect(incident).toMatchObject({ root: 'ont-1-1-1-1', alarms: ['ont-1-1-1-1~LOS'] });
});
