/** What is said on a ticket by the API: kept in order with who said it, put on record, and refused where it cannot be. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { NewTicketWords } from '../../../src/model/ticket-words.ts';
import { viewerKey } from '../../support/front-ports.ts';
import { aTicket } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const start = Date.UTC(2026, 0, 1);
const added: NewTicketWords[] = [];

beforeEach(async () => {
  added.length = 0;
  opened = await openTestFront();
  const { daemon } = opened;
  daemon.tickets.set('t.1', aTicket('t.1', start));
  Object.assign(daemon.ports.query, {
    addTicketWords: async (words: NewTicketWords) => added.push(words),
    ticketWords: async () => [
      { at: instant(start), author: 'staff', audience: 'staff', state: 'heard', text: '<b>on site</b>' },
      {
        at: instant(start + 1),
        author: 'irina',
        audience: 'subscriber',
        state: 'refused',
        reason: 'closed there',
      },
    ],
  });
});
afterEach(() => opened.close());

test('a text for the desk goes there with its author and audience, and the deed is on record without the text', async () => {
  const answer = await opened.api('/tickets/t.1/notes', {
    json: { text: 'Splicing until nine', audience: 'subscriber', below: true },
  });
  expect([answer.status, await answer.json()]).toEqual([201, { tickets: 1 }]);
  expect(added).toEqual([
    { ticket: 't.1', author: 'irina', audience: 'subscriber', text: 'Splicing until nine', below: true },
  ]);
  expect(opened.daemon.recorded).toMatchObject([
    {
      by: 'irina',
      action: 'noteTicket',
      target: 't.1',
      detail: { audience: 'subscriber', below: true, tickets: 1 },
    },
  ]);
  expect(JSON.stringify(opened.daemon.recorded)).not.toContain('Splicing');
});

test('what was said is listed oldest first; an erased text is null, a reason is told', async () => {
  const list = await (await opened.api('/tickets/t.1/notes')).json();
  expect(list).toEqual({
    items: [
      {
        ...{ at: '2026-01-01T00:00:00.000Z', author: 'staff', audience: 'staff', state: 'heard' },
        ...{ reason: null, text: '<b>on site</b>' },
      },
      {
        ...{ at: '2026-01-01T00:00:00.001Z', author: 'irina', audience: 'subscriber', state: 'refused' },
        ...{ reason: 'closed there', text: null },
      },
    ],
    total: 2,
    next: null,
  });
});

test.each([
  ['t.2', { text: 'x', audience: 'staff' }, 404],
  ['t.1', { text: '', audience: 'staff' }, 400],
  ['t.1', { text: 'x'.repeat(4_001), audience: 'staff' }, 400],
  ['t.1', { text: 'x', audience: 'everybody' }, 400],
  ['t.1', { text: 'x' }, 400],
])('on %s %j is answered with %i and goes nowhere', async (id, body, status) => {
  expect((await opened.api(`/tickets/${id}/notes`, { json: body })).status).toBe(status);
  expect(added).toEqual([]);
});

test('a viewer reads and says nothing', async () => {
  const headers = { authorization: `Bearer ${viewerKey}` };
  expect((await opened.api('/tickets/t.1/notes', { headers })).status).toBe(200);
  const said = await opened.api('/tickets/t.1/notes', { headers, json: { text: 'x', audience: 'staff' } });
  expect([said.status, added]).toEqual([403, []]);
});
