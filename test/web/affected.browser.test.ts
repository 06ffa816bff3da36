/** The list of those whom an incident touches in a real browser: narrowed, searched, and taken as a file. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import type { AffectedView } from '../../src/edge/http/affected-port.ts';
import type { TicketId } from '../../src/model/ids.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { anImpact, anIncident, aView } from '../support/front-records.ts';

const screen = consoleInBrowser();

function put(): void {
  const { daemon } = screen;
  const now = daemon.ports.world.now();
  const incident = anIncident('i.1', now);
  const view = aView(incident, anImpact(incident, 30));
  daemon.incidents.set('i.1', view);
  const told: readonly AffectedView['told'][] = [
    { state: 'delivered', channel: 'sms', at: instant(now + 60_000) },
    { state: 'suppressed', reason: 'optedOut' },
    { state: 'notYet' },
    { state: 'failed', reason: 'notDelivered', channel: 'sms', at: instant(now + 60_000) },
  ];
  const people = Array.from(
    { length: 30 },
    (_, n): AffectedView => ({
      ...{ id: `S-${100 + n}`, name: 'И***', phone: '+7 *** ***-12-34', resource: `olt-1/pon-0/1/ont-${n}` },
      ...{
        class: n % 7 === 0 ? 'business' : 'residential',
        services: n % 3 === 0 ? ['internet', 'tv'] : ['internet'],
      },
      ...{ level: n % 2 === 0 ? 'proved' : 'inferred', since: instant(now + n * 1_000), told: told[n % 4]! },
      ticket: n === 1 ? { id: 'a.1.77' as TicketId, status: 'inProgress' } : undefined,
    }),
  );
  daemon.affected.set('i.1', people);
}

test('everybody stands with how sure it is, what they were told or why not, and their ticket', async () => {
  put();
  const page = await screen.signIn({ path: '/incidents/i.1' });
  const table = page.getByRole('table', { name: 'Subscribers affected' });
  await expect.poll(() => table.locator('tbody tr').count()).toBe(20);
  expect(await table.locator('tbody tr').nth(1).innerText()).toMatch(
    /S-101[\s\S]*inferred[\s\S]*want no notices[\s\S]*a\.1\.77/,
  );
  await page
    .getByRole('region', { name: 'Subscribers affected' })
    .getByRole('button', { name: 'More' })
    .click();
  await expect.poll(() => table.locator('tbody tr').count()).toBe(30);
  await page.getByLabel('How sure').selectOption('proved');
  await expect.poll(() => table.locator('tbody tr').count()).toBe(15);
  const href = await page.getByRole('link', { name: 'All as a file (CSV)' }).getAttribute('href');
  expect(href).toBe('/api/v1/incidents/i.1/subscribers.csv?level=proved');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'All as a file (CSV)' }).click();
  expect((await download).suggestedFilename()).toBe('subscribers-i.1.csv');
  expect(screen.complaints).toEqual([]);
});

test('somebody is found by their number, in Russian on a telephone, and who is not touched is not found', async () => {
  put();
  const page = await screen.signIn({ path: '/incidents/i.1', locale: 'ru-RU', size: telephone });
  const box = page.getByPlaceholder('Телефон или номер абонента');
  await box.fill('S-103');
  await box.press('Enter');
  const table = page.getByRole('table', { name: 'Задетые абоненты' });
  await expect.poll(() => table.locator('tbody tr').count()).toBe(1);
  await table.getByText('S-103').waitFor();
  expect(await overflow(page)).toBe(0);
  await box.fill('S-999');
  await box.press('Enter');
  await page.getByText('нет абонента с таким телефоном или номером').waitFor();
  await box.fill('');
  await expect.poll(() => table.locator('tbody tr').count()).toBe(20);
  expect(screen.complaints).toEqual([]);
});
