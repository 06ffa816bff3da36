/** Houses, the street amplifiers among them, and the mains that feed both: which of them failed. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

const modem = (id: string, access: string, power: string): object => ({
  ...{ id, kind: 'modem', subscribers: 1 },
  in: { access, power },
});
const many = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

/** One feed of the street supplies a house and the amplifiers; their modems live in that house and in others. */
function street() {
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'cmts', kind: 'cmts' },
      { id: 'node', kind: 'fiber-node', in: { access: 'cmts' } },
      { id: 'mains', kind: 'mains' },
      { id: 'mains-2', kind: 'mains' },
      { id: 'house', kind: 'building', in: { power: 'mains' } },
      { id: 'other', kind: 'building', in: { power: 'mains-2' } },
      { id: 'amp-1', kind: 'amplifier', in: { access: 'node', power: 'mains' } },
      { id: 'amp-2', kind: 'amplifier', in: { access: 'amp-1', power: 'mains' } },
      ...many('near', 6).map((id) => modem(id, 'amp-1', 'house')),
      ...many('far', 12).map((id) => modem(id, 'amp-2', 'house')),
      ...many('else', 30).map((id, i) => modem(id, i % 2 === 0 ? 'amp-1' : 'amp-2', 'other')),
    ],
    links: [{ id: 'up', ends: ['core', 'cmts'] }],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'street.json').value).value;
}

test('one house on a feed that also supplies its amplifiers fails as one house', () => {
  const run = new CityRun(street()).raise(0, 'LOS', [...many('near', 5), ...many('far', 10)], 200).to(60);
  expect(run.summary()).toEqual(['house-power house 15']);
});

test('when the feed fails, its amplifiers fall with the house, and all behind them', () => {
  const all = [...many('near', 6), ...many('far', 11), ...many('else', 28)];
  const run = new CityRun(street()).raise(0, 'DYING_GASP', many('near', 2)).raise(0.1, 'LOS', all.slice(2));
  expect(run.to(60).open()).toHaveLength(1);
});

/** Two feeds with houses full of fibre; modems of the second hang behind an amplifier that the first supplies. */
function quarters() {
  const flats = (feed: string, houses: number): object[] =>
    many(`${feed}-house`, houses).flatMap((house, i) => [
      { id: house, kind: 'building', in: { power: feed } },
      { id: `${house}-splitter`, kind: 'splitter', in: { access: `port-${1 + (i % 2)}` } },
      ...many(`${house}-ont`, 16).map((id, n) => ({
        ...{ id, kind: 'ont', subscribers: 1 },
        in: { access: `${feed}-house-${1 + ((i + n) % houses)}-splitter`, power: house },
      })),
    ]);
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'olt', kind: 'olt' },
      { id: 'port-1', kind: 'pon-port', in: { access: 'olt' } },
      { id: 'port-2', kind: 'pon-port', in: { access: 'olt' } },
      { id: 'cmts', kind: 'cmts' },
      { id: 'node', kind: 'fiber-node', in: { access: 'cmts' } },
      { id: 'city', kind: 'mains' },
      ...['east', 'west', 'lit'].map((id) => ({ id, kind: 'mains', in: { power: 'city' } })),
      { id: 'amp', kind: 'amplifier', in: { access: 'node', power: 'east' } },
      ...flats('east', 8),
      ...flats('west', 6),
      ...flats('lit', 6),
      ...many('modem', 6).map((id, i) => modem(id, 'amp', `west-house-${1 + i}`)),
    ],
    links: [
      { id: 'up', ends: ['core', 'cmts'] },
      { id: 'trunk', ends: ['core', 'olt'] },
    ],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'quarters.json').value).value;
}

test('of two feeds that share what hangs behind an amplifier the lesser does not fall to the splitters of its houses', () => {
  const onts = (feed: string, houses: number): string[] =>
    many(`${feed}-house`, houses).flatMap((house) => many(`${house}-ont`, 16));
  const [east, west] = [onts('east', 8), onts('west', 6)];
  const both = east.flatMap((id, i) => (i < west.length ? [id, west[i]!] : [id]));
  const run = new CityRun(quarters()).raise(0, 'LOS', many('modem', 6)).raise(0.1, 'DYING_GASP', both, 4);
  expect(run.to(60).summary()).toEqual(['area-power east 134', 'area-power west 96']);
});
