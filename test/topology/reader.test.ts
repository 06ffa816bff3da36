/** A topology file read piece by piece, and what a hostile one may not do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTopology, TopologyReader } from '../../src/topology/topology.ts';
import { smallCityDocument } from '../support/small-city.ts';

function read(text: string, pieceBytes = 1 << 20) {
  const reader = new TopologyReader('net.ndjson');
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.read(bytes.subarray(at, at + pieceBytes));
  const { value, problems } = reader.end();
  return {
    network: value,
    problems,
    told: problems.map(({ line, severity, code, hint }) => ({ line, severity, code, hint })),
  };
}

const lines = (...records: object[]): string =>
  [{ format: 'allclear-topology/2', serviceRoots: [] }, ...records]
    .map((record) => JSON.stringify(record))
    .join('\n');
const resource = (id: string, rest: object = {}): object => ({ resource: { id, kind: 'switch', ...rest } });

test('pieces of any size give the same network, names of any script included', () => {
  const whole = JSON.parse(smallCityDocument()) as { resources: object[]; links: object[] };
  const text = lines(
    ...whole.resources.map((one) => ({ resource: one })),
    resource('узел-7/плата', { name: 'Узел «Семь» 📡' }),
    ...whole.links.map((link) => ({ link })),
  );
  const known = read(text).network;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (size) => {
      const { network, problems } = read(text, size);
      expect(problems).toEqual([]);
      expect(Array.from({ length: network.count }, (_, i) => network.idOf(i))).toEqual(
        Array.from({ length: known.count }, (_, i) => known.idOf(i)),
      );
      expect(network.nameOf(network.indexOf('узел-7/плата'))).toBe('Узел «Семь» 📡');
    }),
    { numRuns: 25 },
  );
});

test('byte order mark, carriage returns, blank lines and a missing last line break are no problem', () => {
  const text = `\ufeff${lines(resource('a'), resource('b')).replaceAll('\n', '\r\n\r\n')}`;
  const { network, problems } = read(text, 7);
  expect(problems).toEqual([]);
  expect([network.indexOf('a'), network.indexOf('b')]).toEqual([0, 1]);
  expect(read('{"format":"allclear-topology/2"}').problems).toEqual([]);
  expect(parseTopology('{"format":"allclear-topology/2"}', 'f').problems).toEqual([]);
});

describe('every mistake is named with its line and what was made of it', () => {
  test('what is twice, missing, in a circle, in need of itself, or joined with itself', () => {
    const { network, told } = read(
      lines(
        resource('a', { in: { access: 'b' } }),
        resource('b', { in: { access: 'a' } }),
        resource('a'),
        resource('c', { in: { power: 'nowhere' }, needs: { of: ['c', 'a', 'gone'], atLeast: 3 } }),
        { link: { id: 'l-1', ends: ['a', 'elsewhere'], segments: ['no-duct'] } },
        { link: { id: 'l-2', ends: ['a', 'a'] } },
        { link: { id: 'l-3', ends: ['a', 'l-1'] } },
      ),
    );
    expect(told.map(({ line, severity, code }) => `${line} ${severity} ${code}`).sort()).toEqual([
      '3 error topology/cycle',
      '4 error topology/duplicate',
      '5 error topology/missing',
      '5 error topology/missing',
      '5 error topology/need',
      '6 error topology/missing',
      '6 error topology/missing',
      '7 warning topology/link',
      '8 error topology/missing',
    ]);
    expect(told.filter(({ hint }) => hint === undefined)).toEqual([]);
    // What is left stands: c needs a alone.
    expect(network.served(() => false)[network.indexOf('c')]).toBe(1);
    expect(network.linksAt(network.indexOf('a')).map(({ index }) => network.idOf(index))).toEqual([
      'l-1',
      'l-2',
      'l-3',
    ]);
  });

  test('lines that are no JSON, no object, or longer than any entry', () => {
    const long = JSON.stringify(resource('x', { name: 'y'.repeat(1 << 21) }));
    const text = `${lines(resource('a'))}\n{oops\n7\n${long}\n${JSON.stringify(resource('b'))}`;
    const { network, told } = read(text, 100_000);
    expect(told.map(({ line, code }) => [line, code])).toEqual([
      [3, 'topology/syntax'],
      [4, 'topology/syntax'],
      [5, 'topology/syntax'],
    ]);
    expect([network.indexOf('a'), network.indexOf('b'), network.indexOf('x')]).toEqual([0, 1, -1]);
  });

  test('half a surrogate pair is no id, and a count that no column holds is none', () => {
    const text = `${lines()}\n{"resource":{"id":"a\\ud800"}}\n{"resource":{"id":"b","subscribers":4294967296}}`;
    const { network, told } = read(text);
    expect(told.map(({ line, code }) => [line, code])).toEqual([
      [2, 'topology/entry'],
      [3, 'topology/entry'],
    ]);
    expect(network.count).toBe(1);
    expect(network.ownSubscribersOf(0)).toBe(0);
  });

  test('an interface of a device stands for the device; any other unknown part is doubted', () => {
    const { network, told } = read(
      lines(
        resource('sw-1'),
        resource('sw-2'),
        resource('line-1', { in: { access: 'sw-2/if/4' } }),
        resource('line-2', { in: { access: 'sw-2/slot/4' } }),
        { link: { id: 'l', ends: ['sw-1/if/1', 'sw-2/if/9'] } },
      ),
    );
    expect(told.map(({ line, severity, code }) => [line, severity, code])).toEqual([
      [5, 'warning', 'topology/missing'],
    ]);
    const [first, second] = [network.indexOf('sw-1'), network.indexOf('sw-2')];
    const link = network.linkOf(network.indexOf('l'))!;
    expect([link.a, link.b]).toEqual([first, second]);
    expect(network.endNamesOf(link)).toEqual(['sw-1/if/1', 'sw-2/if/9']);
    expect([...network.childrenOf('access', second)].map((i) => network.idOf(i))).toEqual([
      'line-1',
      'line-2',
    ]);
  });
});

test('a hundred thousand mistakes are counted, and the errors among them stay errors', () => {
  const wrong = Array.from({ length: 20_000 }, (_, i) => resource(`x-${i}`, { in: { access: `gone-${i}` } }));
  const { network, problems } = read(lines(...wrong));
  expect(problems).toHaveLength(1_001);
  expect(problems.at(-1)).toMatchObject({ code: 'topology/more', severity: 'error' });
  expect(problems.at(-1)!.message).toContain('19000');
  expect(network.count).toBe(20_000);
});

test('more trees than any network has are left out', () => {
  const trees = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`tree-${i}`, 'a']));
  const { network, told } = read(lines(resource('a'), resource('b', { in: trees })));
  expect(network.trees).toHaveLength(32);
  expect(told.every(({ line, code }) => line === 3 && code === 'topology/too-many')).toBe(true);
});

test('a chain of a hundred thousand in one tree, and siblings without end in another, are read in a moment', () => {
  const count = 100_000;
  const deep = Array.from({ length: count }, (_, i) =>
    resource(`r-${i}`, { in: i === 0 ? {} : { access: `r-${i - 1}`, cable: 'r-0', power: `r-${i - 1}` } }),
  );
  const { network, problems } = read(lines(...deep));
  expect(problems).toEqual([]);
  expect(network.leafRange('access', 0)).toEqual({ from: 0, to: 1 });
  expect(network.prepared.leaves.signalLeaves[0]).toBe(1);
});
