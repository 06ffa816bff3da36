/** The subscriber's page over its own listener: shows by GET, acts by POST, tells strangers nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Instant, instant } from '../../../src/base/instant.ts';
import type { LinkView } from '../../../src/edge/http/ports.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import { aSubscriber } from '../../support/front-ports.ts';
import { aConfirmation, anImpact, anIncident, aTicket, aView } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
let now: Instant;
const hour = 3_600_000;

beforeEach(async () => {
  opened = await openTestFront();
  now = opened.daemon.ports.world.now();
});
afterEach(() => opened.close());

function putLink(token: string, fields: Partial<LinkView> = {}, etrTo = now + hour): void {
  const incident = anIncident('i.1', now - 2 * hour);
  const etr = { from: instant(etrTo - hour / 2), to: instant(etrTo), source: 'table', revision: 2 } as const;
  opened.daemon.links.set(token, {
    purpose: 'request',
    subscriber: subscriberKey(7),
    expiresAt: instant(now + 7 * 24 * hour),
    incident: aView(incident, anImpact(incident, 12, etr)),
    ticket: aTicket('t.4817', now - hour),
    remote: false,
    timeZone: 'UTC',
    ...fields,
  });
}

function putAsked(token: string): void {
  const incident = anIncident('i.1', now - 2 * hour, { state: 'resolved', resolvedAt: instant(now - hour) });
  const confirmation = aConfirmation(incident);
  opened.daemon.confirmations.set(confirmation.id, confirmation);
  putLink(token, { purpose: 'confirm', incident: aView(incident), confirmation });
}

const get = (token: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${opened.public}/s/${token}`, { headers });
const post = (token: string, form: Record<string, string>, query = ''): Promise<Response> =>
  fetch(`${opened.public}/s/${token}${query}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });

test('the page is one answer under 14 KB without script that says what, until when and how, in both languages', async () => {
  putLink('tokentoken1');
  const answer = await get('tokentoken1', { 'accept-language': 'ru' });
  const page = await answer.text();
  expect(answer.status).toBe(200);
  expect(new TextEncoder().encode(page).length).toBeLessThan(14 * 1024);
  expect(page).not.toMatch(/<script|javascript:|src=|http-equiv/);
  expect(page).toContain('Нет связи: повреждён кабель');
  expect(page).toContain('Ожидаем восстановление');
  expect(page).toContain('Удалённо решить нельзя');
  expect(page).not.toContain('name="answer"');
  expect(await (await get('tokentoken1')).text()).toContain('No service: a cable is damaged');
  expect(await (await get('tokentoken1?lang=ru')).text()).toContain('lang="ru"');
});

test('a passed time of restoration is never shown', async () => {
  putLink('tokentoken1', {}, now - 1);
  const page = await (await get('tokentoken1')).text();
  expect(page).toContain('We are working out the time');
  expect(page).not.toContain('Expected to work again');
});

test('a part of the range that has passed is left out', async () => {
  putLink('tokentoken1', {}, now + hour / 4);
  expect(await (await get('tokentoken1')).text()).toMatch(/before \d\d:\d\d/);
});

test('looking changes nothing: GET, HEAD and OPTIONS leave no trace', async () => {
  putAsked('tokentoken1');
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET']) {
    const answer = await fetch(`${opened.public}/s/tokentoken1?answer=fixed`, { method });
    expect(answer.status).toBeLessThan(300);
  }
  expect(opened.daemon.inputs).toEqual([]);
});

test('yes, then a mark with a comment; the comment goes to the book and its row id to the line', async () => {
  putAsked('tokentoken1');
  expect(await (await get('tokentoken1')).text()).toContain('Does it work for you?');
  const yes = await post('tokentoken1', { answer: 'fixed' }, '?lang=ru');
  expect([yes.status, yes.headers.get('location')]).toEqual([303, '/s/tokentoken1?lang=ru']);
  expect(await (await get('tokentoken1')).text()).toContain('name="rating"');
  const rated = await post('tokentoken1', { rating: '10', comment: '<b>быстро</b>', cause: 'network' });
  expect(rated.status).toBe(303);
  expect(opened.daemon.inputs).toMatchObject([
    { kind: 'subscriberReply', channel: 'page', reply: { kind: 'answer', answer: 'fixed' } },
    { kind: 'subscriberReply', reply: { kind: 'rating', score: 10, cause: 'network', contact: 'contact-1' } },
  ]);
  expect(JSON.stringify(opened.daemon.inputs)).not.toContain('быстро');
  expect(await (await get('tokentoken1')).text()).toContain('Your mark:');
});

test('who is not asked for a mark sees no form for one', async () => {
  putAsked('tokentoken1');
  await post('tokentoken1', { answer: 'fixed' });
  for (const [token, link] of opened.daemon.links) {
    const confirmation = { ...link.confirmation!, toRate: 'complainedLately' as const };
    opened.daemon.links.set(token, { ...link, confirmation });
  }
  const page = await (await get('tokentoken1')).text();
  expect(page).not.toContain('name="rating"');
  expect(page).toContain('value="notFixed"');
});

test('after no and after call me the page says what happens next', async () => {
  putAsked('tokentoken1');
  await post('tokentoken1', { answer: 'notFixed' });
  expect(await (await get('tokentoken1')).text()).toContain('Your request is open again');
  await post('tokentoken1', { answer: 'contactMe' });
  expect(await (await get('tokentoken1')).text()).toContain('We call you');
});

test('forms that make no sense are refused and change nothing', async () => {
  putAsked('tokentoken1');
  putLink('tokentoken2');
  for (const form of [{}, { answer: 'maybe' }, { rating: '11' }, { rating: '-1' }, { rating: '1e1' }]) {
    expect((await post('tokentoken1', form as Record<string, string>)).status).toBe(400);
  }
  expect((await post('tokentoken2', { answer: 'fixed' })).status).toBe(409);
  expect((await post('tokentoken1', { answer: 'fixed', comment: 'x'.repeat(20_000) })).status).toBe(413);
  const asJson = await fetch(`${opened.public}/s/tokentoken1`, {
    method: 'POST',
    body: '{"answer":"fixed"}',
    headers: { 'content-type': 'application/json' },
  });
  expect(asJson.status).toBe(415);
  expect(opened.daemon.inputs).toEqual([]);
});

test('whoever holds a link cannot fill the journal with answers, and other links work on', async () => {
  putAsked('tokentoken1');
  putAsked('tokentoken2');
  const statuses: number[] = [];
  for (let n = 0; n < 30; n++) {
    statuses.push((await post('tokentoken1', { answer: n % 2 === 0 ? 'notFixed' : 'fixed' })).status);
  }
  expect(statuses).toEqual([...Array(20).fill(303), ...Array(10).fill(429)]);
  expect(opened.daemon.inputs).toHaveLength(20);
  expect((await post('tokentoken2', { answer: 'fixed' })).status).toBe(303);
});

test('an unknown and an expired link get the same answer, and so does every other address', async () => {
  putLink('expiredtoken', { expiresAt: instant(now - 1) });
  const pages = await Promise.all(
    [
      get('expiredtoken'),
      get('unknowntoken'),
      get('x'),
      fetch(`${opened.public}/api/v1/alarms`),
      fetch(`${opened.public}/`),
    ].map(async (answer) => [(await answer).status, await (await answer).text()]),
  );
  expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(1);
  expect(pages[0]![0]).toBe(404);
});

test('guessing is answered with 429 soon, for all senders together, and a right link still opens', async () => {
  putLink('tokentoken1');
  const from = performance.now();
  let [guesses, status] = [0, 404];
  for (; status === 404; guesses++) status = (await get(`guess-number-${guesses}`)).status;
  expect(status).toBe(429);
  // Twenty at once, then two a second, however slow this machine is.
  expect(guesses).toBeLessThan(25 + (2 * (performance.now() - from)) / 1_000);
  expect((await get('tokentoken1')).status).toBe(200);
});

test('ten thousand guesses find nothing, say nothing and are counted; whoever holds a link is not locked out', async () => {
  putAsked('tokentoken1');
  const seen = new Map<number, Set<string>>();
  for (let from = 0; from < 10_000; from += 100) {
    const guesses = Array.from(
      { length: 100 },
      (_, n) => `guess-${(from + n).toString(36).padStart(11, 'x')}`,
    );
    await Promise.all(
      guesses.map(async (token, n) => {
        const answer = n % 2 === 0 ? await get(token) : await post(token, { answer: 'fixed' });
        const pages = seen.get(answer.status) ?? new Set();
        seen.set(answer.status, pages.add(await answer.text()));
      }),
    );
  }
  expect([...seen.keys()].every((status) => [404, 429, 503].includes(status))).toBe(true);
  // One page a status: a guess learns nothing from how it is refused.
  expect([...seen.values()].map((pages) => pages.size)).toEqual([...seen.values()].map(() => 1));
  const { wrongLinks = 0, linksCrowded = 0 } = opened.front.counters();
  expect(wrongLinks + linksCrowded).toBe(10_000);
  expect(opened.daemon.inputs).toEqual([]);
  expect((await post('tokentoken1', { answer: 'notFixed' })).status).toBe(303);
  expect(opened.daemon.inputs).toHaveLength(1);
});

test('the same answer twice and its contradiction all reach the line, which weighs them', async () => {
  putAsked('tokentoken1');
  for (const answer of ['fixed', 'fixed', 'notFixed', 'fixed']) await post('tokentoken1', { answer });
  expect(opened.daemon.inputs.map((input) => input.kind === 'subscriberReply' && input.reply)).toEqual(
    ['fixed', 'fixed', 'notFixed', 'fixed'].map((answer) => ({ kind: 'answer', answer })),
  );
});

test('every answer forbids framing, referrers, indexing and keeping', async () => {
  putLink('tokentoken1');
  for (const token of ['tokentoken1', 'unknowntoken']) {
    const { headers } = await get(token);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'/);
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('when the line takes nothing the subscriber is asked to send again, and is not told it was noted', async () => {
  putAsked('tokentoken1');
  opened.daemon.refuses = true;
  const answer = await post('tokentoken1', { answer: 'fixed' });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('send it again');
});

test('what a gateway posts reaches its channel as it came; a stranger learns nothing, and a GET does nothing', async () => {
  const posts: unknown[] = [];
  opened.daemon.posted = async (channel, post) => {
    posts.push({ channel, path: post.path, body: post.body, type: post.headers['content-type'] });
    if (channel === 'full') throw new Error('the book is away');
    return channel === 'sms' && post.path === 'right' ? 'kept' : 'unknown';
  };
  const hand = (path: string, method = 'POST'): Promise<Response> =>
    fetch(`${opened.public}/gateway/${path}`, {
      method,
      ...(method === 'POST' ? { body: '{"a":1}', headers: { 'content-type': 'application/json' } } : {}),
    });
  expect((await hand('sms/right')).status).toBe(200);
  expect((await hand('sms/wrong')).status).toBe(404);
  expect((await hand('sms')).status).toBe(404);
  expect((await hand('full/right')).status).toBe(503);
  expect((await hand('sms/right', 'GET')).status).toBe(404);
  expect(posts).toEqual([
    { channel: 'sms', path: 'right', body: '{"a":1}', type: 'application/json' },
    { channel: 'sms', path: 'wrong', body: '{"a":1}', type: 'application/json' },
    { channel: 'sms', path: '', body: '{"a":1}', type: 'application/json' },
    { channel: 'full', path: 'right', body: '{"a":1}', type: 'application/json' },
  ]);
  const flood = await Promise.all(Array.from({ length: 40 }, () => hand('sms/wrong')));
  expect(flood.some(({ status }) => status === 429)).toBe(true);
  expect((await hand('sms/right')).status).toBe(200);
});

test('the page takes own quiet hours, shows them, and refuses what is none', async () => {
  opened.daemon.subscribers.set('s-7', aSubscriber('s-7'));
  putLink('tokentoken1');
  const chosen = () => opened.daemon.subscribers.get('s-7')?.quietHours;
  const own = { quiet: 'own', from: '21:30', to: '09:00' };
  expect((await post('tokentoken1', own)).status).toBe(303);
  expect(chosen()).toBe('21:30-09:00');
  putLink('tokentoken1', { quietHours: chosen() });
  expect(await (await get('tokentoken1', { 'accept-language': 'ru' })).text()).toMatch(
    /value="own" checked> Не беспокоить.*name="from" value="21:30".*name="to" value="09:00"/,
  );
  for (const wrong of [
    { ...own, to: '09:07' },
    { ...own, from: '' },
    { ...own, to: '21:30' },
    { quiet: 'x' },
  ])
    expect((await post('tokentoken1', wrong)).status).toBe(400);
  await post('tokentoken1', { quiet: 'off' });
  expect(chosen()).toBe('off');
  await post('tokentoken1', { quiet: 'usual' });
  expect(chosen()).toBeUndefined();
  expect(await (await get('tokentoken1')).text()).toContain('Messages at night');
});
