/** A person is erased for good: what is gone, what stays, and that the journal never knew who it was about. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { key, viewerKey } from '../../support/front-ports.ts';
import { importAll, subscriberRow, t0 } from '../book/book-fixture.ts';
import { asLocal, openTmForum, type TmForum } from './tmf/tmf-fixture.ts';

let tmf: TmForum;
beforeEach(async () => {
  tmf = await openTmForum();
});
afterEach(() => tmf.close());

const person = { name: 'Zyblikov Prokop', phone: '+79007778899', email: 'zyblikov@example.org' };
const words = 'the red door on the left';
const canaries = ['Zyblikov', '9007778899', 'zyblikov@', 'red door'];

const api = (method: string, path: string, json?: object, headers?: Record<string, string>) =>
  fetch(`${tmf.address}/api/v1${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${key}`, ...headers },
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });

/** Subscriber s9, who wrote, asked, was answered, and is named by another system. */
async function someone(): Promise<string> {
  const others = [1, 2, 3].map((n) => subscriberRow(n, { resource: `olt-1/ont/${n}` }));
  const fill = [4, 5, 6, 7, 8].map((n) => subscriberRow(n, { resource: 'olt-1/ont/2' }));
  await importAll(tmf.book, [...others, ...fill, subscriberRow(9, { resource: 'olt-1/ont/1', ...person })]);
  await tmf.book.addStranger({ at: t0, from: person.phone, to: '1234', text: words });
  const made = await api('POST', '/tickets', { subscriber: 's9', description: words, channel: 'phone' });
  const { id } = (await made.json()) as { id: string };
  const found = await tmf.book.subscribers({ id: 's9' });
  const { key: subscriber } = found.items[0]!;
  await tmf.book.addContact({ id: 'question-row', subscriber, at: t0, text: words });
  await tmf.submit({
    ...{ kind: 'subscriberSays', subscriber, channel: 'web' },
    says: { kind: 'question', contact: 'question-row' },
  });
  await api('POST', `/tickets/${id}/answer`, { question: 'question-row', text: words });
  await api('POST', `/tickets/${id}/note`, { text: words });
  await api('POST', `/tickets/${id}/notes`, { text: `${person.name}: ${words}`, audience: 'staff' });
  await api('POST', '/subscribers/s9/consents', {
    ...{ category: 'feedback', channel: '*', state: 'withdrawn', evidence: words },
  });
  await tmf.call('POST', 'serviceInventory/v4/service', {
    ...{ state: 'designed', serviceSpecification: { id: 'tv' } },
    relatedParty: [{ id: 's9', name: person.name, role: 'customer' }],
  });
  return id;
}

/** All that stands in the folder beside the book, and in it. */
async function onDisk(which: (name: string) => boolean): Promise<Buffer> {
  const files = await readdir(tmf.folder, { recursive: true, withFileTypes: true });
  const wanted = files.filter((file) => file.isFile() && which(file.name));
  expect(wanted.length).toBeGreaterThan(0);
  return Buffer.concat(await Promise.all(wanted.map((file) => readFile(join(file.parentPath, file.name)))));
}
const isOfBook = (name: string): boolean => name.startsWith('book.');

test('the journal holds no word, name or number of anybody, whatever they did', async () => {
  await someone();
  await api('DELETE', '/subscribers/s9', undefined, asLocal);
  const journal = await onDisk((name) => !isOfBook(name));
  // It can be read as it is: what is there is found.
  expect(journal.includes('question-row')).toBe(true);
  for (const canary of canaries)
    for (const written of [canary, Buffer.from(canary, 'utf16le'), Buffer.from(canary).toString('hex')])
      expect(journal.includes(written)).toBe(false);
  const book = await onDisk(isOfBook);
  for (const canary of canaries) expect(book.includes(canary)).toBe(false);
});

test('who is erased is known by the id alone: words, links and records are gone, tickets end, deeds stay on record', async () => {
  const ticket = await someone();
  const link = (await (await api('POST', '/subscribers/s9/links', { purpose: 'request' })).json()) as {
    token: string;
  };
  expect(await tmf.book.findLink(link.token, Date.now())).toBeDefined();
  for (const who of [viewerKey, key])
    expect(
      (await api('DELETE', '/subscribers/s9', undefined, { authorization: `Bearer ${who}` })).status,
    ).toBe(403);
  const erased = await api('DELETE', '/subscribers/s9', undefined, asLocal);
  expect([erased.status, await erased.json()]).toMatchObject([
    200,
    { id: 's9', texts: 2, records: 1, strangers: 1 },
  ]);
  expect((await api('DELETE', '/subscribers/s9', undefined, asLocal)).status).toBe(404);
  expect((await api('GET', '/subscribers/s9')).status).toBe(404);
  expect(await tmf.book.findLink(link.token, Date.now())).toBeUndefined();
  const shown = (await (await api('GET', `/tickets/${ticket}`)).json()) as Record<string, unknown>;
  expect(shown).toMatchObject({
    ...{ status: 'cancelled', description: null, note: null, subscriber: null },
    questions: [{ text: null, answer: null }],
  });
  const { items } = (await (await api('GET', `/tickets/${ticket}/notes`)).json()) as {
    items: { text: string | null }[];
  };
  expect(items).toMatchObject([{ text: null, state: 'refused' }]);
  expect((await tmf.call('GET', 'serviceInventory/v4/service')).text).not.toContain('Zyblikov');
  expect(await tmf.book.strangers({})).toMatchObject({ total: 0 });
  const audit = JSON.stringify(await tmf.book.auditPage({ limit: 100 }));
  expect(audit).toContain('eraseSubscriber');
  for (const canary of canaries) expect(audit).not.toContain(canary);
  expect(
    (await tmf.book.tasks({})).items.filter(({ state }) => state === 'queued' || state === 'offered'),
  ).toEqual([]);
});

test('a list that still has the id brings nobody back, and says so', async () => {
  await someone();
  await api('DELETE', '/subscribers/s9', undefined, asLocal);
  const again = await importAll(tmf.book, [
    ...Array.from({ length: 8 }, (_, n) => subscriberRow(n + 1)),
    { ...subscriberRow(9, person), line: 10 },
  ]);
  expect(again).toMatchObject({ erased: 1, erasedAt: [10], added: 0, removed: 0 });
  expect(await tmf.book.subscribers({ phone: person.phone })).toMatchObject({ total: 0 });
  expect(await tmf.book.whoHas(person.phone)).toEqual([]);
});

test('a party of another system is erased with its record, one of our list by administrators alone', async () => {
  const contactMedium = [
    { mediumType: 'phone', characteristic: { phoneNumber: person.phone, emailAddress: person.email } },
  ];
  const party = await tmf.call('POST', 'party/v4/individual', {
    ...{ givenName: 'Prokop', familyName: 'Zyblikov', contactMedium },
  });
  const { id } = party.body;
  await tmf.call('POST', 'serviceInventory/v4/service', {
    ...{ state: 'active', serviceSpecification: { id: 'tv' }, supportingResource: [{ id: 'olt-1/ont/2' }] },
    relatedParty: [{ id, name: 'Zyblikov', role: 'customer' }],
  });
  expect(await tmf.book.subscribers({ phone: person.phone })).toMatchObject({ total: 1 });
  expect((await tmf.call('DELETE', `party/v4/individual/${id}`)).status).toBe(204);
  expect(await tmf.book.subscribers({ phone: person.phone })).toMatchObject({ total: 0 });
  expect((await tmf.call('GET', `party/v4/individual/${id}`)).status).toBe(404);
  expect((await tmf.call('GET', 'serviceInventory/v4/service')).text).not.toContain('Zyblikov');
  expect((await tmf.call('DELETE', 'party/v4/individual/s1')).status).toBe(403);
  expect((await tmf.call('DELETE', 'party/v4/individual/s1', undefined, asLocal)).status).toBe(204);
  expect((await tmf.call('GET', 'party/v4/individual/s1')).status).toBe(404);
  expect(await tmf.book.subscribers({ id: 's1' })).toMatchObject({ total: 0 });
});
