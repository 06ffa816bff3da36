/** Answers as gateways, bots and the telephone system hand them in: by question or by number, chosen or in words. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { type IncidentId, subscriberKey } from '../../../src/model/ids.ts';
import { aSubscriber } from '../../support/front-ports.ts';
import { aConfirmation, anIncident } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const own = '+79000000007';
const stranger = '+79000000009';

beforeEach(async () => {
  opened = await openTestFront();
  opened.daemon.subscribers.set('S-7', aSubscriber('S-7'));
  opened.daemon.subscribers.set('S-9', aSubscriber('S-9', { key: subscriberKey(9) }));
  opened.daemon.phones.set(own, ['S-7']);
  opened.daemon.phones.set(stranger, ['S-9']);
});
afterEach(() => opened.close());

/** A question to subscriber 7, asked so many minutes after the others. */
function ask(incident: string, later = 0, state: 'ASKED' | 'CONFIRMED' = 'ASKED') {
  const about = anIncident(incident, 1_000_000);
  const confirmation = aConfirmation(about, { state, askedAt: instant(2_000_000 + later * 60_000) });
  opened.daemon.confirmations.set(confirmation.id, confirmation);
  return confirmation;
}

const json = async (answer: Promise<Response>) => {
  const got = await answer;
  return { status: got.status, body: (await got.json()) as Record<string, unknown> };
};
const answer = (id: string, body: object) =>
  json(opened.api(`/confirmations/${encodeURIComponent(id)}/answer`, { json: body }));
const write = (text: string, from = own, channel = 'sms') =>
  json(opened.api('/answers', { json: { from, channel, text } }));
const replies = () =>
  opened.daemon.inputs.map((input) =>
    input.kind === 'subscriberReply' ? [input.confirmation, input.reply] : undefined,
  );

test('words are read where no answer is given, and kept in the book', async () => {
  const { id } = ask('i.1');
  const { status, body } = await answer(id, { channel: 'sms', text: 'до сих пор не работает!!' });
  expect([status, body]).toMatchObject([200, { state: 'STILL_OUT', answers: [{ answer: 'notFixed' }] }]);
  expect(replies()).toEqual([
    [id, { kind: 'answer', answer: 'notFixed', sureness: 0.99, contact: 'contact-1' }],
  ]);
  expect(opened.daemon.contacts.get('contact-1')).toBe('до сих пор не работает!!');
});

test('words that nobody makes out are said to be so, stop is stop, and an answer given counts more than words', async () => {
  const { id } = ask('i.1');
  await answer(id, { channel: 'sms', text: 'ну такое дело, соседка говорит' });
  await answer(id, { channel: 'sms', text: 'СТОП' });
  await answer(id, { channel: 'bot', text: 'не работает', answer: 'fixed' });
  expect(replies().map((reply) => reply?.[1])).toMatchObject([
    { kind: 'unclear', contact: 'contact-1' },
    { kind: 'stop' },
    { kind: 'answer', answer: 'fixed' },
  ]);
});

test('neither answer nor words is a mistake', async () => {
  const { id } = ask('i.1');
  expect((await answer(id, { channel: 'sms' })).status).toBe(400);
  expect((await answer('nobody', { channel: 'sms', text: 'да' })).status).toBe(404);
  expect(opened.daemon.inputs).toEqual([]);
});

test("a number that is not the subscriber's answers nothing", async () => {
  const { id } = ask('i.1');
  for (const from of [stranger, '+79999999999'])
    expect((await answer(id, { channel: 'sms', text: 'да', from })).status).toBe(403);
  expect((await answer(id, { channel: 'sms', text: 'да', from: '7; DROP TABLE' })).status).toBe(400);
  expect(opened.daemon.inputs).toEqual([]);
  expect(opened.daemon.contacts.size).toBe(0);
  expect((await answer(id, { channel: 'sms', text: 'да', from: own })).status).toBe(200);
});

test('a message by number answers the question that is open to it', async () => {
  const { id } = ask('i.1');
  const { status, body } = await write('2');
  expect(status).toBe(200);
  expect(body).toMatchObject({ read: 'answer', answer: 'notFixed', taken: [{ id, state: 'STILL_OUT' }] });
});

test('of two open questions the number in the answer names one, in the order of asking', async () => {
  const second = ask('i.2', 5);
  const first = ask('i.1');
  await write('11');
  await write('22');
  expect(replies()).toMatchObject([
    [first.id, { answer: 'fixed' }],
    [second.id, { kind: 'unclear' }],
  ]);
});

test('both numbers count while both are open; words without one are unclear, and stop ends both', async () => {
  const first = ask('i.1');
  const second = ask('i.2', 5);
  expect((await write('да')).body).toMatchObject({ read: 'unclear', taken: [{ id: second.id }] });
  expect((await write('23')).body).toMatchObject({ answer: 'contactMe', taken: [{ id: second.id }] });
  ask('i.3', 9);
  expect((await write('стоп')).body['read']).toBe('stop');
  const stopped = replies().filter((reply) => (reply?.[1] as { kind?: string } | undefined)?.kind === 'stop');
  expect(stopped.map((reply) => reply?.[0])).toEqual([first.id, expect.stringContaining('i.3')]);
});

test('a late word goes to what was asked last', async () => {
  ask('i.1', 0, 'CONFIRMED');
  const last = ask('i.2', 5, 'CONFIRMED');
  expect((await write('опять не работает')).body).toMatchObject({ taken: [{ id: last.id }] });
});

test('a stranger and one who was asked nothing get the same answer, and change nothing', async () => {
  ask('i.1');
  const [unknown, unasked] = [await write('да', '+79999999999'), await write('да', stranger)];
  expect(unknown).toEqual(unasked);
  expect(unknown.body).toEqual({ read: 'answer', answer: 'fixed', sureness: 0.99, taken: [] });
  expect(opened.daemon.inputs).toEqual([]);
});

test('on the telephone keys count and nothing else', async () => {
  const { id } = ask('i.1');
  await write('1#', own, 'ivr');
  opened.daemon.confirmations.set(id, aConfirmation(anIncident('i.1', 1_000_000)));
  await write('да, работает', own, 'ivr');
  expect(replies().map((reply) => reply?.[1])).toMatchObject([
    { kind: 'answer', answer: 'fixed', sureness: 1 },
    { kind: 'unclear' },
  ]);
});

test('one number cannot flood the line, and others are heard meanwhile', async () => {
  ask('i.1');
  const statuses: number[] = [];
  for (let n = 0; n < 30; n++) statuses.push((await write(n % 2 === 0 ? 'да' : 'нет')).status);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  expect((await write('да', stranger)).status).toBe(200);
});

test('a begun task is begun for all, and one that is over cannot be', async () => {
  const task = { id: 't.1' as never, kind: 'diagnose', state: 'accepted', skill: 'fibre', why: [] } as const;
  const at = instant(1);
  opened.daemon.tasks.set('t.1', {
    task: { ...task, incident: 'i.1' as IncidentId, createdAt: at, dueAt: at },
  });
  expect((await json(opened.api('/tasks/t.1/start', { method: 'POST' }))).status).toBe(200);
  expect(opened.daemon.inputs).toMatchObject([{ command: { kind: 'startTask', task: 't.1' } }]);
  opened.daemon.tasks.set('t.1', { task: { ...task, state: 'done', createdAt: at, dueAt: at } });
  expect((await json(opened.api('/tasks/t.1/start', { method: 'POST' }))).status).toBe(409);
});

test('of a number that very many have nobody is taken for its writer, and what came waits for a person', async () => {
  const placeholder = '+70000000000';
  const ids = Array.from({ length: 600 }, (_, n) => `P-${n}`);
  for (const id of ids) opened.daemon.subscribers.set(id, aSubscriber(id));
  opened.daemon.phones.set(placeholder, ids);
  const { id } = ask('i.1');
  const { status, body } = await write('нет', placeholder);
  expect([status, body]).toMatchObject([200, { taken: [] }]);
  expect((await answer(id, { channel: 'sms', answer: 'notFixed', from: placeholder })).status).toBe(403);
  expect(opened.daemon.inputs).toEqual([]);
  expect(opened.daemon.strangers).toMatchObject([{ from: placeholder, to: 'sms', text: 'нет' }]);
});

test('what comes from a number that no subscriber has is kept for a person', async () => {
  await write('когда почините?', '+79005556677');
  expect(opened.daemon.strangers).toMatchObject([{ from: '+79005556677', text: 'когда почините?' }]);
});
