import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { resourceId } from '../../src/model/ids.ts';
import { openBrowser } from '../support/browser.ts';
import { buildPages } from '../support/built-pages.ts';
import { fillCity } from '../support/demo-city.ts';
import { anAlarm } from '../support/front-records.ts';
import { openTestFront } from '../support/open-front.ts';

test('shots', async () => {
  const pages = await buildPages();
  const opened = await openTestFront({ pages, demo: { holdMs: 5_000, stableForMs: 10_000, remindAfterMs: 30_000 } });
  fillCity(opened.daemon, { alarms: 40 });
  for (const [locale, colorScheme] of [['ru-RU', 'dark'], ['en-GB', 'light']] as const) {
    const browser = await openBrowser({ locale, colorScheme });
    opened.daemon.oneTimeToken = 'o';
    const page = await browser.page();
    await page.goto(`${opened.console}/sign-in/o`);
    await page.screenshot({ path: `/tmp/shots/signin-${locale}.png` });
    await page.getByRole('button').click();
    await page.getByText(/LIVE|СВЯЗЬ/).waitFor();
    for (const [name, path] of [['incidents', '/'], ['incident', '/incidents/a.1.2041'], ['alarms', '/alarms'], ['tasks', '/tasks'], ['ticket', '/tickets/t.1'], ['device', '/devices'], ['subscriber', '/subscribers/S-7'], ['notices', '/notices']] as const) {
      await page.goto(opened.console + path);
      await page.getByText(/LIVE|СВЯЗЬ/).waitFor();
      await page.waitForTimeout(400);
      await page.screenshot({ path: `/tmp/shots/${name}-${locale}.png` });
    }
    if (locale === 'en-GB') {
      await page.goto(`${opened.console}/alarms`);
      await page.locator('.grid tbody tr').nth(2).hover();
      opened.daemon.publish({ kind: 'alarm', alarm: anAlarm({ resource: resourceId('fresh'), cause: 'LOS', perceivedSeverity: 'critical', raisedAt: instant(Date.now()) }) });
      await page.waitForTimeout(600);
      await page.screenshot({ path: `/tmp/shots/hold.png` });
    }
    console.log(browser.complaints);
    await browser.close();
  }
  const { aConfirmation, aTicket, aView, anImpact, anIncident } = await import('../support/front-records.ts');
  const { subscriberKey } = await import('../../src/model/ids.ts');
  const now = Date.now(); const hour = 3_600_000;
  for (const [name, asked] of [['open', false], ['asked', true]] as const) {
    const incident = anIncident('i.1', now - 2 * hour, asked ? { state: 'resolved', resolvedAt: instant(now - hour) } : {});
    const etr = { from: instant(now + hour/2), to: instant(now + hour), source: 'table', revision: 2 } as const;
    const confirmation = asked ? aConfirmation(incident) : undefined;
    if (confirmation) opened.daemon.confirmations.set(confirmation.id, confirmation);
    opened.daemon.links.set('tokentoken' + name, { purpose: 'confirm', subscriber: subscriberKey(7), expiresAt: instant(now + hour), incident: aView(incident, anImpact(incident, 12, etr)), ticket: aTicket('a.1.4817223', now), confirmation, remote: false, timeZone: 'Europe/Moscow' });
    for (const [locale, colorScheme] of [['ru-RU', 'dark'], ['en-GB', 'light']] as const) {
      const browser = await openBrowser({ locale, colorScheme, javaScriptEnabled: false });
      const page = await browser.page({ width: 320, height: 640 });
      await page.goto(opened.public + '/s/tokentoken' + name);
      await page.screenshot({ path: `/tmp/shots/public-${name}-${locale}.png`, fullPage: true });
      if (asked && locale === 'en-GB') {
        await page.getByRole('button', { name: 'Call me' }).click();
        await page.screenshot({ path: `/tmp/shots/public-call.png`, fullPage: true });
        await page.getByRole('button', { name: 'It works now' }).click();
        await page.screenshot({ path: `/tmp/shots/public-rate.png`, fullPage: true });
      }
      await browser.close();
    }
  }
  await opened.close();
  await pages.remove();
  expect(1).toBe(1);
});
