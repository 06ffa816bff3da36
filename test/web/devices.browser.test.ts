/** The page of a device in a real browser: neighbours, aggregates, stations and conflicts, hostile names, both languages. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { openBrowser, overflow, type TestBrowser } from '../support/browser.ts';
import { buildPages, type Pages } from '../support/built-pages.ts';
import { type OpenedFront, openTestFront } from '../support/open-front.ts';

let pages: Pages;
let opened: OpenedFront;
let browser: TestBrowser;

beforeAll(async () => {
  pages = await buildPages();
});
afterAll(() => pages.remove());
afterEach(async () => {
  await browser.close();
  await opened.close();
});

const seen = { firstSeen: instant(1_767_225_600_000), lastSeen: instant(1_767_225_600_000), isStale: false };

test('a device shows who is next to it, who says so, and what does not fit together', async () => {
  opened = await openTestFront({ pages });
  const { daemon } = opened;
  daemon.devices.set('sw-1', { id: 'sw-1', address: '192.0.2.1', state: 'answers', profile: 'generic' });
  const [p1, far] = [
    { device: 'sw-1', port: 'p1' },
    { device: 'sw-2', port: 'q1' },
  ];
  const stranger = { name: '<img src=x>', mac: '02:00:00:00:00:09', port: 'wan' };
  daemon.facts = [
    { kind: 'link', source: 'lldp', from: p1, to: far, ...seen },
    { kind: 'link', source: 'cdp', from: p1, to: far, ...seen },
    {
      kind: 'link',
      source: 'lldp',
      from: { device: 'sw-1', port: 'p2' },
      to: stranger,
      ...seen,
      isStale: true,
    },
    {
      kind: 'adjacency',
      source: 'ospf',
      from: { device: 'sw-1' },
      to: { address: '192.0.2.8' },
      state: 'full',
      ...seen,
    },
    { kind: 'member', source: 'lag', from: p1, to: { device: 'sw-1', port: 'ae0' }, ...seen },
    {
      kind: 'forwards',
      source: 'fdb',
      from: { device: 'sw-1', port: 'p3' },
      to: { mac: '02:00:00:00:ee:01' },
      ...seen,
    },
  ];
  daemon.conflicts = [{ kind: 'notPolled', at: [{ device: 'sw-1', port: 'p2' }], seen: [stranger] }];
  browser = await openBrowser({});
  daemon.oneTimeToken = 'one-time';
  const page = await browser.page();
  await page.goto(`${opened.console}/sign-in/one-time`);
  await page.getByRole('button').click();
  await page.locator('nav a[href="/devices"]').click();
  await page.getByRole('link', { name: 'sw-1' }).click();
  await page.getByText('Nobody polls <img src=x> (02:00:00:00:00:09) wan, neighbour of sw-1 p2').waitFor();
  const rows = page.getByRole('table', { name: 'Neighbours' }).getByRole('row');
  expect(await rows.count()).toBe(4);
  expect(await rows.nth(1).innerText()).toMatch(/p1\s+sw-2\s+q1\s+LLDP, CDP/);
  expect(await rows.nth(2).innerText()).toMatch(
    /p2\s+<img src=x> · 02:00:00:00:00:09\s+wan\s+LLDP[\s\S]*! stale/,
  );
  expect(await rows.nth(3).innerText()).toMatch(/192.0.2.8[\s\S]*OSPF\s+full/);
  expect(await page.getByRole('table', { name: 'Aggregates' }).innerText()).toMatch(/ae0\s+p1/);
  await page.getByRole('table', { name: 'Stations behind access ports' }).waitFor();
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByText(/Никто не опрашивает <img src=x>/).waitFor();
  await page.getByRole('table', { name: 'Соседи' }).waitFor();
  expect(await overflow(page)).toBe(0);
  expect(browser.complaints).toEqual([]);
});
