/** Who works on below a loss of mains is not counted as hit, until he falls dark himself. */
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { resourceId } from '../../src/model/ids.ts';
import { compiledCity, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const house = terminals('1-1-1').slice(0, 6);
const [onBattery, ...fallen] = house as [string, ...string[]];

/** The site of the OLT hangs on the mains of its terminals. */
const oneFeed = () =>
  compiledCity(
    smallCityDocument()
      .replaceAll('"power":"mains-s1"', '"power":"mains-1"')
      .replace('{"id":"mains-s1","kind":"mains"},', ''),
  );

const alive = (run: CityRun, second: number, id: string, below = false): CityRun =>
  run.to(second).take([{ kind: 'alive', resource: resourceId(id), below }]);

const dark = (): CityRun => new CityRun().raise(0, 'DYING_GASP', fallen, 400).to(30);
const spared = (run: CityRun) => run.open()[0]?.affected.except;

test('whoever is heard while all of his house is dark has lost nothing', () => {
  const run = dark();
  expect(run.summary()).toEqual(['house-power b-1-1-1 5']);
  expect(spared(run)).toEqual([]);
  expect(spared(alive(run, 60, onBattery).to(70))).toEqual([onBattery]);
});

test('he has, once his battery is empty', () => {
  const run = alive(dark(), 60, onBattery).raise(3_000, 'DYING_GASP', [onBattery]).to(3_010);
  expect(run.summary()).toEqual(['house-power b-1-1-1 6']);
  expect(spared(run)).toEqual([]);
  // What he says when his power is back is no proof that he never was without.
  expect(spared(alive(run.clear(4_000, 'DYING_GASP', [onBattery]), 4_060, onBattery).to(4_070))).toEqual([]);
});

test('the poll that finds the others silent finds him alive before the cause is stated', () => {
  const run = alive(new CityRun().unreachable(60, fallen), 60, onBattery);
  expect(run.open()).toEqual([]);
  const [found] = run.to(90).open();
  expect(found?.affected.under).toEqual([found?.root]);
  expect(found).toMatchObject({ kind: 'house-power', affected: { except: [onBattery] } });
});

test('what was on its way when the house fell dark is no proof', () => {
  const run = new CityRun().raise(0, 'DYING_GASP', fallen, 100);
  expect(spared(alive(run, 0.3, onBattery).to(40))).toEqual([]);
});

test('whose head dies with the same mains has lost service, whatever battery he has', () => {
  const all = terminals('1').slice(1);
  const run = new CityRun(oneFeed()).raise(0, 'DYING_GASP', all, 100).to(30);
  expect(run.summary()).toEqual(['area-power mains-1 31']);
  expect(spared(alive(run, 60, onBattery).to(70))).toEqual([onBattery]);
  run.raise(3_000, 'MAINS_FAIL', ['site-1']).unreachable(3_600, ['olt-1']).to(3_700);
  expect(run.open()).toMatchObject([{ root: 'mains-1', affected: { except: [] } }]);
});

test('the poll that finds a house back may name first who was never heard of: he was dark as well', () => {
  const run = alive(dark(), 600, onBattery).clear(601, 'DYING_GASP', fallen.slice(0, 1)).to(610);
  expect(spared(run)).toEqual([]);
  const long = alive(dark(), 300, onBattery).clear(601, 'DYING_GASP', fallen.slice(0, 1)).to(610);
  expect(spared(long)).toEqual([onBattery]);
});

test('once some of the house are back nobody can say who was never without', () => {
  const run = dark().clear(600, 'DYING_GASP', fallen.slice(0, 1));
  expect(spared(alive(run, 620, onBattery).to(630))).toEqual([]);
});

test('who is spared is known over a restart', () => {
  const run = alive(dark(), 60, onBattery).to(70);
  const restored = new CityRun().to(70);
  restored.correlation.restore(JSON.parse(canonicalJson(run.correlation.snapshot())));
  for (const one of [run, restored]) {
    expect(spared(one)).toEqual([onBattery]);
    one.raise(600, 'DYING_GASP', [onBattery]).to(610);
    expect(spared(one)).toEqual([]);
  }
});

test('a snapshot of before such words were kept is read', () => {
  const snapshot = JSON.parse(canonicalJson(dark().correlation.snapshot()));
  for (const incident of snapshot.incidents.incidents) delete incident.spared;
  const restored = new CityRun().to(40);
  restored.correlation.restore(snapshot);
  expect(spared(alive(restored, 60, onBattery).to(70))).toEqual([onBattery]);
});
