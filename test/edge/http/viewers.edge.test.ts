/** Who may only look: what people wrote is nowhere among all that the interfaces answer, and everything else is there. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { routes } from '../../../src/edge/http/api.ts';
import { apis } from '../../../src/edge/http/tmf/apis.ts';
import { key, viewerKey } from '../../support/front-ports.ts';
import { openTmForum, type TmForum } from './tmf/tmf-fixture.ts';

let tmf: TmForum;
beforeEach(async () => {
  tmf = await openTmForum();
});
afterEach(() => tmf.close());

const canary = 'canary-von-Sprinz';

async function read(path: string, as: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${tmf.address}${path}`, { headers: { authorization: `Bearer ${as}` } });
  return { status: answer.status, text: await answer.text() };
}

/** Words of people in every place that takes them; answers the ticket that they hang on. */
async function peopleSpeak(): Promise<string> {
  const { subscriber, key: of } = { subscriber: 's1', key: 1 };
  const ticket = {
    ...{ description: `${canary} is out`, severity: 'Major', ticketType: 'complaint' },
    relatedParty: [{ id: subscriber, role: 'customer', '@referredType': 'Individual' }],
  };
  const ours = await tmf.call('POST', 'troubleTicket/v4/troubleTicket', ticket);
  const [question, further] = ['row-of-question', 'another-row'] as const;
  for (const contact of [question, further]) {
    const text = `when, asks ${canary}`;
    await tmf.book.addContact({ id: contact, subscriber: of, at: 0 as never, text });
    await tmf.submit({
      ...{ kind: 'subscriberSays', subscriber: of as never, channel: 'web' },
      says: { kind: 'question', contact },
    });
  }
  const post = (path: string, json: object) =>
    fetch(`${tmf.address}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
  const id = String(ours.body.id);
  await post(`/tickets/${id}/note`, { text: `as ${canary} said` });
  await post(`/tickets/${id}/notes`, { text: `call ${canary}`, audience: 'staff' });
  await post(`/tickets/${id}/answer`, { question, text: `soon, ${canary}` });
  await tmf.call('POST', 'troubleTicket/v4/troubleTicket', {
    ...{ description: `${canary} of another system`, severity: 'Minor', ticketType: 'complaint' },
    relatedParty: [{ id: 'x', name: canary, '@referredType': 'Individual' }],
    note: [{ text: canary }],
  });
  await tmf.call('POST', 'serviceInventory/v4/service', {
    ...{ name: 'tv', state: 'designed', serviceSpecification: { id: 'tv' } },
    ...{ relatedParty: [{ id: 'x', name: canary, role: 'customer' }] },
  });
  return id;
}

/** Every address that is read, of this ticket and this subscriber where it is one of an id. */
const everything = (ticket: string): readonly string[] => [
  ...routes
    .filter(({ method }) => method === 'GET')
    .map(({ path }) => `/api/v1${path.replace(':id', path.startsWith('/tickets') ? ticket : 's1')}`),
  ...apis.flatMap(({ mounts, kinds }) =>
    mounts.flatMap((mount) => kinds.map(({ name }) => `/tmf-api/${mount.path}/${name}`)),
  ),
  `/tmf-api/troubleTicket/v4/troubleTicket/${ticket}`,
  `/tmf-api/troubleTicket/v4/troubleTicket?description.regex=canary`,
];

test('a viewer finds no word of anybody in anything that can be read', async () => {
  const ticket = await peopleSpeak();
  const shownTo = async (as: string): Promise<readonly string[]> => {
    const shown: string[] = [];
    for (const path of everything(ticket)) if ((await read(path, as)).text.includes(canary)) shown.push(path);
    return shown;
  };
  expect(await shownTo(viewerKey)).toEqual([]);
  expect(await shownTo(key)).toEqual(
    expect.arrayContaining([
      ...['/api/v1/tickets', `/api/v1/tickets/${ticket}`, `/api/v1/tickets/${ticket}/notes`],
      ...[
        '/api/v1/questions',
        '/tmf-api/troubleTicket/v4/troubleTicket',
        '/tmf-api/serviceInventory/v4/service',
      ],
    ]),
  );
});

test('what is kept from a viewer is said to be so, and the rest of the ticket is there', async () => {
  const id = await peopleSpeak();
  const ticket = JSON.parse((await read(`/api/v1/tickets/${id}`, viewerKey)).text);
  expect(ticket).toMatchObject({ id, subscriber: 's1', description: null, note: null, withheld: true });
  expect(ticket.questions).toMatchObject([{ text: null, answer: null }, { text: null }]);
  const shown = JSON.parse((await read(`/api/v1/tickets/${id}`, key)).text);
  expect(shown).toMatchObject({ withheld: false, description: `${canary} is out` });
  expect(shown.questions).toMatchObject([
    { text: `when, asks ${canary}`, answer: `soon, ${canary}` },
    { text: `when, asks ${canary}`, answer: null },
  ]);
});
