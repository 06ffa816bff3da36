import { expect, test } from 'vitest';
import { DeskLane } from '../../../src/app/courier/desk-lane.ts';
import { instant } from '../../../src/base/instant.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { Effect } from '../../../src/flow/effect.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { SubscriberKey, TicketId } from '../../../src/model/ids.ts';
import type { Ticket } from '../../../src/model/ticket.ts';
import type { Desk, DeskItem, DeskNote, DeskOutcome, DeskTicket } from '../../../src/ticket/desk.ts';
import {
  applied,
  bookIn,
  importAll,
  incidentId,
  inFolder,
  subscriberRow,
} from '../../edge/book/book-fixture.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const ticket = (id: string, change: Partial<Ticket> = {}): Ticket => ({
  id: id as TicketId,
  kind: 'incident',
  status: 'inProgress',
  incident: incidentId,
  openedAt: instant(1),
  attached: 0,
  loops: 0,
  history: [{ at: instant(1), status: 'inProgress', reason: 'opened' }],
  ...change,
});
const below = (id: string, subscriber: number, change: Partial<Ticket> = {}): Ticket =>
  ticket(id, {
    kind: 'subscriber',
    subscriber: subscriber as SubscriberKey,
    parent: 'p' as TicketId,
    ...change,
  });

/** A desk of which the test says what it answers, with all that reached it. */
interface Said {
  puts: DeskTicket[][];
  notes: DeskNote[][];
  inputs: Input[];
  words: string[];
  answer: (ticket: DeskTicket) => DeskOutcome;
  items: DeskItem[];
  cursors: (string | undefined)[];
}

async function withLane(
  run: (given: {
    readonly lane: DeskLane;
    readonly book: Book;
    readonly said: Said;
    readonly world: ReturnType<typeof virtualWorld>;
    readonly brings: (...tickets: Ticket[]) => Promise<void>;
  }) => Promise<void>,
  contacts = false,
): Promise<void> {
  await inFolder(async (folder) => {
    const world = virtualWorld();
    const book = await bookIn(folder, world);
    await importAll(book, [subscriberRow(0), subscriberRow(1), subscriberRow(2)]);
    const said: Said = {
      ...{ puts: [], notes: [], inputs: [], words: [], items: [], cursors: [] },
      answer: (given) => ({ kind: 'stored', external: `X-${given.ticket.id}` }),
    };
    const desk: Desk = {
      name: 'desk',
      async put(tickets) {
        said.puts.push([...tickets]);
        return tickets.map((one) => said.answer(one));
      },
      async say(notes) {
        said.notes.push([...notes]);
        return notes.map(({ external }) => ({ kind: 'stored', external }));
      },
      async news(cursor) {
        said.cursors.push(cursor);
        return { kind: 'news', items: said.items, cursor: `c${said.cursors.length}`, isMore: false };
      },
      close: async () => {},
    };
    const lane = new DeskLane({
      ...{ book, desk, world, contacts, random: seededRandom(1) },
      submit: async (input) => void said.inputs.push(input),
      async onSaid(_subscriber, text) {
        said.words.push(text);
        return undefined;
      },
    });
    let sequence = 0;
    const brings = async (...tickets: Ticket[]): Promise<void> => {
      const effects = tickets.map(({ id }): Effect => ({ kind: 'desk', ticket: id }));
      const changes = tickets.map((one) => ({ kind: 'ticket', ticket: one }) as const);
      await book.project([{ ...applied(effects, changes), sequence: ++sequence, at: world.now() }]);
    };
    await run({ lane, book, said, world, brings });
    await book.close();
  });
}

test('the ticket of an incident goes first, and those below it know what the desk calls it', () =>
  withLane(async ({ lane, said, brings, world }) => {
    said.answer = (given) =>
      said.puts.length === 1
        ? { kind: 'retry', reason: 'HTTP 503' }
        : { kind: 'stored', external: `X-${given.ticket.id}` };
    await brings(below('c1', 1), below('c2', 2), ticket('p'));
    while (await lane.work());
    // Nothing below it is brought while it waits.
    expect(said.puts.map((put) => put.map((one) => one.ticket.id))).toEqual([['p']]);
    world.advance(2_000);
    while (await lane.work());
    expect(said.puts.slice(1).map((put) => put.map((one) => [one.ticket.id, one.parent]))).toEqual([
      [['p', undefined]],
      [
        ['c1', 'X-p'],
        ['c2', 'X-p'],
      ],
    ]);
    expect(said.puts[2]![0]!.subscriber).toEqual({ id: 's0' });
    expect(said.inputs).toEqual(
      ['p', 'c1', 'c2'].map((id) => ({ kind: 'deskUpdate', ticket: id, external: `X-${id}` })),
    );
  }));

test('the desk is told below which ticket it has one, until it has it elsewhere', () =>
  withLane(async ({ lane, said, brings, world }) => {
    await brings(ticket('p'), ticket('q'), below('c1', 1));
    while (await lane.work());
    const hung = () => said.puts.at(-1)!.map(({ parent, linked }) => [linked, parent]);
    expect(hung()).toEqual([[undefined, 'X-p']]);
    said.answer = () => ({ kind: 'retry', reason: 'HTTP 503' });
    await brings(below('c1', 1, { parent: undefined }));
    while (await lane.work());
    expect(hung()).toEqual([['X-p', undefined]]);
    // While it is tried again it goes to another incident: the desk still has it below the first.
    said.answer = (given) => ({ kind: 'stored', external: `X-${given.ticket.id}` });
    await brings(below('c1', 1, { parent: 'q' as TicketId }));
    world.advance(60_000);
    while (await lane.work());
    expect(hung()).toEqual([['X-p', 'X-q']]);
    await brings(below('c1', 1, { parent: 'q' as TicketId, status: 'resolved' }));
    while (await lane.work());
    expect(hung()).toEqual([['X-q', 'X-q']]);
  }));

test('an address leaves for the desk only where that was said', () =>
  withLane(async ({ lane, said, brings }) => {
    await brings(below('c1', 1, { parent: undefined }));
    while (await lane.work());
    expect(said.puts[0]![0]!.subscriber).toEqual({ id: 's0', email: 's0@example.org' });
  }, true));

test('a desk that is away is asked with one ticket now and then, and not before it said so', () =>
  withLane(async ({ lane, book, said, brings, world }) => {
    said.answer = () => ({ kind: 'retry', reason: 'HTTP 429', afterMs: 30_000 });
    await brings(...Array.from({ length: 30 }, (_, n) => ticket(`t${n}`)));
    while (await lane.work());
    expect(said.puts.map((put) => put.length)).toEqual([20]);
    expect(lane.counters()).toMatchObject({ breaker: 2, retried: 20 });
    world.advance(29_000);
    expect(await lane.work()).toBe(false);
    said.answer = (given) => ({ kind: 'stored', external: given.ticket.id });
    world.advance(2_000);
    while (await lane.work());
    expect(said.puts[1]!.length).toBe(1);
    expect(lane.counters()).toMatchObject({ breaker: 0, stored: 30 });
    expect(await book.deskCounts()).toEqual({ stored: 30 });
  }));

test('what is refused is held with its reason until its next state, and nothing is tried for ever', () =>
  withLane(async ({ lane, book, said, brings, world }) => {
    said.answer = () => ({ kind: 'refused', reason: 'HTTP 422: no such group' });
    await brings(ticket('a'));
    while (await lane.work());
    world.advance(86_400_000);
    while (await lane.work());
    expect(said.puts.length).toBe(1);
    expect(await book.deskCounts()).toEqual({ refused: 1 });
    said.answer = () => ({ kind: 'retry', reason: 'lost' });
    await brings(ticket('a', { status: 'resolved' }));
    for (let n = 0; n < 300; n++) {
      world.advance(660_000);
      while (await lane.work());
    }
    expect(said.puts.length).toBe(101);
    expect(lane.counters()).toMatchObject({ refused: 1, givenUp: 1 });
    expect(await book.deskCounts()).toEqual({ refused: 1 });
    said.answer = () => ({ kind: 'stored', external: '7' });
    await brings(ticket('a', { status: 'closed' }));
    world.advance(660_000);
    while (await lane.work());
    expect(await book.deskCounts()).toEqual({ stored: 1 });
  }));

test('a status from there is taken unless it means the same, is older than ours, or says nothing', () =>
  withLane(async ({ lane, said, brings, world }) => {
    await brings(ticket('a'), ticket('b'), ticket('c'), ticket('d'));
    while (await lane.work());
    said.inputs.length = 0;
    const status = (id: string, ...statuses: Ticket['status'][]): DeskItem => ({
      ...{ kind: 'status', external: `X-${id}`, statuses },
    });
    said.items = [
      ...[status('a', 'resolved', 'closed'), status('b', 'acknowledged', 'inProgress')],
      ...[status('c', 'pending'), status('d'), status('nobody', 'closed')],
    ];
    // The newest state of `c` cannot be brought at the moment.
    said.answer = () => ({ kind: 'retry', reason: 'HTTP 503' });
    await brings(ticket('c', { status: 'resolved' }));
    world.advance(15_000);
    while (await lane.work());
    expect(said.inputs).toEqual([{ kind: 'deskUpdate', ticket: 'a', status: 'resolved' }]);
    expect(lane.counters()).toMatchObject({
      ...{ statusesTaken: 1, overtaken: 1, statusesUnknown: 1, strangers: 1 },
    });
    world.advance(15_000);
    while (await lane.work());
    expect(said.cursors).toEqual([undefined, 'c1', 'c2']);
  }));

test('words from there are kept once: a subscriber is heard, staff decide nothing', () =>
  withLane(async ({ lane, book, said, brings }) => {
    await brings(below('c1', 1, { parent: undefined }));
    while (await lane.work());
    said.inputs.length = 0;
    const words = { kind: 'said', external: 'X-c1' } as const;
    const items: DeskItem[] = [
      { ...words, id: '1', by: 'subscriber', text: 'не работает' },
      { ...words, id: '2', by: 'staff', text: 'перезвонить' },
      { ...words, id: '1', by: 'subscriber', text: 'не работает' },
    ];
    await lane.take(items);
    await lane.take(items);
    expect(said.words).toEqual(['не работает']);
    expect(said.inputs).toEqual([]);
    expect(await book.deskWordsOf('c1', 10)).toMatchObject([
      { author: 'subscriber', state: 'heard', text: 'не работает' },
      { author: 'staff', state: 'heard', text: 'перезвонить' },
    ]);
  }));

test('words about a ticket whose name there is not known yet find it by our key; of no ticket at all they are not taken', () =>
  withLane(async ({ lane, book, said, brings }) => {
    await brings(below('c1', 1, { parent: undefined }));
    said.answer = () => ({ kind: 'retry', reason: 'no answer' });
    while (await lane.work());
    const words = { kind: 'said', external: 'X-9', id: '1', by: 'staff', text: 'едем' } as const;
    expect(await lane.take([words])).toBe(false);
    expect(await lane.take([{ ...words, key: 'none' }])).toBe(false);
    expect(await book.deskWordsOf('c1', 10)).toEqual([]);
    expect(await lane.take([{ ...words, key: 'c1' }])).toBe(true);
    expect(await book.deskWordsOf('c1', 10)).toMatchObject([{ author: 'staff', text: 'едем' }]);
  }));

test('a text for all goes onto each open ticket below, once it is there, and says when it may be there already', () =>
  withLane(async ({ lane, book, said, brings, world }) => {
    await brings(ticket('p'), below('c1', 1), below('c2', 2), below('c3', 3, { status: 'closed' }));
    const words = { ticket: 'p', at: world.now(), author: 'irina', text: 'ждём', below: true } as const;
    expect(await book.addDeskWords({ ...words, id: 'w', audience: 'subscriber' })).toBe(2);
    while (await lane.work());
    const [notes = []] = said.notes;
    expect(notes.map(({ external, text, isRepeat }) => [external, text, isRepeat])).toEqual([
      ['X-c1', 'ждём', false],
      ['X-c2', 'ждём', false],
    ]);
    expect(new Set(notes.map(({ key }) => key)).size).toBe(2);
    expect(said.notes.length).toBe(1);
    expect(await book.deskWordsOf('c1', 10)).toMatchObject([{ author: 'irina', state: 'stored' }]);
  }));
