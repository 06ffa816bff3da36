// Debian's Request Tracker 5 itself, started for these tests.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Replies } from '../../../src/app/center/replies.ts';
import { DeskLane } from '../../../src/app/courier/desk-lane.ts';
import { instant } from '../../../src/base/instant.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { Secret } from '../../../src/base/secret.ts';
import { openDesk } from '../../../src/edge/desks/index.ts';
import { resourceId, type SubscriberKey, type TicketId } from '../../../src/model/ids.ts';
import { answerReader } from '../../support/answer-reader.ts';
import { realWorld } from '../../support/real-world.ts';
import {
  isRequestTrackerInstalled,
  needsRequestTracker,
  type RunningRequestTracker,
  startRequestTracker,
} from '../../support/request-tracker.ts';
import { until } from '../../support/until.ts';
import { openTmForum } from '../http/tmf/tmf-fixture.ts';
import { type DeskThere, deskCompliance, type HeldThere } from './desk-compliance.ts';
import { openFaultyWay } from './faulty-way.ts';

const packages = 'request-tracker5, rt5-db-sqlite, rt5-standalone';

if (needsRequestTracker) {
  let tracker: RunningRequestTracker;
  beforeAll(async () => {
    // What it spends on passwords is not what is tested.
    tracker = await startRequestTracker(4);
  }, 90_000);
  afterAll(() => tracker?.stop());
  deskCompliance('Request Tracker 5', async () => thereOf(tracker));
  test(
    'an outage in Request Tracker: tickets, a reply to all, words and a status that come back, the end',
    () => outage(tracker),
    60_000,
  );
  test('a queue without the field for the key is refused before anything is made', async () => {
    const { url, queue, connector } = tracker;
    const password = new Secret(connector.password);
    const named = { user: connector.user, password, keyField: 'nothing', allowPrivate: true };
    const desk = openDesk('desk', { kind: 'requestTracker', url, queue, ...named }, realWorld());
    const ticket = {
      id: 'l.9.1' as TicketId,
      kind: 'incident',
      status: 'acknowledged',
      openedAt: instant(1),
    } as const;
    const given = { ticket: { ...ticket, attached: 0, loops: 0, history: [] }, title: 'x', description: '' };
    expect(await desk.put([given])).toEqual([
      { kind: 'refused', reason: 'tickets of the queue "General" have no custom field "nothing"' },
    ]);
    await desk.close();
  });
  test('a text that may not be written there is not stored, though the answer is 201', async () => {
    const there = thereOf(tracker);
    const way = await openFaultyWay(tracker.url);
    const desk = there.open(way.url, realWorld());
    const ticket = {
      id: 'l.9.3' as TicketId,
      ...({ kind: 'incident', status: 'inProgress' } as const),
      ...{ openedAt: instant(1), attached: 0, loops: 0, history: [] },
    };
    const [outcome] = await desk.put([{ ticket, title: 'x', description: '' }]);
    if (outcome?.kind !== 'stored') throw new Error(JSON.stringify(outcome));
    const { external } = outcome;
    const note = { key: 'n.9.3', external, audience: 'staff', text: 'the crew is there' } as const;
    way.fail(
      { status: 201, body: JSON.stringify([[Number(external), 'Permission Denied']]) },
      { methods: ['POST'] },
    );
    expect(await desk.say([{ ...note, isRepeat: false }])).toMatchObject([{ kind: 'retry' }]);
    way.heal();
    for (let time = 0; time < 2; time++)
      expect(await desk.say([{ ...note, isRepeat: true }])).toEqual([{ kind: 'stored', external }]);
    expect((await there.said(external)).filter((text) => text.includes('the crew is there'))).toHaveLength(1);
    await desk.close();
    await way.close();
  }, 30_000);
  test('words come though the photograph beside them is larger than what is read', async () => {
    const there = thereOf(tracker);
    const desk = there.open(tracker.url, realWorld());
    const ticket = {
      id: 'l.9.2' as TicketId,
      ...({ kind: 'incident', status: 'inProgress' } as const),
      ...{ openedAt: instant(1), attached: 0, loops: 0, history: [] },
    };
    const [outcome] = await desk.put([{ ticket, title: 'x', description: '' }]);
    if (outcome?.kind !== 'stored') throw new Error(JSON.stringify(outcome));
    const before = await desk.news!(undefined);
    if (before.kind !== 'news') throw new Error(JSON.stringify(before));
    const photograph = {
      ...{ FileName: 'splice.jpg', FileType: 'image/jpeg' },
      FileContent: Buffer.alloc(4_000_000, 'photograph').toString('base64'),
    };
    await callerOf(tracker)('POST', `ticket/${outcome.external}/comment`, {
      ...{ Content: 'as it looks', ContentType: 'text/plain', Attachments: [photograph] },
    });
    const news = await desk.news!(before.cursor);
    if (news.kind !== 'news') throw new Error(JSON.stringify(news));
    expect(news.items.flatMap((item) => (item.kind === 'said' ? [item.text] : []))).toEqual(['as it looks']);
    await desk.close();
  }, 30_000);
} else
  describe('the desk Request Tracker 5', () => {
    test.skip(`left out: one of ${packages} is not installed (${isRequestTrackerInstalled})`);
  });

type Json = Readonly<Record<string, unknown>>;

function thereOf(tracker: RunningRequestTracker): DeskThere {
  const call = callerOf(tracker);
  const { queue, connector } = tracker;
  return {
    url: tracker.url,
    open: (url, world) =>
      openDesk(
        'desk',
        {
          ...{ kind: 'requestTracker', url, queue, allowPrivate: true },
          ...{ user: connector.user, password: new Secret(connector.password) },
        },
        world,
      ),
    words: { open: 'open', done: 'resolved' },
    writes: ['POST', 'PUT'],
    async held(key) {
      const query = `'CF.{${tracker.keyField}}' = '${key.replaceAll("'", "\\'")}'`;
      const found = await call('GET', `tickets?${new URLSearchParams({ query, orderby: 'id' })}`);
      const ids = (found['items'] as Json[]).map(({ id }) => String(id));
      return Promise.all(ids.map((id) => heldThere(call, id)));
    },
    setStatus: async (external, word) => void (await call('PUT', `ticket/${external}`, { Status: word })),
    subscriberSays: (external, text) => tracker.mail('c4@example.org', text, external),
    staffSays: async (external, text) =>
      void (await call('POST', `ticket/${external}/comment`, { Content: text, ContentType: 'text/plain' })),
    async said(external) {
      // The mails that went out because of it are kept beside it.
      const history = await call('GET', `ticket/${external}/history?fields=Type&per_page=100`);
      const texts = (history['items'] as Json[])
        .filter(({ Type }) => Type === 'Correspond' || Type === 'Comment')
        .map(({ id }) => String(id));
      const fields = 'fields=Content,TransactionId&per_page=100';
      const { items } = await call('GET', `ticket/${external}/attachments?${fields}`);
      const ofText = (one: Json): boolean => texts.includes(transactionOf(one));
      return (items as Json[]).filter(ofText).map(({ Content }) => String(Content));
    },
    remove: async (external) => void (await call('PUT', `ticket/${external}`, { Status: 'deleted' })),
    stop: async () => {},
  };
}

/** Named, or linked to. */
const transactionOf = ({ TransactionId: id }: Json): string =>
  typeof id === 'object' ? String((id as Json)['id']) : String(id);

type Call = (method: string, path: string, body?: unknown) => Promise<Json>;

function callerOf({ url, technician }: RunningRequestTracker): Call {
  const authorization = `Basic ${Buffer.from(`${technician.user}:${technician.password}`).toString('base64')}`;
  return async (method, path, body) => {
    const answer = await fetch(`${url}/REST/2.0/${path}`, {
      ...{ method, headers: { authorization, 'content-type': 'application/json' } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Json;
  };
}

async function heldThere(call: Call, id: string): Promise<HeldThere> {
  const ticket = await call('GET', `ticket/${id}`);
  const links = ticket['_hyperlinks'] as Json[];
  const { items } = await call('GET', `ticket/${id}/attachments?fields=Content`);
  const due = String(ticket['Due']);
  return {
    ...{ external: id, title: String(ticket['Subject']), status: String(ticket['Status']) },
    description: String((items as Json[])[0]?.['Content']),
    due: due.startsWith('1970') ? undefined : due,
    parent: links.filter(({ ref }) => ref === 'parent').map(({ id: parent }) => String(parent))[0],
  };
}

/** A line, a book and the courier's lane over them, with two subscribers who turned to us. */
async function outage(tracker: RunningRequestTracker): Promise<void> {
  const world = realWorld();
  const { line, book, close } = await openTmForum();
  const there = thereOf(tracker);
  const submit = line.submit;
  const replies = new Replies({ book, world, submit, read: (text, asked) => answerReader.read(text, asked) });
  const desk = there.open(tracker.url, world);
  const lane = new DeskLane({
    ...{ book, desk, world, submit, random: seededRandom(1), contacts: true },
    onSaid: (subscriber, text) => replies.said(subscriber, text),
  });
  const step = async (): Promise<void> => {
    lane.hurry();
    while (await lane.work());
  };
  const ticketOf = async (subscriber: number) =>
    (await book.tickets({ subscriber: subscriber as SubscriberKey, limit: 1 })).items[0]!;
  try {
    await step();
    for (const subscriber of [1, 2] as SubscriberKey[]) {
      const contact = `contact-${subscriber}`;
      await book.addContact({ id: contact, subscriber, at: world.now(), text: 'Нет интернета' });
      await submit({ kind: 'subscriberContact', subscriber, channel: 'phone', contact });
    }
    const fault = { resource: resourceId('olt-1'), cause: 'UNREACHABLE', source: 'poll' } as const;
    await submit({ kind: 'observation', observation: { ...fault, event: 'raise', severity: 'critical' } });
    await until(async () => {
      await submit({ kind: 'tick' });
      return (await ticketOf(1)).parent !== undefined && (await ticketOf(2)).parent !== undefined;
    });
    await step();
    const parent = (await ticketOf(1)).parent!;
    const [above] = await there.held(parent);
    expect(above).toMatchObject({ parent: undefined });
    const below = [];
    for (const subscriber of [1, 2]) below.push(...(await there.held((await ticketOf(subscriber)).id)));
    expect(below).toMatchObject([
      { parent: above!.external, description: 'Нет интернета' },
      { parent: above!.external, description: 'Нет интернета' },
    ]);

    const text = 'Бригада выехала, ждём к 19:30';
    const words = { ticket: parent, at: world.now(), author: 'irina', text, below: true } as const;
    expect(await book.addDeskWords({ ...words, id: 'w1', audience: 'subscriber' })).toBe(2);
    await step();
    for (const { external } of below)
      expect((await there.said(external)).filter((one) => one.includes(text))).toHaveLength(1);
    expect(await there.said(above!.external)).not.toContain(text);

    await tracker.mail('s1@example.org', 'До сих пор нет интернета', below[0]!.external);
    await there.staffSays(below[0]!.external, 'перезвонить');
    await there.setStatus(below[1]!.external, 'stalled');
    await step();
    const [first, second] = [await ticketOf(1), await ticketOf(2)];
    expect(first.history.at(-1)).toMatchObject({ reason: 'contactMe' });
    expect(second).toMatchObject({ status: 'pending' });
    expect(second.history.at(-1)).toMatchObject({ reason: 'desk' });
    expect(await book.deskWordsOf(first.id, 10)).toMatchObject([
      { author: 'irina', state: 'stored', text },
      { author: 'subscriber', state: 'heard', text: 'До сих пор нет интернета' },
      { author: 'staff', state: 'heard', text: 'перезвонить' },
    ]);

    for (const status of ['resolved', 'inProgress', 'closed'] as const)
      await submit({
        kind: 'command',
        by: 'irina',
        command: { kind: 'setTicketStatus', ticket: parent, status },
      });
    for (const subscriber of [1, 2]) {
      const { id: ticket } = await ticketOf(subscriber);
      await submit({
        kind: 'command',
        by: 'irina',
        command: { kind: 'setTicketStatus', ticket, status: 'closed' },
      });
    }
    await step();
    await step();
    for (const key of [parent, first.id, second.id])
      expect(await there.held(key)).toMatchObject([{ status: 'resolved' }]);
    // What we did came back as nothing.
    expect(await ticketOf(1)).toMatchObject({ status: 'closed' });
    expect(lane.counters()).toMatchObject({
      breaker: 0,
      refused: 0,
      threw: 0,
      strangers: 0,
      statusesTaken: 1,
    });
    expect(await book.deskCounts()).toEqual({ stored: 3 });
  } finally {
    await desk.close();
    await close();
  }
}
