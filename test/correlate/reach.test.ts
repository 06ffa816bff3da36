/** Whom a cause is said to hit: those who are hit, and neither their neighbours nor what has a battery. */
import { expect, test } from 'vitest';
import { resourceId } from '../../src/model/ids.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { raised, smallCityDocument, terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const many = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

/** A cabinet of forty telephone lines, and a fibre node of twelve modems. */
function copperAndCable() {
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'dslam', kind: 'dslam' },
      { id: 'cable', kind: 'cable', in: { access: 'dslam' } },
      { id: 'cabinet', kind: 'cabinet', in: { access: 'cable' } },
      ...many('pair', 40).map((id, i) => ({ id, kind: 'pair', in: { access: 'cabinet' }, order: i })),
      ...many('line', 40).map((id, i) => ({
        ...{ id, kind: 'dsl-line', subscribers: 1 },
        in: { access: `pair-${i + 1}` },
      })),
      { id: 'cmts', kind: 'cmts' },
      { id: 'node', kind: 'fiber-node', in: { access: 'cmts' } },
      ...many('modem', 12).map((id) => ({ id, kind: 'modem', subscribers: 1, in: { access: 'node' } })),
    ],
    links: [
      { id: 'up-1', ends: ['core', 'dslam'] },
      { id: 'up-2', ends: ['core', 'cmts'] },
    ],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'copper.json').value).value;
}

test('of a wet binder the pairs that suffer are named, not the cabinet', () => {
  const wet = many('line', 20).slice(8);
  const [incident, ...others] = new CityRun(copperAndCable())
    .raise(0, 'CRC_ERRORS', wet, 2_000)
    .to(90)
    .open();
  expect(others).toEqual([]);
  expect(incident?.kind).toBe('water');
  expect([...(incident?.affected.under ?? [])].sort()).toEqual([...wet].sort());
});

test('what a fibre node said of itself is kept from people until its modems say so too', () => {
  const run = new CityRun(copperAndCable());
  run.take([raised('node', 'DEGRADED', run.at, { severity: 'minor' })]).to(15);
  expect(run.open()).toEqual([]);
  run.raise(16, 'DEGRADED', many('modem', 8), 1_000).to(60);
  expect(run.summary()).toEqual(['ingress node 9']);
  expect(run.open()[0]?.affected.under).toEqual(['node']);
});

/** The feed of the houses of the first OLT feeds its site as well. */
function cityOnOneFeed() {
  const document = smallCityDocument().replace('"power":"mains-s1"', '"power":"mains-1"');
  return compileTopology(parseTopology(document, 'feed.json').value).value;
}

test('failing mains hit the houses; who hangs on the site below them is hit when its device is found dark', () => {
  const run = new CityRun(cityOnOneFeed()).raise(0, 'DYING_GASP', terminals('1')).to(60);
  expect(run.summary()).toEqual(['area-power mains-1 32']);
  const houses = ['b-1-1-1', 'b-1-1-2', 'b-1-2-1', 'b-1-2-2', 'b-1-x'];
  expect([...(run.open()[0]?.affected.under ?? [])].sort()).toEqual(houses);
});

test('two terminals of a street that nobody else can see are two terminals', () => {
  const city = compileTopology(parseTopology(bigStreet(), 'street.json').value).value;
  const run = new CityRun(city);
  run.take([{ kind: 'unknown', resource: resourceId('olt'), below: true }]);
  run.raise(1, 'DYING_GASP', ['t-3']).raise(9, 'UNREACHABLE', ['t-40']).to(120);
  expect(run.open().map(({ kind }) => kind)).toEqual(['drop']);
});

function bigStreet(): string {
  return JSON.stringify({
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'mains', kind: 'mains' },
      ...many('house', 9).map((id) => ({ id, kind: 'building', in: { power: 'mains' } })),
      { id: 'olt', kind: 'olt' },
      ...many('split', 9).map((id) => ({ id, kind: 'splitter', in: { access: 'olt' } })),
      ...many('t', 90).map((id, i) => ({
        ...{ id, kind: 'ont', subscribers: 1 },
        in: { access: `split-${(i % 9) + 1}`, power: `house-${(i % 9) + 1}` },
      })),
    ],
    links: [{ id: 'up', ends: ['core', 'olt'] }],
  });
}
