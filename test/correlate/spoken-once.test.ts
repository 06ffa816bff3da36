/** Terminals of which two say the same thing, a decided card and then its dark ports, are counted once. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

const ports = [1, 2, 3, 4];
const places = Array.from({ length: 16 }, (_, n) => n);

/** A head with two cards of four ports, sixteen terminals a port, and a second head. */
function heads() {
  const head = (olt: string): object[] => [
    { id: olt, kind: 'olt' },
    ...[1, 2].flatMap((card) => [
      { id: `${olt}/c${card}`, kind: 'card', in: { access: olt } },
      ...ports.flatMap((port) => [
        { id: `${olt}/c${card}/p${port}`, kind: 'pon-port', in: { access: `${olt}/c${card}` } },
        ...onts(olt, card, port).map((id) => ({
          ...{ id, kind: 'ont', subscribers: 1 },
          in: { access: `${olt}/c${card}/p${port}` },
        })),
      ]),
    ]),
  ];
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [{ id: 'core', kind: 'core' }, ...head('olt-1'), ...head('olt-2')],
    links: [1, 2].map((n) => ({ id: `l-${n}`, ends: ['core', `olt-${n}`] })),
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'heads.json').value).value;
}

const onts = (olt: string, card: number, port: number): string[] =>
  places.map((place) => `${olt}/c${card}/p${port}/${place}`);

test('a card that failed and ports of it that go dark afterwards make nobody elsewhere on the head heard', () => {
  const below = (card: number, some: readonly number[]): string[] =>
    some.flatMap((port) => onts('olt-1', card, port));
  const run = new CityRun(heads())
    .raise(0, 'CARD_FAIL', ['olt-1/c1'])
    .raise(1, 'LOS', below(1, ports).slice(0, 40), 10)
    .to(60);
  expect(run.summary()).toEqual(['card olt-1/c1 41']);
  const dark = ports.map((port) => `olt-1/c1/p${port}`);
  run
    .raise(70, 'PORT_LOS', dark, 10)
    .raise(70.1, 'LOS', below(2, [1, 2]), 10)
    .to(140);
  expect(run.summary()).toEqual(['card olt-1/c1 45', 'pon-port olt-1/c2/p1 16', 'pon-port olt-1/c2/p2 16']);
});
