// Bad input done to whole networks: each mistake is named, and no raise of a fault is lost by any of it.
import { expect, test } from 'vitest';
import { damaged } from '../../bench/support/damage-bench.ts';
import { damages } from '../../bench/support/damages.ts';

const seed = Number(process.env['ALLCLEAR_SEED'] ?? 6_300_011);

test('whatever is damaged is named, costs no raise of a fault, and gathers nothing that does not belong together', {
  timeout: 300_000,
}, () => {
  const networks = [{ seed, size: 'small', faultsPerKind: 1, hours: 6 }] as const;
  const { clean, outcomes } = damaged({ damages, networks, show: () => {} });
  expect(clean.named, `seed ${seed}`).toBe(0);
  for (const { damage, outcome } of outcomes) {
    const { toName = 0, named, lost, twice, differing, early, pool } = outcome;
    const about = `seed ${seed}, ${damage.name}`;
    expect({ named, lost, twice, differing }, about).toEqual({
      named: toName,
      lost: 0,
      twice: 0,
      differing: 0,
    });
    // Of about fifteen faults.
    expect(early, about).toBeLessThanOrEqual(clean.early + 2);
    expect(pool.result().score.largestWrongMerge, about).toBeLessThanOrEqual(10);
  }
});
