/** The lists and the alarm load in a real browser: on a telephone, in a storm, under the hand, with notes and shelves. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { resourceId } from '../../src/model/ids.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { fillCity } from '../support/demo-city.ts';
import { anAlarm, anIncident } from '../support/front-records.ts';

const screen = consoleInBrowser();

/** Of the page and of everything in it that could be pushed sideways. */
const sideways = async (page: Page): Promise<number> =>
  (await overflow(page)) +
  (await page
    .locator('main .scroll, main .grid')
    .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length));

const longName = `feeder ${'Юго-Западная-магистраль/'.repeat(6)}KL-118`;

function publish(count: number, name = (n: number) => `feeder ${n}`): void {
  const now = screen.daemon.ports.world.now();
  for (let n = 0; n < count; n++) {
    const incident = anIncident(`a.1.${n}`, now - n * 1_000, { root: resourceId(name(n)) });
    screen.daemon.publish({ kind: 'incident', incident });
  }
}

test('a hundred incidents with long names do not scroll sideways on a telephone, in either language', async () => {
  publish(100, (n) => `${longName} ${n}`);
  const page = await screen.signIn({ locale: 'ru-RU', size: telephone });
  await page.getByText(`${longName} 7`, { exact: false }).first().waitFor();
  expect(await page.locator('tr.incidentrow').count()).toBe(100);
  expect(await sideways(page)).toBe(0);
  await page.getByRole('button', { name: /^Ещё/ }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText('Feeder fibre cut').first().waitFor();
  expect(await sideways(page)).toBe(0);
  await page.locator('a.open').nth(3).click();
  await page.getByRole('heading', { name: /Probable cause/ }).waitFor();
  expect(await sideways(page)).toBe(0);
});

test('no incident jumps under the hand: what comes waits, what goes stays and is crossed out', async () => {
  publish(3);
  const page = await screen.signIn();
  const rows = page.locator('tr.incidentrow a.open');
  await rows.nth(2).hover();
  const before = await rows.allInnerTexts();
  const now = screen.daemon.ports.world.now();
  const held = screen.daemon.incidents.get('a.1.1')!.incident;
  screen.daemon.publish(
    { kind: 'incident', incident: anIncident('a.1.99', now, { root: resourceId('fresh') }) },
    { kind: 'incident', incident: { ...held, state: 'closed', closedAt: now } },
  );
  await page.getByRole('button', { name: /1 new row/ }).waitFor();
  await page.locator('tr.gone').waitFor();
  expect(await rows.allInnerTexts()).toEqual(before);
  await page.keyboard.press('N');
  await page.getByText('Feeder fibre cut: fresh').waitFor();
  expect(await page.locator('tr.gone').count()).toBe(0);
});

test('what needs nobody is counted and hidden until it is asked for', async () => {
  publish(1);
  const quiet = anIncident('a.1.50', screen.daemon.ports.world.now(), {
    root: resourceId('lamp'),
    actionable: false,
  });
  screen.daemon.publish({ kind: 'incident', incident: quiet });
  const page = await screen.signIn();
  await page.getByText('Feeder fibre cut: feeder 0').waitFor();
  expect(await page.getByText('Feeder fibre cut: lamp').count()).toBe(0);
  await page.getByRole('button', { name: '1 more that needs nobody' }).click();
  await page.getByText('Feeder fibre cut: lamp').waitFor();
});

test('a storm of ten thousand alarms on a telephone is few rows, each with its buttons, and walks by finger', async () => {
  fillCity(screen.daemon, { alarms: 10_000 });
  const page = await screen.signIn({ locale: 'ru-RU', size: telephone, path: '/alarms' });
  await page.getByText('olt-0105/0/3/').first().waitFor();
  expect(await page.locator('.grid tbody tr').count()).toBeLessThan(60);
  expect(await sideways(page)).toBe(0);
  const row = page.locator('.grid tbody tr[data-key]').first();
  const [frame, button] = [
    await row.boundingBox(),
    await row.getByRole('button', { name: 'Заметка' }).boundingBox(),
  ];
  expect(button!.y + button!.height).toBeLessThanOrEqual(frame!.y + frame!.height + 1);
  await page.locator('.grid').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
  await page.locator('tr[aria-rowindex="10001"]').waitFor();
});

test('an alarm is taken, shelved until it clears and noted by keys; the shelf hides it and gives it back', async () => {
  fillCity(screen.daemon, { alarms: 3 });
  const page = await screen.signIn({ path: '/alarms' });
  await page.getByText('olt-0105/0/3/1').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Note' }).fill('Crew called at three');
  await page.getByRole('button', { name: 'Write' }).click();
  await page.getByRole('dialog').getByText('Crew called at three').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Note (1)' }).waitFor();
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Until it clears' }).click();
  await page.getByText('olt-0105/0/3/1 LOS shelved').waitFor();
  expect(screen.daemon.inputs.at(-1)).toMatchObject({
    command: { kind: 'shelveAlarm', untilCleared: true },
  });
  await page.getByRole('button', { name: '1 shelved' }).click();
  await page.getByText(/shelved until it clears/).waitFor();
  await page.keyboard.press('z');
  await page.getByText('Taken back.').waitFor();
  await page
    .getByText(/^No raised alarm|^0 shelved/)
    .first()
    .waitFor();
  expect(screen.complaints).toEqual([]);
});

test('no button of an alarm is cut off on a usual screen, in the longer language', async () => {
  fillCity(screen.daemon, { alarms: 12 });
  const page = await screen.signIn({ locale: 'ru-RU', path: '/alarms' });
  await page.getByRole('button', { name: 'Заметка' }).first().waitFor();
  const cut = await page
    .locator('.grid td.actionscolumn')
    .evaluateAll((cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length);
  expect(cut).toBe(0);
});

test('an alarm in no incident is moved to one with m, with words of what will happen', async () => {
  fillCity(screen.daemon, { alarms: 2 });
  const page = await screen.signIn({ path: '/alarms?q=3/1' });
  await page.getByText('1 of 2').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('m');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /feeder KL-118/ })
    .click();
  await page.getByText('The alarm, now in no incident, goes to a.1.2041.').waitFor();
  await page.keyboard.press('Escape');
  expect(screen.daemon.inputs).toEqual([]);
});

test('the alarm load stands beside its targets, as figures, chart and table, and names what to tune', async () => {
  const { daemon } = screen;
  const now = daemon.ports.world.now();
  for (let n = 0; n < 14; n++) {
    const at = instant(now - 30 * 60_000 + n);
    const incident = anIncident(`a.1.${n}`, at, {
      history: [{ at, event: 'decide' }],
      root: resourceId(n < 9 ? longName : `f-${n}`),
    });
    const alarm = anAlarm({
      resource: resourceId(`ont-${n}`),
      cause: 'LOS',
      raisedAt: at,
      incident: incident.id,
    });
    daemon.measure.take(
      [
        { kind: 'incident', incident },
        { kind: 'alarm', alarm },
      ],
      at,
    );
  }
  const page = await screen.signIn();
  await page.getByRole('link', { name: 'Alarm load' }).click();
  const figures = page.getByRole('table', { name: 'Figure' }).getByRole('row');
  const row = async (name: string): Promise<string> => figures.filter({ hasText: name }).innerText();
  expect(await row('Most in 10 minutes')).toMatch(/14[\s\S]*at most 10[\s\S]*! over/);
  expect(await row('Standing longer than 24 hours')).toMatch(/0[\s\S]*less than 5[\s\S]*✓ ok/);
  expect(await row('Share of the ten most frequent')).toMatch(/100\s%[\s\S]*too little yet/);
  await page.getByText('As a table').click();
  await page.getByRole('cell', { name: 'flood' }).first().waitFor();
  await page.getByRole('link', { name: /Feeder fibre cut: feeder/ }).waitFor();
  expect(await overflow(page)).toBe(0);
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByText('Больше всего за 10 минут').first().waitFor();
  await page.setViewportSize(telephone);
  expect(await sideways(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('a page whose figures cannot be loaded says so and tries again on demand', async () => {
  const page = await screen.signIn();
  await page.route('**/api/v1/alarm-load', (route) => route.abort());
  await page.getByRole('link', { name: 'Alarm load' }).click();
  await page.getByText('This could not be loaded.').waitFor();
  await page.unroute('**/api/v1/alarm-load');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Nothing was shown yet').waitFor();
});
