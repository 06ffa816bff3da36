/** The subscriber's page on a small telephone with script switched off: reads, answers, rates. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { subscriberKey } from '../../src/model/ids.ts';
import { openBrowser, overflow, type TestBrowser } from '../support/browser.ts';
import { aConfirmation, anImpact, anIncident, aTicket, aView } from '../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../support/open-front.ts';

let opened: OpenedFront;
let browser: TestBrowser;
const hour = 3_600_000;
const phone = { width: 320, height: 640 };

beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(async () => {
  await browser.close();
  await opened.close();
});

function putLink(isAsked: boolean): string {
  const now = opened.daemon.ports.world.now();
  const incident = anIncident(
    'i.1',
    now - 2 * hour,
    isAsked ? { state: 'resolved', resolvedAt: instant(now - hour) } : {},
  );
  const etr = {
    from: instant(now + hour),
    to: instant(now + 2 * hour),
    source: 'table',
    revision: 1,
  } as const;
  const confirmation = isAsked ? aConfirmation(incident) : undefined;
  if (confirmation !== undefined) opened.daemon.confirmations.set(confirmation.id, confirmation);
  opened.daemon.links.set('tokentoken1', {
    purpose: 'confirm',
    subscriber: subscriberKey(7),
    expiresAt: instant(now + hour),
    incident: aView(incident, anImpact(incident, 12, etr)),
    ticket: aTicket('a.1.4817223', now),
    confirmation,
    remote: false,
    timeZone: 'Europe/Moscow',
  });
  return `${opened.public}/s/tokentoken1`;
}

test('on 320 px the page says what is broken and until when, in the language of the telephone', async () => {
  browser = await openBrowser({ locale: 'ru-RU', javaScriptEnabled: false });
  const page = await browser.page(phone);
  await page.goto(putLink(false));
  await page.getByText('Нет связи: повреждён кабель').waitFor();
  await page.getByText('Ожидаем восстановление').waitFor();
  expect(await page.getByRole('button', { name: 'Нет, не работает' }).count()).toBe(0);
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByText('No service: a cable is damaged').waitFor();
  expect(browser.complaints).toEqual([]);
});

test('no, then yes, then a mark: each answer says what happens next', async () => {
  browser = await openBrowser({ locale: 'ru-RU', colorScheme: 'dark', javaScriptEnabled: false });
  const page = await browser.page(phone);
  await page.goto(putLink(true));
  for (const button of await page.getByRole('button').all()) {
    expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  }
  await page.getByRole('button', { name: 'Нет, не работает' }).click();
  await page.getByText('Заявка снова открыта').waitFor();
  await page.getByRole('button', { name: 'Уже работает' }).click();
  await page.getByText('Спасибо! Записали').waitFor();
  await page.getByRole('radio', { name: '10', exact: true }).check();
  await page.getByRole('combobox').selectOption('network');
  await page.getByRole('textbox', { name: 'Хотите добавить?' }).fill('Быстро починили');
  await page.getByRole('button', { name: 'Отправить', exact: true }).click();
  await page.getByText('Ваша оценка: 10').waitFor();
  expect(opened.daemon.inputs.length).toBe(3);
  expect(browser.complaints).toEqual([]);
});

test('nothing sticks out sideways at 320 px, asked or not, in either language', async () => {
  browser = await openBrowser();
  const page = await browser.page(phone);
  for (const isAsked of [false, true]) {
    for (const language of ['ru', 'en']) {
      await page.goto(`${putLink(isAsked)}?lang=${language}`);
      expect([isAsked, language, await overflow(page)]).toEqual([isAsked, language, 0]);
    }
  }
  await page.goto(`${opened.public}/s/nothing-at-all`);
  await page.getByText('This link does not work').waitFor();
});
