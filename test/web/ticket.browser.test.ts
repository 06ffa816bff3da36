/** The page of one ticket in a real browser: taken from its incident and back, not of this outage, and a question answered. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import type { TicketId } from '../../src/model/ids.ts';
import type { Ticket } from '../../src/model/ticket.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser, telephone } from '../support/console-in-browser.ts';
import { anImpact, anIncident, aTicket, aView } from '../support/front-records.ts';

const screen = consoleInBrowser();
const id = 'a.1.7';

function put(more: Partial<Ticket> = {}): void {
  const { daemon } = screen;
  const now = daemon.ports.world.now();
  const incident = anIncident('i.1', now);
  daemon.incidents.set('i.1', aView(incident, anImpact(incident, 12)));
  daemon.publish({ kind: 'incident', incident });
  const asked = { contact: 'c1', at: instant(now - 60_000) };
  daemon.tickets.set(id, {
    ...aTicket(id, now),
    ...{ id: id as TicketId, kind: 'subscriber', status: 'inProgress', incident: incident.id },
    questions: [asked],
    ...more,
  } as Ticket);
}

test('a ticket is taken from its incident, hung below one again, and said to be of another fault only when sure', async () => {
  put();
  const page = await screen.signIn({ size: telephone, path: `/tickets/${id}` });
  await page.getByRole('button', { name: 'Take from the incident' }).click();
  await expect.poll(() => screen.daemon.inputs.length).toBe(1);
  // The test's browser says no to whatever it is asked.
  await page.getByRole('button', { name: 'Not this outage' }).click();
  expect(screen.complaints[0]).toMatch(/^dialog It is another fault/);
  expect(screen.daemon.inputs.length).toBe(1);
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Not this outage' }).click();
  await expect.poll(() => screen.daemon.inputs.length).toBe(2);
  put({ incident: undefined });
  await page.reload();
  await page.getByRole('button', { name: 'Attach', exact: true }).click();
  await expect.poll(() => screen.daemon.inputs.length).toBe(3);
  expect(screen.daemon.inputs).toMatchObject([
    { command: { kind: 'detachTicket', ticket: id, notThis: false } },
    { command: { kind: 'detachTicket', ticket: id, notThis: true } },
    { command: { kind: 'attachTicket', ticket: id, incident: 'i.1' } },
  ]);
});

test('a question is answered with its own form, and the answer goes to whoever asked', async () => {
  put();
  const page = await screen.signIn({ locale: 'ru-RU', size: telephone, path: `/tickets/${id}` });
  await page.getByRole('button', { name: 'Ответить' }).waitFor();
  expect(await overflow(page)).toBe(0);
  await page
    .getByLabel(/^Абонент/)
    .first()
    .fill('К вечеру');
  await page.getByRole('button', { name: 'Ответить' }).click();
  await expect.poll(() => screen.daemon.inputs.length).toBe(1);
  expect(screen.daemon.inputs).toMatchObject([{ command: { ticket: id } }]);
  expect([...screen.daemon.contacts.values()]).toEqual(['К вечеру']);
  expect(screen.complaints).toEqual([]);
});
