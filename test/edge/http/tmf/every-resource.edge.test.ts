import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areThere, asViewer, judgeBy, missing, openTmForum, type TmForum } from './tmf-fixture.ts';

// The same story for every resource that others may create: refused, created, read, listed, changed, deleted.

let tmf: TmForum;
beforeAll(async () => {
  tmf = await openTmForum();
});
afterAll(() => tmf.close());

interface Sample {
  readonly api: string;
  readonly name: string;
  readonly definitions: string;
  readonly mandatory: readonly string[];
  readonly sent: Readonly<Record<string, unknown>>;
  readonly patch: Readonly<Record<string, unknown>>;
  /** Of the answer, beside what was sent. */
  readonly filled: readonly string[];
  /** Cannot be changed. */
  readonly fixed?: string;
  /** A field with few words, and none of them. */
  readonly wrong?: Readonly<Record<string, unknown>>;
  readonly isPersonal?: true;
}

const customer = { id: 'C-9', role: 'customer', '@referredType': 'Individual' };

const samples: readonly Sample[] = [
  {
    ...{ api: 'alarm/v4', name: 'alarm', definitions: 'TMF642', fixed: 'alarmRaisedTime' },
    mandatory: [
      ...['alarmType', 'perceivedSeverity', 'probableCause', 'alarmedObject', 'sourceSystemId', 'state'],
      'alarmRaisedTime',
    ],
    sent: {
      ...{
        alarmType: 'equipmentAlarm',
        perceivedSeverity: 'minor',
        probableCause: 'FAN_FAIL',
        state: 'raised',
      },
      ...{
        alarmedObject: { id: 'far-away-1' },
        sourceSystemId: 'nms',
        alarmRaisedTime: '2026-02-01T10:00:00Z',
      },
    },
    patch: { proposedRepairedActions: 'change the fan' },
    filled: ['ackState', 'alarmChangedTime', 'reportingSystemId'],
    wrong: { perceivedSeverity: 'awful' },
  },
  {
    ...{ api: 'troubleTicket/v4', name: 'troubleTicket', definitions: 'TMF621', fixed: 'creationDate' },
    mandatory: ['description', 'severity', 'ticketType'],
    sent: {
      ...{
        description: 'no internet, no light',
        severity: 'High',
        ticketType: 'complaint',
        priority: 'Urgent',
      },
      ...{ relatedParty: [customer], note: [{ id: '1', author: 'desk', text: 'called twice' }] },
    },
    patch: { status: 'inProgress', statusChangeReason: 'somebody looks' },
    filled: ['status', 'creationDate', 'lastUpdate', 'statusChange', 'statusChangeDate'],
    wrong: { status: 'sleeping' },
  },
  ...(['v4', 'v3'] as const).map(
    (version): Sample => ({
      api: `serviceProblemManagement/${version}`,
      ...{
        name: 'serviceProblem',
        definitions: version === 'v4' ? 'TMF656-ServiceProblem-v4' : 'TMF656-ServiceProblem-3',
      },
      mandatory: ['category', 'priority', 'description', 'reason', 'originatorParty'],
      sent: {
        ...{ category: 'supplier', priority: 2, description: 'the carrier is down', reason: 'cut abroad' },
        originatorParty: { id: 'carrier', role: 'supplier', '@referredType': 'Organization' },
        [version === 'v4' ? 'characteristic' : 'extensionInfo']: [{ name: 'circuit', value: 'X-1' }],
      },
      patch: { status: 'inProgress' },
      filled: ['status', version === 'v4' ? 'creationDate' : 'timeRaised', 'statusChangeDate'],
      fixed: 'originatingSystem',
      wrong: { status: 'sleeping' },
    }),
  ),
  {
    ...{
      api: 'communicationManagement/v4',
      name: 'communicationMessage',
      definitions: 'TMF681',
      isPersonal: true,
    },
    mandatory: ['content', 'receiver', 'sender', 'messageType'],
    sent: {
      ...{ content: 'we are at work', messageType: 'SMS', sender: { id: 'crm', name: 'CRM' } },
      receiver: [{ id: '1', phoneNumber: '+70000000001' }],
    },
    patch: { description: 'of the evening' },
    filled: ['state', 'tryTimes'],
    wrong: { state: 'sleeping' },
  },
  {
    ...{ api: 'serviceInventory/v4', name: 'service', definitions: 'TMF638', fixed: 'serviceDate' },
    mandatory: ['state', 'serviceSpecification'],
    sent: {
      ...{
        state: 'active',
        serviceSpecification: { id: 'vpn' },
        name: 'VPN of a branch',
        relatedParty: [customer],
      },
      serviceCharacteristic: [{ name: 'bandwidth', value: '100M' }],
    },
    patch: { state: 'inactive' },
    filled: ['serviceDate'],
    wrong: { state: 'sleeping' },
  },
  ...(['resource', 'physicalResource', 'logicalResource'] as const).map(
    (name): Sample => ({
      ...{ api: 'resourceInventoryManagement/v4', name, definitions: 'TMF639' },
      mandatory: name === 'logicalResource' ? [] : ['name'],
      sent: {
        name: 'spare card',
        category: 'card',
        resourceStatus: 'standby',
        administrativeState: 'locked',
      },
      patch: { resourceStatus: 'available' },
      filled: [],
      wrong: { usageState: 'sleeping' },
    }),
  ),
  {
    ...{ api: 'party/v4', name: 'individual', definitions: 'TMF632', isPersonal: true },
    mandatory: ['givenName', 'familyName'],
    sent: {
      ...{ givenName: 'Anna', familyName: 'Petrova', birthDate: '1990-01-01T00:00:00Z' },
      contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'a@example.org' } }],
    },
    patch: { status: 'validated' },
    filled: ['status'],
    wrong: { status: 'sleeping' },
  },
  {
    ...{ api: 'party/v4', name: 'organization', definitions: 'TMF632', isPersonal: true },
    mandatory: ['tradingName'],
    sent: { tradingName: 'Carrier Ltd', isLegalEntity: true },
    patch: { status: 'closed' },
    filled: ['status'],
  },
  {
    ...{ api: 'serviceTestManagement/v4', name: 'serviceTest', definitions: 'TMF653' },
    mandatory: ['name', 'relatedService', 'testSpecification'],
    sent: {
      name: 'is it alive',
      relatedService: { id: 'unheard-of' },
      testSpecification: { id: 'line-state' },
    },
    patch: { description: 'after the storm' },
    filled: ['state', 'startDateTime', 'endDateTime', 'characteristic'],
  },
  {
    ...{ api: 'serviceTestManagement/v4', name: 'serviceTestSpecification', definitions: 'TMF653' },
    mandatory: ['name', 'relatedServiceSpecification'],
    sent: { name: 'speed', relatedServiceSpecification: [{ id: 'internet' }], version: '1' },
    patch: { lifecycleStatus: 'retired' },
    filled: ['lastUpdate'],
  },
];

describe.each(samples)('$api/$name', (sample) => {
  const { api, name, sent } = sample;
  const path = `${api}/${name}`;
  const type = name[0]!.toUpperCase() + name.slice(1);
  const at = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  const judge = areThere ? judgeBy(sample.definitions) : () => [];
  let id = '';

  test('without a mandatory field it is refused, and the answer says which', async () => {
    for (const field of sample.mandatory) {
      const { [field]: _, ...rest } = sent;
      const { status, body } = await tmf.call('POST', path, rest);
      expect([field, status, body.message]).toEqual([field, 400, expect.stringContaining(field)]);
      expect([String(body.code), body.reason]).toEqual([expect.stringMatching(/^\d+$/), expect.any(String)]);
      expect(judge('Error', body)).toEqual([]);
    }
    const [first, wrong] = [sample.mandatory[0], sample.wrong];
    if (first !== undefined)
      expect((await tmf.call('POST', path, { ...sent, [first]: [7] })).status).toBe(400);
    if (wrong !== undefined) expect((await tmf.call('POST', path, { ...sent, ...wrong })).status).toBe(400);
  });

  test(`what is created reads as it was sent, with what the daemon fills in${missing}`, async () => {
    const made = await tmf.call('POST', path, sent);
    expect([made.status, made.body]).toMatchObject([201, { ...sent, '@type': type }]);
    id = made.body.id;
    expect(made.body.href).toBe(`${tmf.address}/tmf-api/${at(id)}`);
    expect(made.headers.get('location')).toBe(made.body.href);
    for (const field of sample.filled)
      expect([field, made.body[field] === undefined]).toEqual([field, false]);
    expect(judge(type, made.body)).toEqual([]);
    const read = await tmf.call('GET', at(id));
    expect([read.status, read.body]).toEqual([200, made.body]);
  });

  test('a list is an array with its counts; filters and named fields are honoured', async () => {
    const all = await tmf.call('GET', path);
    expect(all.status).toBe(200);
    expect([all.headers.get('x-total-count'), all.headers.get('x-result-count')]).toEqual(
      [all.body.length, all.body.length].map(String),
    );
    for (const one of all.body) expect(judge(type, one)).toEqual([]);
    const [field, value] = Object.entries(sent).find(([, held]) => typeof held === 'string')!;
    const query = `${field}=${encodeURIComponent(value as string)}`;
    const found = await tmf.call('GET', `${path}?${query}&fields=${field}`);
    const [mine] = found.body.filter((one: { id: string }) => one.id === id);
    expect(mine).toEqual({ id, href: `${tmf.address}/tmf-api/${at(id)}`, [field]: value });
    expect((await tmf.call('GET', `${path}?${field}=nothing-like-it`)).body).toEqual([]);
    const bare = await tmf.call('GET', `${at(id)}?fields=none`);
    expect(Object.keys(bare.body).sort()).toEqual(['href', 'id']);
  });

  test('a change is merged, what is fixed stays, what is unknown is not found', async () => {
    const changed = await tmf.call('PATCH', at(id), sample.patch, {
      'content-type': 'application/merge-patch+json',
    });
    expect([changed.status, changed.body]).toMatchObject([200, sample.patch]);
    expect(judge(type, changed.body)).toEqual([]);
    expect((await tmf.call('GET', at(id))).body).toMatchObject(sample.patch);
    const refused: Record<string, unknown>[] = [{ id: 'other' }, { href: 'http://elsewhere.example/' }];
    if (sample.fixed !== undefined) refused.push({ [sample.fixed]: '2001-01-01T00:00:00Z' });
    for (const patch of refused)
      expect([patch, (await tmf.call('PATCH', at(id), patch)).status]).toEqual([patch, 400]);
    expect((await tmf.call('PATCH', at('nobody'), sample.patch)).status).toBe(404);
    expect((await tmf.call('PATCH', at(id), '[1]')).status).toBe(400);
    // Of an alarm the line says by itself when it changed last.
    const { alarmChangedTime: _, ...still } = changed.body;
    expect((await tmf.call('GET', at(id))).body).toMatchObject(still);
  });

  test('a viewer changes nothing, and sees nothing that speaks of people', async () => {
    expect((await tmf.call('GET', path, undefined, asViewer)).status).toBe(
      sample.isPersonal === true ? 403 : 200,
    );
    expect((await tmf.call('DELETE', at(id), undefined, asViewer)).status).toBe(403);
    const stranger = { authorization: 'Bearer wrong' };
    const unknown = await tmf.call('GET', at(id), undefined, stranger);
    expect([401, 429]).toContain(unknown.status);
    expect(judge('Error', unknown.body)).toEqual([]);
  });

  test('what is deleted is gone', async () => {
    expect((await tmf.call('DELETE', at(id))).status).toBe(204);
    expect((await tmf.call('GET', at(id))).status).toBe(404);
    expect((await tmf.call('DELETE', at(id))).status).toBe(404);
    const left = await tmf.call('GET', `${path}?limit=1000`);
    expect(left.body.some((one: { id: string }) => one.id === id)).toBe(false);
  });
});
