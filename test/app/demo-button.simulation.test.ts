/** The first thing a visitor does: signs in to a quiet demo, presses "Cut a fibre" and sees the incident come by itself. */
import { afterEach, expect, test } from 'vitest';
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { endAllDaemons, folderWith, removeFolders, startDaemon } from '../support/daemon.ts';

let browser: TestBrowser | undefined;
afterEach(async () => {
  await browser?.close();
  await endAllDaemons();
  await removeFolders();
});

const anyPort = ['--http', '--public', '--traps', '--syslog'].flatMap((flag) => [flag, '127.0.0.1:0']);
const patience = { timeout: 300_000 };

test('the button of the empty list cuts a fibre of the demo city, and the incident that follows opens with its cause', async () => {
  const daemon = startDaemon({
    folder: await folderWith(),
    args: ['demo', '--play', 'none', '--households', '200', ...anyPort],
  });
  const { signIn, http } = await daemon.ready;
  browser = await openBrowser();
  const page = await browser.page();
  await page.goto(signIn);
  await page.getByRole('button').click();
  await page.getByText('No open incident.').waitFor(patience);
  const rows = page.locator('a[href^="/incidents/"]');
  expect(await rows.count()).toBe(0);
  await page.getByRole('button', { name: 'Cut a fibre' }).click();
  await rows.first().waitFor(patience);
  expect(await page.getByText('No open incident.').count()).toBe(0);
  const [incident] = await daemon.api.list<IncidentJson>('/incidents?state=open');
  expect(incident?.subscribers).toBeGreaterThan(0);
  await rows.first().click();
  await page.waitForURL(`${http}/incidents/*`);
  await page.getByText(incident!.root!).first().waitFor(patience);
  expect(await daemon.api.list('/alarms?state=raised')).not.toHaveLength(0);
  expect(browser.complaints).toEqual([]);
});
