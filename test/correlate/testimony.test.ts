import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Correlation } from '../../src/correlate/correlate.ts';
import { binomialTail, poissonTail } from '../../src/correlate/crowding.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { IncidentChange } from '../../src/model/incident.ts';
import { compileTopology, type Topology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { countedIds, raised, smallCity, terminals } from '../support/small-city.ts';

const start = instant(Date.UTC(2026, 0, 1));
const minute = 60_000;
const day = 1_440 * minute;

class Hotline {
  readonly correlation = new Correlation(shippedRules);
  readonly changes: IncidentChange[] = [];
  readonly #ids = countedIds();

  constructor(topology: Topology = smallCity()) {
    this.correlation.setTopology(topology);
  }

  say(at: number, resource: string, more: { who?: string; isDown?: boolean; record?: string } = {}): this {
    const { who = resource, isDown = true, record } = more;
    return this.take(at, [{ kind: 'said', resource: resourceId(resource), who, isDown, record }]);
  }

  take(at: number, changes: readonly AlarmChange[]): this {
    this.changes.push(...this.correlation.take(changes, { at: instant(start + at), ids: this.#ids }));
    return this;
  }

  to(until: number): this {
    for (
      let due = this.correlation.wakeAt;
      due !== undefined && due <= start + until;
      due = this.correlation.wakeAt
    )
      this.changes.push(...this.correlation.wake({ at: due as Instant, ids: this.#ids }));
    return this;
  }

  open() {
    return this.correlation
      .open()
      .map(({ root, state, suspected, kind }) => ({ root, state, suspected, kind }));
  }
}

test('the tails are those of the tables', () => {
  expect(poissonTail(3, 1)).toBeCloseTo(0.0803, 4);
  expect(poissonTail(4, 0.01) / (0.01 ** 4 / 24)).toBeCloseTo(1, 1);
  expect(poissonTail(0, 5)).toBe(1);
  expect(binomialTail(2, 5, 0.02)).toBeCloseTo(0.00384, 5);
  expect(binomialTail(3, 20, 0.02)).toBeCloseTo(0.00707, 5);
});

describe('calls', () => {
  test('from one branch within the hour raise a suspicion that names the branch and what it rests on', () => {
    const line = new Hotline();
    for (const n of [1, 4, 8]) line.say(n * minute, `ont-1-1-1-${n}`);
    expect(line.open()).toEqual([
      { root: 's1-1-1', state: 'uncertain', suspected: true, kind: 'unexplained' },
    ]);
    const [{ incident }] = line.changes as [IncidentChange];
    expect(incident).toMatchObject({
      startedAt: start + minute,
      affected: { under: ['s1-1-1'] },
      explanation: { suspectedBy: 'subscribers', subscribersSayDown: 3, subscribers: 8, withinMinutes: 60 },
    });
    expect(incident.probability).toBeLessThan(0.6);
  });

  test('of one household, however many, raise none', () => {
    const line = new Hotline();
    for (let n = 0; n < 20; n++) line.say(n * minute, 'ont-1-1-1-1', { who: 'the same' });
    expect(line.open()).toEqual([]);
  });

  test('from everywhere at once point to no branch', () => {
    const line = new Hotline();
    const all = [...terminals('1'), ...terminals('2')];
    for (let n = 0; n < 24; n++) line.say(n * 10_000, all[(n * 33) % all.length]!);
    expect(line.open()).toEqual([]);
  });

  test('spread over days raise none', () => {
    const line = new Hotline();
    for (let n = 1; n <= 8; n++) line.say(n * 130 * minute, `ont-1-1-1-${n}`);
    expect(line.open()).toEqual([]);
  });

  test('below an incident that is known already are its symptoms, and open nothing', () => {
    const line = new Hotline().take(
      1_000,
      terminals('1-1-1').map((id) => raised(id, 'LOS', instant(start + 1_000))),
    );
    line.to(minute);
    for (const n of [1, 4, 8]) line.say(2 * minute + n, `ont-1-1-1-${n}`, { record: `r${n}` });
    line.to(3 * minute);
    expect(line.open()).toMatchObject([{ root: 's1-1-1', kind: 'splitter' }]);
    expect(line.changes.at(-1)!.incident.alarms).toEqual(expect.arrayContaining(['r1', 'r4', 'r8']));
  });

  test('that came before the alarms belong to the incident the alarms show', () => {
    const line = new Hotline().say(0, 'ont-1-1-1-1', { record: 'early' });
    line
      .take(
        minute,
        terminals('1-1-1').map((id) => raised(id, 'LOS', instant(start + minute))),
      )
      .to(2 * minute);
    expect(line.changes.at(-1)!.incident.alarms).toContain('early');
  });

  test('of whom all are content again end the suspicion', () => {
    const line = new Hotline();
    for (const n of [1, 4, 8]) line.say(n * minute, `ont-1-1-1-${n}`);
    for (const n of [1, 4]) line.say(20 * minute + n, `ont-1-1-1-${n}`, { isDown: false });
    expect(line.open()).toHaveLength(1);
    line.say(30 * minute, 'ont-1-1-1-8', { isDown: false });
    expect(line.open()).toEqual([]);
  });
});

/** Thirty branches of 24 on each of 40 heads. */
function suburb(): Topology {
  const resources: object[] = [];
  for (let olt = 0; olt < 40; olt++) {
    resources.push({ id: `o${olt}`, kind: 'olt', in: {}, subscribers: 0 });
    for (let branch = 0; branch < 30; branch++) {
      resources.push({
        id: `o${olt}b${branch}`,
        kind: 'splitter',
        in: { access: `o${olt}` },
        subscribers: 0,
      });
      for (let n = 0; n < 24; n++)
        resources.push({
          id: `o${olt}b${branch}n${n}`,
          kind: 'ont',
          in: { access: `o${olt}b${branch}` },
          subscribers: 1,
        });
    }
  }
  return compileTopology({ serviceRoots: [], resources: resources as never, links: [], planned: [] }).value;
}

test('days of ordinary calls, more in the evening and more than was expected, raises next to no suspicion', () => {
  const line = new Hotline(suburb());
  const random = seededRandom(11);
  const everybody = 40 * 30 * 24;
  let opened = 0;
  // One call in forty days from each, three times as many at the busiest hour as at the quietest.
  for (let hour = 0; hour < 24 * 4; hour++) {
    const expected = (everybody / 40 / 24) * (1 + 0.5 * Math.sin((hour / 24) * 2 * Math.PI));
    const calls = Math.round(expected);
    for (let n = 0; n < calls; n++) {
      const at = hour * 60 * minute + Math.floor((n / calls) * 60 * minute);
      const from = `o${random.below(40)}b${random.below(30)}n${random.below(24)}`;
      line.to(at).say(at, from);
    }
  }
  opened = line.changes.filter(({ kind }) => kind === 'opened').length;
  expect(opened).toBeLessThanOrEqual(1);
  // And a branch that is cut is heard nevertheless.
  for (const n of [1, 5, 9, 13, 17]) line.say(4 * day + n * minute, `o3b7n${n}`);
  expect(line.open().map(({ root }) => root)).toContain('o3b7');
});

test('a restored room goes on where the snapshot was taken', () => {
  const [line, twin] = [new Hotline(), new Hotline()];
  for (const n of [1, 4]) line.say(n * minute, `ont-1-1-1-${n}`);
  twin.correlation.restore(line.correlation.snapshot());
  for (const one of [line, twin]) one.say(8 * minute, 'ont-1-1-1-8');
  expect(twin.open().map(({ root }) => root)).toEqual(['s1-1-1']);
  expect(canonicalJson(twin.correlation.snapshot()).length).toBe(
    canonicalJson(line.correlation.snapshot()).length,
  );
});
