/** What everybody may read: never of so few that it points at somebody, neither of outages, areas, works nor what was called off. */
import { expect, test } from 'vitest';
import type { LineHost } from '../../../src/app/center/line-host.ts';
import { areaPort } from '../../../src/app/center/public-news.ts';
import { instant } from '../../../src/base/instant.ts';
import type { IncidentRecord } from '../../../src/edge/book/records.ts';
import type { WorksHistory } from '../../../src/edge/book/works-told.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { anImpact, anIncident, aView } from '../../support/front-records.ts';
import { compiledCity } from '../../support/small-city.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const world = virtualWorld();
const now = world.now();
const hour = 3_600_000;
const planned = (id: string, resource: string) => ({
  ...{ id, resources: [resource], from: now + hour, to: now + 2 * hour, announcedAt: now - hour },
});

/** Two sites: with 19 subscribers and with 20. */
const topology = compiledCity(
  JSON.stringify({
    format: 'allclear-topology/1',
    serviceRoots: ['core'],
    resources: [
      { id: 'core', kind: 'core' },
      ...[19, 20].flatMap((count) => [
        { id: `site-${count}`, kind: 'site', name: `Site ${count}` },
        { id: `olt-${count}`, kind: 'olt', in: { site: `site-${count}` } },
        { id: `pon-${count}`, kind: 'pon-port', in: { access: `olt-${count}` } },
        { id: `splitter-${count}`, kind: 'splitter', subscribers: count, in: { access: `pon-${count}` } },
      ]),
    ],
    links: [19, 20].map((count) => ({ id: `up-${count}`, ends: ['core', `olt-${count}`] })),
    planned: [planned('W-19', 'olt-19'), planned('W-20', 'olt-20'), planned('W-39', 'core')],
  }),
);

const line = {
  line: { subscribers: undefined, topologyVersion: 1, named: { topology: 'city' } },
  contents: { topology: () => topology },
} as unknown as LineHost;

const record = (
  root: string,
  subscribers: number,
  more: Partial<IncidentRecord['incident']> = {},
): IncidentRecord => {
  const incident = anIncident(`i.${root}`, now - hour, {
    affected: { under: [resourceId(root)], except: [] },
    ...more,
  });
  return aView(incident, { ...anImpact(incident, subscribers), ranges: [] }) as IncidentRecord;
};

function news(
  records: readonly IncidentRecord[],
  histories: readonly WorksHistory[] = [],
  versions: readonly number[] = [],
) {
  const book = {
    incidents: async ({ states }) => {
      const items = records.filter(({ incident }) => states?.includes(incident.state) !== false);
      return { items, total: items.length };
    },
    impactVersions: async (ids) =>
      new Map(
        ids.map((id) => [
          id,
          versions.map((subscribers, n) => ({ at: instant(now - hour + n * 60_000), subscribers })),
        ]),
      ),
    worksHistories: async () => histories,
    publicAlerts: async () => [],
    keepAlerts: async () => undefined,
  } as Parameters<typeof areaPort>[0]['book'];
  return areaPort({ book, line, world }).news();
}

test('an outage of nineteen is told to nobody, of twenty with its area', async () => {
  const { areas, outages } = await news([record('olt-19', 19), record('olt-20', 20)]);
  expect(outages.map(({ id, areas: of }) => [id, of])).toEqual([['i.olt-20', ['site-20']]]);
  expect(areas.get('site-19')?.outages).toEqual([]);
  expect(areas.get('site-20')?.outages).toHaveLength(1);
});

test('one that touches enough in all, but few in an area, does not name that area', async () => {
  const { areas, outages } = await news([record('core', 39)]);
  expect(outages).toMatchObject([{ subscribers: 39, areas: ['site-20'] }]);
  expect(areas.get('site-19')?.outages).toEqual([]);
});

test('works of few are not told, nor that they were called off', async () => {
  const gone = (works: string, to: number): WorksHistory => ({
    ...{
      works,
      isCancelled: true,
      changes: 1,
      changedAt: now,
      topologyVersion: 9,
      ranges: [{ from: 0, to }],
    },
    ...{ from: instant(now + hour), to: instant(now + 2 * hour) },
  });
  const { works } = await news([], [gone('W-few', 19), gone('W-many', 20)]);
  expect(works.map(({ id, isCancelled, areas }) => [id, isCancelled, areas])).toEqual([
    ['W-20', false, ['site-20']],
    ['W-39', false, ['site-20']],
    ['W-many', true, []],
  ]);
});

test('an end is told though nobody is touched any more', async () => {
  const ended = { state: 'resolved', resolvedAt: instant(now - 60_000) } as const;
  const over = await news([record('olt-20', 0, ended)], [], [20]);
  expect(over.outages).toMatchObject([{ subscribers: 20, endedAt: ended.resolvedAt }]);
  const long = { state: 'closed', resolvedAt: instant(now - 25 * hour) } as const;
  expect((await news([record('olt-20', 0, long)], [], [20])).outages).toEqual([]);
});
