/** Pages for everybody: what is out in an area, and planned works; made once for all who ask. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { roughly } from '../../../src/edge/http/area-page.ts';
import { newAlerts } from '../../../src/edge/http/outage-alert.ts';
import { aTicket } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';
import { until } from '../../support/until.ts';

let opened: OpenedFront;
const hour = 3_600_000;

beforeEach(async () => {
  opened = await openTestFront();
  const now = opened.daemon.ports.world.now();
  const outage = {
    ...{
      kind: 'feeder',
      startedAt: instant(now - hour),
      subscribers: 1_234,
      planned: false,
      suspected: false,
    },
    etr: { from: instant(now + hour), to: instant(now + 2 * hour), source: 'table', revision: 1 } as const,
  };
  const areas = [
    { slug: 'sever', name: 'Север <b>', outages: [outage] },
    { slug: 'iug', name: 'Юг', outages: [] },
  ];
  const works = [
    {
      ...{ id: 'W-1', isCancelled: false, changes: 0, areas: ['sever'], subscribers: 400 },
      ...{ from: instant(now - hour), to: instant(now + hour) },
    },
    {
      ...{ id: 'W-2', isCancelled: false, changes: 2, areas: ['iug', 'gone'], subscribers: 80 },
      ...{ from: instant(now + 48 * hour), to: instant(now + 50 * hour), changedAt: instant(now - hour) },
    },
  ];
  const told = { ...outage, id: 'a.1.7', areas: ['sever'] };
  opened.daemon.news = { areas: new Map(areas.map((area) => [area.slug, area])), works, outages: [told] };
  const edition = { news: opened.daemon.news, at: instant(now - hour), language: 'en' } as const;
  const publisher = { url: 'https://status.isp.example', isExercise: false };
  opened.daemon.alerts = newAlerts(edition, [], publisher);
});
afterEach(() => opened.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${opened.public}${path}`, { headers });

test('an area says what is out, since when, until when, for about how many, and which works are there', async () => {
  const english = await (await get('/s/area/sever')).text();
  expect(english).toContain('No service: a cable is damaged');
  expect(english).toContain('about 1,200 customers');
  expect(english).toContain('Expected to work again');
  expect(english).toContain('Planned works here');
  expect(english).toContain('Север &lt;b&gt;');
  const russian = await (await get('/s/area/sever', { 'accept-language': 'ru,en;q=0.5' })).text();
  expect(russian).toContain('Нет связи: повреждён кабель');
  expect(russian.replaceAll('\u00a0', ' ')).toContain('около 1 200 абонентов');
});

test('where nothing is known to be out the page says so; an area that is not known is a 404', async () => {
  expect(await (await get('/s/area/iug')).text()).toContain('We know of no outage here');
  const unknown = await get('/s/area/../../etc');
  expect(unknown.status).toBe(404);
  const none = await get('/s/area/__proto__');
  expect(none.status).toBe(404);
  expect(none.headers.get('cache-control')).toBe('no-store');
  expect(await none.text()).toContain('We know no such area');
});

test('works that run stand before those ahead, with the areas they touch', async () => {
  const page = await (await get('/s/works')).text();
  expect(page.indexOf('Under way now')).toBeGreaterThan(0);
  expect(page.indexOf('Under way now')).toBeLessThan(page.indexOf('<h2>Planned'));
  expect(page).toContain('href="area/iug?lang=en"');
  expect(page).not.toContain('gone');
  opened.daemon.news = { areas: new Map(), works: [], outages: [] };
  expect(await (await get('/s/works')).text()).toBe(page);
});

test('the list of areas shows first where something is out, and leads to each, to feeds and to the calendar', async () => {
  const page = await (await get('/s/areas', { 'accept-language': 'ru' })).text();
  expect(page.indexOf('Север')).toBeLessThan(page.indexOf('Юг'));
  expect(page).toContain('Есть неполадки');
  for (const address of ['area/sever?lang=ru', 'outages.atom?lang=ru', 'works.ics?lang=ru'])
    expect(page).toContain(`href="${address}"`);
});

test.each([
  ['/s/outages.atom', 'application/atom+xml; charset=utf-8'],
  ['/s/area/sever/outages.atom', 'application/atom+xml; charset=utf-8'],
  ['/s/alert/a.1.7', 'application/cap+xml; charset=utf-8'],
  ['/s/works.ics', 'text/calendar; charset=utf-8'],
  ['/s/area/iug/works.ics', 'text/calendar; charset=utf-8'],
])('%s is served as %s, with an ETag, and what is not known is a 404', async (address, type) => {
  const answer = await get(address);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  const etag = answer.headers.get('etag')!;
  expect((await get(address, { 'if-none-match': etag })).status).toBe(304);
  const unknown = address.replace(/sever|iug|a\.1\.7/, 'nowhere');
  if (unknown !== address) expect((await get(unknown)).status).toBe(404);
});

test('a calendar of an area has its works only', async () => {
  expect((await (await get('/s/works.ics')).text()).match(/BEGIN:VEVENT/g)).toHaveLength(2);
  const own = await (await get('/s/area/iug/works.ics')).text();
  expect(own.match(/BEGIN:VEVENT/g)).toHaveLength(1);
  expect(own).toContain('SEQUENCE:2\r\n');
});

test('who has the page already gets a 304, and languages are told apart by caches', async () => {
  const first = await get('/s/area/sever');
  const etag = first.headers.get('etag')!;
  expect(first.headers.get('cache-control')).toBe('public, max-age=15');
  expect(first.headers.get('vary')).toContain('accept-language');
  const again = await get('/s/area/sever', { 'if-none-match': `"other", W/${etag}` });
  expect([again.status, await again.text()]).toEqual([304, '']);
  const other = await get('/s/area/sever', { 'accept-language': 'ru', 'if-none-match': etag });
  expect(other.status).toBe(200);
});

test('two hundred who ask at once cost one reading and one page a language', async () => {
  const asked = Array.from({ length: 200 }, async (_, n) => {
    const answer = await get('/s/area/sever', { 'accept-language': n % 2 === 0 ? 'ru' : 'en' });
    await answer.arrayBuffer();
    return answer.status;
  });
  expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
  const { publicPagesMade, publicPagesServed } = opened.front.counters() as Record<string, number>;
  expect([publicPagesMade, publicPagesServed]).toEqual([2, 200]);
});

test('without any news the page asks for patience, and keeps nobody from asking again', async () => {
  opened.daemon.news = undefined;
  const answer = await get('/s/works');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('15');
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test.each([
  [20, '20'],
  [96, '100'],
  [1_234, '1,200'],
  [98_765, '99,000'],
])('%i people are about %s', (count, text) => {
  expect(roughly(count, 'en')).toBe(text);
});

test('messages about outages are published by the clock, each under an address at which it stays as it was', async () => {
  const [first] = opened.daemon.alerts;
  const { news } = opened.daemon;
  const address = `/s/alert/a.1.7/${first!.revision}`;
  const before = await (await get(address)).text();
  expect(before).toBe(first!.xml);
  opened.daemon.news = { ...news!, outages: [{ ...news!.outages[0]!, suspected: true }] };
  await until(() => opened.daemon.alerts.length === 2);
  opened.daemon.news = { ...news!, outages: [] };
  opened.daemon.publish({ kind: 'ticket', ticket: aTicket('t.1', 1_000_000) });
  await until(() => opened.daemon.alerts.length === 3);
  expect(opened.daemon.alerts.map(({ type }) => type)).toEqual(['Cancel', 'Update', 'Alert']);
  expect(await (await get(address)).text()).toBe(before);
});
