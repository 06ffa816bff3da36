// From a trap of a real agent to the last subscriber's answer: the whole way, killed in the middle of it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  AlarmJson,
  ConfirmationJson,
  DeviceJson,
  IncidentJson,
  NoticeJson,
  TaskJson,
  TicketJson,
} from '../../src/edge/http/contract.ts';
import { isSnmpdInstalled, type RunningSnmpd, startSnmpd } from '../edge/snmp/debian-snmpd.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { type Mail, type Mailbox, openMailbox } from '../support/mailbox.ts';
import { numbered, ponIndex, ponPort, subscribersCsv, topologyJson } from '../support/network-files.ts';

const run = promisify(execFile);
const homes = numbered(10);
const missing = isSnmpdInstalled ? '' : ' (left out: /usr/sbin/snmpd is missing)';

let snmpd: RunningSnmpd;
let mailbox: Mailbox;

beforeEach(async () => {
  snmpd = await startSnmpd();
  mailbox = await openMailbox();
});
afterEach(async () => {
  await endAllDaemons();
  await mailbox?.close();
  await snmpd?.stop();
  await removeFolders();
});

const config = (more = ''): string => `format: allclear/1
${freePorts}language: en
snmp: { interval: 2s }
devices:
  - { id: olt-1, address: 127.0.0.1, port: ${snmpd.port}, community: reading, poll: true }
subscribers: ./subscribers.csv
${more}channels:
  mail: { kind: smtp, host: 127.0.0.1, port: ${mailbox.port}, tls: off, from: noc@isp.example, allowPrivate: true }
notify: { order: [mail], hold: 0s, quietHours: off, stopAboveShare: 1 }
confirm: { ask: true, stableFor: 0s }
staff:
  - { id: irina, skills: [fibre, power, ip, care], limit: 20 }
`;

/** What Debian's snmptrap says of the PON port. */
async function trap(daemon: Daemon, meaning: 'linkDown' | 'linkUp'): Promise<void> {
  const { traps } = await daemon.ready;
  const oid = `1.3.6.1.6.3.1.1.5.${meaning === 'linkDown' ? 3 : 4}`;
  const varbind = [`1.3.6.1.2.1.2.2.1.1.${ponIndex}`, 'i', String(ponIndex)];
  await run('snmptrap', ['-v2c', '-c', 'reading', traps, '', oid, ...varbind], {
    env: { ...process.env, MIBS: '' },
  });
}

const openIncident = (daemon: Daemon): Promise<IncidentJson> =>
  until('there is one open incident', async () => {
    const incidents = await daemon.api.list<IncidentJson>('/incidents?state=open');
    return incidents.length === 1
      ? daemon.api.get<IncidentJson>(`/incidents/${incidents[0]!.id}`)
      : undefined;
  });

const addressOf = (home: number): string => `home-${home}@subscribers.example`;

/** One mail of this kind for each home, each with an id of its own; more would be a subscriber told twice. */
async function mailed(subject: string): Promise<ReadonlyMap<string, Mail>> {
  const told = (): Mail[] => mailbox.mails.filter((mail) => mail.subject.startsWith(subject));
  await until(
    `everybody has "${subject}"`,
    () => new Set(told().map(({ to }) => to)).size === homes.length,
    60_000,
  );
  const mails = told();
  expect(mails.map(({ to }) => to).sort()).toEqual(homes.map(addressOf).sort());
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(homes.length);
  return new Map(mails.map((mail) => [mail.to, mail]));
}

const linkIn = (mail: Mail | undefined): string => /https?:\/\/\S+\/s\/[\w-]+/.exec(mail?.text ?? '')![0];

async function press(link: string, form: Readonly<Record<string, string>>): Promise<number> {
  const body = new URLSearchParams(form);
  return (await fetch(link, { method: 'POST', body, redirect: 'manual' })).status;
}

const complain = (daemon: Daemon, home: number): Promise<TicketJson> =>
  daemon.api.post('/tickets', { subscriber: `s-${home}`, description: 'No internet', channel: 'phone' });

const ticketOf = async (daemon: Daemon, home: number): Promise<TicketJson | undefined> =>
  (await daemon.api.list<TicketJson>(`/tickets?subscriber=s-${home}`))[0];

/** What must be the same after a restart. */
async function state(daemon: Daemon): Promise<object> {
  const { api } = daemon;
  const [incidents, alarms, tickets, tasks, confirmations, notices] = await Promise.all([
    api.list<IncidentJson>('/incidents'),
    api.list<AlarmJson>('/alarms'),
    api.list<TicketJson>('/tickets'),
    api.list<TaskJson>('/tasks'),
    api.list<ConfirmationJson>('/confirmations'),
    api.list<NoticeJson>('/notices'),
  ]);
  // Minutes lost go on while a service is out.
  const standing = incidents.map((incident) => ({
    ...incident,
    losses: incident.losses.map(({ service, affected }) => ({ service, affected })),
  }));
  return { incidents: standing, alarms, tickets, tasks, confirmations, notices };
}

async function restarted(daemon: Daemon): Promise<Daemon> {
  const before = await state(daemon);
  const { public: address } = await daemon.ready;
  await daemon.kill('all');
  // Links in mails name the port, which an operator's file does and a file with port 0 does not.
  const again = startDaemon({ folder: daemon.folder, args: ['start', '--public', new URL(address).host] });
  await again.ready;
  expect(await state(again)).toEqual(before);
  return again;
}

describe.runIf(isSnmpdInstalled)(`the first path${missing}`, () => {
  test('one device and its subscribers, without a topology, go the whole way', async () => {
    const folder = await folderWith({
      'allclear.yaml': config(),
      'subscribers.csv': subscribersCsv(10, () => 'olt-1'),
    });
    const daemon = startDaemon({ folder });
    await trap(daemon, 'linkDown');
    const incident = await openIncident(daemon);
    expect(incident.subscribers).toBe(10);
    await mailed('No internet');
    await trap(daemon, 'linkUp');
    const asked = await mailed('Fixed');
    for (const home of homes) {
      expect(await press(linkIn(asked.get(addressOf(home))), { answer: 'fixed' })).toBe(303);
    }
    await until('the incident is closed', async () => {
      const { state: now } = await daemon.api.get<IncidentJson>(`/incidents/${incident.id}`);
      return now === 'closed';
    });
    expect(mailbox.mails).toHaveLength(20);
  });

  test('a cut PON port is told, repaired, asked about and settled, over two kills', async () => {
    const folder = await folderWith({
      'allclear.yaml': config('topology: ./topology.json\n'),
      'topology.json': topologyJson(10),
      'subscribers.csv': subscribersCsv(10),
    });
    let daemon = startDaemon({ folder });
    await until('the agent was read', async () => {
      const device = await daemon.api.get<DeviceJson>('/devices/olt-1');
      return device.state === 'answers';
    });

    const early = await complain(daemon, 1);
    expect(early).toMatchObject({ status: 'acknowledged', incident: null });
    await trap(daemon, 'linkDown');
    const alarm = await until('the alarm stands', async () => {
      const [first] = await daemon.api.list<AlarmJson>('/alarms?state=raised');
      return first;
    });
    expect(alarm).toMatchObject({ resource: ponPort, cause: 'LINK_DOWN', source: 'trap' });
    const incident = await openIncident(daemon);
    expect(incident).toMatchObject({ root: ponPort, subscribers: 10, alarms: [alarm.id] });
    const later = await Promise.all([complain(daemon, 2), complain(daemon, 3)]);
    await until('three tickets are attached', async () => {
      const { tickets } = await daemon.api.get<IncidentJson>(`/incidents/${incident.id}`);
      return tickets === 3;
    });
    const parents = new Set(
      (await Promise.all([1, 2, 3].map((home) => ticketOf(daemon, home)))).map((ticket) => ticket?.parent),
    );
    expect(parents.size).toBe(1);
    expect([...parents][0]).toBeTypeOf('string');
    expect(later.map((ticket) => ticket.incident)).toEqual([incident.id, incident.id]);

    await mailed('No internet');
    await until('every notice is settled', async () => {
      const { notices } = await daemon.api.get<IncidentJson>(`/incidents/${incident.id}`);
      return notices.sent === 10;
    });
    await until('the incident counts who called since', async () => {
      const { explanation } = await daemon.api.get<IncidentJson>(`/incidents/${incident.id}`);
      return explanation['subscribersSayDown'] === 2;
    });
    daemon = await restarted(daemon);

    await trap(daemon, 'linkUp');
    const asked = await mailed('Fixed');
    await until('every question is settled', async () =>
      (await daemon.api.list<NoticeJson>('/notices')).every((notice) => notice.state === 'sent'),
    );
    daemon = await restarted(daemon);
    await settle(daemon, asked);
    await until('the incident is closed', async () => {
      const { state: now } = await daemon.api.get<IncidentJson>(`/incidents/${incident.id}`);
      return now === 'closed';
    });
    expect(mailbox.mails.filter(({ subject }) => subject.startsWith('No internet'))).toHaveLength(10);
    expect(mailbox.mails.filter(({ subject }) => subject.startsWith('Fixed'))).toHaveLength(11);
    expect(new Set(mailbox.mails.map(({ messageId }) => messageId)).size).toBe(21);
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  });
});

async function settle(daemon: Daemon, asked: ReadonlyMap<string, Mail>): Promise<void> {
  const link = (home: number): string => linkIn(asked.get(addressOf(home)));
  // A scanner of mails opens every link: nothing is answered by that.
  for (const home of homes) expect((await fetch(link(home))).status).toBe(200);
  expect(
    (await daemon.api.list<ConfirmationJson>('/confirmations')).flatMap(({ answers }) => answers),
  ).toEqual([]);

  expect(await press(link(1), { answer: 'fixed' })).toBe(303);
  await until('yes closes the ticket', async () => (await ticketOf(daemon, 1))?.status === 'closed');
  expect(await press(link(1), { rating: '9', comment: 'quick' })).toBe(303);
  await until('the rating is kept', async () => {
    const all = await daemon.api.list<ConfirmationJson>('/confirmations');
    return all.find(({ subscriber }) => subscriber === 's-1')?.rating?.score === 9;
  });

  expect(await press(link(2), { answer: 'notFixed' })).toBe(303);
  await until('no reopens the ticket', async () => {
    const ticket = await ticketOf(daemon, 2);
    return ticket?.status === 'inProgress' && ticket.loops === 1;
  });
  expect(await press(link(3), { answer: 'contactMe' })).toBe(303);
  const work = await until('both have their task', async () => {
    const open = (await daemon.api.list<TaskJson>('/tasks')).filter(({ doneAt }) => doneAt === null);
    const kinds = open.map(({ kind, subscriber }) => `${kind} ${subscriber}`);
    return kinds.includes('diagnose s-2') && kinds.includes('callBack s-3') ? open : undefined;
  });
  for (const home of homes.slice(3)) expect(await press(link(home), { answer: 'fixed' })).toBe(303);
  for (const task of work.filter(({ subscriber }) => subscriber !== null)) {
    const outcome = task.kind === 'callBack' ? 'talked' : 'fixed';
    await daemon.api.post(`/tasks/${task.id}/finish`, { outcome });
  }
  // The work at home 2 is done: it is asked once more, with a notice of its own.
  const again = await until('home 2 is asked again', () =>
    mailbox.mails.find(
      ({ to, subject, messageId }) =>
        to === addressOf(2) && subject.startsWith('Fixed') && messageId !== asked.get(to)?.messageId,
    ),
  );
  expect(await press(linkIn(again), { answer: 'fixed' })).toBe(303);
}
