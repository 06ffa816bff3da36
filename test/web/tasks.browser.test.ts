/** The page of tasks in a real browser: what automations ask for, and a draft that a person sends. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { instant, minutes } from '../../src/base/instant.ts';
import type { TaskId } from '../../src/model/ids.ts';
import type { Task } from '../../src/model/task.ts';
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
beforeEach(async () => {
  opened = await openTestFront({ pages });
});
afterEach(async () => {
  await browser.close();
  await opened.close();
});

test('an errand and a draft show their words as text; the draft asks once more before it leaves', async () => {
  const now = opened.daemon.ports.world.now();
  const asked = (id: string, kind: Task['kind'], en: string): void => {
    const task: Task = {
      ...{ id: id as TaskId, kind, state: 'accepted', skill: 'lead', why: [] },
      ...{ createdAt: now, dueAt: instant(now + minutes(5)), automation: 'long-outage' },
      words: { en, ru: 'Мы работаем' },
    };
    opened.daemon.tasks.set(id, { task });
  };
  asked('l.1.8', 'errand', 'Look at <img src=x onerror=alert(1)>');
  asked('l.1.9', 'draft', 'We are at it');
  browser = await openBrowser({ locale: 'en-GB' });
  opened.daemon.oneTimeToken = 'one-time';
  const page = await browser.page({ width: 390, height: 844 });
  await page.goto(`${opened.console}/sign-in/one-time`);
  await page.getByRole('button').click();
  await page.getByText('LIVE').waitFor();
  await page.goto(`${opened.console}/tasks`);
  await page.getByText('Look at <img src=x onerror=alert(1)>').waitFor();
  expect(await overflow(page)).toBe(0);
  const send = page.getByRole('button', { name: 'Send', exact: true });
  // The test's browser says no to whatever it is asked.
  await send.click();
  expect(browser.complaints).toEqual([
    'dialog Send this text to all subscribers who were told of the incident?',
  ]);
  expect(opened.daemon.inputs).toEqual([]);
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await send.click();
  // The line did not send it: nobody was told of the incident.
  await page.getByText(/second person/).waitFor();
  expect(opened.daemon.inputs).toMatchObject([{ command: { kind: 'sendDraft', task: 'l.1.9' } }]);
});
