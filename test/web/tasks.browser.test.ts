/** The page of tasks in a real browser: what automations ask for, and a draft that a person sends. */
import { expect, test } from 'vitest';
import { instant, minutes } from '../../src/base/instant.ts';
import type { TaskId } from '../../src/model/ids.ts';
import type { Task } from '../../src/model/task.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';

const screen = consoleInBrowser();

test('an errand and a draft show their words as text; the draft asks once more before it leaves', async () => {
  const now = screen.daemon.ports.world.now();
  const asked = (id: string, kind: Task['kind'], en: string): void => {
    const task: Task = {
      ...{ id: id as TaskId, kind, state: 'accepted', skill: 'lead', why: [] },
      ...{ createdAt: now, dueAt: instant(now + minutes(5)), automation: 'long-outage' },
      words: { en, ru: 'Мы работаем' },
    };
    screen.daemon.tasks.set(id, { task });
  };
  asked('l.1.8', 'errand', 'Look at <img src=x onerror=alert(1)>');
  asked('l.1.9', 'draft', 'We are at it');
  const page = await screen.signIn({ size: telephone, path: '/tasks' });
  await page.getByText('Look at <img src=x onerror=alert(1)>').waitFor();
  expect(await overflow(page)).toBe(0);
  const send = page.getByRole('button', { name: 'Send', exact: true });
  // The test's browser says no to whatever it is asked.
  await send.click();
  expect(screen.complaints).toEqual([
    'dialog Send this text to all subscribers who were told of the incident?',
  ]);
  expect(screen.daemon.inputs).toEqual([]);
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await send.click();
  // The line did not send it: nobody was told of the incident.
  await page.getByText(/second person/).waitFor();
  expect(screen.daemon.inputs).toMatchObject([{ command: { kind: 'sendDraft', task: 'l.1.9' } }]);
});
