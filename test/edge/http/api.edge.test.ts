/** /api/v1 from outside: who may call, what lists look like, what comes back for wrong calls. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { DeviceReading } from '../../../src/model/reading.ts';
import { aSubscriber, key, viewerKey } from '../../support/front-ports.ts';
import { aConfirmation, anAlarm, anImpact, anIncident, aTicket, aView } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const start = Date.UTC(2026, 0, 1);

beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(() => opened.close());

const json = async (answer: Response): Promise<Record<string, unknown>> =>
  (await answer.json()) as Record<string, unknown>;

test('every call without a token or with a wrong one is refused with 401, health is open', async () => {
  const document = await (
    await fetch(`${opened.console}/api/openapi.json`, { headers: { authorization: `Bearer ${key}` } })
  ).json();
  const paths = Object.entries((document as { paths: Record<string, Record<string, unknown>> }).paths);
  expect(paths.length).toBeGreaterThan(20);
  for (const [path, methods] of paths) {
    for (const method of Object.keys(methods)) {
      const url = opened.console + path.replaceAll(/\{\w+\}/g, 'x');
      const bare = await fetch(url, { method: method.toUpperCase() });
      expect([path, method, bare.status]).toEqual([path, method, 401]);
      expect(bare.headers.get('content-type')).toContain('application/problem+json');
      expect(bare.headers.get('cache-control')).toBe('no-store');
    }
  }
  const spelled = ['/%6detrics', '/%61pi/v1/status', '/%61pi/openapi.json'];
  for (const path of ['/metrics', '/api/openapi.json', '/api/v1/nothing', ...spelled]) {
    expect((await fetch(opened.console + path)).status).toBe(401);
  }
  for (const path of ['/healthz', '/readyz']) expect((await fetch(opened.console + path)).status).toBe(200);
  opened.daemon.isReady = false;
  expect((await fetch(`${opened.console}/readyz`)).status).toBe(503);
});

test('many wrong tokens are answered with 429 while the right one still works', async () => {
  const statuses = new Set<number>();
  for (let i = 0; i < 40; i++) {
    statuses.add((await opened.api('/status', { headers: { authorization: `Bearer wrong-${i}` } })).status);
  }
  expect([...statuses].sort()).toEqual([401, 429]);
  expect((await opened.api('/status')).status).toBe(200);
});

test("a device with thousands of ports is answered whole, and one that hangs up meanwhile is nobody's trouble", async () => {
  const interfaces = Array.from({ length: 20_000 }, (_, n) => ({ ifIndex: n + 1, ifName: `port ${n}` }));
  const rest = {
    at: '2026-01-01T00:00:00.000Z',
    profile: 'generic',
    device: {},
    readings: [],
    links: [],
    objects: [],
  };
  const reading: DeviceReading = { format: 'device-reading/1', interfaces, ...rest };
  opened.daemon.devices.set('olt', { id: 'olt', address: '192.0.2.1:161', state: 'answers', reading });
  const gone = new AbortController();
  const hungUp = await opened.api('/devices/olt', { signal: gone.signal });
  gone.abort();
  await expect(hungUp.text()).rejects.toThrow();
  const answer = await opened.api('/devices/olt');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toMatchObject({ id: 'olt', state: 'answers', reading });
});

test('a viewer may look and not act', async () => {
  opened.daemon.alarms.set('a', anAlarm({ resource: resourceId('olt-1'), cause: 'LOS' }));
  const headers = { authorization: `Bearer ${viewerKey}` };
  expect((await opened.api('/alarms', { headers })).status).toBe(200);
  expect((await opened.api('/alarms/a/acknowledge', { headers, json: {} })).status).toBe(403);
  expect(opened.daemon.inputs).toEqual([]);
});

test('a list is walked page by page, each item once, with the total on every page', async () => {
  for (let i = 0; i < 25; i++) {
    const alarm = anAlarm({ resource: resourceId(`olt-${i}`), cause: 'LOS' });
    opened.daemon.alarms.set(alarm.id, alarm);
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await json(await opened.api(`/alarms?limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`));
    expect(page['total']).toBe(25);
    seen.push(...(page['items'] as { resource: string }[]).map((item) => item.resource));
    cursor = page['next'] as string | null;
  }
  expect(new Set(seen).size).toBe(25);
  expect(seen.length).toBe(25);
});

test('wrong queries and bodies are explained and change nothing', async () => {
  opened.daemon.incidents.set('i.1', aView(anIncident('i.1', start)));
  const calls: [string, unknown, number][] = [
    ['/alarms?limit=1001', undefined, 400],
    ['/alarms?limit=0', undefined, 400],
    ['/alarms?state=burning', undefined, 400],
    ['/alarms?colour=red', undefined, 400],
    ['/incidents/none', undefined, 404],
    ['/tickets/none', undefined, 404],
    ['/devices/none', undefined, 404],
    ['/subscribers/none', undefined, 404],
    ['/subscribers/none/links', { purpose: 'confirm' }, 404],
    ['/confirmations/none/answer', { answer: 'fixed', channel: 'sms' }, 404],
    ['/tasks/none/finish', { outcome: 'fixed' }, 404],
    ['/tickets', { subscriber: 'S-1', description: 'x', channel: 'pigeon' }, 400],
    ['/tickets', { subscriber: 'S-1', description: 'x', channel: 'phone', admin: true }, 400],
    ['/incidents/i.1/etr', { from: 'soon', to: 'later' }, 400],
    ['/incidents/i.1/etr', { from: '2020-01-01T00:00:00Z', to: '2020-01-01T01:00:00Z' }, 400],
    ['/notices/approve', {}, 400],
  ];
  for (const [path, body, status] of calls) {
    const answer = await opened.api(path, body === undefined ? {} : { json: body });
    expect([path, answer.status]).toEqual([path, status]);
    const problem = await json(answer);
    expect(problem['status']).toBe(status);
    expect(problem['detail']).toBeTypeOf('string');
    expect(JSON.stringify(problem)).not.toMatch(/ at |node_modules|\/src\//);
  }
  expect(opened.daemon.inputs).toEqual([]);
});

test('hostile bodies are refused whole: prototype keys, broken JSON, other types, too large', async () => {
  const post = (body: string, type = 'application/json'): Promise<Response> =>
    opened.api('/notices/approve', { method: 'POST', body, headers: { 'content-type': type } });
  expect((await post('{"incident":"i","__proto__":{"role":"administrator"}}')).status).toBe(400);
  expect((await post('{"incident":')).status).toBe(400);
  expect((await post('<incident/>', 'application/xml')).status).toBe(415);
  expect((await post(JSON.stringify({ incident: 'x'.repeat(300_000) }))).status).toBe(413);
  expect((await opened.api('/incidents/%2e%2e%2fetc')).status).toBe(404);
});

test('an incident carries its sentence in the asked language, its ETR and its counts', async () => {
  const incident = anIncident('i.1', start);
  const etr = { from: instant(start + 1), to: instant(start + 2), source: 'table', revision: 1 } as const;
  opened.daemon.incidents.set('i.1', aView(incident, anImpact(incident, 3412, etr)));
  const english = await json(
    await opened.api('/incidents/i.1', { headers: { 'accept-language': 'de, en' } }),
  );
  const russian = await json(
    await opened.api('/incidents/i.1', { headers: { 'accept-language': 'ru-RU,ru;q=0.9' } }),
  );
  expect(english).toMatchObject({
    incident: 'i.1',
    root: 'feeder-1',
    subscribers: 3412,
    title: 'Feeder fibre cut: feeder-1',
    etr: { from: '2026-01-01T00:00:00.001Z' },
    notices: { planned: 0, held: 0 },
    resolvedAt: null,
  });
  expect(russian['title']).toBe('Обрыв магистрального волокна: feeder-1');
});

test('an alarm is taken and shelved under an id with slashes and percent signs', async () => {
  const alarm = anAlarm({ resource: resourceId('olt-1/if/3%'), cause: 'LINK_DOWN' });
  opened.daemon.alarms.set(alarm.id, alarm);
  const path = `/alarms/${encodeURIComponent(alarm.id)}`;
  const taken = await json(await opened.api(`${path}/acknowledge`, { method: 'POST' }));
  expect(taken).toMatchObject({ ackState: 'acknowledged', ackBy: 'irina' });
  const shelved = await json(await opened.api(`${path}/shelve`, { json: { minutes: 60 } }));
  expect(shelved['shelvedUntil']).toBeTypeOf('string');
  expect((await opened.api(`${path}/shelve`, { json: { minutes: 1e6 } })).status).toBe(400);
});

test('a note is shown with its alarm, by whom and when; its words stay out of the journal', async () => {
  const alarm = anAlarm({ resource: resourceId('olt-1/fan/2'), cause: 'FAN_FAIL' });
  opened.daemon.alarms.set(alarm.id, alarm);
  const path = `/alarms/${encodeURIComponent(alarm.id)}`;
  const text = 'Fan ordered, Ivan brings it on Tuesday';
  const noted = await json(await opened.api(`${path}/notes`, { json: { text } }));
  expect(noted).toMatchObject({
    noteCount: 1,
    notes: [{ at: expect.any(String) as string, by: 'irina', text }],
  });
  expect(JSON.stringify(opened.daemon.inputs)).not.toContain('ordered');
  expect(await json(await opened.api('/alarms'))).toMatchObject({
    items: [{ notes: [{ by: 'irina', text }] }],
  });
  expect((await opened.api(`${path}/notes`, { json: { text: ' \n' } })).status).toBe(400);
  expect((await opened.api(`${path}/notes`, { json: { text: 'x'.repeat(4_001) } })).status).toBe(400);
  expect((await opened.api('/alarms/none/notes', { json: { text } })).status).toBe(404);
  const headers = { authorization: `Bearer ${viewerKey}` };
  expect((await opened.api(`${path}/notes`, { json: { text }, headers })).status).toBe(403);
  expect(opened.daemon.inputs).toHaveLength(1);
});

test('an alarm is hidden until it clears, for a week at most, and shown again on demand', async () => {
  const alarm = anAlarm({ resource: resourceId('olt-1/fan/2'), cause: 'FAN_FAIL' });
  opened.daemon.alarms.set(alarm.id, alarm);
  const path = `/alarms/${encodeURIComponent(alarm.id)}`;
  const shelved = await json(await opened.api(`${path}/shelve`, { json: { untilCleared: true } }));
  expect(shelved).toMatchObject({ shelvedBy: 'irina', shelvedUntilCleared: true });
  expect((await opened.api(`${path}/shelve`, { json: {} })).status).toBe(400);
  expect((await opened.api(`${path}/shelve`, { json: { untilCleared: false } })).status).toBe(400);
  expect((await opened.api(`${path}/unshelve`, { method: 'POST' })).status).toBe(200);
  expect(opened.daemon.inputs).toMatchObject([
    { command: { kind: 'shelveAlarm', untilCleared: true } },
    { command: { kind: 'shelveAlarm', until: 0 } },
  ]);
});

test('a ticket is opened for a subscriber; the text stays out of the journal', async () => {
  opened.daemon.subscribers.set('S-1', aSubscriber('S-1'));
  const body = { subscriber: 'S-1', description: 'No light on the box', channel: 'phone' };
  const answer = await opened.api('/tickets', { json: body });
  expect(answer.status).toBe(201);
  const ticket = await json(answer);
  expect(ticket).toMatchObject({ subscriber: 'S-1', channel: 'phone', description: 'No light on the box' });
  expect(JSON.stringify(opened.daemon.inputs)).not.toContain('No light');
  const listed = await json(await opened.api('/tickets?subscriber=S-1'));
  expect(listed['total']).toBe(1);
  expect(await json(await opened.api('/tickets?subscriber=nobody'))).toEqual({
    items: [],
    total: 0,
    next: null,
  });
});

test('an answer from a gateway reaches the line as a reply, a link is made as notices carry it', async () => {
  const incident = anIncident('i.1', start);
  const confirmation = aConfirmation(incident);
  opened.daemon.incidents.set('i.1', aView(incident));
  opened.daemon.subscribers.set('S-1', aSubscriber('S-1'));
  opened.daemon.confirmations.set(confirmation.id, confirmation);
  const path = `/confirmations/${encodeURIComponent(confirmation.id)}/answer`;
  const answered = await json(
    await opened.api(path, { json: { answer: 'notFixed', channel: 'sms', text: 'нет' } }),
  );
  expect(answered).toMatchObject({ state: 'STILL_OUT', answers: [{ answer: 'notFixed', channel: 'sms' }] });
  const own = await opened.api(path, { json: { answer: 'fixed', channel: 'telegram' } });
  expect(await json(own)).toMatchObject({ answers: [{}, { answer: 'fixed', channel: 'telegram' }] });
  expect((await opened.api(path, { json: { answer: 'fixed', channel: '+79000000001' } })).status).toBe(400);
  const link = await opened.api('/subscribers/S-1/links', { json: { purpose: 'confirm', incident: 'i.1' } });
  expect(link.status).toBe(201);
  expect((await json(link))['url']).toMatch(/^http:\/\/127\.0\.0\.1:8081\/s\/made-link-/);
});

test('what the line refuses is a 503 and nothing was changed', async () => {
  opened.daemon.alarms.set('a', anAlarm({ resource: resourceId('olt-1'), cause: 'LOS' }));
  opened.daemon.refuses = true;
  const answer = await opened.api('/alarms/a/acknowledge', { method: 'POST' });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(opened.daemon.alarms.get('a')?.ackState).toBe('unacknowledged');
});

test('a call about a low mark ends with what it was about, and no other task does', async () => {
  const at = instant(start);
  const task = { state: 'accepted', skill: 'care', createdAt: at, dueAt: at, why: [] };
  for (const [id, kind] of [
    ['k.1', 'ratingCall'],
    ['k.2', 'callBack'],
  ] as const)
    opened.daemon.tasks.set(id, { task: { ...task, id, kind } as never });
  const finish = (id: string, cause: string) =>
    opened.api(`/tasks/${id}/finish`, { json: { outcome: 'talked', cause } });
  expect((await finish('k.1', 'network.sped')).status).toBe(400);
  expect((await finish('k.2', 'network.speed')).status).toBe(409);
  expect((await finish('k.1', 'network.speed')).status).toBe(200);
  const ended = { kind: 'finishTask', task: 'k.1', outcome: 'talked', cause: 'network.speed' };
  expect(opened.daemon.inputs.at(-1)).toMatchObject({ kind: 'command', command: ended });
  const causes = (await (await opened.api('/feedback/causes?days=7')).json()) as { items: unknown[] };
  expect(causes.items).toContainEqual({
    ...{ id: 'network.speed', name: { en: 'speed', ru: 'скорость' }, subscribers: 2 },
  });
});

test('what is owed is listed, summed for an incident, and given as a file', async () => {
  opened.daemon.credits = [
    {
      ...{ key: 'k2', at: start, incident: 'i', subscriberId: '=1+1', service: 'internet', revision: 2 },
      ...{ replaces: 'k1', rule: 'loss', version: '2026-04-01', from: start, to: start, minutes: 90 },
      ...{ amount: 5_000, change: -2_500, currency: 'EUR', state: 'taken' },
    },
  ];
  const total = { rule: 'loss', version: '2026-04-01', amount: 5_000, subscribers: 1, credits: 1 };
  opened.daemon.creditTotals = [{ ...total, currency: undefined, corrected: 1, taken: 1, refused: 0 }];
  const list = (await (await opened.api('/credits')).json()) as { items: unknown[] };
  expect(list.items).toMatchObject([{ id: 'k2', amount: 5, change: -2.5, billing: 'taken', replaces: 'k1' }]);
  const answer = await opened.api('/credits.csv');
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="credits.csv"');
  const [, line = ''] = (await answer.text()).split('\r\n');
  // A formula is text to a spreadsheet, a number below nothing stays one.
  expect(line).toContain(",'=1+1,internet,loss,");
  expect(line).toContain(',90,5,-2.5,EUR,2,k1,taken');
  expect((await opened.api('/incidents/none/credits')).status).toBe(404);
});

test('a finished task cannot be finished again', async () => {
  const at = instant(start);
  const task = {
    id: 'k.1',
    kind: 'callBack',
    state: 'done',
    skill: 'phone',
    createdAt: at,
    dueAt: at,
    why: [],
  } as never;
  opened.daemon.tasks.set('k.1', { task });
  expect((await opened.api('/tasks/k.1/finish', { json: { outcome: 'talked' } })).status).toBe(409);
  opened.daemon.tickets.set('t.9', aTicket('t.9', start));
  expect((await opened.api('/tickets/t.9/status', { json: { status: 'inProgress' } })).status).toBe(200);
});
