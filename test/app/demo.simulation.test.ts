// The demo city plays by itself: a fibre cut, a house without mains and a false alarm, from first alarm to last answer.
import { afterEach, expect, test } from 'vitest';
import type {
  ConfirmationJson,
  IncidentJson,
  NoticeJson,
  TaskJson,
  TicketJson,
} from '../../src/edge/http/contract.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  isAlive,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const anyPort = [
  '--http',
  '127.0.0.1:0',
  '--public',
  '127.0.0.1:0',
  '--traps',
  '127.0.0.1:0',
  '--syslog',
  '127.0.0.1:0',
];

const incidentsOf = (daemon: Daemon, kind: string): Promise<readonly IncidentJson[]> =>
  daemon.api.list<IncidentJson>('/incidents').then((all) => all.filter((incident) => incident.kind === kind));

/** Nobody has two notices of one type and revision: a key stands once, and a first word is said once. */
async function toldOnce(daemon: Daemon, incident: IncidentJson): Promise<readonly string[]> {
  const notices = await daemon.api.list<NoticeJson>(`/notices?incident=${incident.id}`);
  expect(new Set(notices.map(({ key }) => key)).size).toBe(notices.length);
  const first = notices.filter(({ type, state }) => type === 'detected' && state === 'sent');
  const told = first.map(({ subscriber }) => subscriber);
  expect(new Set(told).size).toBe(told.length);
  return told;
}

async function answers(daemon: Daemon, incident: IncidentJson): Promise<readonly ConfirmationJson[]> {
  return daemon.api.list<ConfirmationJson>(`/confirmations?incident=${incident.id}`);
}

test('the fibre cut ends as one incident, told once, asked about, answered, rated and closed; nobody hears of the false alarm', async () => {
  const folder = await folderWith();
  const city = ['--seed', '7', '--households', '600', '--speed', '2', '--data', `${folder}/city`];
  const daemon = startDaemon({ args: ['demo', ...city, ...anyPort], folder });
  expect((await daemon.ready).demo).toBe(true);
  const pids = [...daemon.roles().values()];
  expect([...daemon.roles().keys()]).toEqual(expect.arrayContaining(['ingest', 'center', 'simulation']));

  const closed = await until(
    'both faults are closed',
    async () => {
      const [cuts, mains] = [await incidentsOf(daemon, 'feeder'), await incidentsOf(daemon, 'house-power')];
      return [...cuts, ...mains].filter(({ state }) => state === 'closed').length >= 2
        ? { cuts, mains }
        : undefined;
    },
    240_000,
  );
  expect(closed.cuts).toHaveLength(1);
  expect(closed.mains).toHaveLength(1);
  const cut = await daemon.api.get<IncidentJson>(`/incidents/${closed.cuts[0]!.id}`);
  expect(cut.root).toMatch(/^feeder-/);
  expect(cut.subscribers).toBeGreaterThan(50);
  expect(await toldOnce(daemon, cut)).toHaveLength(cut.subscribers);
  expect(cut.tickets).toBeGreaterThan(0);
  expect(cut.notices).toMatchObject({ failed: 0, uncertain: 0, queued: 0, held: 0 });
  const tickets = await daemon.api.list<TicketJson>(`/tickets?incident=${cut.id}`);
  const parent = tickets.find(({ kind }) => kind === 'incident');
  expect(parent?.status).toBe('closed');
  const own = tickets.filter(({ kind }) => kind === 'subscriber');
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((ticket) => ticket.parent !== parent?.id)).toEqual([]);

  const asked = await answers(daemon, cut);
  expect(asked.length).toBeGreaterThanOrEqual(cut.subscribers);
  expect(asked.filter(({ state }) => state === 'CONFIRMED').length).toBeGreaterThan(cut.subscribers / 2);
  expect(asked.filter(({ rating }) => rating !== null).length).toBeGreaterThan(cut.subscribers / 4);
  const tasks = await daemon.api.list<TaskJson>('/tasks');
  expect(tasks.filter(({ incident, kind }) => incident === cut.id && kind === 'repair')).not.toEqual([]);

  const house = closed.mains[0]!;
  expect(house.root).toMatch(/^(house|mains)-/);
  expect(await toldOnce(daemon, house)).toHaveLength(house.subscribers);

  // What else there is are homes that stayed dark: one subscriber each, never a crowd.
  const others = (await daemon.api.list<IncidentJson>('/incidents')).filter(
    ({ id }) => id !== cut.id && id !== house.id,
  );
  expect(others.filter(({ subscribers, notices }) => subscribers > 1 && notices.sent > 0)).toEqual([]);
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  expect(pids.filter(isAlive)).toEqual([]);
});
