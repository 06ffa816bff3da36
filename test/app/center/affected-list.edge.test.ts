/** Whom an incident touches, one by one, over a real book and the small city: each once, and why not told. */
import { expect, test } from 'vitest';
import { affectedLists } from '../../../src/app/center/affected-list.ts';
import { ownLines } from '../../../src/app/center/levels.ts';
import { instant, minutes } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { AffectedList, AffectedView } from '../../../src/edge/http/affected-port.ts';
import type { Alarm } from '../../../src/model/alarm.ts';
import type { Change } from '../../../src/model/change.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import type { Impact, Incident } from '../../../src/model/incident.ts';
import { placeSubscribers } from '../../../src/topology/topology.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  sms,
  subscriberRow,
  t0,
  tells,
} from '../../edge/book/book-fixture.ts';
import { anAlarm, aTicket } from '../../support/front-records.ts';
import { allTerminals, cityTable, keyAt } from '../../support/line-city.ts';
import { smallCity, terminals } from '../../support/small-city.ts';

const topology = smallCity();
const silent = terminals('1-1-1')[4]!;
const subscribers = placeSubscribers(topology, cityTable({ silent: [silent] }));
const placed = { version: 1, topology, subscribers };
const branch = terminals('1-1-1');
const neighbours = terminals('1-1-2');

const impact = (ranges: Impact['ranges'], revision = 1): Change => ({
  kind: 'impact',
  impact: {
    ...{ incident: incidentId, revision, topologyVersion: 1, ranges },
    subscribers: ranges.reduce((sum, { from, to }) => sum + to - from, 0),
    byClass: { residential: 1, business: 0, priority: 0, vip: 0, staff: 0 },
  },
});
const opened = (change: Partial<Incident> = {}): Change => ({ kind: 'incident', incident: incident(change) });
const dark = (resource: string): Change => {
  const alarm: Alarm = { ...anAlarm({ resource: resource as never, cause: 'LOS' }), incident: incidentId };
  return { kind: 'alarm', alarm };
};
const below = (id: string) => subscribers.rangesUnderId(id);

/** Subscriber of terminal n has key n + 1; number and key differ where the tree is in another order than the list. */
async function withCity(run: (book: Book, lists: ReturnType<typeof listsOf>) => Promise<void>) {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rows = allTerminals.map((resource, n) => subscriberRow(n, { resource }));
    await importAll(book, rows);
    await run(book, listsOf(book));
    await book.close();
  });
}

const listsOf = (book: Book, version = 1) =>
  affectedLists({
    ...{ book, own: ownLines(book, () => 0), country: () => 'ru' },
    placed: () => ({ ...placed, version }),
  });

const items = (list: AffectedList): readonly AffectedView[] => {
  if (list.kind !== 'listed') throw new Error(list.kind);
  return list.page.items;
};
const idAt = (terminal: string): string => `s${keyAt(terminal) - 1}`;

test('everybody is on one page, once, with how sure it is; levels share them out', async () => {
  await withCity(async (book, lists) => {
    await book.project([
      applied([], [opened(), impact(below('s1-1-1')), dark(branch[0]!), dark(branch[2]!)]),
    ]);
    const seen: AffectedView[] = [];
    let cursor: string | undefined;
    let turns = 0;
    do {
      const list = await lists.affected(incidentId, { limit: 3, cursor });
      seen.push(...items(list));
      if (list.kind !== 'listed') break;
      expect(list.page.total).toBe(branch.length);
      cursor = list.page.next;
    } while (cursor !== undefined && ++turns < 20);
    expect(seen.map(({ resource }) => resource).sort()).toEqual([...branch].sort());
    const proved = seen.filter(({ level }) => level === 'proved').map(({ id }) => id);
    expect(proved.sort()).toEqual([idAt(branch[0]!), idAt(branch[2]!)].sort());
    for (const level of ['proved', 'inferred', 'suspected'] as const) {
      const page = items(await lists.affected(incidentId, { limit: 100, level }));
      expect(page.map(({ id }) => id)).toEqual(seen.filter((one) => one.level === level).map(({ id }) => id));
    }
    expect(seen[0]).toMatchObject({ name: 'N***', services: ['internet'], class: 'residential' });
    expect(seen[0]?.phone).toMatch(/^\+7 \*\*\* \*\*\*-\d\d-\d\d$/);
  });
});

test('what each was told, or why not, and which ticket they have', async () => {
  await withCity(async (book, lists) => {
    const [range] = below('s1-1-1');
    const { from, to } = range!;
    const numberAt = (terminal: string) => subscribers.numberOf(keyAt(terminal))!;
    const except = [numberAt(silent)];
    const suppressed = { noChannel: 1 };
    const ticket = aTicket('t.1', t0, { incident: incidentId, subscriber: subscriberKey(keyAt(branch[1]!)) });
    await book.project([
      applied([], [opened(), impact([range!]), { kind: 'ticket', ticket }]),
      tells({
        ...{ incident: incidentId, revision: 1, type: 'detected', topologyVersion: 1, from, to: to - 1 },
        ...{ except, suppressed, held: false, order: ['sms'], facts: { kind: 'feeder', startedAt: t0 } },
      }),
    ]);
    const before = items(await lists.affected(incidentId, { limit: 100 }));
    const toldAt = (list: readonly AffectedView[], terminal: string) =>
      list.find(({ resource }) => resource === terminal)?.told;
    const last = before.at(-1)!.resource;
    expect(toldAt(before, silent)).toMatchObject({ state: 'suppressed', reason: 'noChannel' });
    expect(toldAt(before, last)).toMatchObject({ state: 'notYet' });
    expect(toldAt(before, branch[0]!)).toMatchObject({ state: 'queued' });
    await expandAll(book, [sms]);
    const taken = await book.takeDue({ channel: sms, limit: 2, now: t0 });
    const settling = { channels: [sms], now: t0 };
    await book.settle([{ kind: 'sent', row: taken.notices[0]!.row }], settling);
    const after = items(await lists.affected(incidentId, { limit: 100 }));
    const toldId = taken.notices[0]!.subscriberId;
    expect(after.find(({ id }) => id === toldId)?.told).toMatchObject({
      state: 'sent',
      channel: 'sms',
      at: t0,
    });
    expect(after.find(({ id }) => id === taken.notices[1]!.subscriberId)?.told.state).toBe('sending');
    expect(after.filter((one) => one.ticket !== undefined).map((one) => [one.id, one.ticket])).toEqual([
      [idAt(branch[1]!), { id: 't.1', status: 'inProgress' }],
    ]);
  });
});

test('nobody is told of works and of what only people say, and the list says so', async () => {
  await withCity(async (book, lists) => {
    const all = impact(below('s1-1-1'));
    await book.project([applied([], [opened({ planned: true }), all])]);
    expect(items(await lists.affected(incidentId, { limit: 1 }))[0]?.told).toEqual({
      ...{ state: 'none', reason: 'planned' },
    });
    await book.project([applied([], [opened({ suspected: true }), all, dark(branch[0]!)])]);
    const suspected = items(await lists.affected(incidentId, { limit: 100 }));
    expect(new Set(suspected.map(({ level }) => level))).toEqual(new Set(['suspected']));
    expect(suspected[0]?.told).toEqual({ state: 'none', reason: 'suspected' });
  });
});

test('who joined with a later revision is touched since then, also when others left meanwhile', async () => {
  await withCity(async (book, lists) => {
    const later = (n: number) => instant(t0 + n * minutes(1));
    const whole = [...below('s1-1-1'), ...below('s1-1-2')].sort((a, b) => a.from - b.from);
    const short = [{ from: whole[0]!.from, to: whole[0]!.to - 1 }];
    const at = (sequence: ReturnType<typeof applied>, n: number) => ({ ...sequence, at: later(n) });
    await book.project([
      at(applied([], [opened(), impact(below('s1-1-1'), 1)]), 1),
      at(applied([], [impact(short, 2)]), 2),
      at(applied([], [impact(whole, 3)]), 5),
    ]);
    const list = items(await lists.affected(incidentId, { limit: 100 }));
    const left = list.filter(({ since }) => since === later(5)).map(({ resource }) => resource);
    expect(left).toHaveLength(neighbours.length + 1);
    for (const terminal of neighbours) expect(left).toContain(terminal);
    expect(list.filter(({ since }) => since === t0)).toHaveLength(branch.length - 1);
  });
});

test('somebody is found by a number as people write it or by id, and only among those it touches', async () => {
  await withCity(async (book, lists) => {
    await book.project([applied([], [opened(), impact(below('s1-1-1'))])]);
    const n = keyAt(branch[3]!) - 1;
    const local = `8 (900) ${String(n)
      .padStart(7, '0')
      .replace(/^(...)(..)(..)$/, '$1-$2-$3')}`;
    for (const find of [local, ` s${n} `]) {
      const list = await lists.affected(incidentId, { limit: 10, find });
      expect(items(list).map(({ resource }) => resource)).toEqual([branch[3]]);
    }
    const elsewhere = idAt(neighbours[0]!);
    expect(items(await lists.affected(incidentId, { limit: 10, find: elsewhere }))).toEqual([]);
    expect(items(await lists.affected(incidentId, { limit: 10, find: "' OR 1=1" }))).toEqual([]);
  });
});

test('a cursor of another network, and an incident of one, are refused and not misread', async () => {
  await withCity(async (book, lists) => {
    await book.project([applied([], [opened(), impact(below('s1-1-1'))])]);
    const list = await lists.affected(incidentId, { limit: 2 });
    const cursor = list.kind === 'listed' ? list.page.next : undefined;
    expect(cursor).toMatch(/^1\.\d+$/);
    for (const wrong of ['7.0', 'x', '1.-2.5', '1.99999999999999999999'])
      expect((await lists.affected(incidentId, { limit: 2, cursor: wrong })).kind).toBe('otherNetwork');
    expect((await listsOf(book, 2).affected(incidentId, { limit: 2 })).kind).toBe('otherNetwork');
    expect((await lists.affected('l.9.9', { limit: 2 })).kind).toBe('unknown');
    const all = await lists.allAffected(incidentId, undefined);
    const read: AffectedView[] = [];
    if (all.kind === 'pages') for await (const page of all.pages) read.push(...page);
    expect(read).toHaveLength(branch.length);
  });
});
