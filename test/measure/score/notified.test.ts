import { expect, test } from 'vitest';
import { network, score } from './paper-score.ts';

// core - agg - olt: two ONTs behind a splitter, one beside it; another OLT hangs on the core alone.
const topology = network({
  serviceRoots: ['core'],
  resources: [
    { id: 'core', kind: 'core' },
    { id: 'agg', kind: 'aggregation' },
    { id: 'olt', kind: 'olt' },
    { id: 'far', kind: 'olt' },
    { id: 'pon', kind: 'pon-port', in: { access: 'olt' } },
    { id: 'split', kind: 'splitter', in: { access: 'pon' } },
    { id: 'house', kind: 'building' },
    { id: 'hut', kind: 'site' },
    { id: 'dns', kind: 'dns' },
    { id: 'a', kind: 'ont', in: { access: 'split', power: 'house' }, subscribers: 1 },
    { id: 'b', kind: 'ont', in: { access: 'split', site: 'hut' }, subscribers: 2 },
    { id: 'c', kind: 'ont', in: { access: 'pon', power: 'house' }, subscribers: 4 },
    { id: 'd', kind: 'ont', in: { access: 'far' }, subscribers: 8 },
  ],
  links: [
    { id: 'core-agg', ends: ['core', 'agg'] },
    { id: 'agg-olt', ends: ['agg', 'olt'] },
    { id: 'core-far', ends: ['core', 'far'] },
  ],
});
const extent = (under: readonly string[], except: readonly string[] = []) => ({ under, except });
const told = (truth: readonly string[], stated: readonly string[], except: readonly string[] = []) =>
  score({
    topology,
    faults: [{ alarms: ['x1'], affected: extent(truth) }],
    incidents: [{ alarms: ['x1'], affected: extent(stated, except) }],
  }).notified;

test('who was told is compared subscriber by subscriber on the network', () => {
  expect(told(['split'], ['split'])).toEqual({ precision: 1, recall: 1 });
  expect(told(['split'], ['pon'])).toEqual({ precision: 3 / 7, recall: 1 });
  expect(told(['pon'], ['split'])).toEqual({ precision: 1, recall: 3 / 7 });
  expect(told(['pon'], ['pon'], ['b'])).toEqual({ precision: 1, recall: 5 / 7 });
  expect(told(['house'], ['pon'])).toEqual({ precision: 5 / 7, recall: 1 });
});

test('cut off is whoever reaches no service root when it is dead; a site alone takes nobody with it', () => {
  expect(told(['core-agg'], ['olt'])).toEqual({ precision: 1, recall: 1 });
  expect(told(['agg'], ['a', 'b', 'c'])).toEqual({ precision: 1, recall: 1 });
  expect(told(['core'], ['olt', 'far'])).toEqual({ precision: 1, recall: 1 });
  expect(told(['dns'], ['far'])).toEqual({ precision: 1, recall: 8 / 15 });
  expect(told(['hut'], ['split'])).toEqual({ precision: 0, recall: null });
});

test('false incidents tell people who have lost nothing, planned ones and tolerated ones tell nobody', () => {
  const faults = [{ alarms: ['a1'], affected: extent(['a']) }];
  const right = { alarms: ['a1'], affected: extent(['a']) };
  const wrong = { alarms: ['n1'], affected: extent(['d']) };
  const paper = { topology, raises: ['a1', 'n1'], faults };
  expect(score({ ...paper, incidents: [right, wrong] }).notified).toEqual({ precision: 1 / 9, recall: 1 });
  const planned = { ...wrong, planned: true };
  expect(score({ ...paper, incidents: [right, planned] }).notified).toEqual({ precision: 1, recall: 1 });
  const truth = { tolerated: [['n1']] };
  expect(score({ ...paper, truth, incidents: [right, wrong] }).notified.precision).toBe(1);
});

test('mains are judged apart from fibre and equipment, and services for everybody apart from both', () => {
  const faults = [
    { kind: 'splitter', alarms: ['a1'], affected: extent(['split']) },
    { kind: 'house-power', alarms: ['c1'], affected: extent(['house']) },
    { kind: 'service', alarms: ['e1'], affected: extent(['dns']) },
  ];
  const incidents = [
    { kind: 'splitter', alarms: ['a1'], affected: extent(['pon']) },
    // Of the house only one side is told; what it holds of is the fault's, whatever it is called.
    { kind: 'pon-port', alarms: ['c1'], affected: extent(['c']) },
    { kind: 'service', alarms: ['e1'], affected: extent(['dns']) },
    { kind: 'drop', alarms: ['n1'], affected: extent(['d']) },
  ];
  const raises = ['a1', 'c1', 'e1', 'n1'];
  const { notifiedBy } = score({ topology, raises, faults, incidents });
  expect(notifiedBy).toEqual({
    equipment: { precision: 3 / 15, recall: 1, told: 15, toldRight: 3, lost: 3, lostTold: 3 },
    mains: { precision: 1, recall: 4 / 5, told: 4, toldRight: 4, lost: 5, lostTold: 4 },
    service: { precision: 1, recall: 1, told: 15, toldRight: 15, lost: 15, lostTold: 15 },
  });
});

test('a planned fault asks for no notice; one taken for planned wrongly has missed its subscribers', () => {
  const fault = { alarms: ['a1'], affected: extent(['a']) };
  const incident = { alarms: ['a1'], affected: extent(['a']), planned: true };
  expect(score({ topology, faults: [{ ...fault, planned: true }], incidents: [incident] }).notified).toEqual({
    precision: null,
    recall: null,
  });
  expect(score({ topology, faults: [fault], incidents: [incident] }).notified.recall).toBe(0);
});

test('a fault in two pieces has told whom its pieces told together', () => {
  const faults = [{ alarms: ['a1', 'c1'], affected: extent(['pon']) }];
  const incidents = [
    { alarms: ['a1'], affected: extent(['split']) },
    { alarms: ['c1'], affected: extent(['c']) },
  ];
  expect(score({ topology, faults, incidents }).notified).toEqual({ precision: 1, recall: 1 });
});

test('without a network only what holds on every network is said, anything else is null', () => {
  const on = (truth: object, stated: object) =>
    score({ faults: [{ alarms: ['x1'], ...truth }], incidents: [{ alarms: ['x1'], ...stated }] }).notified;
  const pon = { affected: extent(['pon']), subscribers: 7 };
  expect(on(pon, pon)).toEqual({ precision: 1, recall: 1 });
  expect(on(pon, { affected: extent(['pon'], ['b']), subscribers: 5 })).toEqual({
    precision: 1,
    recall: 5 / 7,
  });
  expect(on(pon, { affected: extent(['pon', 'd']), subscribers: 15 })).toEqual({
    precision: 7 / 15,
    recall: 1,
  });
  expect(on(pon, { affected: extent(['split']), subscribers: 3 })).toEqual({ precision: null, recall: null });
  expect(on(pon, {})).toEqual({ precision: null, recall: null });
});
