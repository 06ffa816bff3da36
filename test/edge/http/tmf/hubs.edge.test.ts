import { afterAll, beforeAll, expect, test } from 'vitest';
import { instant } from '../../../../src/base/instant.ts';
import { resourceId } from '../../../../src/model/ids.ts';
import { until } from '../../../support/until.ts';
import {
  areThere,
  asLocal,
  asViewer,
  judgeBy,
  missing,
  openListener,
  openTmForum,
  type TmForum,
} from './tmf-fixture.ts';

// Hubs over real HTTP: who asked for events gets them signed, in the envelope of the definitions, once they are durable.

let tmf: TmForum;
beforeAll(async () => {
  tmf = await openTmForum();
});
afterAll(() => tmf.close());

const raise = (resource: string, event: 'raise' | 'clear' = 'raise') =>
  tmf.line.submit({
    kind: 'observation',
    observation: {
      event,
      source: 'trap',
      resource: resourceId(resource),
      cause: 'FAN_FAIL',
      severity: 'major',
    },
  });

async function subscribed(api: string, callback: string, query?: string) {
  const made = await tmf.call(
    'POST',
    `${api}/hub`,
    { callback, ...(query === undefined ? {} : { query }) },
    asLocal,
  );
  expect([made.status, made.body]).toMatchObject([201, { id: expect.any(String), callback }]);
  return { id: made.body.id as string, secret: made.headers.get('x-allclear-secret')! };
}

test(`an alarm is told when it is raised, changes and ends, signed and as published${missing}`, async () => {
  const system = await openListener();
  try {
    const { secret } = await subscribed('alarm/v4', system.callback);
    await raise('rack-1');
    await tmf.call('PATCH', 'alarm/v4/alarm/rack-1~FAN_FAIL', { ackState: 'acknowledged' });
    await raise('rack-1', 'clear');
    await tmf.call('DELETE', 'alarm/v4/alarm/rack-1~FAN_FAIL');
    await tmf.call('POST', 'alarm/v4/ackAlarms', {
      ...{ ackSystemId: 'n', ackUserId: 'o', alarmPattern: [{ probableCause: 'FAN_FAIL' }] },
    });
    await system.event('AckAlarmsStateChangeEvent');
    const created = await system.event('AlarmCreateEvent');
    expect(created.isSignedWith(secret)).toBe(true);
    expect(created.isSignedWith('another')).toBe(false);
    // As it was then, though it is over by now.
    expect(created.body.event.alarm).toMatchObject({ probableCause: 'FAN_FAIL', state: 'raised' });
    expect(created.headers).toMatchObject({
      ...{ 'ce-specversion': '1.0', 'ce-type': 'AlarmCreateEvent', 'ce-id': created.body.eventId },
      ...{ 'idempotency-key': created.body.eventId, 'ce-time': created.body.eventTime },
    });
    await system.event('AlarmAttributeValueChangeEvent');
    expect((await system.event('AlarmStateChangeEvent')).body.event.alarm.state).toBe('cleared');
    await system.event('AlarmDeleteEvent');
    if (!areThere) return;
    const judge = judgeBy('TMF642');
    for (const { body } of system.heard) expect(judge(body.eventType, body)).toEqual([]);
  } finally {
    await system.close();
  }
});

test(`records of others tell of themselves, too: created, changed, turned, deleted${missing}`, async () => {
  const system = await openListener();
  const party = { id: 'x', '@referredType': 'Organization' };
  const cases = [
    [
      'troubleTicket/v4',
      'troubleTicket',
      'TMF621-TroubleTicket-v4',
      { description: 'd', severity: 's', ticketType: 't' },
    ],
    [
      ...(['serviceProblemManagement/v4', 'serviceProblem', 'TMF656-ServiceProblem-v4'] as const),
      { category: 'c', priority: 1, description: 'd', reason: 'r', originatorParty: party },
    ],
    ['serviceInventory/v4', 'service', 'TMF638', { state: 'active', serviceSpecification: { id: 'vpn' } }],
    ['resourceInventoryManagement/v4', 'resource', 'TMF639', { name: 'card' }],
    ['party/v4', 'individual', 'TMF632', { givenName: 'A', familyName: 'B' }],
    [
      ...(['serviceTestManagement/v4', 'serviceTest', 'TMF653'] as const),
      { name: 'n', relatedService: { id: 's' }, testSpecification: { id: 't' } },
    ],
  ] as const;
  const turned: Readonly<Record<string, object>> = {
    troubleTicket: { status: 'resolved' },
    serviceProblem: { status: 'held' },
    service: { state: 'inactive' },
    resource: { resourceStatus: 'alarm' },
    individual: { status: 'validated' },
    serviceTest: { state: 'cancelled' },
  };
  try {
    const made: string[] = [];
    for (const [api, name, , sent] of cases) {
      await subscribed(api, system.callback);
      const { body } = await tmf.call('POST', `${api}/${name}`, sent);
      const path = `${api}/${name}/${body.id}`;
      made.push(body.id);
      await tmf.call('PATCH', path, { description: 'changed', gender: 'f' });
      await tmf.call('PATCH', path, turned[name]);
      await tmf.call('DELETE', path);
    }
    for (const [n, [, name, file]] of cases.entries()) {
      const type = name[0]!.toUpperCase() + name.slice(1);
      const expected = [
        `${type}CreateEvent`,
        `${type}AttributeValueChangeEvent`,
        `${type}${name === 'troubleTicket' ? 'Status' : 'State'}ChangeEvent`,
        ...(name === 'troubleTicket' ? ['TroubleTicketResolvedEvent'] : []),
        // Version 4 of service problem has no event of a deletion.
        ...(name === 'serviceProblem' ? [] : [`${type}DeleteEvent`]),
      ];
      const mine = () => system.heard.filter(({ body: told }) => told.correlationId === made[n]);
      await until(() => mine().length >= expected.length);
      expect(mine().map(({ body: told }) => told.eventType)).toEqual(expected);
      const judge = areThere ? judgeBy(file) : () => [];
      for (const { body: told } of mine()) expect(judge(told.eventType, told)).toEqual([]);
      expect(new Set(mine().map(({ body: told }) => told.eventId)).size).toBe(expected.length);
      const field = Object.keys(turned[name]!)[0]!;
      const [created, , state] = mine().map(({ body: told }) => told.event[name][field]);
      expect([created === state, state]).toEqual([false, Object.values(turned[name]!)[0]]);
    }
  } finally {
    await system.close();
  }
});

test(`incidents and tickets of our own tell of themselves as problems and trouble tickets${missing}`, async () => {
  const system = await openListener();
  try {
    for (const api of ['serviceProblemManagement/v4', 'troubleTicket/v4'])
      await subscribed(api, system.callback);
    const fault = { resource: resourceId('lone-router'), cause: 'UNREACHABLE', source: 'trap' } as const;
    await tmf.line.submit({
      kind: 'observation',
      observation: { ...fault, event: 'raise', severity: 'critical' },
    });
    const sent = {
      ...{ description: 'no internet', severity: 'Major', ticketType: 'complaint', externalId: 'crm-1' },
      relatedParty: [{ id: 's1', role: 'customer', '@referredType': 'Individual' }],
    };
    const { body } = await tmf.call('POST', 'troubleTicket/v4/troubleTicket', sent);
    await until(() => system.heard.some(({ body: told }) => told.correlationId === body.id));
    await tmf.call('PATCH', `troubleTicket/v4/troubleTicket/${body.id}`, { status: 'resolved' });
    await system.event('TroubleTicketResolvedEvent');
    await system.event('ServiceProblemCreateEvent');
    const ours = system.heard.filter(({ body: told }) => told.correlationId === body.id);
    // What the sender said beyond our ticket is kept a moment after it and told with it.
    expect(ours[0]?.body).toMatchObject({
      eventType: 'TroubleTicketCreateEvent',
      event: { troubleTicket: { ...sent, id: body.id, href: body.href } },
    });
    const judges = areThere ? [judgeBy('TMF656-ServiceProblem-v4'), judgeBy('TMF621-TroubleTicket-v4')] : [];
    for (const { body: told } of system.heard) {
      const judge = judges[told.eventType.startsWith('ServiceProblem') ? 0 : 1];
      expect(judge?.(told.eventType, told) ?? []).toEqual([]);
    }
  } finally {
    await system.close();
  }
});

test(`a hub of version 3 is told in the words of version 3, and asks in them${missing}`, async () => {
  const [of3, of4] = [await openListener(), await openListener()];
  try {
    const api3 = 'serviceProblemManagement/v3';
    await subscribed(api3, of3.callback, 'comment.text=seen');
    await subscribed('serviceProblemManagement/v4', of4.callback);
    const party = { id: 'x', '@referredType': 'Organization' };
    const sent = { category: 'c', priority: 1, description: 'd', reason: 'r', originatorParty: party };
    const made = await tmf.call('POST', `${api3}/serviceProblem`, { ...sent, comment: [{ text: 'seen' }] });
    expect(made.status).toBe(201);
    const { body: told } = await of3.event('ServiceProblemCreateNotification');
    const { serviceProblem: problem } = told.event;
    expect(problem).toMatchObject({ id: made.body.id, href: made.body.href, comment: [{ text: 'seen' }] });
    expect(Object.keys(problem)).toContain('timeRaised');
    expect(Object.keys(problem)).not.toContain('creationDate');
    const { body: newer } = await of4.event('ServiceProblemCreateEvent');
    expect(newer.event.serviceProblem).toMatchObject({ id: made.body.id, note: [{ text: 'seen' }] });
    if (areThere) expect(judgeBy('TMF656-ServiceProblem-3')(told.eventType, told)).toEqual([]);
  } finally {
    await Promise.all([of3.close(), of4.close()]);
  }
});

test('a change of which no event can be made keeps back nothing that comes after it', async () => {
  const system = await openListener();
  try {
    await subscribed('alarm/v4', system.callback, 'eventType=AlarmCreateEvent');
    const torn = { kind: 'alarm', id: 'torn', isOwn: false, body: '{"state":', news: 'create' } as const;
    await tmf.book.keepOutside({ ...torn, at: instant(Date.now()), by: 'test' });
    await raise('rack-9');
    const { body } = await system.event('AlarmCreateEvent');
    expect(body.event.alarm.alarmedObject.id).toBe('rack-9');
  } finally {
    await tmf.book.dropOutside({
      kind: 'alarm',
      id: 'torn',
      isOwn: false,
      at: instant(Date.now()),
      by: 'test',
    });
    await system.close();
  }
});

test('a hub hears what its query names, and nothing once it is deleted', async () => {
  const [all, few] = [await openListener(), await openListener()];
  try {
    await subscribed('alarmManagement/v4', all.callback);
    const { id } = await subscribed(
      'alarm/v4',
      few.callback,
      'eventType=AlarmCreateEvent&alarmedObject.id=rack-3',
    );
    await raise('rack-2');
    await raise('rack-3');
    await few.event('AlarmCreateEvent');
    await until(() => all.heard.filter(({ body }) => body.eventType === 'AlarmCreateEvent').length === 2);
    expect(few.heard.map(({ body }) => body.event.alarm.alarmedObject.id)).toEqual(['rack-3']);
    expect((await tmf.call('DELETE', `alarm/v4/hub/${id}`, undefined, asViewer)).status).toBe(403);
    expect((await tmf.call('DELETE', `alarm/v4/hub/${id}`)).status).toBe(204);
    expect((await tmf.call('DELETE', `alarm/v4/hub/${id}`)).status).toBe(404);
    await raise('rack-3', 'clear');
    await all.event('AlarmStateChangeEvent');
    expect(few.heard).toHaveLength(1);
  } finally {
    await Promise.all([all.close(), few.close()]);
  }
});

test('a hub that is down gets its events in order when it is back, with the same keys', async () => {
  const system = await openListener((before) => (before < 1 ? 503 : 201));
  try {
    await subscribed('resourceInventoryManagement/v4', system.callback);
    for (const name of ['first', 'second'])
      await tmf.call('POST', 'resourceInventoryManagement/v4/resource', { name });
    await until(() => system.heard.length >= 3, 30_000);
    const told = system.heard.map(({ body }) => body.event.resource.name);
    expect(told).toEqual(['first', 'first', 'second']);
    expect(new Set(system.heard.slice(0, 2).map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  } finally {
    await system.close();
  }
});

test('nothing is sent to private networks, and only who is on this machine may name it', async () => {
  const refused = [
    ...['http://10.0.0.1/', 'http://169.254.169.254/latest/', 'http://[::1]:1/', 'http://192.168.1.1/x'],
    ...['http://0x7f000001/', 'http://127.1/', 'http://[::ffff:127.0.0.1]/', 'http://metadata.internal/'],
    ...['ftp://example.org/', 'http://user:secret@example.org/', 'no address', '', 'http://localhost:1/'],
  ];
  for (const callback of refused) {
    const { status, body } = await tmf.call('POST', 'alarm/v4/hub', { callback });
    expect([callback, status, typeof body.message]).toEqual([callback, 400, 'string']);
  }
  for (const callback of ['http://10.0.0.1/', 'http://[::ffff:10.0.0.1]/'])
    expect((await tmf.call('POST', 'alarm/v4/hub', { callback }, asLocal)).status).toBe(400);
  expect((await tmf.call('POST', 'alarm/v4/hub', { query: 'a=b' })).status).toBe(400);
  expect((await tmf.call('POST', 'alarm/v4/hub', { callback: 'https://events.example.org/in' })).status).toBe(
    201,
  );
  const viewer = await tmf.call(
    'POST',
    'alarm/v4/hub',
    { callback: 'https://events.example.org/in' },
    asViewer,
  );
  expect(viewer.status).toBe(403);
});

test('there are so many hubs and no more', async () => {
  const callback = 'https://events.example.org/in';
  const statuses = new Set<number>();
  for (let n = 0; n < 101; n++) statuses.add((await tmf.call('POST', 'party/v4/hub', { callback })).status);
  expect([...statuses].sort()).toEqual([201, 507]);
});
