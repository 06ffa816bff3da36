/** `POST /deflect`: what the telephone system hears, what of it the line hears, and what strangers hear. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { IncidentId, TicketId } from '../../../src/model/ids.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import { callerToken } from '../../support/front-ports.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const hour = 3_600_000;
const known = '+79005550101';
const incident = 'i.1' as IncidentId;

beforeEach(async () => {
  opened = await openTestFront();
  const { daemon } = opened;
  const now = daemon.ports.world.now();
  const key = subscriberKey(7);
  daemon.subscribers.set('s-7', {
    ...{ id: 's-7', key, resource: 'ont-7', class: 'residential', services: [], openTickets: [] },
    ...{ bindings: [], contacts: [] },
  });
  daemon.phones.set(known, ['s-7']);
  const etr = {
    from: instant(now + hour),
    to: instant(now + 2 * hour),
    source: 'table',
    revision: 1,
  } as const;
  daemon.outages.set(key, { incident, kind: 'feeder', etr, ticket: 't.1' as TicketId });
});
afterEach(() => opened.close());

const ask = (fields: Record<string, unknown>, token = callerToken): Promise<Response> =>
  fetch(`${opened.public}/deflect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });

test('whoever is touched hears what, until when and what to press; the line hears of one witness', async () => {
  const heard = await (await ask({ number: known })).json();
  expect(heard).toMatchObject({
    affected: true,
    textId: 'outage.cut.etr',
    text: expect.stringMatching(/^No service: a cable is damaged\. We know of it\. .* \d\d:\d\d\.$/),
    language: 'en',
    etr: { from: expect.any(String), to: expect.any(String) },
    ticket: 't.1',
    options: [{ press: '1', action: 'notify' }, { press: '2' }, { press: '3', action: 'operator' }],
  });
  await ask({ number: known });
  expect(opened.daemon.inputs).toEqual([
    { kind: 'subscriberSays', subscriber: 7, channel: 'ivr', says: { kind: 'heard', incident } },
  ]);
});

test.each(['89005550101', '79005550101', '+7 (900) 555-01-01'])('%s is the same number', async (number) => {
  expect(await (await ask({ number })).json()).toMatchObject({ affected: true });
  const form = new URLSearchParams({ ani: number });
  const headers = { authorization: `Bearer ${callerToken}` };
  const answer = await fetch(`${opened.public}/deflect`, { method: 'POST', headers, body: form });
  expect(await answer.json()).toMatchObject({ affected: true });
});

test.each([
  ['1', { kind: 'tellMe' }, false],
  ['2', { kind: 'notThis', incident }, true],
  ['3', undefined, true],
] as const)('option %s', async (option, says, transfer) => {
  expect(await (await ask({ number: known, option })).json()).toMatchObject({ transfer });
  expect(opened.daemon.inputs.map((input) => 'says' in input && input.says)).toEqual(
    says === undefined ? [] : [says],
  );
});

test('a passed time is not spoken, and strangers hear what those hear whom nothing touches', async () => {
  const etr = { from: instant(0), to: instant(1), source: 'table', revision: 1 } as const;
  opened.daemon.outages.set(subscriberKey(7), { incident, kind: 'feeder', etr });
  expect(await (await ask({ number: known })).json()).toMatchObject({
    textId: 'outage.cut.noEtr',
    etr: null,
  });
  opened.daemon.outages.clear();
  const untouched = await (await ask({ number: known })).text();
  expect(await (await ask({ number: '+79995550102' })).text()).toBe(untouched);
  expect(JSON.parse(untouched)).toMatchObject({ affected: false, options: [] });
});

test.each([
  [{}],
  [{ number: 'anonymous' }],
  [{ number: '+1' }],
  [{ number: { a: 1 } }],
  [{ number: known, option: '9' }],
])('%j is refused with what is missing', async (fields) => {
  const answer = await ask(fields);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ status: 400, detail: expect.stringContaining('`') });
  expect(opened.daemon.inputs).toEqual([]);
});

test('a caller whom the line has no room for is answered all the same', async () => {
  opened.daemon.refuses = true;
  expect(await (await ask({ number: known })).json()).toMatchObject({ affected: true });
  expect(opened.front.counters()).toMatchObject({ calls: 1, callsDeflected: 1, callsLost: 1 });
});

test('another token opens nothing, and guessing it ends in 429 while the right one goes on', async () => {
  const wrong = await Promise.all(Array.from({ length: 60 }, (_, n) => ask({ number: known }, `guess-${n}`)));
  const statuses = wrong.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await ask({ number: known })).status).toBe(200);
  expect((await fetch(`${opened.public}/deflect`, { method: 'POST' })).status).toBe(429);
  expect(opened.daemon.inputs).toHaveLength(1);
});
