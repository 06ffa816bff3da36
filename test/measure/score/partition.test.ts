import fc from 'fast-check';
import { expect, test } from 'vitest';
import { score } from './paper-score.ts';

const faults = (...groups: readonly (readonly string[])[]) =>
  groups.map((alarms, n) => ({ kind: 'drop', root: `r${n}`, alarms }));
const incidents = (...groups: readonly (readonly string[])[]) => groups.map((alarms) => ({ alarms }));

test('two groups of which one is torn apart and mixed with noise, by hand', () => {
  const figures = score({
    raises: ['a1', 'b1', 'c1', 'd1', 'e1', 'n1'],
    faults: faults(['a1', 'b1', 'c1'], ['d1', 'e1']),
    incidents: incidents(['a1', 'b1', 'n1'], ['d1', 'e1']),
  });
  // Stated pairs: 3 + 1, of which ab and de are true; true pairs: 3 + 1.
  expect(figures).toMatchObject({ pairPrecision: 0.5, pairRecall: 0.5 });
  // Precision: a, b 2/3; n 1/3; c 1; d, e 1. Recall: a, b 2/3; c 1/3; d, e, n 1.
  expect(figures.bcubedPrecision).toBeCloseTo((4 / 3 + 1 / 3 + 3) / 6, 12);
  expect(figures.bcubedRecall).toBeCloseTo((4 / 3 + 1 / 3 + 3) / 6, 12);
  expect(figures.bcubedF1).toBeCloseTo(14 / 18, 12);
  // (2 - 16/15) / (4 - 16/15)
  expect(figures.ari).toBeCloseTo(14 / 44, 12);
});

test('raises in no incident are groups of one, whatever was dropped counts', () => {
  const figures = score({ faults: faults(['a1', 'b1'], ['c1', 'd1']), incidents: incidents(['a1', 'b1']) });
  expect(figures).toMatchObject({
    pairPrecision: 1,
    pairRecall: 0.5,
    bcubedPrecision: 1,
    bcubedRecall: 0.75,
  });
});

test('noise that belongs together is a group, also when it is held back', () => {
  const truth = { noiseGroups: [['n1', 'n2']], tolerated: [['t1', 't2']] };
  const raises = ['n1', 'n2', 't1', 't2'];
  const held = [
    { alarms: ['n1', 'n2'], actionable: false },
    { alarms: ['t1', 't2'], actionable: false },
  ];
  expect(score({ raises, truth, incidents: held })).toMatchObject({ ari: 1, pairRecall: 1 });
  expect(score({ raises, truth })).toMatchObject({ ari: 0, pairRecall: 0, pairPrecision: 1 });
});

test('optional raises are in no partition', () => {
  const raises = ['a1', 'b1', 'o1', 'z1'];
  const fault = { kind: 'drop', root: 'r', alarms: ['a1', 'b1'], optional: ['o1'] };
  const paper = { raises, faults: [fault], truth: { optional: ['z1'] } };
  expect(score({ ...paper, incidents: incidents(raises) })).toMatchObject({
    ari: 1,
    pairPrecision: 1,
    alarms: 4,
  });
});

/** Labels of 2 to 40 raises. */
const labels = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 40 });
function groupsOf(of: readonly number[]): readonly (readonly string[])[] {
  const groups = new Map<number, string[]>();
  of.forEach((label, n) => void groups.set(label, [...(groups.get(label) ?? []), `r${n}1`]));
  return [...groups.values()];
}

test('the true partition scores one everywhere', () => {
  fc.assert(
    fc.property(labels, (of) => {
      const groups = groupsOf(of);
      const stated = groups.map((alarms, n) => ({ alarms, root: `r${n}`, kind: 'drop', probability: 1 }));
      const ones = {
        exact: 1,
        solved: 1,
        jaccard: 1,
        ari: 1,
        pairPrecision: 1,
        pairRecall: 1,
        bcubedF1: 1,
        ece: 0,
      };
      expect(score({ faults: faults(...groups), incidents: stated })).toMatchObject({
        ...ones,
        ...{ surplusIncidents: 0, overMerge: 0, overSplit: 0, largestWrongMerge: 0 },
      });
    }),
  );
});

test('single alarms are precise and recall little; one heap recalls all and is not precise', () => {
  fc.assert(
    fc.property(labels, (of) => {
      const groups = groupsOf(of);
      const raises = of.map((_, n) => `r${n}1`);
      const alone = score({ faults: faults(...groups), incidents: incidents(...raises.map((id) => [id])) });
      expect(alone).toMatchObject({ pairPrecision: 1, bcubedPrecision: 1 });
      expect(alone.bcubedRecall).toBeCloseTo(groups.length / of.length, 12);
      const heap = score({ faults: faults(...groups), incidents: incidents(raises) });
      expect(heap).toMatchObject({ pairRecall: 1, bcubedRecall: 1, incidents: 1 });
      expect(heap.largestWrongMerge).toBe(of.length - Math.max(...groups.map(({ length }) => length)));
      if (groups.length > 1 && groups.length < of.length) expect([alone.ari, heap.ari]).toEqual([0, 0]);
    }),
  );
});

test('figures agree with the pairs counted one by one', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 2,
    maxLength: 25,
  });
  fc.assert(
    fc.property(pairs, (both) => {
      let together = 0;
      let inTruth = 0;
      let inStated = 0;
      both.forEach(([truth, stated], i) => {
        for (const [otherTruth, otherStated] of both.slice(0, i)) {
          if (truth === otherTruth) inTruth++;
          if (stated === otherStated) inStated++;
          if (truth === otherTruth && stated === otherStated) together++;
        }
      });
      const figures = score({
        faults: faults(...groupsOf(both.map(([truth]) => truth))),
        incidents: incidents(...groupsOf(both.map(([, stated]) => stated))),
      });
      expect(figures.pairPrecision).toBeCloseTo(inStated === 0 ? 1 : together / inStated, 12);
      expect(figures.pairRecall).toBeCloseTo(inTruth === 0 ? 1 : together / inTruth, 12);
      const all = (both.length * (both.length - 1)) / 2;
      const chance = (inTruth * inStated) / all;
      const most = (inTruth + inStated) / 2;
      expect(figures.ari).toBeCloseTo(most === chance ? 1 : (together - chance) / (most - chance), 9);
    }),
  );
});
