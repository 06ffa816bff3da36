// What operators say of grouping, over the API of the built daemon: who may, about what, and who is on record for it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPlainSqlite } from '../../src/edge/disk/sqlite.ts';
import type { AlarmJson, IncidentJson } from '../../src/edge/http/contract.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  token,
  until,
} from '../support/daemon.ts';
import { smallCityDocument, terminals } from '../support/small-city.ts';

let daemon: Daemon;
let folder: string;

beforeEach(async () => {
  folder = await folderWith({
    'allclear.yaml': `${freePorts}topology: ./topology.json\n`,
    'topology.json': smallCityDocument(),
  });
  daemon = startDaemon({ folder });
  await daemon.ready;
});
afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const branch = terminals('1-1-1');
const other = terminals('2-2-1');

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(path: string, body: unknown, key = token): Promise<Answer> {
  const answer = await fetch(`${(await daemon.ready).http}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
}

const tell = (event: 'raise' | 'clear', resources: readonly string[]) =>
  daemon.api.post(
    '/alarms',
    resources.map((resource) => ({ event, resource, cause: 'LOS', source: 'trap' })),
  );
const at = async (root: string): Promise<IncidentJson | undefined> =>
  (await daemon.api.list<IncidentJson>('/incidents')).find((incident) => incident.root === root);
const opened = (root: string): Promise<IncidentJson> => until(`an incident at ${root}`, () => at(root));
const alarmOn = async (resource: string): Promise<AlarmJson> =>
  (await daemon.api.list<AlarmJson>('/alarms')).find((alarm) => alarm.resource === resource)!;
const idOf = async (resource: string): Promise<string> => (await alarmOn(resource)).id;

test('alarms are moved, incidents split and merged, each once, by whom it is on record', async () => {
  await tell('raise', [...branch, ...other]);
  const [first, second] = [await opened('s1-1-1'), await opened('s2-2-1')];
  const stranger = await idOf(branch[0]!);
  const path = `/incidents/${first.id}`;

  // Nobody without a right to, and nothing that is not there.
  expect((await post(`${path}/alarms`, { alarm: stranger, belongs: false }, 'x'.repeat(40))).status).toBe(
    401,
  );
  expect(await post(`${path}/alarms`, { alarm: 'none~LOS', belongs: true })).toMatchObject({
    status: 404,
    body: { detail: 'No alarm has the id "none~LOS".' },
  });
  expect((await post('/incidents/none/alarms', { alarm: stranger, belongs: true })).status).toBe(404);
  expect((await post('/incidents/none/split', { alarms: [stranger] })).status).toBe(404);
  expect((await post('/incidents/none/merge', { into: first.id })).status).toBe(404);
  expect((await post(`${path}/merge`, { into: 'none' })).status).toBe(404);
  for (const body of [
    {},
    { alarm: stranger },
    { alarm: 7, belongs: true },
    { alarm: stranger, belongs: true, why: '' },
  ])
    expect((await post(`${path}/alarms`, body)).status).toBe(400);
  for (const body of [{}, { alarms: [] }, { alarms: [''] }])
    expect((await post(`${path}/split`, body)).status).toBe(400);
  expect((await post(`${path}/merge`, { into: first.id })).status).toBe(400);

  // Out, once and again; and back.
  for (let n = 0; n < 2; n++) {
    const out = await post(`${path}/alarms`, { alarm: stranger, belongs: false });
    expect(out).toMatchObject({ status: 200, body: { id: first.id } });
    expect(out.body['alarms']).toHaveLength(7);
  }
  const own = await opened(branch[0]!);
  expect(own).toMatchObject({ parent: first.id, explanation: { decidedBy: expect.any(String) as string } });
  expect((await alarmOn(branch[0]!)).incident).toBe(own.id);
  for (let n = 0; n < 2; n++) {
    const back = await post(`${path}/alarms`, { alarm: stranger, belongs: true });
    expect(back.body['alarms']).toHaveLength(8);
  }

  // A part, at the place that the operator names; no foreign alarm, and not all of them.
  const three = await Promise.all(branch.slice(0, 3).map(idOf));
  const foreign = await idOf(other[0]!);
  expect(await post(`${path}/split`, { alarms: [...three, foreign] })).toMatchObject({
    status: 409,
    body: { detail: `Nothing was changed: ${foreign} is no alarm of this incident.` },
  });
  const all = await Promise.all(branch.map(idOf));
  expect(await post(`${path}/split`, { alarms: all })).toMatchObject({
    status: 409,
    body: { detail: 'Nothing was changed: these are all its alarms, and nothing would be left of it.' },
  });
  for (let n = 0; n < 2; n++) {
    const left = await post(`${path}/split`, { alarms: three, root: 'b-1-1-1' });
    expect(left.status).toBe(200);
    expect(left.body['alarms']).toHaveLength(5);
  }
  expect((await opened('b-1-1-1')).alarms).toHaveLength(3);

  // Two that are one, once and again; what is merged is moved no more.
  for (let n = 0; n < 2; n++) {
    expect(await post(`/incidents/${second.id}/merge`, { into: first.id })).toMatchObject({
      status: 200,
      body: { state: 'merged', into: first.id },
    });
  }
  expect(await post(`/incidents/${second.id}/alarms`, { alarm: stranger, belongs: true })).toMatchObject({
    status: 409,
    body: { detail: 'Nothing was changed: the incident is merged, its grouping stays as it is.' },
  });

  // Who ordered what, in order, and each order that was taken; the history of the incident names them, too.
  expect((await daemon.stop()).code).toBe(0);
  const book = openPlainSqlite({ file: `${folder}/data/book.sqlite` });
  const rows = book.prepare('SELECT actor, action FROM audit ORDER BY row').all();
  book.close();
  expect(new Set(rows.map(({ actor }) => actor)).size).toBe(1);
  const orders = rows.map(({ action }) => String(action));
  const kinds = ['placeAlarm', 'splitIncident', 'mergeIncidents'].map(
    (kind) => orders.filter((action) => action === kind).length,
  );
  expect(kinds).toEqual([5, 3, 2]);
});

test('the grouping of what is over stays as it is, and says so', async () => {
  await tell('raise', [...branch, ...other]);
  const [first, second] = [await opened('s1-1-1'), await opened('s2-2-1')];
  const alarm = await idOf(branch[0]!);
  await tell('clear', branch);
  await until('it is resolved', async () => (await at('s1-1-1'))?.state === 'resolved');
  const over = { status: 409, body: { detail: expect.stringContaining('is resolved') as string } };
  expect(await post(`/incidents/${first.id}/alarms`, { alarm, belongs: false })).toMatchObject(over);
  expect(await post(`/incidents/${first.id}/split`, { alarms: [alarm] })).toMatchObject(over);
  expect(await post(`/incidents/${first.id}/merge`, { into: second.id })).toMatchObject(over);
  expect(await post(`/incidents/${second.id}/merge`, { into: first.id })).toMatchObject(over);
});
