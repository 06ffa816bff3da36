// A storm of a generated network, played through a line that dies again and again: it says the same as one that ran through.
import { expect, test } from 'vitest';
import { generatedCase } from '../../bench/support/generated-case.ts';
import { changesHash, interruptions } from '../../bench/support/restarted-line.ts';

const condition = { name: 'storm', title: 'a storm', loss: 0.1, noise: 5, skewMs: 2_000 };

test('every change, effect and incident is the same after deaths in mid-storm', () => {
  const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 1_000_000);
  const whole = generatedCase({ seed, size: 'small', faultsPerKind: undefined, condition });
  const stream = { topology: whole.topology, records: whole.records.slice(0, 4_000) };
  const through = changesHash(stream, interruptions(stream, 0));
  expect(changesHash(stream, interruptions(stream, 0)), `seed ${seed}`).toBe(through);
  for (const run of [3, 8]) {
    const places = interruptions(stream, run);
    expect(places.deaths.size).toBeGreaterThan(1);
    expect(changesHash(stream, places), `seed ${seed}, run ${run}`).toBe(through);
  }
});

test('a line that lost a part of its journal says something else, and that is seen', () => {
  const whole = generatedCase({ seed: 11, size: 'small', faultsPerKind: undefined, condition });
  const stream = { topology: whole.topology, records: whole.records.slice(0, 600) };
  const shorter = { ...stream, records: stream.records.filter((_, n) => n !== 300) };
  const of = (one: typeof stream): string => changesHash(one, interruptions(one, 0));
  expect(of(shorter)).not.toBe(of(stream));
});
