/** The console in a real browser: live updates, both languages, every page, keys, and hostile names shown as text. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { resourceId } from '../../src/model/ids.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser } from '../support/console-in-browser.ts';
import { fillCity } from '../support/demo-city.ts';
import { anAlarm, anIncident } from '../support/front-records.ts';

const screen = consoleInBrowser({ demo: { holdMs: 5_000, stableForMs: 10_000, remindAfterMs: 30_000 } });
const incident = 'a.1.2041';

test('a new incident and a new alarm appear by themselves', async () => {
  const page = await screen.signIn();
  await page.getByText('No open incident.').waitFor();
  await page.getByText('Demo network').waitFor();
  const now = screen.daemon.ports.world.now();
  screen.daemon.publish(
    { kind: 'alarm', alarm: anAlarm({ resource: resourceId('olt-9'), cause: 'LOS', raisedAt: now }) },
    { kind: 'incident', incident: anIncident('a.1.7', now) },
  );
  await page.getByRole('link', { name: 'Feeder fibre cut: feeder-1' }).waitFor();
  await page.getByRole('link', { name: /Alarms/ }).click();
  await page.getByText('olt-9').waitFor();
  expect(screen.complaints).toEqual([]);
});

test('the incident page tells cause, affected, notices, tickets, answers; a changed ETR shows at once', async () => {
  fillCity(screen.daemon);
  const page = await screen.signIn();
  await page.getByRole('link', { name: /Feeder fibre cut/ }).click();
  await page.waitForURL(`**/incidents/${incident}`);
  for (const text of [
    '84 %',
    'olt-0105/card-3',
    '3,412 subscribers',
    '2,000',
    'wait for a second person',
    't.1',
    'still out',
  ]) {
    await page.getByText(text).first().waitFor();
  }
  await page.getByRole('button', { name: 'Set ETR' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('set by hand').waitFor();
  expect(screen.daemon.inputs).toMatchObject([{ kind: 'command', by: 'irina', command: { kind: 'setEtr' } }]);
  expect(await overflow(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('the console speaks Russian with right plurals where the browser does, and switches', async () => {
  fillCity(screen.daemon);
  const page = await screen.signIn({ locale: 'ru-RU', colorScheme: 'dark' });
  await page.getByText('Обрыв магистрального волокна: feeder KL-118').first().waitFor();
  await page.getByText('3 893 абонента').waitFor();
  await page.getByText('3 аварии').first().waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('ru');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText('Feeder fibre cut: feeder KL-118').first().waitFor();
  await page.getByRole('button', { name: 'Light' }).click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
  await page.reload();
  await page.getByText('Feeder fibre cut: feeder KL-118').first().waitFor();
});

test('every page opens by its address, in its right state, without sticking out of 1280 px', async () => {
  fillCity(screen.daemon);
  const page = await screen.signIn();
  const expected: [string, string][] = [
    ['/', 'Incidents'],
    ['/alarms', 'Alarms'],
    ['/notices', 'outage noticed'],
    [`/notices?incident=${incident}`, 'outage noticed'],
    ['/tasks', 'Call back'],
    ['/devices', '192.0.2.105'],
    ['/rules', 'no rule is unreachable'],
    ['/works', 'No works are announced.'],
    ['/devices/olt-0105', 'No full reading yet.'],
    ['/subscribers/S-7', '+7 *** ***-12-34'],
    ['/tickets/t.1', 'No light on the box'],
    ['/tickets/none', 'There is nothing with this id.'],
    ['/incidents/none', 'There is nothing with this id.'],
  ];
  for (const [path, text] of expected) {
    await page.goto(screen.address + path);
    await page.getByText(text).first().waitFor();
    expect([path, await overflow(page)]).toEqual([path, 0]);
  }
  expect(screen.complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
});

test('names from outside are text on every page', async () => {
  const hostile = `<img src=x onerror=alert(1)>"'</td><script>alert(2)</script>{{7*7}}\u202e`;
  fillCity(screen.daemon, { hostile });
  const page = await screen.signIn();
  const paths = [
    '/',
    `/incidents/${incident}`,
    '/alarms',
    '/notices',
    '/tasks',
    '/devices',
    '/subscribers/S-7',
    '/tickets/t.1',
  ];
  for (const path of paths) {
    await page.goto(screen.address + path);
    await page.getByText(/LIVE/).waitFor();
    if (path !== '/devices') await page.getByText('onerror=alert(1)').first().waitFor();
    expect(await page.locator('main img, main script').count()).toBe(0);
  }
  expect(screen.complaints).toEqual([]);
});

test('ten thousand alarms are few rows in the document, and keys walk them', async () => {
  fillCity(screen.daemon, { alarms: 10_000 });
  const page = await screen.signIn({ path: '/alarms' });
  await page.getByText('olt-0105/0/3/').first().waitFor();
  expect(await page.locator('.grid tbody tr').count()).toBeLessThan(80);
  expect(await page.locator('.grid table').getAttribute('aria-rowcount')).toBe('10001');
  for (let i = 0; i < 60; i++) await page.keyboard.press('j');
  const active = page.locator('tr[data-active]');
  await active.waitFor();
  expect(await active.getAttribute('aria-rowindex')).toBe('61');
  await page.keyboard.press('/');
  await page.keyboard.type('3/9999');
  await page.getByText('1 of 10,000').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  expect(await overflow(page)).toBe(0);
});

test('while a row is looked at rows hold still, new ones are counted and wait', async () => {
  fillCity(screen.daemon, { alarms: 5 });
  const page = await screen.signIn({ path: '/alarms' });
  await page.locator('.grid tbody tr').first().hover();
  const now = screen.daemon.ports.world.now();
  screen.daemon.publish({
    kind: 'alarm',
    alarm: anAlarm({
      resource: resourceId('fresh'),
      cause: 'TRAPS_LOST',
      perceivedSeverity: 'critical',
      raisedAt: instant(now),
    }),
  });
  await page.getByRole('button', { name: /1 new row/ }).click();
  await page.getByText('fresh').waitFor();
  const cause = page.getByTitle('Notifications lost: receive buffer full (TRAPS_LOST)');
  const [room, said] = [await cause.boundingBox(), await cause.locator('.said').boundingBox()];
  expect(said!.x + said!.width).toBeLessThanOrEqual(room!.x + room!.width + 1);
  // A font may be up to 3 px taller than its line; a third line would stick out by 15.
  expect(said!.y + said!.height).toBeLessThanOrEqual(room!.y + room!.height + 3);
});

test('a lost stream is the loudest thing on the page, and heals', async () => {
  fillCity(screen.daemon);
  const page = await screen.signIn();
  screen.daemon.endSessions();
  await page.getByText('No live data.').waitFor({ timeout: 20_000 });
  await page.getByText('STALE').waitFor();
  await page.getByText('You are signed out.').waitFor();
  screen.daemon.publish({
    kind: 'incident',
    incident: anIncident('a.1.9', screen.daemon.ports.world.now(), { kind: 'card' }),
  });
  screen.daemon.oneTimeToken = 'again';
  const other = await screen.page();
  await other.goto(`${screen.address}/sign-in/again`);
  await other.getByRole('button').click();
  await page.getByText('LIVE').waitFor({ timeout: 30_000 });
  await page.getByText('Line card fault: feeder-1').waitFor();
});
