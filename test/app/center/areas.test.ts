/** Areas of a network: slugs of names as they are written, and how many a fault touches where. */
import { expect, test } from 'vitest';
import { Areas } from '../../../src/app/center/areas.ts';
import { slugOf, slugsOf } from '../../../src/app/center/slugs.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { compiledCity } from '../../support/small-city.ts';

test.each([
  ['Южный узел № 3', 'iuzhnyi-uzel-3'],
  ['Щёлково, подъезд', 'shchelkovo-podieezd'],
  ['Київ', 'kiiv'],
  ['Zürich  Süd/2', 'zurich-sud-2'],
  ['../..', ''],
  ['東京', ''],
])('%s is %s in an address', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test('equal spellings are numbered, also where a number is taken, and what cannot be spelled still has an address', () => {
  expect(slugsOf(['Север', 'Sever', 'Sever 2', 'север', '東京', '京都'])).toEqual([
    'sever',
    'sever-2',
    'sever-2-2',
    'sever-3',
    'area',
    'area-2',
  ]);
  expect(slugOf('ы'.repeat(500)).length).toBe(60);
});

const network = (() => {
  const resources = [
    { id: 'core', kind: 'core' },
    { id: 'd-1', kind: 'district', name: 'Заречье' },
    { id: 'site-1', kind: 'site', name: 'Узел', in: { district: 'd-1' } },
    { id: 'site-2', kind: 'site', name: 'Узел' },
    { id: 'site-3', kind: 'site', name: 'Nobody hangs here' },
    { id: 'battery', kind: 'battery', in: { power: 'site-2' } },
    { id: 'olt-1', kind: 'olt', in: { site: 'site-1' } },
    { id: 'olt-2', kind: 'olt', in: { power: 'battery' } },
    { id: 'duct', kind: 'segment' },
    ...[1, 2].flatMap((olt) => [
      { id: `feeder-${olt}`, kind: 'feeder', in: { cable: 'duct' } },
      { id: `pon-${olt}`, kind: 'pon-port', in: { access: `olt-${olt}` } },
      {
        id: `splitter-${olt}`,
        kind: 'splitter',
        subscribers: olt * 30,
        in: { access: `pon-${olt}`, cable: `feeder-${olt}` },
      },
    ]),
  ];
  const links = [1, 2].map((olt) => ({ id: `up-${olt}`, ends: ['core', `olt-${olt}`] }));
  const text = JSON.stringify({ format: 'allclear-topology/1', serviceRoots: ['core'], resources, links });
  return compiledCity(text);
})();

const touched = (under: string, subscribers: number, except: readonly string[] = []) => {
  const areas = new Areas(network, undefined);
  const affected = { under: [resourceId(under)], except: except.map(resourceId) };
  return Object.fromEntries(areas.touchedBy(affected, { ranges: [], subscribers }));
};

test('an area is a site or district in which lines end, however they are fed', () => {
  const { all } = new Areas(network, undefined);
  expect(all.map(({ slug, name }) => [slug, name])).toEqual([
    ['zareche', 'Заречье'],
    ['uzel', 'Узел'],
    ['uzel-2', 'Узел'],
  ]);
});

test('a fault of one head touches its site and the district around it, a wide one each place by its own people', () => {
  expect(touched('pon-1', 30)).toEqual({ zareche: 30, uzel: 30 });
  expect(touched('olt-1/if/3', 4)).toEqual({ zareche: 4, uzel: 4 });
  expect(touched('duct', 90)).toEqual({ zareche: 30, uzel: 30, 'uzel-2': 60 });
  expect(touched('duct', 60, ['feeder-1'])).toEqual({ 'uzel-2': 60 });
  expect(touched('core', 90)).toEqual({ zareche: 30, uzel: 30, 'uzel-2': 60 });
  expect(touched('nowhere', 50)).toEqual({});
});
