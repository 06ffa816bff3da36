/** A cable whose fibres begin at two cards: a head tells of one card after the other. */
import { expect, test } from 'vitest';
import { compiledCity } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Two cards with four ports of sixteen terminals; the cable carries the first card's and one port of the second. */
function twoCards() {
  const port = (card: number, n: number): object[] => {
    const name = `${card}-${n}`;
    const cable = card === 1 || n === 1 ? 'cable' : 'other';
    return [
      { id: `port-${name}`, kind: 'pon-port', in: { access: `card-${card}` }, order: n },
      { id: `splitter-${name}`, kind: 'splitter', in: { access: `port-${name}`, cable } },
      ...numbers(16).map((place) => ({
        ...{ id: `ont-${name}-${place}`, kind: 'ont', subscribers: 1, order: place },
        in: { access: `splitter-${name}` },
      })),
    ];
  };
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      { id: 'olt', kind: 'olt' },
      { id: 'cable', kind: 'feeder' },
      { id: 'other', kind: 'feeder' },
      ...[1, 2].flatMap((card) => [
        { id: `card-${card}`, kind: 'card', in: { access: 'olt' } },
        ...numbers(4).flatMap((n) => port(card, n)),
      ]),
    ],
    links: [{ id: 'up', ends: ['core', 'olt'] }],
  };
  return compiledCity(JSON.stringify(document));
}

const terminalsOf = (port: string): string[] => numbers(16).map((place) => `ont-${port}-${place}`);
const firstCard = numbers(4).flatMap((n) => terminalsOf(`1-${n}`));

test('the fibres of the second card are of the cut that was told of the first card before', () => {
  const run = new CityRun(twoCards()).raise(0, 'LOS', firstCard, 10);
  run.raise(
    0.7,
    'PORT_LOS',
    numbers(2).map((n) => `port-1-${n}`),
  );
  run.raise(2.2, 'LOS', terminalsOf('2-1'), 25).to(60);
  expect(run.changes.map(({ incident }) => incident.kind)).not.toContain('card');
  expect(run.summary()).toEqual([expect.stringMatching(/^feeder cable 8\d$/)]);
  expect(run.open()[0]?.affected.under).toEqual(['cable']);
});

test('a card that says itself that it failed is stated at once', () => {
  const run = new CityRun(twoCards())
    .raise(0, 'CARD_FAIL', ['card-1'])
    .raise(0.1, 'LOS', firstCard, 10)
    .to(2);
  expect(run.summary()).toEqual(['card card-1 65']);
});
