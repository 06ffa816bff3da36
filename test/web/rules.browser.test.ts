/** The pages of rules and planned works in a real browser, and the pages' row on a telephone. */
import { expect, test } from 'vitest';
import { hours, instant } from '../../src/base/instant.ts';
import type { RulesJson } from '../../src/edge/http/contract.ts';
import { resourceId } from '../../src/model/ids.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { anIncident } from '../support/front-records.ts';

const screen = consoleInBrowser();

const at = '2026-01-01T12:00:00.000Z';
const rules: RulesJson = {
  version: '4f0a91c2d7e3',
  files: [
    { path: 'rules/correlation.yaml', format: 'correlation/1', own: false },
    { path: 'own/<b>mine</b>.yaml', format: 'correlation/1', own: true },
  ],
  findings: [
    {
      ...{ severity: 'warning', code: 'rule/unreachable', message: 'the condition is always false' },
      ...{ hint: null, place: 'own/mine.yaml:7:5' },
      words: {
        en: { message: 'the condition is always false', hint: null },
        ru: { message: 'условие всегда ложно', hint: 'уберите его' },
      },
    },
  ],
  faults: [
    { kind: 'card', title: { en: 'Line card fault', ru: 'Отказ карты' }, incidents: 0, lastAt: null },
    { kind: 'feeder', title: { en: 'Feeder fibre cut', ru: 'Обрыв волокна' }, incidents: 12, lastAt: at },
  ],
  countedIncidents: 2_000,
  patterns: [
    {
      ...{ id: 'uplink-noise', kind: 'window', own: true, asked: 1_204, matched: 7, lastAt: at },
      title: { en: 'Uplink noise', ru: 'Шум аплинка' },
    },
  ],
  follows: [
    { id: 'f', cause: 'FAN_FAIL', effect: 'HIGH_TEMP', on: 'same', withinSeconds: 1_800, share: 0.5 },
  ],
  versions: [
    { version: 'bbbbbbbbbbbb', at, state: 'inForce' },
    { version: 'aaaaaaaaaaaa', at, state: 'former' },
  ],
  rollsBackTo: 'aaaaaaaaaaaa',
  shadow: {
    ...{ at, since: at, records: 9_000, before: 412, after: 4, same: 3 },
    ...{ appeared: 1, gone: 409, changed: 0 },
  },
};

test('the rules say what they did and cost, what is wrong with them and which stood before; an operator may look only', async () => {
  screen.daemon.rules = rules;
  screen.daemon.automations = [
    {
      ...{
        id: 'nobody-looks',
        on: ['incidentOpened'],
        state: 'stopped',
        limit: { most: 2, perMs: hours(1) },
      },
      ...{ acted: 2, wouldHave: 0, stopped: 5, title: { en: 'Nobody looks', ru: 'Никто не смотрит' } },
    },
  ];
  const page = await screen.signIn({ locale: 'en-GB', path: '/rules' });
  await page.getByRole('row', { name: /Uplink noise.*keeps back.*1,204.*7/ }).waitFor();
  await page.getByText('never acts').waitFor();
  await page.getByText('own/<b>mine</b>.yaml').waitFor();
  await page.getByText('Of 412 incidents').waitFor();
  await page.getByRole('row', { name: /Nobody looks.*incident opened.*stopped by its bound/ }).waitFor();
  // What occurred stands before what never did.
  const faults = page.getByRole('table', { name: 'Kinds of faults' }).getByRole('row');
  expect(await faults.nth(1).textContent()).toContain('Feeder fibre cut');
  expect(await page.getByRole('button', { name: 'Roll back…' }).count()).toBe(0);
  expect(await overflow(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('an administrator reads what a rollback does before it is done, and takes it back', async () => {
  screen.daemon.rules = rules;
  screen.daemon.sessionRole = 'administrator';
  screen.daemon.rollbackOutcome = { kind: 'applied', needsRestart: [], problems: [] };
  const page = await screen.signIn({ locale: 'ru-RU', size: telephone, path: '/rules' });
  await page.getByText('условие всегда ложно (уберите его)').waitFor();
  await page.getByRole('button', { name: 'Откатить…' }).click();
  await page.getByText('Ещё один откат вернёт нынешний набор.').waitFor();
  expect(screen.daemon.recorded).toEqual([]);
  await page.getByRole('button', { name: 'Выполнить' }).click();
  await page.getByText('Действует набор aaaaaaaaaaaa.').waitFor();
  await page.getByRole('button', { name: 'Вернуть' }).click();
  await expect
    .poll(() => screen.daemon.recorded.map(({ action }) => action))
    .toEqual(['rollBackRules', 'rollBackRules']);
  expect(await overflow(page)).toBe(0);
});

test('an incident under announced works says which, when and on what, and leads to them', async () => {
  const now = screen.daemon.ports.world.now();
  const window = { from: instant(now - 600_000), to: instant(now + 3_600_000) };
  const works = { id: 'w-71', title: 'Card change', resources: [resourceId('olt-7')], ...window };
  screen.daemon.works = [
    works,
    { ...works, id: 'w-72', title: undefined, from: window.to, to: instant(now + 9e6) },
  ];
  screen.daemon.publish({
    kind: 'incident',
    incident: anIncident('a.1.7', now, { planned: true, works: 'w-71' }),
  });
  const page = await screen.signIn({ locale: 'en-GB', path: '/incidents/a.1.7' });
  await page.getByText('olt-7').first().waitFor();
  await page.getByRole('link', { name: 'Card change' }).click();
  await page.waitForURL('**/works?q=w-71');
  await page.getByRole('row', { name: /Card change.*running.*Feeder fibre cut/ }).waitFor();
  expect(await page.getByText('w-72').count()).toBe(0);
  expect(await overflow(page)).toBe(0);
});

test('on a telephone no page hides behind a sideways scroll: three stand in the row, the others behind a button', async () => {
  for (const locale of ['ru-RU', 'en-GB']) {
    const page = await screen.signIn({ locale, size: telephone });
    const rail = page.locator('nav.rail');
    expect(await rail.evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBe(0);
    const more = page.getByRole('button', { name: /^(Ещё|More)/ });
    const rules = page.getByRole('link', { name: /^(Правила|Rules)$/ });
    expect(await rules.isVisible()).toBe(false);
    await more.click();
    await rules.click();
    await page.getByRole('heading', { level: 1, name: /^(Правила|Rules)$/ }).waitFor();
    expect(await rules.isVisible()).toBe(false);
    // The button now says where one is.
    await page.getByRole('button', { name: /^(Правила|Rules)/ }).waitFor();
    const box = await page.getByRole('button', { name: /^(Правила|Rules)/ }).boundingBox();
    expect(box!.height).toBeGreaterThanOrEqual(44);
    expect(await overflow(page)).toBe(0);
  }
});
