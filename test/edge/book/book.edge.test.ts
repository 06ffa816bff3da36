import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openBook } from '../../../src/edge/book/book.ts';
import { connectBook, serveBook } from '../../../src/edge/book/book-port.ts';
import { readOrMakeKey } from '../../../src/edge/book/vault.ts';
import { openSqlite } from '../../../src/edge/disk/sqlite.ts';
import type { Alarm } from '../../../src/model/alarm.ts';
import type { AlarmId, IncidentId, ResourceId } from '../../../src/model/ids.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import {
  applied,
  bookIn,
  importAll,
  incident,
  incidentId,
  inFolder,
  secretKey,
  subscriberRow,
  t0,
  tell,
} from './book-fixture.ts';

const world = virtualWorld();

const alarm = (n: number, change: Partial<Alarm> = {}): Alarm => ({
  id: `alarm-${n}` as AlarmId,
  resource: `ont-${n}` as ResourceId,
  cause: 'LOS',
  alarmType: 'communicationsAlarm',
  perceivedSeverity: 'minor',
  state: 'raised',
  ackState: 'unacknowledged',
  flapping: false,
  sources: ['trap'],
  raisedAt: t0,
  changedAt: t0,
  count: 1,
  incident: incidentId,
  attributes: {},
  ...change,
});

test('a batch is in the book once, with records, effects and audit row together', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const audit = [{ at: t0, actor: 'allclear', action: 'incident', target: incidentId }];
    const batch = [applied([{ kind: 'tell', tell: tell() }], [{ kind: 'incident', incident: incident() }])];
    await book.project(batch, audit);
    await book.project(batch, audit);
    expect(await book.applied()).toBe(batch[0]!.sequence);
    await book.addNotices({
      page: (await book.nextTellPages({ limit: 500, pages: 1 }))[0]!,
      keys: new Uint32Array(),
      channels: [],
      now: t0,
    });
    expect(await book.nextTellPages({ limit: 500, pages: 1 })).toEqual([]);
    expect((await book.auditPage({})).total).toBe(1);
    await book.close();
    const again = await bookIn(folder);
    expect(await again.applied()).toBe(batch[0]!.sequence);
    expect((await again.incident(incidentId))?.incident).toEqual(incident());
    await again.close();
  });
});

test('a batch that fails in the middle leaves nothing behind', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const broken = applied(
      [],
      [{ kind: 'incident', incident: incident({ id: { not: 'text' } as unknown as IncidentId }) }],
    );
    await expect(book.project([applied([], [{ kind: 'alarm', alarm: alarm(1) }]), broken])).rejects.toThrow();
    expect(await book.applied()).toBe(0);
    expect((await book.alarms({})).total).toBe(0);
    await book.close();
  });
});

test('lists come newest first in pages that stay right while records are added', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.project([
      applied(
        [],
        Array.from({ length: 25 }, (_, n) => ({ kind: 'alarm', alarm: alarm(n) })),
      ),
    ]);
    const first = await book.alarms({ limit: 10, state: 'raised' });
    expect(first).toMatchObject({ total: 25 });
    await book.project([
      applied(
        [],
        [
          { kind: 'alarm', alarm: alarm(99) },
          { kind: 'alarm', alarm: alarm(3, { state: 'cleared' }) },
        ],
      ),
    ]);
    const second = await book.alarms({ limit: 10, state: 'raised', cursor: first.next });
    const third = await book.alarms({ limit: 10, state: 'raised', cursor: second.next });
    expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(
      Array.from({ length: 25 }, (_, n) => `alarm-${24 - n}`).filter((id) => id !== 'alarm-3'),
    );
    expect(third.next).toBeUndefined();
    expect((await book.alarms({ words: 'ont-7 LOS' })).items.map(({ id }) => id)).toEqual(['alarm-7']);
    expect((await book.alarms({ words: '100%_' })).total).toBe(0);
    expect((await book.alarms({ limit: 1e9, cursor: "'; DROP TABLE alarms" })).total).toBe(26);
    await book.close();
  });
});

test('an incident shows its impact and the worst alarm that is still raised', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const impact = {
      incident: incidentId,
      revision: 1,
      topologyVersion: 1,
      ranges: [],
      subscribers: 5,
      byClass: { residential: 5, business: 0, priority: 0, vip: 0, staff: 0 },
    };
    await book.project([
      applied(
        [],
        [
          { kind: 'incident', incident: incident() },
          { kind: 'impact', impact },
          { kind: 'alarm', alarm: alarm(1, { perceivedSeverity: 'critical', state: 'cleared' }) },
          { kind: 'alarm', alarm: alarm(2, { perceivedSeverity: 'major' }) },
        ],
      ),
    ]);
    expect(await book.incident(incidentId)).toMatchObject({ impact, severity: 'major', tickets: 0 });
    const { kind, startedAt } = incident();
    expect(await book.incidentKinds(10)).toEqual([{ kind, n: 1, last: startedAt }]);
    expect((await book.incidents({ states: ['open', 'uncertain'] })).total).toBe(1);
    expect((await book.incidents({ states: ['closed'] })).items).toEqual([]);
    expect(await book.incident('nope')).toBeUndefined();
    await book.close();
  });
});

test('what the raised alarms of an incident say is dead is read page by page, each alarm once', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const change = (n: number) => ({
      ...{ incident: incidentId, cause: n % 4 === 3 ? 'BER' : 'LOS' },
      ...{ perceivedSeverity: n % 2 === 0 ? ('critical' as const) : ('minor' as const) },
      ...{ state: n === 4 ? ('cleared' as const) : ('raised' as const) },
    });
    await book.project([
      applied(
        [],
        Array.from({ length: 12 }, (_, n) => ({ kind: 'alarm', alarm: alarm(n, change(n)) })),
      ),
    ]);
    const read: string[] = [];
    let after: readonly [number, number] | undefined;
    do {
      const page = await book.deadResources({ incident: incidentId, causes: ['LOS'], after, limit: 3 });
      expect(page.resources.length).toBeLessThanOrEqual(3);
      read.push(...page.resources);
      after = page.next;
    } while (after !== undefined);
    const dead = [0, 1, 2, 5, 6, 8, 9, 10].map((n) => alarm(n).resource);
    expect(read.toSorted()).toEqual(dead.toSorted());
    await book.close();
  });
});

test('a newer book is refused before it is touched', async () => {
  await inFolder(async (folder) => {
    await (await bookIn(folder)).close();
    const file = openSqlite({ file: `${folder}/book.sqlite` });
    file.exec('PRAGMA user_version = 99');
    file.close();
    const opened = await openBook({ folder, world, secretKey });
    expect(opened.value).toBeUndefined();
    expect(opened.problems[0]?.message).toContain('format 99');
  });
});

test('a book is not opened with another key, and a key others may read is refused', async () => {
  await inFolder(async (folder) => {
    await (await bookIn(folder)).close();
    const opened = await openBook({ folder, world, secretKey: new Uint8Array(32).fill(8) });
    expect(opened.problems[0]?.code).toBe('book/other-key');
    const path = `${folder}/keys/book.key`;
    // A start that was killed while it made the key leaves half of one beside, never in its place.
    await mkdir(`${folder}/keys`);
    await writeFile(`${path}.new`, 'half');
    const key = await readOrMakeKey(path, world);
    expect(await readdir(`${folder}/keys`)).toEqual(['book.key']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readOrMakeKey(path, world)).toEqual(key);
    const { chmodSync } = createRequire(import.meta.url)('node:fs') as typeof import('node:fs');
    chmodSync(path, 0o644);
    await expect(readOrMakeKey(path, world)).rejects.toMatchObject({ code: 'book/key-readable' });
  });
});

test('the book in another thread answers the same', async () => {
  await inFolder(async (folder) => {
    const { port1, port2 } = new MessageChannel();
    serveBook(port1, await bookIn(folder));
    const book = connectBook(port2);
    await importAll(book, [subscriberRow(0), subscriberRow(1)]);
    expect((await book.subscribers({})).total).toBe(2);
    expect((await book.exportColumns({ channels: [], language: 'ru', zone: 'UTC' })).key).toEqual(
      Uint32Array.of(1, 2),
    );
    await expect(book.addContact({ id: 'c', subscriber: 99, at: 0, text: 'x' })).rejects.toMatchObject({
      code: 'book/unknown-subscriber',
    });
    const dangling = new Promise((resolve) => port2.once('close', resolve));
    await book.close();
    port1.close();
    await dangling;
    await expect(book.applied()).rejects.toMatchObject({ code: 'book/closed' });
  });
});

test('whoever ordered something is in the audit with it, once, in the transaction of what followed', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const order = { by: 'ann', command: { kind: 'approveNotices', incident: incidentId } } as const;
    const list = { kind: 'reconcile', collector: 'c1', watches: [], active: [] } as const;
    const batch = [
      { ...applied([]), order },
      { ...applied([]), order: { by: 'c1', command: list } },
    ];
    await book.project(batch);
    await book.project(batch);
    expect((await book.auditPage({})).items).toEqual([
      {
        at: t0,
        actor: 'ann',
        action: 'approveNotices',
        target: incidentId,
        detail: { incident: incidentId },
      },
    ]);
    expect(await book.verifyAudit()).toEqual({ rows: 1 });
    await book.close();
  });
});

test('an audit row that was changed, taken away or slipped in is named', async () => {
  await inFolder(async (folder) => {
    for (const [harm, brokenAt] of [
      ['UPDATE audit SET detail = \'{"a":2}\' WHERE row = 2', 2],
      ['DELETE FROM audit WHERE row = 2', 2],
      ["UPDATE audit SET actor = 'eve' WHERE row = 3", 3],
    ] as const) {
      const here = `${folder}/${brokenAt}-${harm.length}`;
      const book = await bookIn(here);
      for (let n = 1; n <= 3; n++)
        await book.audit([{ at: t0, actor: 'ann', action: 'reveal', target: `s${n}`, detail: { a: 1 } }]);
      expect(await book.verifyAudit()).toEqual({ rows: 3 });
      await book.close();
      const file = openSqlite({ file: `${here}/book.sqlite` });
      file.exec(harm);
      file.close();
      const again = await bookIn(here);
      expect((await again.verifyAudit()).brokenAt).toBe(brokenAt);
      await again.close();
    }
  });
});

test('a link opens its confirmation for seven days; unknown and expired ones look the same', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const wish = { incident: incidentId, subscriber: 5 as never, purpose: 'confirm', now: t0 } as const;
    const long = await book.grantLink({ ...wish, short: false });
    const short = await book.grantLink({ ...wish, short: true });
    expect([long.token.length, short.token.length]).toEqual([22, 11]);
    expect(await book.findLink(long.token, t0)).toEqual({
      confirmation: `${incidentId}:5`,
      subscriber: 5,
      incident: incidentId,
      purpose: 'confirm',
      expiresAt: t0 + 7 * 86_400_000,
    });
    expect(await book.findLink(short.token, t0 + 7 * 86_400_000)).toBeUndefined();
    expect(await book.findLink(`${short.token.slice(0, 10)}A`, t0)).toBeUndefined();
    expect(await book.findLink('x'.repeat(100_000), t0)).toBeUndefined();
    expect(await book.forgetExpired(t0 + 8 * 86_400_000)).toBe(2);
    await book.close();
  });
});
