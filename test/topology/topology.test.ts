import { expect, test } from 'vitest';
import { compileTopology, impliedParent, parseTopology } from '../../src/topology/topology.ts';
import { smallCity, smallCityDocument, terminals } from '../support/small-city.ts';

const document = (parts: object): string => JSON.stringify({ format: 'allclear-topology/1', ...parts });

function compile(parts: object) {
  const parsed = parseTopology(document(parts), 'topology.json');
  const compiled = compileTopology(parsed.value);
  return {
    topology: compiled.value,
    problems: [...parsed.problems, ...compiled.problems].map((found) => found.code),
  };
}

test('both forms of the file give the same network', () => {
  const whole = JSON.parse(smallCityDocument()) as {
    resources: object[];
    links: object[];
    serviceRoots: string[];
  };
  const lines = [
    { format: 'allclear-topology/2', serviceRoots: whole.serviceRoots, later: true },
    ...whole.resources.map((resource) => ({ resource })),
    ...whole.links.map((link) => ({ link })),
  ].map((line) => JSON.stringify(line));
  const parsed = parseTopology(`${lines.join('\n')}\n`, 'topology.ndjson');
  expect(parsed.problems).toEqual([]);
  expect(parsed.value).toEqual(parseTopology(smallCityDocument(), 'topology.json').value);
});

test('a wrong line is reported in place and the rest is kept', () => {
  const text = [
    '{"format":"allclear-topology/2"}',
    '{"resource":{"id":"a","kind":"olt"}}',
    '{oops',
    '{"link":{"id":"l"}}',
  ];
  const { value, problems } = parseTopology(text.join('\n'), 'net.ndjson');
  expect(value.resources.map((resource) => resource.id)).toEqual(['a']);
  expect(problems.map(({ file, line, code }) => [file, line, code])).toEqual([
    ['net.ndjson', 3, 'topology/syntax'],
    ['net.ndjson', 4, 'topology/entry'],
  ]);
});

test('hostile text is a problem and never a crash', () => {
  for (const text of [
    '',
    '[]',
    'null',
    '{"format":"x"}',
    '{"format":"allclear-topology/1","resources":7}',
    '\ufeff{',
  ]) {
    expect(parseTopology(text, 'f').problems.length).toBeGreaterThan(0);
  }
  const strange = {
    id: 'a',
    kind: 7,
    in: { __proto__: 'x', access: 3 },
    subscribers: -1,
    needs: { of: 'b' },
    order: 'x',
  };
  const { value, problems } = parseTopology(document({ resources: [strange, 5, { id: '' }] }), 'f');
  expect(value.resources).toMatchObject([{ id: 'a', kind: 'generic', subscribers: 0 }]);
  expect(problems.length).toBe(5);
});

test('missing parents, duplicates and cycles are reported and cut', () => {
  const { topology, problems } = compile({
    resources: [
      { id: 'a', kind: 'splitter', in: { access: 'b' } },
      { id: 'b', kind: 'splitter', in: { access: 'a' } },
      { id: 'c', kind: 'ont', in: { access: 'nowhere', power: 'a' } },
      { id: 'c', kind: 'ont' },
      { id: 'self', kind: 'ont', in: { access: 'self' } },
    ],
    links: [{ id: 'l', ends: ['a', 'gone'] }],
  });
  expect(problems.sort()).toEqual([
    'topology/cycle',
    'topology/cycle',
    'topology/duplicate',
    'topology/missing',
    'topology/missing',
  ]);
  const [a, b, c] = ['a', 'b', 'c'].map((id) => topology.indexOf(id)) as [number, number, number];
  expect(
    [topology.parentOf('access', a), topology.parentOf('access', b)].filter((up) => up >= 0),
  ).toHaveLength(1);
  expect(topology.parentOf('access', c)).toBe(-1);
  expect(topology.parentOf('power', c)).toBe(a);
  expect(topology.parentOf('no-such-tree', c)).toBe(-1);
});

test('children stand in plant order, and below is found in every tree by name', () => {
  const city = smallCity();
  const card = city.indexOf('olt-1/c1');
  expect([...city.childrenOf('access', card)].map((i) => city.idOf(i))).toEqual([
    'olt-1/c1/p1',
    'olt-1/c1/p2',
  ]);
  const terminal = city.indexOf('ont-1-1-2-7');
  expect(city.isBelow('access', terminal, card)).toBe(true);
  expect(city.isBelow('power', terminal, city.indexOf('mains-1'))).toBe(true);
  expect(city.isBelow('power', terminal, city.indexOf('mains-2'))).toBe(false);
  expect(city.kindOf(city.indexOf('l-12'))).toBe('link');
  expect(city.indexOf('no such thing')).toBe(-1);
});

test('subscribers are counted once below any tree but site and collector', () => {
  const city = smallCity();
  const count = (id: string): number => city.subscribersUnder(city.indexOf(id));
  expect([count('olt-1'), count('duct-1'), count('f-1-1'), count('mains-1'), count('b-1-x')]).toEqual([
    32, 32, 16, 32, 8,
  ]);
  expect([count('site-1'), count('col-1'), count('ont-1-1-1-1'), count('dns-1')]).toEqual([32, 0, 1, 64]);
  const ids = (...names: string[]): number[] => names.map((id) => city.indexOf(id));
  expect(city.subscribersUnder(ids('olt-1', 'mains-1'), ids('s1-1-1'))).toBe(24);
});

test('service passes over live links, never through an OLT or a cut trench', () => {
  const city = smallCity();
  const dead = (...ids: string[]) => {
    const gone = new Set(ids.map((id) => city.indexOf(id)));
    return (id: string): boolean => city.served((index) => gone.has(index))[city.indexOf(id)] === 1;
  };
  expect(dead()('olt-1')).toBe(true);
  expect(dead('l-12')('olt-1')).toBe(true);
  expect(dead('l-12', 'l-34')('olt-1')).toBe(false);
  expect(dead('trench-b')('olt-1')).toBe(false);
  expect(dead('agg-2')('olt-1')).toBe(false);
  expect(dead('core-1')('agg-4')).toBe(false);
  const { topology } = compile({
    serviceRoots: ['r'],
    resources: ['r', 'o', 'x'].map((id) => ({ id, kind: id === 'o' ? 'olt' : 'switch' })),
    links: [
      { id: '1', ends: ['r', 'o'] },
      { id: '2', ends: ['o', 'x'] },
    ],
  });
  const served = topology.served(() => false);
  expect(['r', 'o', 'x'].map((id) => served[topology.indexOf(id)])).toEqual([1, 1, 0]);
});

test('a resource is served only while enough of what it needs is', () => {
  const { topology } = compile({
    serviceRoots: ['r'],
    resources: [
      { id: 'r', kind: 'core' },
      { id: 'a', kind: 'switch', needs: { of: ['p1', 'p2', 'p3'], atLeast: 2 } },
      { id: 'b', kind: 'switch' },
      { id: 'platform', kind: 'service-platform', needs: { of: ['a', 'b'], atLeast: 2 } },
      ...['p1', 'p2', 'p3'].map((id) => ({ id, kind: 'battery' })),
    ],
    links: [
      { id: 'ra', ends: ['r', 'a'] },
      { id: 'ab', ends: ['a', 'b'] },
    ],
  });
  const served = (...dead: string[]): string[] => {
    const gone = new Set(dead.map((id) => topology.indexOf(id)));
    const reached = topology.served((index) => gone.has(index));
    return ['a', 'b', 'platform'].filter((id) => reached[topology.indexOf(id)] === 1);
  };
  expect(served('p1')).toEqual(['a', 'b', 'platform']);
  expect(served('p1', 'p2')).toEqual([]);
});

test('an interface belongs to the longest known prefix of its name', () => {
  const city = smallCity();
  expect(impliedParent(city, 'olt-1/if/3')).toBe('olt-1');
  expect(impliedParent(city, 'olt-1/c1/p1/ont/4')).toBe('olt-1/c1/p1');
  expect(impliedParent(city, 'olt-1')).toBeUndefined();
  expect(impliedParent(city, 'olt-10/if/3')).toBeUndefined();
  expect(terminals('1-1-1')).toHaveLength(8);
});
