import { copyFile, readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { endImport } from '../../../src/edge/book/subscriber-import.ts';
import type { SubscriberKey } from '../../../src/model/ids.ts';
import { decodeSubscribers, encodeSubscribers } from '../../../src/topology/topology.ts';
import { bookIn, importAll, inFolder, mail, sms, subscriberRow, t0 } from './book-fixture.ts';

test('an import says what it would do, does it, and finds nothing to do the second time', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rows = Array.from({ length: 50 }, (_, n) => subscriberRow(n));
    expect(await importAll(book, rows, 'dry')).toMatchObject({
      added: 50,
      changed: 0,
      removed: 0,
      unchanged: 0,
      repeated: 0,
    });
    expect((await book.subscribers({})).total).toBe(0);
    expect(await importAll(book, rows)).toMatchObject({ added: 50 });
    expect(await importAll(book, rows)).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 50 });
    const next = [...rows.slice(10), subscriberRow(10, { phone: '+79990000000' }), subscriberRow(60)];
    expect(await importAll(book, next, 'dry')).toMatchObject({
      added: 1,
      changed: 0,
      removed: 10,
      unchanged: 40,
      repeated: 1,
    });
    next[0] = subscriberRow(10, { phone: '+79990000000' });
    expect(await importAll(book, next)).toMatchObject({
      added: 1,
      changed: 1,
      removed: 10,
      unchanged: 39,
      repeated: 1,
    });
    expect((await book.subscribers({})).total).toBe(41);
    await book.close();
  });
});

test('a key belongs to one id for ever', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const keyOf = async (id: string) => (await book.subscribers({ id })).items[0]?.key;
    await importAll(book, [subscriberRow(1), subscriberRow(2)]);
    const [one, two] = [await keyOf('s1'), await keyOf('s2')];
    await importAll(book, [subscriberRow(1)]);
    await importAll(book, [subscriberRow(1), subscriberRow(3)]);
    expect(await keyOf('s3')).not.toBe(two);
    expect(await importAll(book, [subscriberRow(1), subscriberRow(2), subscriberRow(3)])).toMatchObject({
      added: 1,
    });
    expect([await keyOf('s1'), await keyOf('s2')]).toEqual([one, two]);
    await book.close();
  });
});

test('contact data is masked, found by phone, revealed only with an audit row, and nowhere on disk in clear', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const row = subscriberRow(1, {
      name: 'Canaryname',
      phone: '+79001231234',
      email: 'canary@example.org',
      address: 'Canary street',
    });
    await importAll(book, [row, subscriberRow(2)]);
    await book.addContact({ id: 'c1', subscriber: 1, at: t0, text: 'Canarytext' });
    const [found] = (await book.subscribers({ phone: '+79001231234' })).items;
    expect(found).toMatchObject({ id: 's1', phone: '+7 *** ***-12-34', email: 'c***@example.org' });
    expect((await book.subscribers({ phone: '+79001231235' })).items).toEqual([]);
    expect((await book.subscribers({ resource: 'ont-2' })).items.map(({ id }) => id)).toEqual(['s2']);
    const audit = { at: t0, actor: 'ann', action: 'reveal', target: 's1' };
    expect(await book.revealSubscriber({ key: found!.key, audit })).toMatchObject({
      name: 'Canaryname',
      phone: '+79001231234',
    });
    expect((await book.auditPage({})).items).toMatchObject([audit]);
    expect(await book.contactText('c1')).toBe('Canarytext');
    const onDisk = Buffer.concat([
      await readFile(`${folder}/book.sqlite`),
      await readFile(`${folder}/book.sqlite-wal`),
    ]);
    for (const canary of ['Canary', 'canary@', '9001231234']) expect(onDisk.includes(canary)).toBe(false);
    await book.eraseSubscriber({ key: found!.key, at: t0, by: 'ann' });
    expect(await book.contactText('c1')).toBeUndefined();
    expect(await book.revealSubscriber({ key: found!.key, audit })).toBeUndefined();
    expect((await book.auditPage({})).items).toMatchObject([{ action: 'eraseSubscriber' }, audit]);
    await book.close();
  });
});

test('the columns hold what the line decides with, and survive their file', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [
      subscriberRow(1, { resource: 'b', class: 'vip', language: undefined, timezone: 'Asia/Omsk' }),
      subscriberRow(2, { resource: 'a', consent: ['mail'] }),
      subscriberRow(3, { resource: 'a', email: undefined, phone: undefined }),
    ]);
    await book.optOut(3, true);
    const table = await book.exportColumns({ channels: [sms, mail], language: 'en', zone: 'Europe/Moscow' });
    expect(table).toMatchObject({
      count: 3,
      channels: ['sms', 'mail'],
      zones: ['Europe/Moscow', 'Asia/Omsk'],
      resources: ['b', 'a'],
    });
    expect([...table.key]).toEqual([1, 2, 3]);
    expect([...table.resource]).toEqual([0, 1, 1]);
    expect([...table.channelMask]).toEqual([0b11, 0b10, 0]);
    expect([...table.language]).toEqual([0, 1, 0]);
    expect([...table.subscriberClass]).toEqual([3, 0, 0]);
    expect([...table.zone]).toEqual([1, 0, 0]);
    expect([...table.optedOut]).toEqual([0, 0, 1]);
    expect(decodeSubscribers(encodeSubscribers(table))).toEqual(table);
    await book.close();
  });
});

test('a list that looks cut off, or could not be read whole, takes nobody away', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rows = Array.from({ length: 400 }, (_, n) => subscriberRow(n));
    await importAll(book, rows);
    const half = async (removing: 'all' | 'few' | 'none') => {
      await book.beginImport('apply');
      await book.importPage(rows.slice(0, 200));
      return endImport(book, removing);
    };
    const left = async () => (await book.subscribers({})).total;
    await expect(half('few')).rejects.toMatchObject({ code: 'book/too-many-gone' });
    expect([(await half('none')).removed, await left()]).toEqual([0, 400]);
    expect([(await half('all')).removed, await left()]).toEqual([200, 200]);
    await book.beginImport('apply');
    await book.importPage(rows.slice(0, 150));
    expect([(await endImport(book, 'few')).removed, await left()]).toEqual([50, 150]);
    await book.close();
  });
});

test('an import that is cut off while it takes away leaves everybody whole or gone, and is made good by the next one', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rows = Array.from({ length: 1_000 }, (_, n) => subscriberRow(n));
    await importAll(book, rows);
    await book.beginImport('apply');
    await book.importPage(rows.slice(0, 100));
    const seen: number[] = [];
    do seen.push((await book.subscribers({})).total);
    while ((await book.endImport('all')) === undefined);
    // Others are served between two steps, and what they see goes one way only.
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    const middle = seen.filter((total) => total > 100 && total < 1_000);
    expect(middle.length).toBeGreaterThan(1);
    await importAll(book, rows);
    await book.beginImport('apply');
    await book.importPage(rows.slice(0, 100));
    while ((await book.subscribers({})).total !== middle[0]) await book.endImport('all');
    // The files as a killed process leaves them.
    await inFolder(async (left) => {
      for (const file of await readdir(folder)) await copyFile(`${folder}/${file}`, `${left}/${file}`);
      const again = await bookIn(left);
      expect((await again.subscribers({})).total).toBe(middle[0]);
      const keys = Array.from({ length: 1_000 }, (_, n) => n + 1);
      const people = await Promise.all(keys.map((key) => again.subscriber(key)));
      const there = people.filter((one) => one !== undefined);
      expect(there.length).toBe(middle[0]);
      expect(there.every(({ phone, email }) => phone !== undefined && email !== undefined)).toBe(true);
      const diff = await importAll(again, rows.slice(0, 100));
      expect(diff).toMatchObject({ known: middle[0], unchanged: 100, removed: middle[0]! - 100 });
      expect((await again.subscribers({})).total).toBe(100);
      await again.close();
    });
    await book.close();
  });
});

test('a dry run sees an id that comes twice, known or new, and leaves the book as it was', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(0), subscriberRow(1)]);
    const list = [0, 0, 7, 7].map((n, at) => subscriberRow(n, { line: at + 2 }));
    for (const mode of ['dry', 'dry', 'apply'] as const) {
      const diff = await importAll(book, list, mode);
      expect(diff).toMatchObject({ known: 2, added: 1, unchanged: 1, removed: 1, repeated: 2 });
      expect(diff.repeatedAt).toEqual([3, 5]);
    }
    expect((await book.subscribers({})).total).toBe(2);
    await book.close();
  });
});

test('notes are found by their rows, sealed on disk, and cut at 4,000 characters', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await book.addNote({ id: 'n1', at: t0, text: 'Canarynote' });
    await book.addNote({ id: 'n2', at: t0, text: 'x'.repeat(5_000) });
    const texts = await book.noteTexts(['n1', 'n2', "n' OR 1"]);
    expect([...texts.keys()].sort()).toEqual(['n1', 'n2']);
    expect([texts.get('n1'), texts.get('n2')?.length]).toEqual(['Canarynote', 4_000]);
    await book.close();
    for (const file of await readdir(folder))
      expect((await readFile(`${folder}/${file}`)).includes('Canarynote')).toBe(false);
  });
});

test('an import says what of whom would change, masked, and who moved', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const rows = Array.from({ length: 3 }, (_, n) =>
      subscriberRow(n, { phone: `+7900123000${n}`, name: 'Canary' }),
    );
    await importAll(book, rows);
    const next = [
      { ...rows[0]!, resource: 'ont-9', class: 'business', line: 2 },
      { ...rows[1]!, phone: '+79001239999', line: 3 },
      { ...rows[0]!, line: 4 },
    ] as const;
    const diff = await importAll(book, next, 'dry');
    expect(diff).toMatchObject({ known: 3, changed: 2, removed: 1, repeated: 1, repeatedAt: [4] });
    expect(diff).toMatchObject({ moved: 1, reclassified: 1, fields: { resource: 1, class: 1, phone: 1 } });
    expect(diff.examples).toMatchObject([
      { what: 'changed', id: 's0', line: 2 },
      { what: 'changed', id: 's1', fields: [{ field: 'phone', after: '+7 *** ***-99-99' }] },
      { what: 'removed', id: 's2' },
    ]);
    expect(JSON.stringify(diff)).not.toMatch(/Canary|79001239999/);
    await book.close();
  });
});

test('services stand at their resources for their time; who moved is remembered where they were', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const tv = { service: 'tv', resource: 'b' };
    const rows = [
      subscriberRow(1, { resource: 'a', services: [{ service: 'internet' }, { service: 'voice' }, tv] }),
    ];
    await importAll(book, rows);
    const read = async () => (await book.subscribers({})).items[0]!.services;
    expect(await read()).toMatchObject([
      { service: 'internet', resource: 'a' },
      { service: 'voice', resource: 'a' },
      { service: 'tv', resource: 'b' },
    ]);
    const columns = () => book.exportColumns({ channels: [sms], language: 'ru', zone: 'UTC' });
    const names = async (): Promise<string[]> => {
      const { services, resources } = await columns();
      const { bindings } = services!;
      return [...bindings.row].map(
        (_, i) => `${services!.names[bindings.service[i]!]}@${resources[bindings.resource[i]!]}`,
      );
    };
    expect(await names()).toEqual(['tv@b']);
    expect(decodeSubscribers(encodeSubscribers(await columns()))).toEqual(await columns());
    await importAll(book, [
      { ...rows[0]!, resource: 'c', services: [{ service: 'internet' }, { service: 'voice' }] },
    ]);
    expect((await read()).map(({ service, resource }) => `${service}@${resource}`)).toEqual([
      'internet@c',
      'voice@c',
    ]);
    const ended = ['tv@b', 'internet@a', 'voice@a', 'internet@c', 'voice@c'];
    expect((await names()).sort()).toEqual(ended.sort());
    expect(await book.subscribers({ resource: 'c' })).toMatchObject({ total: 1 });
    await book.eraseSubscriber({ key: 1 as SubscriberKey, at: t0, by: 'ann' });
    expect((await columns()).services).toBeUndefined();
    await book.close();
  });
});

test('consents decide by category and channel, the narrower word wins, all of them stay on record', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(1), subscriberRow(2)]);
    const said = (channel: string, state: 'granted' | 'withdrawn') => ({
      ...({
        category: 'feedback',
        channel,
        state,
        basis: 'consent',
        at: t0,
        by: 'ann',
        evidence: 'Canarycall',
      } as const),
    });
    expect(
      await book.putConsents({ subscriber: 1, consents: [said('*', 'withdrawn'), said('mail', 'granted')] }),
    ).toBe(true);
    expect(await book.putConsents({ subscriber: 99, consents: [said('*', 'withdrawn')] })).toBe(false);
    const { channelMask, consented } = await book.exportColumns({
      channels: [sms, mail],
      language: 'ru',
      zone: 'UTC',
    });
    expect([...channelMask]).toEqual([3, 3]);
    expect([...consented!.feedback]).toEqual([0b10, 0b11]);
    expect([...consented!.planned]).toEqual([3, 3]);
    expect((await book.consents(1)).map(({ channel, evidence }) => [channel, evidence])).toEqual([
      ['mail', 'Canarycall'],
      ['*', 'Canarycall'],
    ]);
    await book.putConsents({ subscriber: 1, consents: [said('*', 'granted')] });
    const after = await book.exportColumns({ channels: [sms, mail], language: 'ru', zone: 'UTC' });
    expect(after.consented).toBeUndefined();
    expect(await book.consents(1)).toHaveLength(3);
    const onDisk = Buffer.concat([
      await readFile(`${folder}/book.sqlite`),
      await readFile(`${folder}/book.sqlite-wal`),
    ]);
    expect(onDisk.includes('Canarycall')).toBe(false);
    await book.close();
  });
});
