/** The page of the DNS platform in a real browser: both languages, findings in words, hostile records, empty states. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser } from '../support/console-in-browser.ts';
import { aDnsView } from '../support/dns-view.ts';

const screen = consoleInBrowser();

async function openPage(options: Parameters<typeof screen.signIn>[0] = {}): Promise<Page> {
  const page = await screen.signIn(options);
  await page.locator('nav a[href="/dns"]').click();
  await page.waitForURL('**/dns');
  return page;
}

test('what is wrong is said in words, each resolver in numbers, in both languages', async () => {
  screen.daemon.dns = aDnsView();
  const page = await openPage();
  await page
    .getByText(/Resolver dns-2 answers pay.isp.example with <<<.*right is 192.0.2.10. Poisoned\?/)
    .waitFor();
  await page.getByText('Resolver dns-3 does not answer.').waitFor();
  await page.getByText('Zone isp.example: 192.0.2.2 7 is behind the primary with 8.').waitFor();
  const rows = page.getByRole('table', { name: 'Resolvers' }).getByRole('row');
  expect(await rows.nth(1).innerText()).toMatch(
    /dns-1[\s\S]*1.2 \/ 4.5\sms[\s\S]*NOERROR 98\s%[\s\S]*right[\s\S]*checked/,
  );
  expect(await rows.nth(2).innerText()).toMatch(/!\s+wrong/);
  expect(await rows.nth(3).innerText()).toMatch(/dns-3\s+!\s+silent/);
  await page.getByRole('table', { name: 'Old and new platform' }).waitFor();
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByText(/Резолвер dns-2 на pay.isp.example отвечает <<<.*Отравлен кэш\?/).waitFor();
  await page.getByText('Резолвер dns-3 не отвечает.').waitFor();
  expect(await overflow(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('the page follows what is measured; without a platform it tells how to configure one', async () => {
  const page = await openPage({ locale: 'ru-RU' });
  await page.getByText('Платформа DNS не настроена.').waitFor();
  await page.getByText(/Добавьте в allclear.yaml раздел «dns»/).waitFor();
  screen.daemon.dns = { resolvers: [], zones: [], findings: [] };
  await page.getByText('Измерений ещё нет').waitFor();
  screen.daemon.dns = { ...aDnsView(), findings: [] };
  await page.getByText('Всё в порядке.').waitFor();
  expect(screen.complaints).toEqual([]);
});

test('the page of a device that is a resolver leads to the page of the platform, in both languages; others do not', async () => {
  screen.daemon.dns = aDnsView();
  for (const id of ['dns-1', 'sw-1']) {
    screen.daemon.devices.set(id, { id, address: '192.0.2.1:161', state: 'answers', profile: 'generic' });
  }
  const page = await openPage();
  await page.goto(`${screen.address}/devices/sw-1`);
  await page.getByRole('heading', { name: 'sw-1' }).waitFor();
  await page.waitForLoadState('networkidle');
  const link = page.locator('main a[href="/dns"]');
  expect(await link.count()).toBe(0);
  await page.goto(`${screen.address}/devices/dns-1`);
  await page.getByRole('link', { name: 'a resolver of the platform' }).waitFor();
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByRole('link', { name: 'резолвер платформы' }).click();
  await page.waitForURL('**/dns');
  await page.getByText('Резолвер dns-3 не отвечает.').waitFor();
  expect(screen.complaints).toEqual([]);
});
