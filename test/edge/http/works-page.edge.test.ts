/** The page behind the link in a notice of planned works. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { LinkView } from '../../../src/edge/http/ports.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import { anIncident, aView } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const hour = 3_600_000;
const day = 24 * hour;
beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(() => opened.close());

const inMs = (ms: number) => instant(opened.daemon.ports.world.now() + ms);
const clock = (ms: number): string => new Date(inMs(ms)).toISOString().slice(11, 16);

async function page(
  works: LinkView['works'],
  more: Partial<LinkView> = {},
  language = 'en',
): Promise<string> {
  const link = { purpose: 'request', subscriber: subscriberKey(7), expiresAt: inMs(day) } as const;
  opened.daemon.links.set('tokentoken1', { ...link, timeZone: 'UTC', works, ...more });
  return (await fetch(`${opened.public}/s/tokentoken1?lang=${language}`)).text();
}

test('works ahead are said with both times in both languages, and nobody reads that we know of nothing', async () => {
  const works = { from: inMs(2 * day), to: inMs(2 * day + 3 * hour), isCancelled: false };
  const en = await page(works);
  expect(en).toContain('Planned works at your address');
  expect(en).toContain(clock(2 * day));
  expect(en).toContain(clock(2 * day + 3 * hour));
  expect(en).not.toContain('We know of no outage');
  const ru = await page(works, {}, 'ru');
  expect(ru).toContain('Плановые работы по вашему адресу');
  expect(ru).toContain('Связи не будет');
});

test('works that moved show the time before, those that run and those that are over say so', async () => {
  const before = { from: inMs(2 * hour), to: inMs(4 * hour) };
  const moved = await page({ from: inMs(2 * day), to: inMs(3 * day), isCancelled: false, before });
  expect(moved).toContain('The time has moved; before it was');
  expect(moved).toContain(clock(2 * hour));
  expect(await page({ from: inMs(-hour), to: inMs(hour), isCancelled: false })).toContain('under way');
  expect(await page({ from: inMs(-2 * hour), to: inMs(-hour), isCancelled: false })).toContain('are over');
  const sooner = { from: inMs(-hour), to: inMs(hour), isCancelled: false, endedAt: inMs(-hour / 2) };
  expect(await page(sooner)).toContain(`over since`);
});

test('works that were called off say that service stays on', async () => {
  const works = { from: inMs(day), to: inMs(day + hour), isCancelled: true };
  expect(await page(works)).toContain('Service stays on');
  expect(await page(works, {}, 'ru')).toContain('Плановые работы отменены');
});

test('whose service is back while the incident goes on reads so, and not that it is out', async () => {
  const incident = aView(anIncident('i.1', inMs(-hour)));
  expect(await page(undefined, { incident })).not.toContain('Your service is back');
  const shown = await page(undefined, { incident, isBack: true });
  expect(shown).toContain('<h1>Your service is back</h1>');
  expect(shown).not.toContain('No service');
  expect(await page(undefined, { incident, isBack: true }, 'ru')).toContain('У вас связь восстановлена');
});

test('what is out at the address now stands before the works', async () => {
  const incident = aView(anIncident('i.1', inMs(-hour)));
  const shown = await page({ from: inMs(day), to: inMs(day + hour), isCancelled: false }, { incident });
  expect(shown.match(/<h1>/g)).toHaveLength(1);
  expect(shown.indexOf('<h1>')).toBeLessThan(shown.indexOf('<h2>Planned works at your address'));
});
