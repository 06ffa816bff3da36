import { expect, test } from 'vitest';
import { score, scored } from './paper-score.ts';

const cut = { kind: 'splitter', root: 's1', alarms: ['a1', 'b1', 'c1', 'd1'] };
const said = { kind: 'splitter', root: 's1', probability: 0.9 };

test('a fault that is one incident with its root and kind is exact and solved', () => {
  expect(score({ faults: [cut], incidents: [{ ...said, alarms: cut.alarms }] })).toMatchObject({
    exact: 1,
    solved: 1,
    jaccard: 1,
    surplusIncidents: 0,
    overMerge: 0,
    overSplit: 0,
    largestWrongMerge: 0,
    rootTop1: 1,
    rootTop3: 1,
    kindTop1: 1,
    reduction: 0.75,
    faults: 1,
    incidents: 1,
    alarms: 4,
    ari: 1,
  });
});

test('a fault goes with the incident of the highest Jaccard index, and its further pieces are surplus', () => {
  const incidents = [
    { ...said, alarms: ['a1'] },
    { kind: 'drop', root: 'b', alarms: ['b1', 'c1', 'd1', 'x1'] },
  ];
  const { score: figures, outcomes } = scored({ faults: [cut], incidents });
  // Three of the union of five, against one of four.
  expect(figures).toMatchObject({ jaccard: 0.6, exact: 0, solved: 0, rootTop1: 0, kindTop1: 0 });
  expect(figures).toMatchObject({ surplusIncidents: 1, overSplit: 1, overMerge: 0, largestWrongMerge: 1 });
  expect(outcomes).toEqual([
    { fault: 'f0', incident: 'i1', jaccard: 0.6, solved: false, raises: 4, pieces: 2 },
  ]);
});

test('an incident over two faults is a wrong merge as large as what is not of its largest part', () => {
  const other = { kind: 'drop', root: 'x', alarms: ['x1', 'x2'] };
  const all = [...cut.alarms, 'x1', 'x2', 'n1'];
  const figures = score({ faults: [cut, other], incidents: [{ ...said, alarms: all }] });
  expect(figures).toMatchObject({ overMerge: 1, largestWrongMerge: 3, surplusIncidents: 0, exact: 0 });
  // Solved needs half: 4 of 7 is, 2 of 7 is not.
  expect(figures).toMatchObject({ solved: 0.5, rootTop1: 0.5, jaccard: (4 / 7 + 2 / 7) / 2 });
});

test('optional raises are left out of both sides', () => {
  const fault = { ...cut, optional: ['e1'] };
  const truth = { optional: ['z1'] };
  const incidents = [{ ...said, alarms: [...cut.alarms, 'e1', 'z1'] }];
  const raises = [...cut.alarms, 'e1', 'z1'];
  expect(score({ raises, faults: [fault], truth, incidents })).toMatchObject({
    exact: 1,
    largestWrongMerge: 0,
  });
  expect(
    score({ raises, faults: [{ ...cut, alarms: raises, optional: ['e1'] }], truth, incidents }),
  ).toMatchObject({
    exact: 1,
  });
});

test('an optional raise of one fault still counts where another incident swallowed it', () => {
  const other = { kind: 'drop', root: 'e', alarms: ['e1', 'e2'] };
  const faults = [{ ...cut, optional: ['e1'] }, other];
  const incidents = [
    { ...said, alarms: [...cut.alarms, 'e1'] },
    { kind: 'drop', root: 'e', alarms: ['e2'] },
  ];
  expect(score({ faults, incidents })).toMatchObject({ exact: 0.5, jaccard: 0.75 });
});

test('each of several roots and kinds that are equally right is right', () => {
  const fault = { ...cut, roots: ['s1', 'p1'], kinds: ['splitter', 'pon-port'], ambiguous: true };
  const as = (root: string, kind: string) => ({
    faults: [fault],
    incidents: [{ root, kind, alarms: cut.alarms }],
  });
  expect(score(as('p1', 'pon-port'))).toMatchObject({ solved: 1, rootTop1: 1, kindTop1: 1 });
  expect(score(as('s1', 'pon-port')).solved).toBe(1);
  expect(score(as('q', 'splitter'))).toMatchObject({ solved: 0, rootTop1: 0, kindTop1: 1 });
});

test('the right root among the first three candidates counts for the top three only', () => {
  const candidates = ['x', 'y', 's1', 'z'].map((root) => ({ root, kind: 'drop', probability: 0.2 }));
  const incident = { kind: 'drop', root: 'x', alarms: cut.alarms };
  expect(score({ faults: [cut], incidents: [{ ...incident, candidates }] })).toMatchObject({
    rootTop1: 0,
    rootTop3: 1,
  });
  const late = [candidates[0]!, candidates[1]!, candidates[3]!, candidates[2]!];
  expect(score({ faults: [cut], incidents: [{ ...incident, candidates: late }] }).rootTop3).toBe(0);
});

test('a fault of which nobody spoke is no miss, a fault without incident is one', () => {
  const unheard = { kind: 'drop', root: 'q', alarms: [], optional: [] };
  expect(score({ faults: [cut, unheard] })).toMatchObject({
    faults: 1,
    unheard: 1,
    exact: 0,
    jaccard: 0,
    rootTop1: 0,
    incidents: 0,
  });
});

test('groups held for noise and merged incidents are not presented', () => {
  const incidents = [
    { ...said, alarms: cut.alarms },
    { alarms: ['n1', 'n2'], actionable: false, root: null },
    { alarms: [], state: 'merged', into: 'i0' },
  ];
  const figures = score({ faults: [cut], incidents, truth: { from: 0, to: 86_400_000 } });
  expect(figures).toMatchObject({ incidents: 1, falsePerDay: 0, exact: 1 });
  const held = { ...said, alarms: cut.alarms, actionable: false };
  expect(score({ faults: [cut], incidents: [held] })).toMatchObject({ exact: 0, incidents: 0 });
});

test('false are unplanned incidents without an alarm of a fault, unless they are mostly tolerated', () => {
  const incidents = [
    { alarms: ['n1'] },
    { alarms: ['n2', 'n3'], planned: true },
    { alarms: ['t1', 't2', 'n4'] },
    { alarms: ['t3', 'n5'] },
    { alarms: ['a1', 'n6'] },
    { alarms: ['o1'] },
    { alarms: ['z1'] },
    { alarms: [] },
  ];
  const truth = { tolerated: [['t1', 't2'], ['t3']], optional: ['z1'], from: 0, to: 43_200_000 };
  const figures = score({ faults: [{ ...cut, optional: ['o1'] }], truth, incidents });
  // n1 alone; half tolerated is not mostly; nothing at all. Over half a day.
  expect(figures).toMatchObject({ falseIncidents: 3, exemptIncidents: 3 });
  expect(figures.falsePerDay).toBe(6);
  expect(score({ incidents }).falsePerDay).toBeNull();
});

test('latencies run from onset and from the last needed evidence to the root that was right', () => {
  const faults = [10, 20, 30, 40].map((at, n) => ({
    kind: 'drop',
    root: `r${n}`,
    alarms: [`r${n}1`],
    startAt: at,
    decidableAt: at + 5,
  }));
  const decided = [11, 29, 35, 1000];
  const incidents = faults.map(({ root, alarms }, n) => ({
    kind: 'drop',
    root: n === 3 ? 'wrong' : root,
    alarms,
    decidedAt: decided[n],
  }));
  expect(score({ faults, incidents }).latency).toEqual({
    onset: { p50: 5, p95: 9 },
    evidence: { p50: 0, p95: 4 },
  });
});

test('an incident that was decided before a fault began has no latency for it', () => {
  const fault = { kind: 'drop', root: 'r', alarms: ['r1'], startAt: 100, decidableAt: 110 };
  const incident = { kind: 'drop', root: 'r', alarms: ['r1'], decidedAt: 99 };
  expect(score({ faults: [fault], incidents: [incident] }).latency.onset.p50).toBeNull();
});

test('the calibration error is the mean distance of stated and right, by steps of a tenth', () => {
  const faults = ['p', 'q', 'r', 's'].map((root) => ({ kind: 'drop', root, alarms: [`${root}1`] }));
  const incident = (root: string, probability: number, alarm: string) => ({
    ...{ kind: 'drop', root, probability },
    alarms: [alarm],
  });
  const incidents = [
    incident('p', 1, 'p1'),
    incident('x', 0.92, 'q1'),
    incident('r', 0.61, 'r1'),
    incident('s', 0.63, 's1'),
  ];
  const figures = score({ faults, incidents });
  // |0.96 - 0.5| over two and |0.62 - 1| over two.
  expect(figures.ece).toBeCloseTo((0.46 + 0.38) / 2, 10);
  expect(figures.reliability).toMatchObject([
    { from: 0.6, incidents: 2, right: 1 },
    { from: 0.9, to: 1, incidents: 2, right: 0.5 },
  ]);
  expect(score({ faults }).ece).toBeNull();
});

test('what was stated of one kind is judged for itself, further pieces and false incidents with it', () => {
  const cable = { kind: 'cable', root: 'k1', alarms: ['p1', 'q1', 'r1'] };
  const incidents = [
    { kind: 'cable', root: 'k1', probability: 0.9, alarms: ['p1', 'q1'] },
    { kind: 'drop', root: 'r', probability: 0.9, alarms: ['r1'] },
    { kind: 'drop', root: 'n', probability: 0.7, alarms: ['n1'] },
    { kind: 'drop', root: 'd', probability: 0.9, alarms: ['d1'], actionable: false },
  ];
  const figures = score({ raises: ['p1', 'q1', 'r1', 'n1', 'd1'], faults: [cable], incidents });
  expect(figures.calibration).toMatchObject({
    cable: { incidents: 1, stated: 0.9, right: 1 },
    drop: { incidents: 2, right: 0 },
  });
  expect(figures.calibration['drop']?.ece).toBeCloseTo(0.8, 10);
  expect(figures.brier).toBeCloseTo((0.01 + 0.81 + 0.49) / 3, 10);
});

test('forms of a kind that the truth tells apart have figures of their own', () => {
  const link = (root: string, variant?: string) => ({
    ...{ kind: 'link', root, alarms: [`${root}1`], variant },
  });
  const incidents = [{ kind: 'link', root: 'b', alarms: ['b1'] }];
  const figures = score({ faults: [link('a', 'first-cut'), link('b', 'second-cut'), link('c')], incidents });
  expect(Object.keys(figures.perVariant)).toEqual(['link first-cut', 'link second-cut']);
  expect(figures.perVariant['link second-cut']).toMatchObject({ faults: 1, exact: 1, incidents: 1 });
  expect(figures.perVariant['link first-cut']).toMatchObject({ faults: 1, exact: 0, incidents: 0 });
  expect(figures.perKind['link']).toMatchObject({ faults: 3, exact: 1 / 3 });
});

test('figures are told for each kind, and averaged over the kinds of many leaves', () => {
  const drops = ['p', 'q'].map((root) => ({ kind: 'drop', root, alarms: [`${root}1`] }));
  const core = { kind: 'node-down', root: 'core', alarms: ['y1'], subscribers: 900 };
  const incidents = [
    { ...said, alarms: cut.alarms },
    { kind: 'drop', root: 'p', alarms: ['p1'] },
    { kind: 'drop', root: 'y', alarms: ['y1'] },
  ];
  const figures = score({ faults: [cut, ...drops, core], incidents });
  expect(Object.keys(figures.perKind)).toEqual(['drop', 'node-down', 'splitter']);
  expect(figures.perKind['drop']).toMatchObject({ exact: 0.5, faults: 2, alarms: 2, incidents: 1 });
  expect(figures.perKind['node-down']).toMatchObject({ exact: 1, rootTop1: 0, incidents: 1 });
  expect(figures.macro).toMatchObject({ kinds: ['node-down', 'splitter'], exact: 1, rootTop1: 0.5 });
});

test('a stream without faults and incidents has nothing to judge', () => {
  expect(score({ raises: ['n1'] })).toMatchObject({ exact: null, rootTop1: null, ece: null, faults: 0 });
  expect(score({})).toMatchObject({ ari: null, reduction: null, bcubedF1: null });
});
