/** A storm of many causes at once is weighed in several looks, and a restart between two of them changes nothing. */
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../src/base/instant.ts';
import { Correlation } from '../../src/correlate/correlate.ts';
import type { WaitingSnapshot } from '../../src/correlate/waiting.ts';
import { type IdSource, type ResourceId, resourceId } from '../../src/model/ids.ts';
import type { IncidentChange } from '../../src/model/incident.ts';
import { compileTopology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, raised } from '../support/small-city.ts';

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
    const after = new Storm(before);
    after.to(instant(cityStartsAt + 60_000));
    expect([...before.said, ...after.said]).toEqual(through.said);
  }
});

class Storm {
  readonly correlation = new Correlation(shippedRules);
  readonly said: IncidentChange[] = [];
  /** When some had their turn and others had not. */
  readonly midRound: Instant[] = [];
  #made = 0;
  readonly #ids: IdSource = { next: () => `storm.1.${++this.#made}` };

  constructor(restored?: Storm) {
    this.correlation.setTopology(compileTopology(network()).value);
    if (restored === undefined) return;
    this.#made = restored.#made;
    this.correlation.restore(JSON.parse(JSON.stringify(restored.correlation.snapshot())));
  }

  /** All in one instant, mixed. */
  begin(): void {
    const all = branches().flatMap((head) => terminalsOf(head));
    const dark = all.map((_, n) => raised(all[(n * 1_009) % all.length]!, 'LOS', cityStartsAt));
    this.said.push(...this.correlation.take(dark, { at: cityStartsAt, ids: this.#ids }));
  }

  to(limit: Instant): void {
    for (
      let due = this.correlation.wakeAt;
      due !== undefined && due <= limit;
      due = this.correlation.wakeAt
    ) {
      this.said.push(...this.correlation.wake({ at: due, ids: this.#ids }));
      if (this.correlation.counters.pending === 0) continue;
      const { waiting } = this.correlation.snapshot() as { waiting: WaitingSnapshot };
      if ((waiting.rounds?.down?.left.length ?? 0) > 0) this.midRound.push(due);
    }
  }
}

const branches = (): number[] => Array.from({ length: heads }, (_, head) => head);
const terminalsOf = (head: number): ResourceId[] =>
  Array.from({ length: terminals }, (_, n) => resourceId(`ont-${head}-${n}`));

function network(): Parameters<typeof compileTopology>[0] {
  const bare = { subscribers: 0, in: {} };
  const resource = (id: string, kind: string, access: string | undefined) => ({
    ...bare,
    id: resourceId(id),
    kind,
    in: access === undefined ? {} : { access: resourceId(access) },
  });
  const resources = branches().flatMap((head) => [
    resource(`olt-${head}`, 'olt', undefined),
    resource(`port-${head}`, 'pon-port', `olt-${head}`),
    resource(`port-${head}-spare`, 'pon-port', `olt-${head}`),
    resource(`ont-${head}-spare`, 'ont', `port-${head}-spare`),
    resource(`splitter-${head}`, 'splitter', `port-${head}`),
    ...terminalsOf(head).map((id) => resource(id, 'ont', `splitter-${head}`)),
  ]);
  return { serviceRoots: [], resources, links: [], planned: [] };
}
