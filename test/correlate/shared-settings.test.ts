/** Settings of a device that several heads hang on; what was dark before, or is dark again. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

test('a terminal that was silent before its head was is no part of that', () => {
  const [first] = terminals('1');
  const run = new CityRun().unreachable(0, [first!]).to(60).linkDown(60, 'l-o1', ['agg-2']).to(70);
  expect(run.summary()).toContain(`drop ${first} 1`);
});

test('a port that flaps with the splitter on it is one fault, whichever of them is named first', () => {
  const run = new CityRun();
  const all = terminals('1-1');
  run.raise(0, 'LOS', all).to(30).clear(60, 'LOS', all).to(70);
  run.raise(120, 'PORT_LOS', ['olt-1/c1/p1']).raise(121, 'LOS', all).to(200);
  expect(run.summary()).toEqual(['splitter s1-1 33']);
});

/** Both OLTs hang on the second switch alone. */
function cityWithBothOnOne() {
  const document = smallCityDocument().replace('"ends":["agg-3","olt-2"]', '"ends":["agg-2","olt-2"]');
  return compileTopology(parseTopology(document, 'both.json').value).value;
}

test('heads that lose their services together hang on the one device that was set wrong', () => {
  const run = new CityRun(cityWithBothOnOne())
    .raise(0, 'NO_SERVICE', ['olt-1'])
    .raise(5, 'NO_IP', terminals('1').slice(0, 8))
    .raise(30, 'NO_IP', terminals('2').slice(4, 12))
    .raise(40, 'NO_SERVICE', ['olt-2'])
    .to(80);
  expect(run.summary()).toEqual(['config agg-2 18']);
  run.raise(100, 'NO_IP', terminals('2').slice(20, 24)).to(130);
  expect(run.summary()).toEqual(['config agg-2 22']);
});

test('a head that loses its services alone was set wrong itself', () => {
  const run = new CityRun(cityWithBothOnOne())
    .raise(0, 'NO_SERVICE', ['olt-1'])
    .raise(5, 'NO_IP', terminals('1').slice(0, 8))
    .to(80);
  expect(run.summary()).toEqual(['config olt-1 9']);
});

test('a device that tells of dropped sessions tells of those that polls find missing at the head on it', () => {
  const run = new CityRun(cityWithBothOnOne())
    .raise(0, 'SESSIONS_DROP', ['agg-2'])
    .to(60)
    .raise(120, 'NO_IP', terminals('1'))
    .to(180);
  expect(run.summary()).toEqual(['config olt-1 33']);
});

test('sessions that are lost hours after the last of a fault have another cause, though that still stands', () => {
  const run = new CityRun(cityWithBothOnOne())
    .raise(0, 'NO_SERVICE', ['olt-1'])
    .raise(5, 'NO_IP', terminals('1').slice(0, 8))
    .to(80);
  run.raise(500, 'NO_IP', terminals('1').slice(8, 9)).to(600);
  expect(run.summary()).toEqual(['config olt-1 10']);
  const elsewhere = [10, 14, 18, 22, 26, 30].map((i) => terminals('1')[i]!);
  run.raise(20_000, 'NO_SERVICE', ['olt-2']).raise(20_003, 'NO_IP', terminals('2').slice(0, 8));
  run.raise(20_005, 'NO_IP', elsewhere).to(20_100);
  expect(run.summary()).toContain('config olt-1 10');
  expect(run.open().length).toBeGreaterThan(1);
});
