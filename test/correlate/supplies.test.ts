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
