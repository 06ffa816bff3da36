/** Planned works over the API: what runs stands first, then what comes, then what is over. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { ListJson, WorksJson } from '../../../src/edge/http/contract.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const hour = 3_600_000;

beforeEach(async () => {
  opened = await openTestFront();
  const now = opened.daemon.ports.world.now();
  const works = (id: string, from: number, title?: string) => ({
    ...{ id, title, resources: [resourceId(`olt-${id}`)] },
    ...{ from: instant(now + from * hour), to: instant(now + (from + 2) * hour) },
  });
  opened.daemon.works = [
    ...[works('old', -50), works('late', -3), works('far', 40)],
    ...[works('near', 4), works('now', -1, 'Card change')],
  ];
});
afterEach(() => opened.close());

const ask = async <T>(path: string): Promise<T> => (await (await opened.api(path)).json()) as T;

test('running works stand first, then the next ones, then those that ended last, page by page', async () => {
  const first = await ask<ListJson<WorksJson>>('/works?limit=3');
  expect(first.items.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'now running',
    'near ahead',
    'far ahead',
  ]);
  expect(first.total).toBe(5);
  const next = await ask<ListJson<WorksJson>>(`/works?limit=3&cursor=${first.next}`);
  expect(next.items.map(({ id }) => id)).toEqual(['late', 'old']);
  expect(next.next).toBeNull();
});

test('works are found by their words and by their id, with title, window and what they are about', async () => {
  expect((await ask<ListJson<WorksJson>>('/works?q=CARD')).items).toMatchObject([{ id: 'now' }]);
  expect((await ask<ListJson<WorksJson>>('/works?q=olt-far')).items).toMatchObject([{ id: 'far' }]);
  expect(await ask('/works/now')).toMatchObject({
    title: 'Card change',
    state: 'running',
    resources: ['olt-now'],
    announcedAt: null,
  });
  expect((await opened.api('/works/none')).status).toBe(404);
});
