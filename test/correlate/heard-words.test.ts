import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { seededRandom } from '../../src/base/random.ts';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import { callWindow, type Heard, HeardWords, isCall } from '../../src/correlate/heard-words.ts';
import { RuleTable } from '../../src/correlate/rule-table.ts';
import { type IncidentId, resourceId } from '../../src/model/ids.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { smallCity, terminals } from '../support/small-city.ts';

test('however words come, go and grow old, calls are counted as walking through them counts', () => {
  const topology = smallCity();
  const ancestry = new Ancestry(topology, new RuleTable(shippedRules));
  const words = new HeardWords(ancestry);
  const random = seededRandom(1);
  const ids = [...terminals('1'), ...terminals('2')];
  const one = <T>(of: readonly T[]): T => of[Math.floor(random.next() * of.length)]!;
  const places = ['core-1', 'olt-1', 's1-1', 's2-2-1'].map((id) => topology.indexOf(id));
  for (let step = 0, at = instant(0); step < 2_000; step++) {
    at = instant(at + random.next() * 120_000);
    const heard: Heard = {
      ...{ resource: resourceId(one(ids)), who: one(['a', 'b']), isDown: random.next() < 0.8, at },
      about: random.next() < 0.2 ? ('l.1.1' as IncidentId) : undefined,
    };
    if (random.next() < 0.1) words.drop(heard);
    else words.keep(heard);
    if (step % 500 === 250) words.restore(words.all());
    const isOfIt = (some: Heard): boolean => isCall(some) && at - some.at <= callWindow;
    const walked = (some: Iterable<Heard>): number => [...some].filter(isOfIt).length;
    expect(words.calls(at)).toBe(walked(words.values()));
    expect(places.map((place) => words.callsBelow(place, at))).toEqual(
      places.map((place) => walked(words.below(place))),
    );
  }
});
