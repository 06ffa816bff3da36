/** A storm of many causes, or one cause of very many, is weighed in several looks, and a restart between two changes nothing. */
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../src/base/instant.ts';
import { Correlation } from '../../src/correlate/correlate.ts';
import type { WaitingSnapshot } from '../../src/correlate/waiting.ts';
import type { AlarmChange } from '../../src/model/alarm.ts';
import { type IdSource, type ResourceId, resourceId } from '../../src/model/ids.ts';
import type { IncidentChange } from '../../src/model/incident.ts';
import { compileTopology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, cleared, raised } from '../support/small-city.ts';

const heads = 40;
const terminals = 128;

test('each of many branches that go dark at once has its cause, found in several looks', () => {
  const storm = new Storm();
  storm.begin();
  storm.to(instant(cityStartsAt + 60_000));
  const open = storm.correlation.open();
  expect(open.map(({ root }) => root).sort()).toEqual(
    branches()
      .map((head) => `splitter-${head}`)
      .sort(),
  );
  expect(open.map(({ alarms }) => alarms.length)).toEqual(open.map(() => terminals));
  expect(storm.midRound.length).toBeGreaterThan(0);
});

test('a correlation restored between two looks of one storm says the same as the one that never stopped', () => {
  const through = new Storm();
  through.begin();
  through.to(instant(cityStartsAt + 60_000));
  expect(through.midRound.length).toBeGreaterThan(0);
  for (const at of through.midRound) {
    const before = new Storm();
    before.begin();
    before.to(at);
    const after = new Storm({ restored: before });
    after.to(instant(cityStartsAt + 60_000));
    expect([...before.said, ...after.said]).toEqual(through.said);
  }
});

test('one cause of very many is found in slices, and is what it is when found at once', () => {
  const [whole, sliced] = [
    { piecesPerLook: 1e9, alarmsPerTurn: 1e9 },
    { piecesPerLook: 500, alarmsPerTurn: 500 },
  ].map((slices) => {
    const storm = new Storm({ slices, isOne: true });
    storm.begin();
    storm.to(instant(cityStartsAt + 60_000));
    return storm;
  });
  expect(whole!.midRound).toEqual([]);
  expect(sliced!.midRound.length).toBeGreaterThan(5);
  const verdict = ({ correlation }: Storm) =>
    correlation.open().map(({ root, kind, candidates, alarms, affected, explanation }) => {
      return { root, kind, candidates, alarms, affected, explanation };
    });
  expect(verdict(sliced!)).toEqual(verdict(whole!));
  expect(verdict(whole!).map(({ root, alarms }) => [root, alarms.length])).toEqual([
    ['duct', heads * terminals],
  ]);
});

test('what comes and goes while one cause is weighed in slices finds its place, over a restart, too', () => {
  const through = new Storm({ slices, isOne: true });
  through.begin();
  through.to(instant(cityStartsAt + 60_000), disturb);
  expect(through.midRound.length).toBeGreaterThan(5);
  const [only, ...others] = through.correlation.open();
  expect(others).toEqual([]);
  expect(only?.root).toBe('duct');
  for (const at of through.midRound.filter((_, n) => n % 11 === 0)) {
    const before = new Storm({ slices, isOne: true });
    before.begin();
    before.to(at, disturb);
    const after = new Storm({ slices, isOne: true, restored: before });
    after.to(instant(cityStartsAt + 60_000), disturb);
    expect([...before.said, ...after.said]).toEqual(through.said);
  }
});

const slices = { piecesPerLook: 500, alarmsPerTurn: 500 };

/** While it is weighed some of the terminals come back, one falls dark late, and one is seen alive. */
function disturb(storm: Storm): void {
  const nth = storm.disturbed++;
  const one = terminalsOf(nth % heads)[nth % terminals]!;
  const at = storm.at;
  if (nth % 3 === 0) storm.take([cleared(one, 'LOS', at)]);
  else if (nth % 3 === 1) storm.take([raised(resourceId('ont-late'), 'LOS', at)]);
  else storm.take([{ kind: 'alive', resource: one, below: false }]);
}

interface StormOptions {
  readonly restored?: Storm;
  readonly slices?: typeof slices;
  readonly isOne?: boolean;
}

class Storm {
  readonly correlation: Correlation;
  readonly said: IncidentChange[] = [];
  /** When some had their turn and others had not. */
  readonly midRound: Instant[] = [];
  #made = 0;
  readonly #ids: IdSource = { next: () => `storm.1.${++this.#made}` };

  at: Instant = cityStartsAt;
  disturbed = 0;

  constructor({ restored, slices, isOne = false }: StormOptions = {}) {
    this.correlation = new Correlation(shippedRules, {}, slices);
    this.correlation.setTopology(compileTopology(network(isOne)).value);
    if (restored === undefined) return;
    this.#made = restored.#made;
    this.disturbed = restored.disturbed;
    this.correlation.restore(JSON.parse(JSON.stringify(restored.correlation.snapshot())));
  }

  /** All in one instant, mixed. */
  begin(): void {
    const all = branches().flatMap((head) => terminalsOf(head));
    this.take(all.map((_, n) => raised(all[(n * 1_009) % all.length]!, 'LOS', cityStartsAt)));
  }

  take(changes: readonly AlarmChange[]): void {
    this.said.push(...this.correlation.take(changes, { at: this.at, ids: this.#ids }));
  }

  /** `meanwhile` is done after each look that leaves some for the next. */
  to(limit: Instant, meanwhile?: (storm: Storm) => void): void {
    for (
      let due = this.correlation.wakeAt;
      due !== undefined && due <= limit;
      due = this.correlation.wakeAt
    ) {
      this.at = due;
      this.said.push(...this.correlation.wake({ at: due, ids: this.#ids }));
      if (this.correlation.counters.pending === 0) continue;
      const { waiting } = this.correlation.snapshot() as { waiting: WaitingSnapshot };
      const { left = [], weighing } = waiting.rounds?.down ?? {};
      if (left.length === 0 && weighing === undefined) continue;
      this.midRound.push(due);
      meanwhile?.(this);
    }
  }
}

const branches = (): number[] => Array.from({ length: heads }, (_, head) => head);
const terminalsOf = (head: number): ResourceId[] =>
  Array.from({ length: terminals }, (_, n) => resourceId(`ont-${head}-${n}`));

function network(isOne: boolean): Parameters<typeof compileTopology>[0] {
  const bare = { subscribers: 0, in: {} };
  const resource = (id: string, kind: string, access: string | undefined, cable?: string) => ({
    ...bare,
    id: resourceId(id),
    kind,
    in: {
      ...(access === undefined ? {} : { access: resourceId(access) }),
      ...(cable === undefined ? {} : { cable: resourceId(cable) }),
    },
  });
  const duct = isOne
    ? [resource('duct', 'segment', undefined), resource('ont-late', 'ont', 'splitter-0')]
    : [];
  const resources = branches().flatMap((head) => [
    resource(`olt-${head}`, 'olt', undefined),
    resource(`port-${head}`, 'pon-port', `olt-${head}`),
    resource(`port-${head}-spare`, 'pon-port', `olt-${head}`),
    resource(`ont-${head}-spare`, 'ont', `port-${head}-spare`),
    resource(`splitter-${head}`, 'splitter', `port-${head}`, isOne ? 'duct' : undefined),
    ...terminalsOf(head).map((id) => resource(id, 'ont', `splitter-${head}`)),
  ]);
  return { serviceRoots: [], resources: [...duct, ...resources], links: [], planned: [] };
}
