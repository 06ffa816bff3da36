/** The list of tickets in a real browser: questions on top, narrowed by state and number, pages of very many turned by keys. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { aSubscriber } from '../support/front-ports.ts';
import { anImpact, anIncident, aTicket, aView } from '../support/front-records.ts';

const screen = consoleInBrowser();

function put(count: number): void {
  const { daemon } = screen;
  const now = daemon.ports.world.now();
  const incident = anIncident('i.1', now);
  daemon.incidents.set('i.1', aView(incident, anImpact(incident, 12)));
  daemon.publish({ kind: 'incident', incident });
  daemon.subscribers.set('S-7', aSubscriber('S-7'));
  for (let n = 1; n <= count; n++) {
    const id = `a.1.${n}`;
    const status = n === 2 ? 'closed' : 'inProgress';
    const expectedResolutionAt = n === 1 ? instant(now - 60_000) : undefined;
    daemon.tickets.set(id, aTicket(id, now, { status, expectedResolutionAt, incident: incident.id }));
  }
}

test('questions that wait stand above the list, with what was asked and until when', async () => {
  put(3);
  const { daemon } = screen;
  const now = daemon.ports.world.now();
  daemon.contacts.set('c1', 'Когда почините? <b>');
  const questions = [{ contact: 'c1', at: instant(now - 60_000) }];
  daemon.tickets.set('a.1.3', aTicket('a.1.3', now, { questions }));
  const page = await screen.signIn({ locale: 'ru-RU', size: telephone, path: '/tickets' });
  await page.getByRole('link', { name: 'Когда почините? <b>' }).waitFor();
  expect(await overflow(page)).toBe(0);
  expect(await page.getByRole('heading', { level: 2 }).innerText()).toMatch(/^Вопросы.*1$/);
  expect(await page.getByText('осталось').first().isVisible()).toBe(true);
  await page.getByRole('link', { name: 'Когда почините? <b>' }).click();
  await page.waitForURL(/tickets\/a\.1\.3$/);
  expect(screen.complaints).toEqual([]);
});

test('open ones are shown first; state and the beginning of a number narrow the list and stand in the address', async () => {
  put(12);
  const page = await screen.signIn({ path: '/tickets' });
  const rows = page.getByRole('table', { name: 'Tickets' }).locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(11);
  expect(await page.getByText('! passed').first().isVisible()).toBe(true);
  await page.getByLabel('State').selectOption('all');
  await expect.poll(() => rows.count()).toBe(12);
  await page.getByRole('searchbox').fill('a.1.12');
  await expect.poll(() => rows.count()).toBe(1);
  expect(new URL(page.url()).search).toBe('?status=all&find=a.1.12');
  await page.reload();
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByRole('searchbox').fill('S-7');
  await expect.poll(() => rows.count()).toBe(12);
  await page.getByRole('searchbox').fill('nobody');
  await page.getByText('No ticket is like that.').waitFor();
  expect(screen.complaints).toEqual([]);
});

test('pages are turned by buttons and by keys, and their number stands in the address', async () => {
  put(251);
  const page = await screen.signIn({ path: '/tickets?status=all' });
  const first = page.getByRole('table', { name: 'Tickets' }).locator('tbody tr a.open').first();
  await page.getByText('1–100 of 251').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('101–200 of 251').waitFor();
  expect(await first.innerText()).toBe('a.1.101');
  await page.locator('h1').click();
  await page.keyboard.press(']');
  await page.getByText('201–251 of 251').waitFor();
  expect(new URL(page.url()).searchParams.get('page')).toBe('3');
  await page.keyboard.press(']');
  await page.keyboard.press('[');
  await page.getByText('101–200 of 251').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/tickets\/a\.1\.101$/);
  await page.keyboard.press('Escape');
  await page.waitForURL(/tickets$/);
  expect(screen.complaints).toEqual([]);
});

test('an incident leads to its own tickets, and from there to all', async () => {
  put(3);
  screen.daemon.tickets.set('a.1.9', aTicket('a.1.9', screen.daemon.ports.world.now()));
  const page = await screen.signIn({ path: '/incidents/i.1' });
  await page.locator('.panel', { hasText: 'Tickets' }).getByRole('link', { name: 'all' }).click();
  const rows = page.getByRole('table', { name: 'Tickets' }).locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(3);
  await page.getByRole('button', { name: 'of all incidents' }).click();
  await expect.poll(() => rows.count()).toBe(4);
});
