import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTmForum, type TmForum } from './tmf-fixture.ts';

// What no sound system sends: each is refused with the reason, and the daemon goes on.

let tmf: TmForum;
beforeAll(async () => {
  tmf = await openTmForum();
});
afterAll(() => tmf.close());

const path = 'resourceInventoryManagement/v4/resource';

test('bodies that are too deep, too large, no JSON or no object are refused', async () => {
  const nested = (levels: number) => `{"name":"x","note":[${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}]}`;
  const bodies: [string, number][] = [
    [nested(10), 201],
    [nested(100), 400],
    [nested(9_000), 400],
    [`{"name":${'['.repeat(20_000)}`, 400],
    [`{"name":"${'x'.repeat(70_000)}"}`, 413],
    ['{"name":', 400],
    ['[]', 400],
    ['null', 400],
    ['', 400],
    ['7', 400],
    ['{"__proto__":{"name":"x"},"name":"y"}', 400],
    ['{"constructor":{"prototype":{"name":"x"}},"name":"y"}', 400],
  ];
  for (const [body, expected] of bodies) {
    const { status, body: said } = await tmf.call('POST', path, body);
    expect([body.slice(0, 40), status]).toEqual([body.slice(0, 40), expected]);
    if (expected >= 400) expect([typeof said.code, typeof said.reason]).toEqual(['string', 'string']);
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await tmf.call('POST', path, 'name=x', form)).status).toBe(415);
  const jsonPatch = { 'content-type': 'application/json-patch+json' };
  expect((await tmf.call('PATCH', `${path}/olt-1`, '[]', jsonPatch)).status).toBe(415);
});

test('questions out of bounds are refused, odd ones find nothing', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `f${n}=1`).join('&');
  const refused = [
    'offset=-1',
    'limit=x',
    'limit=1.5',
    'offset=1&offset=2',
    many(41),
    'sort=-name',
    'filter=$.name',
    `${'a.'.repeat(500)}b=1`,
    `a=${Array.from({ length: 300 }, (_, n) => n).join()}`,
  ];
  for (const query of refused) {
    const { status, body } = await tmf.call('GET', `${path}?${query}`);
    expect([query.slice(0, 20), status, typeof body.message]).toEqual([query.slice(0, 20), 400, 'string']);
  }
  // The server of Node cuts a longer address off before anybody reads it.
  expect((await fetch(`${tmf.address}/tmf-api/${path}?${many(10_000)}`)).status).toBe(431);
  const odd = [
    '__proto__=x',
    'constructor.name=Object',
    '__proto__.toString.gt=a',
    'name.length=4',
    '=x',
    'a..b=c',
  ];
  for (const query of odd) {
    const { status, body } = await tmf.call('GET', `${path}?${query}`);
    expect([query, status, body]).toEqual([query, 200, []]);
  }
  const fields = await tmf.call('GET', `${path}?fields=__proto__,constructor,toString&limit=1`);
  expect(Object.keys(fields.body[0]).sort()).toEqual(['href', 'id']);
});

test('ids of any kind are read as ids, and come back escaped', async () => {
  for (const id of [
    '../../etc/passwd',
    "'; DROP TABLE outside; --",
    '<script>',
    'ё'.repeat(50),
    '%00',
    'a/b?c=d#e',
  ]) {
    const found = await tmf.call('GET', `${path}/${encodeURIComponent(id)}`);
    expect([id, found.status, typeof found.body.code]).toEqual([id, 404, 'string']);
  }
  const alarm = {
    ...{ alarmType: 'x', perceivedSeverity: 'minor', probableCause: '~%/?#é\u0000', state: 'raised' },
    ...{ alarmedObject: { id: '<b>~/..' }, sourceSystemId: 's', alarmRaisedTime: '2026-01-01T00:00:00Z' },
  };
  const made = await tmf.call('POST', 'alarm/v4/alarm', alarm);
  expect(made.status).toBe(201);
  const again = await tmf.call('GET', made.body.href.split('/tmf-api/')[1]);
  expect([again.status, again.body.id]).toEqual([200, made.body.id]);
  const huge = { ...alarm, probableCause: 'x'.repeat(600) };
  expect((await tmf.call('POST', 'alarm/v4/alarm', huge)).status).toBe(400);
  for (const time of ['yesterday', '2026-13-45T00:00:00Z', 5])
    expect((await tmf.call('POST', 'alarm/v4/alarm', { ...alarm, alarmRaisedTime: time })).status).toBe(400);
});

test('a field that is called like our refusals is a field', async () => {
  const sent = { name: 'card', status: 418, refused: { code: '1', reason: 'x', message: 'y' } };
  const made = await tmf.call('POST', path, sent);
  expect([made.status, made.body]).toMatchObject([201, sent]);
  const changed = await tmf.call('PATCH', `${path}/${made.body.id}`, { description: 'd' });
  expect([changed.status, changed.body]).toMatchObject([200, { ...sent, description: 'd' }]);
});

test('half a character in the name of a resource spoils no list of alarms', async () => {
  const alarm = {
    ...{ alarmType: 'x', perceivedSeverity: 'minor', probableCause: 'half', state: 'raised' },
    ...{ sourceSystemId: 's', alarmRaisedTime: '2026-01-01T00:00:00Z' },
  };
  const sent = JSON.stringify({ ...alarm, alarmedObject: { id: 'card-\ud800' } });
  expect((await tmf.call('POST', 'alarm/v4/alarm', sent)).status).toBe(201);
  expect((await tmf.call('GET', 'alarm/v4/alarm')).status).toBe(200);
});

test('an id that is no text is refused', async () => {
  const id = { toString: 1 };
  const tried: [string, object][] = [
    [
      'alarm/v4/ackAlarms',
      { ackSystemId: 's', ackUserId: 'u', alarmPattern: [{ id, state: 'raised' }, { id }] },
    ],
    [
      'alarm/v4/groupAlarms',
      {
        ...{ sourceSystemId: 's', alarmChangedTime: '2026-01-01T00:00:00Z' },
        ...{ parentAlarm: { id }, correlatedAlarm: [{ id: 'a' }] },
      },
    ],
    ['serviceProblemManagement/v4/problemAcknowledgement', { problem: [{ id }] }],
    [
      'serviceTestManagement/v4/serviceTest',
      { name: 'n', relatedService: { id }, testSpecification: { id: 'line-state' } },
    ],
  ];
  for (const [to, body] of tried) {
    const answer = await tmf.call('POST', to, body);
    expect([to, answer.status, answer.body.code]).toEqual([to, 400, '24']);
  }
  const ticket = { description: 'd', severity: 's', ticketType: 't', relatedParty: [{ id: '1' }] };
  const odd = { ...ticket, channel: { id: 'x', name: id } };
  expect((await tmf.call('POST', 'troubleTicket/v4/troubleTicket', odd)).status).toBe(201);
});

test('a change of an alarm that is refused has done nothing', async () => {
  const alarm = {
    ...{ alarmType: 'x', perceivedSeverity: 'minor', probableCause: 'c', state: 'raised' },
    ...{ alarmedObject: { id: 'card-2' }, sourceSystemId: 's', alarmRaisedTime: '2026-01-01T00:00:00Z' },
  };
  const { body } = await tmf.call('POST', 'alarm/v4/alarm', alarm);
  const own = `alarm/v4/alarm/${encodeURIComponent(body.id)}`;
  expect((await tmf.call('PATCH', own, { state: 'cleared', ackState: 'perhaps' })).status).toBe(400);
  expect((await tmf.call('GET', own)).body.state).toBe('raised');
});

test('an address that is none of ours is not repeated in answers', async () => {
  const { request } = await import('node:http');
  const { hostname, port } = new URL(tmf.address);
  const text = await new Promise<string>((resolve, reject) => {
    const headers = { host: 'evil.example/"><x', authorization: `Bearer ${'k'.repeat(40)}` };
    request({ hostname, port, path: `/tmf-api/${path}/olt-1`, headers }, (answer) => {
      let said = '';
      answer.on('data', (part: Buffer) => {
        said += part.toString();
      });
      answer.on('end', () => resolve(said));
    })
      .on('error', reject)
      .end();
  });
  expect(text).not.toContain('evil');
});
