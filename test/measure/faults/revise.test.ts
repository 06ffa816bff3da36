// What incidents that are over and corrections of operators propose for the rules.
import { describe, expect, test } from 'vitest';
import { type Plant, type PresentRules, reviseRules } from '../../../src/measure/measure.ts';
import type { IncidentId, ResourceId } from '../../../src/model/ids.ts';
import type { Incident } from '../../../src/model/incident.ts';

const counts = new Map([
  ['splitter', 1_000],
  ['feeder', 100],
  ['building', 500],
  ['ont', 20_000],
]);
const plant: Plant = { counts, kindOf: (resource) => resource.split('-')[0] };
const rules: PresentRules = {
  priors: { splitter: 1e-4, feeder: 1e-4, building: 3e-4, mains: 5e-5 },
  shows: { signal: { los: 0.93, gasp: 0.02 }, power: { los: 0.14, gasp: 0.8 } },
  silentLeaf: 0.2,
};

let number = 0;
const fault = (kind: string, change: Partial<Incident> = {}): Incident => ({
  id: `l.1.${++number}` as IncidentId,
  ...{ kind, root: `${kind}-${number}` as ResourceId, probability: 0.95, candidates: [] },
  ...{ state: 'closed', actionable: true, planned: false, startedAt: 0 as Incident['startedAt'] },
  ...{ alarms: [], suppressed: 0, affected: { under: [], except: [] }, history: [] },
  explanation: { rule: 'tree', population: 'down', symptoms: { los: 8 }, spoken: 8, silent: 2 },
  ...change,
});
const many = (count: number, make: () => Incident): Incident[] => Array.from({ length: count }, make);

describe('priors', () => {
  test('of kinds that fail more often than the rules say rise against those that fail more seldom', () => {
    // By the rules 100 : 10 : 150 of 260 faults; there were 40 : 120 : 100.
    const incidents = [
      ...many(40, () => fault('splitter')),
      ...many(120, () => fault('feeder')),
      ...many(100, () => fault('house-power', { root: 'building-1' as ResourceId })),
    ];
    const { priors } = reviseRules(incidents, plant, rules);
    expect(priors.map(({ kind, seen, expected }) => [kind, seen, Math.round(expected)])).toEqual([
      ['feeder', 120, 10],
      ['splitter', 40, 100],
    ]);
    const [feeder, splitter] = priors.map(({ now, proposed }) => proposed / now);
    expect(feeder).toBeCloseTo(125 / 15, 1);
    expect(splitter).toBeCloseTo(45 / 105, 1);
  });

  test('stay where faults are as often as the rules say, where they are few, and of kinds that the plant has not', () => {
    const asSaid = [
      ...many(100, () => fault('splitter')),
      ...many(10, () => fault('feeder')),
      ...many(150, () => fault('house-power', { root: 'building-1' as ResourceId })),
    ];
    expect(reviseRules(asSaid, plant, rules).priors).toEqual([]);
    expect(reviseRules([fault('feeder'), fault('feeder')], plant, rules).priors).toEqual([]);
  });
});

describe('how faults show themselves', () => {
  test('is learned apart for signal and power; silence from those who said nothing', () => {
    const explanation = {
      ...{ rule: 'tree', population: 'down', symptoms: { los: 20, gasp: 10 }, spoken: 30, silent: 70 },
    };
    const { shows, silentLeaf } = reviseRules(
      many(50, () => fault('splitter', { explanation })),
      plant,
      rules,
    );
    expect(shows).toMatchObject([{ family: 'signal', symptom: 'gasp', terminals: 1_500, now: 0.02 }]);
    expect(shows[0]!.proposed).toBeCloseTo((500 + 4) / 1_700, 3);
    expect(silentLeaf).toMatchObject({ terminals: 5_000, now: 0.2 });
    expect(silentLeaf!.proposed).toBeCloseTo((3_500 + 40) / 5_200, 3);
  });

  test('is not learned from what is open, planned, unsteady, unsure, told apart by nothing, or said by subscribers alone', () => {
    const unfit: Partial<Incident>[] = [
      { state: 'open' },
      { planned: true },
      { kind: 'flapping' },
      { probability: 0.6 },
      { suspected: true },
      { actionable: false },
      { explanation: { indistinguishable: ['a', 'b'] } },
    ];
    expect(
      reviseRules(
        unfit.map((change) => fault('splitter', change)),
        plant,
        rules,
      ).faults,
    ).toBe(0);
  });
});

test('what operators put right is counted by kind and teaches nothing of the cause', () => {
  const corrected = (said: string): Incident =>
    fault('splitter', { explanation: { rule: 'tree', operators: [{ at: 1, by: 'olga', said }] } });
  const incidents = [
    ...many(18, () => fault('splitter')),
    corrected('tookOut'),
    corrected('merged'),
    ...many(9, () => fault('feeder')),
  ];
  const { faults, corrections } = reviseRules(incidents, plant, rules);
  expect(faults).toBe(27);
  expect(corrections).toEqual([
    { kind: 'splitter', stated: 20, corrected: 2, said: { tookOut: 1, merged: 1 } },
  ]);
});
