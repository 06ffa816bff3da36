/** Users, keys and links in a real book: hashes only, roles as they are now, an end at once, and a record of each deed. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { after, days, hours, instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { migrate } from '../../../src/edge/book/migrations.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import { hashOf } from '../../../src/edge/book/vault.ts';
import { bookIn, inFolder, t0 } from './book-fixture.ts';

const audit = (action: string, target: string) => ({ at: t0, actor: 'oleg', action, target });

const add = (book: Book, name: string, role: 'viewer' | 'operator' | 'administrator') =>
  book.addUser({ name, role, language: 'ru', audit: audit('addUser', name) });

async function signIn(book: Book, name: string): Promise<string> {
  const link = { name, expiresAt: after(t0, hours(72)), audit: audit('linkUser', name) };
  const made = await book.linkUser(link);
  if (made.kind !== 'done') throw new Error(made.kind);
  return made.token;
}

const check = (book: Book, kind: 'signIn' | 'session' | 'apiKey', secret: string, now = t0) =>
  book.checkCredential({ kind, secret, now, once: kind === 'signIn' });

const session = (book: Book, name: string) =>
  book.issueCredential({
    ...{ kind: 'session', name, role: 'operator', label: 'console', expiresAt: after(t0, hours(12)) },
  });

test('a sign-in link works once, until its time, and not after a newer one; its secret is not in the file', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await add(book, 'ann', 'administrator');
    const first = await signIn(book, 'ann');
    const second = await signIn(book, 'ann');
    expect(await check(book, 'signIn', first)).toBeUndefined();
    expect(await check(book, 'apiKey', second)).toBeUndefined();
    expect(await check(book, 'signIn', second, after(t0, hours(72)))).toBeUndefined();
    expect(await check(book, 'signIn', second)).toEqual({ name: 'ann', role: 'administrator' });
    expect(await check(book, 'signIn', second)).toBeUndefined();
    expect(await book.users()).toMatchObject([{ name: 'ann', signedInAt: t0 }]);
    await book.close();
    expect((await readFile(`${folder}/book.sqlite`)).includes(second)).toBe(false);
  });
});

test('a role counts as it is now, and who is disabled or removed is out at once, also by a session made meanwhile', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await add(book, 'ann', 'administrator');
    await add(book, 'bob', 'operator');
    const cookie = await session(book, 'bob');
    expect(await check(book, 'session', cookie)).toEqual({ name: 'bob', role: 'operator' });
    const change = { name: 'bob', audit: audit('changeUser', 'bob') };
    await book.changeUser({ ...change, role: 'viewer' });
    expect(await check(book, 'session', cookie)).toEqual({ name: 'bob', role: 'viewer' });
    expect(await book.releasers()).toBe(1);
    const link = await signIn(book, 'bob');
    await book.changeUser({ ...change, isDisabled: true });
    const late = await session(book, 'bob');
    for (const secret of [cookie, late]) expect(await check(book, 'session', secret)).toBeUndefined();
    expect(await check(book, 'signIn', link)).toBeUndefined();
    await book.changeUser({ ...change, isDisabled: false });
    expect(await check(book, 'session', cookie)).toBeUndefined();
    await book.removeUser(change);
    expect(await check(book, 'session', late)).toBeUndefined();
    await book.close();
  });
});

test('one administrator is always left, and names that differ in capitals are one name', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await add(book, 'Анна', 'administrator');
    expect(await add(book, 'анна', 'viewer')).toEqual({ kind: 'taken' });
    const change = { name: 'Анна', audit: audit('changeUser', 'Анна') };
    for (const wish of [{ role: 'operator' as const }, { isDisabled: true }])
      expect(await book.changeUser({ ...change, ...wish })).toEqual({ kind: 'lastAdministrator' });
    expect(await book.removeUser(change)).toEqual({ kind: 'lastAdministrator' });
    await add(book, 'bob', 'administrator');
    expect(await book.removeUser(change)).toMatchObject({ kind: 'done' });
    expect(await book.changeUser(change)).toEqual({ kind: 'unknown' });
    const { items } = await book.auditPage({ limit: 10 });
    expect(items.map(({ action, target }) => `${action} ${target}`)).toEqual([
      ...['changeUser Анна', 'addUser bob', 'addUser Анна'],
    ]);
    await book.close();
  });
});

test('a key has its own role, an end and a last use; revoked it is nothing, and there is a bound', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const made = async (name: string, life?: number) => {
      const expiresAt = life === undefined ? undefined : after(t0, days(life));
      return book.addKey({ name, role: 'viewer', expiresAt, audit: audit('addKey', name) });
    };
    const added = await made('grafana');
    if (added.kind !== 'added') throw new Error(added.kind);
    expect(added.secret.length).toBe(43);
    expect(await check(book, 'apiKey', added.secret)).toEqual({ name: 'key:grafana', role: 'viewer' });
    expect(await check(book, 'session', added.secret)).toBeUndefined();
    await check(book, 'apiKey', added.secret, after(t0, 59_000 as never));
    expect(await book.keys()).toMatchObject([{ name: 'grafana', createdBy: 'oleg', usedAt: t0 }]);
    expect(await made('Grafana')).toEqual({ kind: 'taken' });
    expect(await book.revokeKey({ name: 'grafana', audit: audit('revokeKey', 'grafana') })).toBe(true);
    expect(await book.revokeKey({ name: 'grafana', audit: audit('revokeKey', 'grafana') })).toBe(false);
    expect(await check(book, 'apiKey', added.secret)).toBeUndefined();
    for (let n = 0; n < 200; n++) expect((await made(`k${n}`)).kind).toBe('added');
    expect(await made('one-more')).toEqual({ kind: 'tooMany', most: 200 });
    await book.close();
  });
});

test('a book of the time before accounts is opened; a session of then keeps its role by the words of now', async () => {
  await inFolder(async (folder) => {
    const cookie = 'a-cookie-of-then';
    const sql = openSql(`${folder}/book.sqlite`);
    migrate(sql, 'book.sqlite', 15);
    sql.run(
      `INSERT INTO credentials (hash, kind, user, role, label, created_at, expires_at)
       VALUES (?, 'session', 'administrator', 'admin', 'console', ?, ?)`,
      ...[hashOf(cookie), t0, after(t0, hours(12))],
    );
    sql.close();
    const opened = await bookIn(folder);
    expect(await check(opened, 'session', cookie, instant(t0 + 1))).toEqual({
      ...{ name: 'administrator', role: 'administrator' },
    });
    await opened.close();
  });
});
