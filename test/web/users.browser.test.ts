/** People and keys in a real browser over a real book: added, a link and a secret seen once, blocked, revoked, and nobody locked out. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountPorts } from '../../src/app/center/staff.ts';
import type { Book } from '../../src/edge/book/book.ts';
import type { Front } from '../../src/edge/http/front.ts';
import { bookIn } from '../edge/book/book-fixture.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { realWorld } from '../support/real-world.ts';

let folder: string;
let book: Book;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-users-'));
  book = await bookIn(folder, realWorld());
});
const staff = () =>
  accountPorts({
    ...{ book, world: realWorld(), bootstrapTokens: [], onChange: async () => undefined },
    front: () => ({ http: { host: '127.0.0.1', port: 1 } }) as Front,
  }).staff;
const screen = consoleInBrowser({
  ports: {
    get staff() {
      return staff();
    },
  },
});
afterEach(async () => {
  await book.close();
  await rm(folder, { recursive: true, force: true });
});

const asAdministrator = (options: Parameters<typeof screen.signIn>[0] = {}): Promise<Page> => {
  screen.daemon.sessionRole = 'administrator';
  return screen.signIn({ path: '/users', ...options });
};

test('a person is added with a link that is shown once, gets another role, is blocked and let in again', async () => {
  const page = await asAdministrator();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill('ann');
  await form.getByLabel('Role').selectOption('administrator');
  await form.getByRole('button', { name: 'Add' }).click();
  const link = page.getByRole('textbox', { name: 'Sign-in link for ann' });
  expect(await link.inputValue()).toMatch(/\/sign-in\/[\w-]{40,}$/);
  await page.getByRole('button', { name: 'I have it' }).click();
  expect(await link.count()).toBe(0);
  expect(await page.content()).not.toContain('/sign-in/');

  await form.getByLabel('Name').fill('oleg');
  await form.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByLabel('Role: oleg').selectOption('viewer');
  await expect
    .poll(async () => (await book.users()).find(({ name }) => name === 'oleg')?.role)
    .toBe('viewer');
  page.removeAllListeners('dialog');
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog.accept();
  });
  const row = page.locator('tr[data-key="oleg"]');
  await row.getByRole('button', { name: 'Block' }).click();
  await row.getByText('blocked').waitFor();
  await row.getByRole('button', { name: 'Let in again' }).click();
  await row.getByText('active').waitFor();
  expect(asked).toEqual(['Block oleg? They are signed out everywhere at once.']);
  // Somebody must be left who may do this.
  await page.getByLabel('Role: ann').selectOption('viewer');
  await page
    .getByRole('alert')
    .getByText(/last administrator/)
    .waitFor();
  expect(await page.getByLabel('Role: ann').inputValue()).toBe('administrator');
});

test('the secret of a key is shown once, on a telephone too, and a revoked key is gone', async () => {
  const page = await asAdministrator({ locale: 'ru-RU', size: telephone });
  const form = page.getByRole('form', { name: 'Создать ключ' });
  await form.getByLabel('Имя').fill('grafana');
  await form.getByLabel('Действует дней').fill('30');
  await form.getByRole('button', { name: 'Создать ключ' }).click();
  const secret = await page.getByRole('textbox', { name: 'Ключ grafana' }).inputValue();
  expect(secret.length).toBeGreaterThan(40);
  expect(await overflow(page)).toBe(0);
  await page.reload();
  await page.locator('tr[data-key="grafana"]').waitFor();
  expect(await page.content()).not.toContain(secret);
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Отозвать' }).click();
  await page.getByText('Ключей у программ нет.').waitFor();
  expect(await book.keys()).toEqual([]);
  expect(screen.complaints).toEqual([]);
});

test('a name that cannot be is refused with the reason, and whoever is no administrator sees nobody', async () => {
  let page = await asAdministrator();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill('administrator');
  await form.getByRole('button', { name: 'Add' }).click();
  await page
    .getByRole('alert')
    .getByText(/a name that the daemon uses itself/)
    .waitFor();
  expect(await book.users()).toEqual([]);
  screen.daemon.sessionRole = 'operator';
  page = await screen.signIn({ path: '/users' });
  await page.getByText('Only an administrator may see').waitFor();
  expect(await page.getByRole('link', { name: 'People and keys' }).count()).toBe(0);
});
