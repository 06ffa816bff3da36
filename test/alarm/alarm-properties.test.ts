// What must hold for every sequence of observations, whatever it is.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Alarms } from '../../src/alarm/alarm.ts';
import { canonicalJson } from '../../src/base/canonical.ts';
import { type Instant, instant } from '../../src/base/instant.ts';
import { alarmId, resourceId } from '../../src/model/ids.ts';
import type { Observation, ObservationSource } from '../../src/model/observation.ts';

const sources: readonly ObservationSource[] = ['trap', 'poll', 'syslog', 'reply', 'collector', 'api'];
const observation: fc.Arbitrary<Observation> = fc
  .record({
    event: fc.constantFrom<Observation['event']>('raise', 'raise', 'clear', 'clear', 'alive', 'unknown'),
    resource: fc.constantFrom('a', 'b', 'c').map(resourceId),
    cause: fc.constantFrom('LOS', 'HIGH_TEMP', 'LINK_DOWN'),
    by: fc.option(fc.constantFrom('x', 'y').map(resourceId), { nil: undefined }),
    source: fc.constantFrom(...sources),
  })
  .map(
    ({ event, resource, cause, by, source }): Observation =>
      event === 'alive' || event === 'unknown'
        ? { event, resource, source }
        : { event, resource, cause, by, source },
  );
const steps = fc.array(fc.tuple(observation, fc.integer({ min: 0, max: 120_000 })), { maxLength: 60 });

function play(
  alarms: Alarms,
  list: readonly (readonly [Observation, number])[],
  from: Instant,
): [Instant, string[]] {
  let at = from;
  const seen: string[] = [];
  for (const [one, gap] of list) {
    at = instant(at + gap);
    while (alarms.wakeAt !== undefined && alarms.wakeAt <= at)
      seen.push(canonicalJson(alarms.wake(alarms.wakeAt)));
    seen.push(canonicalJson(alarms.observe(one, at)));
  }
  return [at, seen];
}

test('a clear by the same source ends what a raise began, at once or when the flapping is over', () => {
  void fc.assert(
    fc.property(steps, observation, (list, last) => {
      const alarms = new Alarms();
      const [at] = play(alarms, list, instant(0));
      const key = { resource: last.resource, cause: 'HIGH_TEMP', by: last.by };
      for (const source of sources) alarms.observe({ event: 'clear', ...key, source }, at);
      for (let i = 0; alarms.wakeAt !== undefined && i < 1_000; i++) alarms.wake(alarms.wakeAt);
      expect(alarms.alarm(alarmId(key.resource, key.cause, key.by))?.state ?? 'cleared').toBe('cleared');
      expect(alarms.wakeAt).toBeUndefined();
    }),
  );
});

test('the order of simultaneous observations of different keys does not matter', () => {
  const keyed = observation.filter(
    (one) => one.event === 'raise' || (one.event === 'clear' && one.by !== undefined),
  );
  const key = (one: Observation): string => alarmId(one.resource, one.cause ?? '', one.by);
  const batch = fc.uniqueArray(keyed, { selector: key, maxLength: 12 });
  void fc.assert(
    fc.property(steps, batch, fc.array(fc.nat(), { maxLength: 12 }), (list, together, order) => {
      const shuffled = together
        .map((one, i) => ({ one, rank: order[i] ?? i }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ one }) => one);
      const states = [together, shuffled].map((batchOrder) => {
        const alarms = new Alarms();
        const [at] = play(alarms, list, instant(0));
        for (const one of batchOrder) alarms.observe(one, at);
        return canonicalJson([alarms.snapshot(), [...alarms.raised()]]);
      });
      expect(states[1]).toBe(states[0]);
    }),
  );
});

test('after a restore everything goes on as if nothing had happened', () => {
  void fc.assert(
    fc.property(steps, steps, (before, later) => {
      const alarms = new Alarms();
      const [at] = play(alarms, before, instant(0));
      const restored = new Alarms();
      restored.restore(JSON.parse(canonicalJson(alarms.snapshot())));
      expect(play(restored, later, at)).toEqual(play(alarms, later, at));
      expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(alarms.snapshot()));
    }),
  );
});

test('an alarm is raised exactly while a source says so or it flaps', () => {
  void fc.assert(
    fc.property(steps, (list) => {
      const alarms = new Alarms();
      play(alarms, list, instant(0));
      for (const { alarm } of alarms.snapshot().alarms) {
        expect(alarm.state === 'raised').toBe(alarm.sources.length > 0 || alarm.flapping);
      }
    }),
  );
});
