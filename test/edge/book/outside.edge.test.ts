import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import type { Applied } from '../../../src/flow/applied.ts';
import type { Alarm } from '../../../src/model/alarm.ts';
import { alarmId, resourceId } from '../../../src/model/ids.ts';
import type { OutsideWrite } from '../../../src/model/outside.ts';
import { anAlarm } from '../../support/front-records.ts';
import { applied, bookIn, inFolder, t0 } from './book-fixture.ts';

// Records of other systems and news for hubs in the book.

const write = (id: string, body: object, more: Partial<OutsideWrite> = {}): OutsideWrite => ({
  ...{ kind: 'individual', id, isOwn: false, body: JSON.stringify(body), at: t0, by: 'crm', news: 'create' },
  ...more,
});
const asApplied = (sequence: number, alarm: Alarm): Applied => ({
  ...applied([], [{ kind: 'alarm', alarm }]),
  sequence,
});
const hub = {
  id: 'h',
  api: 'party',
  base: 'http://x',
  mount: 'alarm/v4',
  callback: 'http://y',
  query: '',
  isLocal: false,
  secret: 's3cret',
};

test('what others hand in is sealed, found by the key they gave, on record, and there after a restart', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.keepOutside(write('1', { name: 'Anna Petrova' }, { external: 'crm-77-anna' }));
    await book.addHub({ ...hub, at: t0, by: 'crm' });
    await book.keepOutside(write('2', { name: 'Boris Petrov' }));
    await book.close();
    const sql = openSql(`${folder}/book.sqlite`);
    const all = ['outside', 'hub_feed', 'hubs', 'audit'].flatMap((table) =>
      sql.all(`SELECT * FROM ${table}`),
    );
    sql.close();
    const bytes = all.flatMap((row) =>
      Object.values(row as object).map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
      ),
    );
    for (const secret of ['Petrov', 'crm-77-anna', 's3cret']) expect(bytes.join('\n')).not.toContain(secret);
    const again = await bookIn(folder);
    expect((await again.outsideByExternal('individual', 'crm-77-anna'))?.id).toBe('1');
    expect(
      (await again.outsidePage({ kind: 'individual', limit: 10, offset: 0 })).items.map(({ id }) => id),
    ).toEqual(['2', '1']);
    expect(await again.hubNews({ limit: 10, upTo: t0 })).toMatchObject([
      { id: '2', body: '{"name":"Boris Petrov"}' },
    ]);
    expect(await again.hubs()).toEqual([hub]);
    expect(await again.verifyAudit()).toEqual({ rows: 3 });
    await again.close();
  }));

test('news is written with the change it tells of, in the same order, and only while a hub listens', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const alarm = anAlarm({ resource: resourceId('olt'), cause: 'LOS' });
    const acked = { ...alarm, ackState: 'acknowledged', ackBy: 'olga' } as const;
    await book.project([asApplied(1, alarm)]);
    await book.addHub({ ...hub, at: t0, by: 'crm' });
    await book.project([asApplied(2, acked), asApplied(3, acked)]);
    // What was applied before is told once only.
    await book.project([asApplied(2, acked)]);
    const far = instant(t0 + 1e12);
    const [only, ...more] = await book.hubNews({ limit: 10, upTo: far });
    expect([only, more]).toMatchObject([
      { kind: 'alarm', id: alarmId('olt', 'LOS', undefined), before: alarm, after: acked },
      [],
    ]);
    await book.addHubEvents({
      upTo: only!.row,
      at: t0,
      posts: [
        { key: 'k', hub: 'h', event: '{}' },
        { key: 'n', hub: 'nobody', event: '{}' },
      ],
    });
    expect(await book.hubNews({ limit: 10, upTo: far })).toEqual([]);
    expect(await book.dueHubEvents({ hub: 'h', limit: 10, now: t0 })).toEqual([
      { key: 'k', attempts: 0, event: '{}' },
    ]);
    await book.dropHub({ id: 'h', api: 'party', at: t0, by: 'crm' });
    expect(await book.hubCounts()).toMatchObject({ hubEventsQueued: 0, hubNewsLost: 0 });
    await book.close();
  }));

test('news that is too new yet keeps what was written after it, be that older: what is done is done with all before it', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.addHub({ ...hub, at: t0, by: 'crm' });
    await book.keepOutside(write('first', {}, { at: instant(t0 + 1_000) }));
    await book.keepOutside(write('second', {}));
    const heard = async (upTo: number) =>
      (await book.hubNews({ limit: 10, upTo: instant(upTo) })).map(({ id }) => id);
    expect(await heard(t0 + 500)).toEqual([]);
    expect(await heard(t0 + 1_000)).toEqual(['first', 'second']);
    await book.close();
  }));

test('news is held up to a bound; what comes above is counted, and so is what finds no room on its way', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.addHub({ ...hub, at: t0, by: 'crm' });
    const sql = openSql(`${folder}/book.sqlite`);
    const numbers = (most: number) =>
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${most})`;
    sql.run(`${numbers(100_001)} INSERT INTO hub_feed (at, kind, id) SELECT 0, 'alarm', i FROM n`);
    sql.run(
      `${numbers(50_000)} INSERT INTO hub_jobs (key, hub, state, post, attempts, due_at, created_at)
       SELECT i, 'h', 'queued', x'00', 0, 0, ${t0} FROM n`,
    );
    sql.close();
    await book.project([asApplied(1, anAlarm({ resource: resourceId('olt'), cause: 'LOS' }))]);
    await book.addHubEvents({ upTo: 0, at: t0, posts: [{ key: 'k', hub: 'h', event: '{}' }] });
    expect(await book.hubCounts()).toEqual({
      ...{
        hubEventsQueued: 50_000,
        hubEventsTaken: 0,
        hubEventsRefused: 1,
        hubNewsLost: 1,
        outsideNotesForgotten: 0,
        outsideResourcesApart: 0,
      },
    });
    await book.close();
  }));

test('an event that waits for another try keeps those behind it, and one of yesterday is not brought', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.addHub({ ...hub, at: t0, by: 'crm' });
    const posts = ['a', 'b'].map((key) => ({ key, hub: 'h', event: '{}' }));
    await book.addHubEvents({ upTo: 0, at: t0, posts });
    await book.settleHubEvents([{ kind: 'retry', key: 'a', reason: 'HTTP 503', at: instant(t0 + 5_000) }]);
    const due = async (after: number) =>
      (await book.dueHubEvents({ hub: 'h', limit: 10, now: t0 + after })).map(({ key }) => key);
    expect(await due(1_000)).toEqual([]);
    expect(await due(5_000)).toEqual(['a', 'b']);
    expect(await due(24 * 3_600_000)).toEqual([]);
    expect(await book.hubCounts()).toMatchObject({ hubEventsQueued: 0, hubEventsRefused: 2 });
    await book.close();
  }));

test('so many of a kind are kept and no more; records of what was done make room for newer ones', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const sql = openSql(`${folder}/book.sqlite`);
    sql.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       INSERT INTO outside (kind, id, is_own, changed_at, data_key, body) SELECT 'individual', 'x' || i, 0, 0, x'00', x'00' FROM n`,
    );
    sql.close();
    expect(await book.keepOutside(write('one-more', {}))).toBe('full');
    expect(await book.keepOutside(write('one-more', {}, { replacesOldest: true }))).toBe('kept');
    expect(await book.outside('individual', ['one-more'])).toHaveLength(1);
    expect(await book.keepOutside(write('other-kind', {}, { kind: 'service' }))).toBe('kept');
    await book.dropOutside({ kind: 'individual', id: 'one-more', isOwn: false, at: t0, by: 'crm' });
    expect(await book.keepOutside(write('another', {}))).toBe('kept');
    await book.close();
  }));

test('what is said of records of our own takes no room from others, and its oldest goes, counted', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const sql = openSql(`${folder}/book.sqlite`);
    sql.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       INSERT INTO outside (kind, id, is_own, changed_at, data_key, body) SELECT 'alarm', 'x' || i, 1, 0, x'00', x'00' FROM n`,
    );
    const held = (): number =>
      sql.get<{ n: number }>("SELECT count(*) AS n FROM outside WHERE kind = 'alarm'")!.n;
    const alarm = (id: string, isOwn: boolean) => book.keepOutside(write(id, {}, { kind: 'alarm', isOwn }));
    expect(await alarm('theirs', false)).toBe('kept');
    expect(await book.hubCounts()).toMatchObject({ outsideNotesForgotten: 0 });
    expect(await alarm('ours', true)).toBe('kept');
    await book.dropOutside({ kind: 'alarm', id: 'hidden', isOwn: true, at: t0, by: 'crm' });
    expect(await book.hubCounts()).toMatchObject({ outsideNotesForgotten: 2 });
    expect(held()).toBe(10_001);
    expect(
      sql.all(
        "SELECT id FROM outside WHERE id IN ('x1', 'x2', 'x3', 'ours', 'hidden', 'theirs') ORDER BY row",
      ),
    ).toEqual(['x3', 'theirs', 'ours', 'hidden'].map((id) => ({ id })));
    sql.close();
    await book.close();
  }));

test('a record is found by the key it was given last, and two never have the same', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.keepOutside(write('1', {}, { external: 'crm-1' }));
    await book.keepOutside(write('2', {}, { external: 'crm-2' }));
    const idOf = async (key: string) => (await book.outsideByExternal('individual', key))?.id;
    expect(await book.keepOutside(write('1', { said: 'more' }))).toBe('kept');
    expect(await idOf('crm-1')).toBe('1');
    expect(await book.keepOutside(write('1', {}, { external: 'crm-3' }))).toBe('kept');
    expect([await idOf('crm-1'), await idOf('crm-3')]).toEqual([undefined, '1']);
    expect(await book.keepOutside(write('1', {}, { external: 'crm-2' }))).toBe('taken');
    expect([await idOf('crm-2'), await idOf('crm-3')]).toEqual(['2', '1']);
    expect(await book.keepOutside(write('1', {}, { external: null }))).toBe('kept');
    expect(await idOf('crm-3')).toBeUndefined();
    await book.close();
  }));
