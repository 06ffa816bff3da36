/** What every ticket system must do behind the port, judged against one that is there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, milliseconds } from '../../../src/base/instant.ts';
import type { World } from '../../../src/base/world.ts';
import type { IncidentId, SubscriberKey, TicketId } from '../../../src/model/ids.ts';
import type { Ticket, TicketStatus } from '../../../src/model/ticket.ts';
import type { Desk, DeskItem, DeskTicket } from '../../../src/ticket/desk.ts';
import { realWorld } from '../../support/real-world.ts';
import { type FaultyWay, openFaultyWay } from './faulty-way.ts';

export interface HeldThere {
  readonly external: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly due: string | undefined;
  readonly parent: string | undefined;
}

/** The system as those see it who work there. */
export interface DeskThere {
  readonly url: string;
  open(url: string, world: World): Desk;
  held(key: string): Promise<readonly HeldThere[]>;
  /** Its words for work that goes on and for work that is done. */
  readonly words: { readonly open: string; readonly done: string };
  /** Methods of calls that create, change, or say something. */
  readonly writes: readonly string[];
  setStatus(external: string, word: string): Promise<void>;
  subscriberSays(external: string, text: string): Promise<void>;
  staffSays(external: string, text: string): Promise<void>;
  said(external: string): Promise<readonly string[]>;
  /** It says nothing but that it took something: any answer will do. */
  readonly isTerse?: true | undefined;
  /** A link that was made once stays. */
  readonly keepsLinks?: true | undefined;
  /** Absent where nothing can be taken away. */
  readonly remove?: ((external: string) => Promise<void>) | undefined;
  stop(): Promise<void>;
}

let made = 0;
const deskTicket = (change: Partial<Ticket> = {}, about: Partial<DeskTicket> = {}): DeskTicket => {
  const id = change.id ?? (`l.7.${++made}` as TicketId);
  const status = change.status ?? 'inProgress';
  return {
    ticket: {
      ...{ kind: 'incident', openedAt: instant(1), attached: 0, loops: 0, incident: 'l.7' as IncidentId },
      ...{ history: [{ at: instant(1), status, reason: 'opened' }], ...change, id, status },
    },
    title: `Incident ${id}`,
    description: 'Нет света: фидер 12',
    ...about,
  };
};

/** Each change has an instant of its own. */
const moved = (given: DeskTicket, status: TicketStatus, about: Partial<DeskTicket> = {}): DeskTicket => ({
  ...given,
  ...about,
  ticket: {
    ...given.ticket,
    status,
    history: [...given.ticket.history, { at: instant(++made), status, reason: 'command' }],
  },
});

/** Nobody waits a minute here. */
const impatient = (): World => {
  const world = realWorld();
  return { ...world, after: (length, run) => world.after(milliseconds(Math.min(length, 300)), run) };
};

export function deskCompliance(name: string, start: () => Promise<DeskThere>): void {
  describe(`the desk ${name}`, () => {
    let there: DeskThere;
    let way: FaultyWay;
    let desk: Desk;
    beforeAll(async () => {
      there = await start();
      way = await openFaultyWay(there.url);
      desk = there.open(way.url, realWorld());
    }, 90_000);
    afterAll(async () => {
      await desk?.close();
      await way?.close();
      await there?.stop();
    });
    const put = async (given: DeskTicket) => (await desk.put([given]))[0]!;
    const stored = async (given: DeskTicket): Promise<string> => {
      const outcome = await put(given);
      if (outcome.kind !== 'stored') throw new Error(JSON.stringify(outcome));
      return outcome.external;
    };

    test('makes the ticket of an incident and those of subscribers below it, each once', async () => {
      const incident = deskTicket({ attached: 2, expectedResolutionAt: instant(1_900_000_000_000) });
      const parent = await stored(incident);
      const children = [1, 2].map((subscriber) =>
        deskTicket({ kind: 'subscriber', subscriber: subscriber as SubscriberKey }, { parent }),
      );
      const outcomes = await desk.put(children);
      const externals = outcomes.map((outcome) => (outcome.kind === 'stored' ? outcome.external : ''));
      expect(new Set([parent, ...externals]).size).toBe(3);
      expect(await there.held(incident.ticket.id)).toEqual([
        {
          ...{ external: parent, title: incident.title, status: there.words.open, parent: undefined },
          ...{ description: 'Нет света: фидер 12', due: '2030-03-17T17:46:40Z' },
        },
      ]);
      for (const [index, child] of children.entries())
        expect(await there.held(child.ticket.id)).toMatchObject([{ external: externals[index], parent }]);
      // Whoever asks again, with or without the id, finds them.
      const again = [incident, ...children];
      const first = outcomes[0]!;
      expect(await desk.put(again)).toEqual([{ kind: 'stored', external: parent }, first, outcomes[1]]);
      expect(await there.held(incident.ticket.id)).toHaveLength(1);
      expect(await there.held(children[0]!.ticket.id)).toHaveLength(1);
    });

    test('a ticket that is taken from its incident, or goes to another one, hangs there as it does here', async ({
      skip,
    }) => {
      if (there.keepsLinks) return skip('a link that was made once stays there');
      const [first, second] = [await stored(deskTicket()), await stored(deskTicket())];
      const child = deskTicket({ kind: 'subscriber', subscriber: 5 as SubscriberKey }, { parent: first });
      const external = await stored(child);
      const parentThere = async () => (await there.held(child.ticket.id))[0]!.parent;
      const hung = { ...child, external };
      await stored({ ...hung, parent: undefined, linked: first });
      expect(await parentThere()).toBeUndefined();
      await stored({ ...hung, parent: second, linked: undefined });
      expect(await parentThere()).toBe(second);
      await stored({ ...hung, parent: first, linked: second });
      // Done twice it is done once.
      await stored({ ...hung, parent: first, linked: second });
      expect(await parentThere()).toBe(first);
    });

    test('makes one ticket though the answer to its making was lost', async () => {
      const given = deskTicket();
      way.fail('lost', { methods: ['POST'], times: 1 });
      expect(await put(given)).toMatchObject({ kind: 'retry' });
      way.heal();
      const [held, ...others] = await there.held(given.ticket.id);
      expect(others).toEqual([]);
      expect(await put(given)).toEqual({ kind: 'stored', external: held!.external });
      expect(await there.held(given.ticket.id)).toHaveLength(1);
    });

    test('follows what was opened and closed again and again, whatever is lost between', async () => {
      const given = deskTicket();
      const external = await stored(given);
      const states: readonly TicketStatus[] = [
        'resolved',
        'inProgress',
        'resolved',
        'inProgress',
        'resolved',
      ];
      for (const [index, status] of states.entries()) {
        if (index % 2 === 1) way.fail({ status: 503 }, { methods: there.writes, times: 1 });
        const next = moved(given, status, { external });
        if ((await put(next)).kind === 'retry') expect(await put(next)).toEqual({ kind: 'stored', external });
        way.heal();
      }
      expect(await put(moved(given, 'closed', { external }))).toEqual({ kind: 'stored', external });
      expect(await there.held(given.ticket.id)).toMatchObject([{ status: there.words.done }]);
    });

    test('opens again what was closed there, when ours says that work goes on', async () => {
      const given = deskTicket();
      const external = await stored(given);
      await there.setStatus(external, there.words.done);
      expect(await put(moved(given, 'inProgress', { external }))).toEqual({ kind: 'stored', external });
      expect(await there.held(given.ticket.id)).toMatchObject([{ status: there.words.open }]);
    });

    test('says why it was refused, and when it may be asked again', async () => {
      const given = deskTicket();
      way.fail({ status: 422, body: '{"message":"no such\\r\\ngroup"}' }, { methods: there.writes });
      expect(await put(given)).toEqual({ kind: 'refused', reason: 'HTTP 422: no such group' });
      way.fail({ status: 429, retryAfter: '7' }, { methods: there.writes });
      expect(await put(given)).toEqual({ kind: 'retry', reason: 'HTTP 429', afterMs: 7_000 });
      way.fail({ status: 503 }, { methods: there.writes });
      expect(await put(given)).toMatchObject({ kind: 'retry', reason: 'HTTP 503' });
      way.heal();
      expect(await there.held(given.ticket.id)).toEqual([]);
    });

    test('is asked again when it answers with what is no answer, or not at all', async () => {
      for (const body of ['<html>', '', '[]', '{"items":7,"id":{}}', 'null', '"x"', '{"id":"']) {
        way.fail({ status: 200, body }, { methods: ['GET', 'POST', 'PUT', 'PATCH'] });
        const outcome = await put(deskTicket({}, { external: '1' }));
        expect(outcome.kind, body).toBe(there.isTerse === true ? 'stored' : 'retry');
        const news = await desk.news?.('2026-01-01T00:00:00.000Z');
        if (news !== undefined) expect(['retry', 'news'], body).toContain(news.kind);
      }
      way.fail('stalled', { methods: ['GET', 'POST', 'PUT', 'PATCH'] });
      const hasty = there.open(way.url, impatient());
      expect(await hasty.put([deskTicket()])).toMatchObject([{ kind: 'retry', reason: 'no answer in time' }]);
      way.heal();
      await hasty.close();
    });

    test('takes texts that would be headers, markup or queries, and very long ones', async () => {
      const title = `Subject\r\nBcc: all@example.net\0 <script>alert(1)</script> ' OR id > 0 {{x}} \u2028#{1}`;
      const description = `<img src=x onerror=alert(1)>\r\nFrom: root\n.\n${'ж'.repeat(20_000)}\ud83d`;
      const given = deskTicket({}, { title, description });
      const external = await stored(given);
      const [held] = await there.held(given.ticket.id);
      expect(held?.title).toBe(
        "Subject Bcc: all@example.net <script>alert(1)</script> ' OR id > 0 {{x}} #{1}",
      );
      expect(held?.description.startsWith('<img src=x onerror=alert(1)>\nFrom: root\n.\nжжж')).toBe(true);
      expect(held?.description.length).toBeLessThanOrEqual(10_000);
      expect(await put({ ...given, external })).toEqual({ kind: 'stored', external });
      expect(await there.held("x' OR id > 0 OR 'y' = '")).toEqual([]);
    });

    test('takes a text to many, once though its answer was lost', async () => {
      const incident = deskTicket();
      const parent = await stored(incident);
      const child = await stored(
        deskTicket({ kind: 'subscriber', subscriber: 3 as SubscriberKey }, { parent }),
      );
      const notes = [parent, child].map((external, index) => ({
        ...{ key: `n-${index}-${incident.ticket.id}`, external, isRepeat: false },
        ...{ audience: index === 0 ? ('staff' as const) : ('subscriber' as const), text: `Чиним ${index}` },
      }));
      way.fail('lost', { methods: there.writes, times: 1 });
      const first = await desk.say(notes);
      expect(first.map(({ kind }) => kind)).toContain('retry');
      way.heal();
      const repeated = notes.map((note) => ({ ...note, isRepeat: true }));
      expect(await desk.say(repeated)).toEqual([
        { kind: 'stored', external: parent },
        { kind: 'stored', external: child },
      ]);
      const said = [...(await there.said(parent)), ...(await there.said(child))];
      for (const { text } of notes) expect(said.filter((one) => one.includes(text))).toHaveLength(1);
    });

    describe('what others do there', () => {
      const news = async (
        cursor: string | undefined,
      ): Promise<{ items: readonly DeskItem[]; cursor: string }> => {
        const told = await desk.news!(cursor);
        if (told.kind !== 'news') throw new Error(JSON.stringify(told));
        return told;
      };
      const about = (items: readonly DeskItem[], external: string) =>
        items.filter((item) => item.external === external);

      test('comes back: a status, the words of staff and of the subscriber; what we did is no news', async ({
        skip,
      }) => {
        if (desk.news === undefined) return skip('it tells us itself');
        const given = deskTicket(
          { kind: 'subscriber', subscriber: 4 as SubscriberKey },
          { subscriber: { id: 'C-4', email: 'c4@example.org' } },
        );
        const { cursor } = await news(undefined);
        const external = await stored(given);
        await desk.say([
          { key: `own-${external}`, external, audience: 'staff', text: 'von uns', isRepeat: false },
        ]);
        const own = await news(cursor);
        expect(about(own.items, external).filter(({ kind }) => kind === 'said')).toEqual([]);
        for (const item of about(own.items, external))
          if (item.kind === 'status') expect(item.statuses).toContain('inProgress');
        await there.subscriberSays(external, 'Ещё не работает');
        await there.staffSays(external, 'Выехали');
        await there.setStatus(external, there.words.done);
        const told = await news(own.cursor);
        expect(about(told.items, external)).toMatchObject([
          { kind: 'said', by: 'subscriber', text: expect.stringContaining('Ещё не работает') },
          { kind: 'said', by: 'staff', text: expect.stringContaining('Выехали') },
          { kind: 'status', statuses: expect.arrayContaining(['resolved']) },
        ]);
        // Told again or not: a repeat has the same ids, and nothing new.
        const again = about((await news(told.cursor)).items, external);
        for (const item of again) expect(told.items).toContainEqual(item);
      });
    });

    test('makes anew what was deleted there, and does not write into a foreign ticket', async ({ skip }) => {
      if (there.remove === undefined) return skip('nothing can be deleted there');
      const given = deskTicket();
      const external = await stored(given);
      const other = await stored(deskTicket());
      await there.remove(external);
      const anew = await stored({ ...given, external });
      expect(await there.held(given.ticket.id)).toMatchObject([{ external: anew }]);
      expect(await stored({ ...given, external: other })).toBe(anew);
    });
  });
}
