/** What a subscriber does on their page beside answering: tests the line, asks, says that it is another fault. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Instant, instant } from '../../../src/base/instant.ts';
import type { LineVerdict } from '../../../src/edge/http/outside-port.ts';
import type { LinkView } from '../../../src/edge/http/ports.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';
import { anImpact, anIncident, aTicket, aView } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
let now: Instant;
const hour = 3_600_000;
const incident = () => anIncident('i.1', now - 2 * hour);
const token = 'tokentoken1';

beforeEach(async () => {
  opened = await openTestFront();
  now = opened.daemon.ports.world.now();
});
afterEach(() => opened.close());

function putLink(fields: Partial<LinkView> = {}): void {
  const etr = {
    from: instant(now + hour),
    to: instant(now + 2 * hour),
    source: 'table',
    revision: 1,
  } as const;
  opened.daemon.links.set(token, {
    ...{ purpose: 'request', subscriber: subscriberKey(7), expiresAt: instant(now + hour), timeZone: 'UTC' },
    ...{ incident: aView(incident(), anImpact(incident(), 12, etr)), ticket: aTicket('t.1', now - hour) },
    ...{ resource: 'olt-1/ont/1.2', lastMessageAt: instant(now - hour) },
    ...fields,
  });
}
const page = async (language = 'en'): Promise<string> =>
  (await fetch(`${opened.public}/s/${token}?lang=${language}`)).text();
const post = (form: Record<string, string>): Promise<Response> =>
  fetch(`${opened.public}/s/${token}`, {
    ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
  });
const answers = (verdict: LineVerdict): void => {
  opened.daemon.testLine = () => ({ verdict: Promise.resolve(verdict) });
};

test('says when the last message went and when the next one comes at the latest, and nothing of it without a time', async () => {
  putLink();
  expect(await page()).toContain('Last message to you:');
  expect(await page()).toContain('before this time if it moves:');
  putLink({ incident: aView(incident()), lastMessageAt: undefined });
  expect(await page()).toContain('as soon as we know the time');
  expect(await page()).not.toContain('Last message');
});

test('a line test says what was seen in plain words, with what was measured and nothing else', async () => {
  putLink();
  const at = { oid: '1', metric: 'optical.rx', unit: 'dBm', raw: 0 };
  const readings = [
    { ...at, object: 'ont/1.2', value: -28.44 },
    { ...at, object: 'ont/1.3', value: -20 },
  ];
  opened.daemon.devices.set('olt-1', {
    ...{ id: 'olt-1', address: '192.0.2.1', state: 'answers' },
    reading: { readings } as unknown as DeviceReading,
  });
  answers({ state: 'alive', device: 'olt-1', object: 'ont/1.2' });
  expect(await page()).not.toContain('Tested at');
  const answer = await post({ test: 'line' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/s/${token}`]);
  const shown = await page();
  expect(shown).toContain('the signal at it is not as it should be');
  expect(shown).toContain('Our node: answers');
  expect(shown).toContain('Signal at your terminal: weak (-28.4 dBm)');
  expect(await page('ru')).toContain('Сигнал на вашем терминале: слабый');
  expect(opened.daemon.inputs).toEqual([]);
});

test.each([
  ['LOS', 'No light reaches your terminal'],
  ['DYING_GASP', 'its power went'],
  ['UNREACHABLE', 'does not answer'],
])('%s is said as %s', async (cause, words) => {
  putLink();
  answers({ state: 'down', cause, device: 'olt-1', object: 'ont/1.2' });
  await post({ test: 'line' });
  expect(await page()).toContain(words);
  expect(await page()).toContain('Your terminal: out of reach');
});

test('a test that nobody can run, and the third of one minute, ask no device', async () => {
  putLink();
  await post({ test: 'line' });
  expect(await page()).toContain('cannot be tested right now');
  let asked = 0;
  opened.daemon.testLine = () => {
    asked++;
    return { verdict: Promise.resolve({ state: 'unknown' }) };
  };
  for (let n = 0; n < 5; n++) await post({ test: 'line' });
  expect(asked).toBe(1);
  expect(await page()).toContain('could not see your line');
});

test('a question is kept in the book, joins the ticket, and its answer or its due time is shown as text', async () => {
  putLink();
  expect((await post({ question: '  When do you come?  ' })).status).toBe(303);
  const contact = [...opened.daemon.contacts.keys()].at(-1)!;
  expect(opened.daemon.contacts.get(contact)).toBe('When do you come?');
  expect(opened.daemon.inputs).toEqual([
    { kind: 'subscriberSays', channel: 'page', subscriber: 7, says: { kind: 'question', contact } },
  ]);
  const asked = { at: instant(now - hour), text: '<b>When?</b>', dueAt: instant(now + hour) };
  putLink({ questions: [asked] });
  expect(await page()).toContain('&lt;b&gt;When?&lt;/b&gt;');
  expect(await page()).toContain('We: we answer before');
  putLink({ questions: [{ ...asked, dueAt: instant(now - 1) }] });
  expect(await page()).toContain('we are late with the answer');
  putLink({ questions: [{ ...asked, answer: 'Today by <7>', answeredAt: instant(now) }] });
  expect(await page()).toContain('Today by &lt;7&gt;');
});

test('"something else at my place" is offered while there is an outage, and is said once', async () => {
  putLink();
  expect(await page()).toContain('It is something else at my place');
  expect((await post({ case: 'differs' })).status).toBe(303);
  expect(opened.daemon.inputs).toMatchObject([{ says: { kind: 'notThis', incident: 'i.1' } }]);
  putLink({ ticket: aTicket('t.1', now, { notOf: [incident().id] }) });
  expect(await page()).toContain('You told us that it is another fault');
  expect(await page()).not.toContain('value="differs"');
  const over = anIncident('i.1', now - hour, { state: 'resolved', resolvedAt: instant(now - 1) });
  putLink({ incident: aView(over) });
  expect(await page()).not.toContain('value="differs"');
  expect((await post({ case: 'differs' })).status).toBe(400);
});

test.each([[{ question: '   ' }], [{ test: 'everything' }], [{ case: 'same' }]])(
  '%j is no form of this page',
  async (form) => {
    putLink();
    expect((await post(form as unknown as Record<string, string>)).status).toBe(400);
    expect(opened.daemon.inputs).toEqual([]);
  },
);

test('a note of the engineers and what was not saved are said', async () => {
  putLink({ note: 'The new cable is <here>.' });
  expect(await page()).toContain('The new cable is &lt;here&gt;.');
  opened.daemon.refuses = true;
  expect((await post({ question: 'When?' })).status).toBe(503);
});
