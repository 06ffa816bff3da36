import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import { openDesk } from '../../../src/edge/desks/index.ts';
import type { TicketId } from '../../../src/model/ids.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import { realWorld } from '../../support/real-world.ts';
import { type DeskThere, deskCompliance } from './desk-compliance.ts';
import { openFaultyWay } from './faulty-way.ts';
import { ZammadThere, type ZammadTicketThere, zammadToken } from './zammad-there.ts';

const settings = {
  kind: 'zammad',
  ...{ token: new Secret(zammadToken), group: 'Users', customer: 'network@isp.example' },
  ...{ dueField: 'promised_at', allowPrivate: true },
} as const;
/** Somebody who works there, and the customer. */
const technician = 9;

deskCompliance('Zammad', async (): Promise<DeskThere> => {
  const zammad = new ZammadThere();
  const url = await zammad.start();
  const texts = (id: number) => zammad.articles.filter((article) => article.ticket_id === id);
  const heldThere = ({ id, title, state, promised_at: due, parent }: ZammadTicketThere) => ({
    ...{ external: String(id), title, status: state, due: due ?? undefined },
    description: texts(id)[0]!.body,
    parent: parent === undefined ? undefined : String(parent),
  });
  const said = (external: string, sender: 'Agent' | 'Customer', body: string) =>
    zammad.say({
      ...{ ticket_id: Number(external), created_by_id: technician, sender, body },
      ...{ internal: sender === 'Agent', type: 'note' },
    });
  return {
    ...{ url, words: { open: 'open', done: 'closed' }, writes: ['POST', 'PUT'], keepsLinks: true },
    open: (address, world) => openDesk('desk', { ...settings, url: address }, world),
    held: async (key) =>
      [...zammad.tickets.values()].filter((one) => one.allclear_key === key).map(heldThere),
    setStatus: async (external, state) => zammad.change(Number(external), { state }),
    subscriberSays: async (external, text) => void said(external, 'Customer', text),
    staffSays: async (external, text) => void said(external, 'Agent', text),
    said: async (external) => texts(Number(external)).map(({ body }) => body),
    remove: async (external) => void zammad.tickets.delete(Number(external)),
    stop: () => zammad.stop(),
  };
});

test('what waits in Zammad has a time, and a merged ticket is left to those who merged it', async () => {
  const zammad = new ZammadThere();
  const desk = openDesk('desk', { ...settings, url: await zammad.start() }, realWorld());
  const ticket: Ticket = {
    id: 'l.8.1' as TicketId,
    kind: 'incident',
    status: 'pending',
    ...{ openedAt: instant(1), attached: 0, loops: 0, history: [] },
  };
  const [outcome] = await desk.put([{ ticket, title: 'waits', description: '' }]);
  if (outcome?.kind !== 'stored') throw new Error(JSON.stringify(outcome));
  expect(zammad.tickets.get(Number(outcome.external))).toMatchObject({ state: 'pending reminder' });
  zammad.change(Number(outcome.external), { state: 'merged' });
  const closed = { ...ticket, status: 'closed' } as const;
  const put = { ticket: closed, title: 'waits', description: '', external: outcome.external };
  expect(await desk.put([put])).toEqual([outcome]);
  expect(zammad.tickets.get(Number(outcome.external))).toMatchObject({ state: 'merged' });
  expect(zammad.tickets.size).toBe(1);
  await desk.close();
  await zammad.stop();
});

test('a ticket whose words are too large to be read keeps no news of other tickets away', async () => {
  const zammad = new ZammadThere();
  const desk = openDesk('desk', { ...settings, url: await zammad.start() }, realWorld());
  const open = async (id: string): Promise<string> => {
    const ticket: Ticket = {
      id: id as TicketId,
      ...{ kind: 'incident', status: 'inProgress' },
      ...{ openedAt: instant(1), attached: 0, loops: 0, history: [] },
    };
    const [outcome] = await desk.put([{ ticket, title: id, description: '' }]);
    if (outcome?.kind !== 'stored') throw new Error(JSON.stringify(outcome));
    return outcome.external;
  };
  const [large, small] = [await open('l.8.2'), await open('l.8.3')];
  const say = (external: string, body: string) =>
    zammad.say({
      ...{ ticket_id: Number(external), created_by_id: technician, sender: 'Agent', body },
      ...{ internal: true, type: 'note' },
    });
  say(large, 'x'.repeat(5 * 1024 * 1024));
  say(small, 'the splice is done');
  const news = await desk.news!('2020-01-01T00:00:00.000Z');
  if (news.kind !== 'news') throw new Error(JSON.stringify(news));
  expect(news.items.flatMap((item) => (item.kind === 'said' ? [item.text] : []))).toEqual([
    'the splice is done',
  ]);
  expect(news.items.filter(({ kind }) => kind === 'status').map(({ external }) => external)).toEqual([
    large,
    small,
  ]);
  await desk.close();
  await zammad.stop();
});

test('a text that went to what is not there is no text that is stored', async () => {
  const zammad = new ZammadThere();
  const way = await openFaultyWay(await zammad.start());
  const desk = openDesk('desk', { ...settings, url: way.url }, realWorld());
  const ticket: Ticket = {
    id: 'l.8.4' as TicketId,
    ...{ kind: 'incident', status: 'inProgress' },
    ...{ openedAt: instant(1), attached: 0, loops: 0, history: [] },
  };
  const [outcome] = await desk.put([{ ticket, title: 'x', description: '' }]);
  if (outcome?.kind !== 'stored') throw new Error(JSON.stringify(outcome));
  way.fail({ status: 404 }, { methods: ['POST'] });
  const note = {
    key: 'n1',
    external: outcome.external,
    audience: 'staff',
    text: 'hello',
    isRepeat: false,
  } as const;
  expect(await desk.say([note])).toEqual([{ kind: 'retry', reason: 'HTTP 404' }]);
  await desk.close();
  await way.close();
  await zammad.stop();
});
