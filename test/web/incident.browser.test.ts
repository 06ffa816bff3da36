/** The page of an incident in a real browser: why, until when, what changed; and operators' word on what belongs together. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { instant, minutes, seconds } from '../../src/base/instant.ts';
import { type AlarmId, alarmId, resourceId } from '../../src/model/ids.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { fillCity } from '../support/demo-city.ts';
import { anImpact, anIncident, aView } from '../support/front-records.ts';
import { openLine, openLineThatHears } from '../support/obeying-line.ts';
import { terminals } from '../support/small-city.ts';

const screen = consoleInBrowser();

const branch = terminals('1-1-1');
const stranger = 'ont-2-1-1-1';
const losOf = (terminal: string): AlarmId => alarmId(resourceId(terminal), 'LOS', undefined);
const homeOf = (terminal: string) => screen.daemon.alarms.get(losOf(terminal))?.incident;
const incidentAt = (root: string) =>
  [...screen.daemon.incidents.values()].findLast(({ incident }) => incident.root === root)!.incident;

/** The page of the cut splitter; `stranger` went dark by itself elsewhere. */
async function openBranch(options: Parameters<typeof screen.signIn>[0] = {}): Promise<Page> {
  openLine(screen.daemon, [branch, [stranger]]);
  const page = await screen.signIn(options);
  await page.goto(`${screen.address}/incidents/${incidentAt('s1-1-1').id}`);
  await rowOf(page, branch[0]!).waitFor();
  return page;
}

const rowOf = (page: Page, resource: string) =>
  page.locator('tr[data-key]:not(.gone)').filter({ has: page.getByText(resource, { exact: true }) });

test('causes that nothing tells apart are one line; who works and who is silent speaks against it', async () => {
  fillCity(screen.daemon);
  const page = await screen.signIn({ path: '/incidents/a.1.2041' });
  const causes = page.getByRole('list', { name: 'candidates' }).getByRole('listitem');
  expect(await causes.nth(0).innerText()).toMatch(
    /feeder KL-118[\s\S]*or splitter S-7[\s\S]*nothing that reports tells them apart[\s\S]*84\s%/,
  );
  expect(await causes.nth(1).innerText()).toMatch(/olt-0105\/card-3 Line card fault[\s\S]*9\s%/);
  for (const text of [
    '52 terminals below',
    '3 terminals below it work, although the cause would have taken them',
    '7 terminals below it have said nothing yet',
    'olt-0105/pon-0/3, olt-0105/pon-0/4',
    'no answer yet',
    'was olt-0105/card-3 Line card fault 61',
    'took out',
    'no repair yet to judge it by',
  ]) {
    await page.getByText(text).first().waitFor();
  }
  await page.getByText('Why these alarms are one incident').click();
  await page.getByText('rule set 4f0a91c2d7e3 · topology version 12').waitFor();
  await page.getByText('lost power (last word)').first().waitFor();
  expect(screen.complaints).toEqual([]);
});

test('what would make another cause the likelier is said in numbers, and who spoke after the verdict', async () => {
  const beside = terminals('1-1-2').slice(0, 2);
  openLineThatHears(screen.daemon, (run) => {
    run.observe('raise', [...branch.slice(0, 5), ...beside], { cause: 'LOS' });
    run.pass(minutes(1));
    run.observe('raise', branch.slice(5, 7), { cause: 'LOS' });
  });
  const { id, explanation } = incidentAt('s1-1');
  expect(explanation).toMatchObject({ spokenSince: 2, change: { length: 3 } });
  const page = await screen.signIn({ path: `/incidents/${id}` });
  const changes = page.locator('.change li');
  await expect
    .poll(() => changes.allInnerTexts())
    .toEqual([
      expect.stringMatching(
        /^s1-1-1 .*– if 3 silent terminals below s1-1, outside s1-1-1, prove to work\s*$/,
      ),
      expect.stringMatching(/^b-1-1-1 .*– if 2 terminals more go down below it, outside s1-1\s*$/),
      expect.stringMatching(/^duct-1 .*– if 3 terminals more go down below it, outside s1-1\s*$/),
    ]);
  await page.getByText('2 of those who spoke did so after the cause was stated.').waitFor();
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByText(/если 3 молчащих терминала ниже s1-1, вне s1-1-1, окажутся рабочими/).waitFor();
  expect(screen.complaints).toEqual([]);
});

test('a link names the end that did not tell of it and what would make it more than a link', async () => {
  openLineThatHears(screen.daemon, (run) =>
    run.observe('raise', ['l-34'], { cause: 'LINK_DOWN', by: resourceId('agg-4') }),
  );
  const path = `/incidents/${incidentAt('l-34').id}`;
  const page = await screen.signIn({ path, size: telephone });
  await page.getByText(/1 does not bear it out, .*: agg-3/).waitFor();
  await page
    .getByRole('listitem')
    .filter({ hasText: /^agg-3.*if it falls silent itself/ })
    .waitFor();
  await page.getByText('Redundancy lost').waitFor();
  expect(await overflow(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('a root that the topology in force calls otherwise keeps its name, with a hint', async () => {
  openLineThatHears(screen.daemon, (run) => {
    run.observe('raise', branch, { cause: 'LOS' }).pass(minutes(1));
    run.put({ kind: 'topologyVersion', version: 2, topology: 'renamed', subscribers: 'all' });
  });
  const path = `/incidents/${incidentAt('s1-1-1').id}`;
  for (const [locale, hint] of [
    ['en-GB', 'In the topology in force s1-1-1 is called splitter-111.'],
    ['ru-RU', 'В действующей топологии s1-1-1 называется splitter-111.'],
  ] as const) {
    const page = await screen.signIn({ path, locale, size: telephone });
    await page.getByRole('heading', { name: /s1-1-1/ }).waitFor();
    await page.getByText(hint).waitFor();
    expect(await overflow(page)).toBe(0);
    expect(screen.complaints).toEqual([]);
  }
});

test('alarms that followed from each other are told one after the other', async () => {
  openLineThatHears(screen.daemon, (run) => {
    run.observe('raise', ['agg-2'], { cause: 'FAN_FAIL' }).pass(seconds(3));
    run.observe('raise', ['agg-2'], { cause: 'HIGH_TEMP' });
  });
  const page = await screen.signIn({ path: `/incidents/${incidentAt('agg-2').id}`, locale: 'ru-RU' });
  await page.getByText('Почему эти аварии').click();
  await page.getByText(/agg-2 .* – через 3\sс после agg-2~FAN_FAIL \(\d+\s%\)/).waitFor();
  expect(screen.complaints).toEqual([]);
});

test('the same page in Russian on a telephone has nothing that sticks out sideways', async () => {
  fillCity(screen.daemon);
  const page = await screen.signIn({ locale: 'ru-RU', size: telephone, path: '/incidents/a.1.2041' });
  await page.getByText('сигналы оборудования их не различают').waitFor();
  await page.getByText('7 терминалов ниже ещё ничего не сообщили').waitFor();
  expect(await overflow(page)).toBe(0);
  const scrollers = await page
    .locator('.panel .scroll')
    .evaluateAll(
      (all) =>
        all.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.querySelector('.stacked')).length,
    );
  expect(scrollers).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('an alarm that does not belong is said to leave, leaves, and comes back with z', async () => {
  const page = await openBranch();
  const [first] = branch as [string];
  const { id } = incidentAt('s1-1-1');
  await rowOf(page, first).getByRole('button', { name: 'Not this' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`1 alarm leaves ${id}.`).waitFor();
  await dialog.getByText('It becomes an incident of its own; its cause is open.').waitFor();
  await dialog.getByText(`${branch.length - 1} alarms stay, the cause stays.`).waitFor();
  expect(homeOf(first)).toBe(id);
  await page.keyboard.press('Enter');
  await page.getByText(/1 alarm taken out, new incident/).waitFor();
  expect(homeOf(first)).not.toBe(id);
  await rowOf(page, first).waitFor({ state: 'detached' });
  await page.getByText('took out').first().waitFor();
  await page.keyboard.press('z');
  await page.getByText('Taken back.').waitFor();
  expect(homeOf(first)).toBe(id);
  await rowOf(page, first).waitFor();
  expect(screen.complaints).toEqual([]);
});

test('by keys alone: rows are walked, marked with x, taken out together with Shift+M, and taken back', async () => {
  const page = await openBranch({ locale: 'ru-RU' });
  const { id } = incidentAt('s1-1-1');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('выбрано 2 аварии').waitFor();
  await page.keyboard.press('Shift+M');
  await page.getByText(`Из ${id} уйдут 2 аварии.`).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(branch.every((terminal) => homeOf(terminal) === id)).toBe(true);
  await page.keyboard.press('Shift+M');
  await page.getByRole('button', { name: 'Выполнить' }).click();
  await page.getByText(/убрано 2 аварии, новый инцидент/).waitFor();
  expect(branch.filter((terminal) => homeOf(terminal) !== id)).toHaveLength(2);
  await page.getByRole('button', { name: /Вернуть z/ }).click();
  await page.getByText('Возвращено.').waitFor();
  expect(branch.every((terminal) => homeOf(terminal) === id)).toBe(true);
  expect(screen.complaints).toEqual([]);
});

test('an incident cannot be emptied: the dialog says so and offers nothing to do', async () => {
  const page = await openBranch();
  for (const box of await page.locator('input.pick').all()) await box.check();
  await page.keyboard.press('Shift+M');
  await page.getByText('These are all its alarms').waitFor();
  expect(await page.getByRole('button', { name: 'Do it' }).count()).toBe(0);
});

test('an alarm from elsewhere is found by words and put here; its old home comes to an end and undo parts them', async () => {
  const page = await openBranch();
  const { id } = incidentAt('s1-1-1');
  const before = homeOf(stranger);
  await page.getByRole('button', { name: 'Belongs here…' }).click();
  await page.getByRole('searchbox', { name: /Find a raised alarm/ }).fill('2-1-1-1');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: new RegExp(stranger) })
    .click();
  await page.getByText(`The alarm goes from ${before} to ${id}.`).waitFor();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByText(`alarm put into ${id}`).waitFor();
  expect(homeOf(stranger)).toBe(id);
  await page.getByRole('button', { name: /Undo/ }).click();
  await page.getByText('Taken back.').waitFor();
  expect(homeOf(stranger)).not.toBe(id);
  expect(screen.complaints).toEqual([]);
});

test('two incidents become one, and undo takes the alarms out again', async () => {
  const page = await openBranch();
  const { id } = incidentAt('s1-1-1');
  await page.keyboard.press('m');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: new RegExp(stranger) })
    .click();
  await page.getByText(`${id} is closed as merged.`).waitFor();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByText(`${id} merged into`).waitFor();
  expect(homeOf(branch[0]!)).toBe(homeOf(stranger));
  await page.getByText('Merged into').first().waitFor();
  await page.keyboard.press('z');
  await page.getByText('Taken back.').waitFor();
  expect(homeOf(branch[0]!)).not.toBe(homeOf(stranger));
  expect(screen.complaints).toEqual([]);
});

test('what the server refuses is said in the dialog, and nothing else happens', async () => {
  const page = await openBranch();
  await rowOf(page, branch[0]!).getByRole('button', { name: 'Not this' }).click();
  screen.daemon.refuses = true;
  await page.getByRole('button', { name: 'Do it' }).click();
  await page
    .getByRole('dialog')
    .getByText(/Not done:/)
    .waitFor();
  expect(homeOf(branch[0]!)).toBe(incidentAt('s1-1-1').id);
});

test('who came and who went is told revision by revision, the newest first, and what each service lost', async () => {
  const { daemon } = screen;
  const now = daemon.ports.world.now();
  const incident = anIncident('i.9', now);
  const revisions = Array.from({ length: 8 }, (_, n) => ({
    ...{ revision: 8 - n, at: instant(now - n * 60_000), subscribers: 1_200 - n * 10 },
    ...{ joined: n === 7 ? 1_130 : 12, left: n === 7 ? 0 : 2 },
  }));
  const losses = [{ service: 'internet', affected: 1_200, minutes: 18_400.4 }];
  daemon.incidents.set('i.9', { ...aView(incident, anImpact(incident, 1_200)), revisions, losses });
  daemon.publish({ kind: 'incident', incident });
  const page = await screen.signIn({ size: telephone, path: '/incidents/i.9' });
  const table = page.getByRole('table', { name: 'How it changed' });
  const rows = table.locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(5);
  expect((await rows.first().innerText()).split(/\s+/).slice(-3)).toEqual(['+12', '−2', '1,200']);
  await page.locator('p.more', { hasText: '5 of 8' }).getByRole('button').click();
  await expect.poll(() => rows.count()).toBe(8);
  expect((await rows.last().innerText()).split(/\s+/).slice(-3)).toEqual(['+1,130', '–', '1,130']);
  const lost = await page.getByRole('table', { name: 'Minutes lost' }).locator('tbody tr').innerText();
  expect(lost.split(/\s+/)).toEqual(['internet', '1,200', '18,400']);
  expect(await overflow(page)).toBe(0);
});

test('how many are proved, inferred or only suspected stands where the number of those touched does', async () => {
  const { daemon } = screen;
  const incident = anIncident('i.10', daemon.ports.world.now());
  const levels = { proved: 412, inferred: 788, suspected: 0 };
  daemon.incidents.set('i.10', { ...aView(incident, anImpact(incident, 1_200)), levels });
  const page = await screen.signIn({ path: '/incidents/i.10' });
  const told = async (name: string) =>
    (await page.getByRole('list', { name }).getByRole('listitem').allInnerTexts()).map((text) =>
      text.replace(/\s+/g, ' '),
    );
  await page.getByRole('list', { name: 'How sure it is' }).waitFor();
  expect(await told('How sure it is')).toEqual([
    'their own line or terminal says so 412',
    'by what they are connected to 788',
    'only people say so 0',
  ]);
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByRole('list', { name: 'Насколько это точно' }).waitFor();
  expect(await told('Насколько это точно')).toEqual([
    'говорит их линия или терминал 412',
    'по тому, к чему подключены 788',
    'только со слов людей 0',
  ]);
  await page.setViewportSize(telephone);
  expect(await overflow(page)).toBe(0);
  // The number may be newer than its parts: those that do not add up to it are not shown.
  daemon.incidents.set('i.10', { ...aView(incident, anImpact(incident, 1_300)), levels });
  await page.reload();
  await page.getByRole('heading', { name: /1.300/ }).waitFor();
  expect(await page.getByRole('list', { name: 'Насколько это точно' }).count()).toBe(0);
  expect(screen.complaints).toEqual([]);
});
