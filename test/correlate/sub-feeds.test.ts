/** A feed that supplies others: how far lost mains reach when somebody beside them switches off. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const house = (feed: number, number: number): string => `house-${feed}-${number}`;
const terminal = (feed: number, number: number, flat: number): string => `olt-${number}/p1/${feed}-${flat}`;

/** Three feeds under one, of four houses of thirty flats each; each head serves a house of every feed. */
function district() {
  const resources = [
    { id: 'mains', kind: 'mains' },
    ...numbers(4).flatMap((head) => [
      { id: `olt-${head}`, kind: 'olt' },
      { id: `olt-${head}/p1`, kind: 'pon-port', in: { access: `olt-${head}` } },
    ]),
    ...numbers(3).flatMap((feed) => [
      { id: `mains-${feed}`, kind: 'mains', in: { power: 'mains' } },
      ...numbers(4).flatMap((number) => [
        { id: house(feed, number), kind: 'building', in: { power: `mains-${feed}` } },
        ...numbers(30).map((flat) => ({
          ...{ id: terminal(feed, number, flat), kind: 'ont', subscribers: 1 },
          in: { access: `olt-${number}/p1`, power: house(feed, number) },
        })),
      ]),
    ]),
  ];
  const document = JSON.stringify({ format: 'allclear-topology/1', resources });
  return compileTopology(parseTopology(document, 'district.json').value).value;
}

const flatsOn = (feed: number): string[] =>
  numbers(4).flatMap((number) => numbers(30).map((flat) => terminal(feed, number, flat)));

test('one who switches off elsewhere moves the lost mains of a part to no wider feed', () => {
  const run = new CityRun(district()).raise(0, 'DYING_GASP', flatsOn(1)).to(60);
  run
    .raise(120, 'DYING_GASP', [terminal(2, 1, 1)])
    .raise(200, 'DYING_GASP', [terminal(3, 2, 5)])
    .to(300);
  expect(run.summary()).toEqual(['area-power mains-1 120']);
});

test('another feed that fails a little later, and is large as well, shows that it is what feeds both', () => {
  const run = new CityRun(district()).raise(0, 'DYING_GASP', flatsOn(1)).to(30);
  run.raise(30, 'DYING_GASP', flatsOn(2)).raise(34, 'DYING_GASP', flatsOn(3)).to(120);
  expect(run.summary()).toEqual(['area-power mains 360']);
});
