/** The list of those whom an incident touches, from outside: pages, filters, and a file that no spreadsheet works out. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { AffectedView } from '../../../src/edge/http/affected-port.ts';
import type { TicketId } from '../../../src/model/ids.ts';
import { anImpact, anIncident, aView } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const start = instant(Date.UTC(2026, 0, 1));

const person = (n: number, change: Partial<AffectedView> = {}): AffectedView => ({
  ...{ id: `S-${n}`, name: 'A***', phone: '+7 *** ***-12-34', class: 'residential', resource: `ont-${n}` },
  ...{ services: ['internet', 'tv'], level: n % 2 === 0 ? 'proved' : 'inferred', since: start },
  told: { state: 'sent', channel: 'sms', at: start },
  ...change,
});

beforeEach(async () => {
  opened = await openTestFront();
  const incident = anIncident('i.1', start);
  opened.daemon.incidents.set('i.1', aView(incident, anImpact(incident, 30)));
  opened.daemon.affected.set(
    'i.1',
    Array.from({ length: 30 }, (_, n) => person(n)),
  );
});
afterEach(() => opened.close());

const json = async (path: string) => {
  const answer = await opened.api(path);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('pages hold each once, and a level narrows them', async () => {
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const { body } = await json(`/incidents/i.1/subscribers?limit=8${cursor}`);
    expect(body['total']).toBe(30);
    seen.push(...(body['items'] as { subscriber: string }[]).map(({ subscriber }) => subscriber));
    if (body['next'] === null) break;
    cursor = `&cursor=${body['next']}`;
  }
  expect(new Set(seen).size).toBe(30);
  expect((await json('/incidents/i.1/subscribers?level=proved')).body['total']).toBe(15);
  expect((await json('/incidents/i.1/subscribers?find=S-4')).body['items']).toEqual([
    {
      ...{ subscriber: 'S-4', name: 'A***', phone: '+7 *** ***-12-34', class: 'residential' },
      ...{ resource: 'ont-4', services: ['internet', 'tv'], level: 'proved', ticket: null },
      since: '2026-01-01T00:00:00.000Z',
      told: { state: 'sent', reason: null, channel: 'sms', at: '2026-01-01T00:00:00.000Z' },
    },
  ]);
  expect((await json('/incidents/i.1/subscribers?level=certain')).status).toBe(400);
  expect((await json('/incidents/none/subscribers')).status).toBe(404);
  expect((await json('/incidents/none/subscribers.csv')).status).toBe(404);
});

test('the file has a line for each; what would be a formula is text, and what holds a comma is one cell', async () => {
  opened.daemon.affected.set('i.1', [
    person(1, { id: '=1+1', name: undefined, ticket: { id: 't.7' as TicketId, status: 'inProgress' } }),
    person(2, { id: '@cmd', resource: 'ont "2", left', told: { state: 'none', reason: 'planned' } }),
    person(3, { id: '-3', services: ['a\r\nb'] }),
  ]);
  const answer = await opened.api('/incidents/i.1/subscribers.csv');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="subscribers-i.1.csv"');
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  const at = '2026-01-01T00:00:00.000Z';
  expect(bytes.toString('utf8').slice(1)).toBe(
    [
      'subscriber,name,phone,class,services,resource,level,since,told,reason,channel,toldAt,ticket,ticketStatus',
      `'=1+1,,'+7 *** ***-12-34,residential,internet tv,ont-1,inferred,${at},sent,,sms,${at},t.7,inProgress`,
      `'@cmd,A***,'+7 *** ***-12-34,residential,internet tv,"ont ""2"", left",proved,${at},none,planned,,,,`,
      `'-3,A***,'+7 *** ***-12-34,residential,"a\r\nb",ont-3,inferred,${at},sent,,sms,${at},,`,
      '',
    ].join('\r\n'),
  );
});
