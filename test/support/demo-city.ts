/** A small city in trouble for tests of the pages: two incidents, their alarms, tickets, answers and tasks. */
import { instant } from '../../src/base/instant.ts';
import {
  type IncidentId,
  resourceId,
  type StaffId,
  subscriberKey,
  type TaskId,
  type TicketId,
} from '../../src/model/ids.ts';
import { noNotices } from '../../src/model/notice.ts';
import { severities } from '../../src/model/observation.ts';
import { aSubscriber, type MemoryDaemon } from './front-ports.ts';
import { aConfirmation, anAlarm, anImpact, anIncident, aTicket, aView } from './front-records.ts';

const minute = 60_000;

/** `hostile` takes the place of every name that comes from outside. */
export function fillCity(
  daemon: MemoryDaemon,
  options: { readonly alarms?: number; readonly hostile?: string } = {},
): void {
  const now = daemon.ports.world.now();
  const name = (text: string): string => options.hostile ?? text;
  const root = resourceId(name('feeder KL-118'));
  const cut = anIncident('a.1.2041', now - 44 * minute, {
    root,
    candidates: [
      {
        root,
        kind: 'feeder',
        probability: 0.84,
        indistinguishable: [{ root: resourceId(name('splitter S-7')), kind: 'splitter' }],
      },
      { root: resourceId(name('olt-0105/card-3')), kind: 'card', probability: 0.09 },
    ],
    explanation: feederExplained(name, now),
    history: [
      { at: instant(now - 44 * minute), event: 'open' },
      {
        at: instant(now - 44 * minute + 3_000),
        event: 'decide',
        root: resourceId(name('olt-0105/card-3')),
        kind: 'card',
        probability: 0.61,
      },
      { at: instant(now - 43 * minute), event: 're-root', root, kind: 'feeder', probability: 0.84 },
      {
        at: instant(now - 9 * minute),
        event: 'split',
        root,
        kind: 'feeder',
        probability: 0.84,
        by: name('oleg'),
      },
    ],
  });
  const card = anIncident('a.1.2040', now - 90 * minute, {
    kind: 'card',
    root: resourceId(name('olt-0105/card-3')),
    probability: 0.97,
  });
  const etr = (from: number, to: number) =>
    ({
      from: instant(now + from * minute),
      to: instant(now + to * minute),
      source: 'table',
      revision: 1,
    }) as const;
  const views = [
    {
      ...aView(card, anImpact(card, 481, etr(-40, -5)), 'major'),
      tickets: 4,
      notices: { ...noNotices, planned: 481, sent: 20, delivered: 455, failed: 6 },
      told: 475,
    },
    {
      ...aView(cut, anImpact(cut, 3412, etr(40, 95))),
      tickets: 96,
      notices: {
        ...noNotices,
        planned: 3412,
        held: 2000,
        queued: 12,
        sent: 155,
        delivered: 1188,
        failed: 43,
        suppressed: 14,
      },
      told: 1_340,
    },
  ];
  for (const view of views) daemon.incidents.set(view.incident.id, view);
  for (let i = 0; i < (options.alarms ?? 40); i++) {
    const alarm = anAlarm({
      resource: resourceId(name(`olt-0105/0/3/${i}`)),
      cause: options.hostile === undefined ? 'LOS' : `${options.hostile}${i}`,
      perceivedSeverity: severities[i % 5]!,
      raisedAt: instant(now - 44 * minute + i),
      ackState: i % 3 === 0 ? 'acknowledged' : 'unacknowledged',
      ackBy: i % 3 === 0 ? name('irina') : undefined,
      device: name('olt-0105'),
      incident: i % 2 === 0 ? cut.id : undefined,
      flapping: i === 7,
    });
    daemon.alarms.set(alarm.id, alarm);
  }
  daemon.feed.restore(views, [...daemon.alarms.values()]);
  fillCare(daemon, cut.id, name);
}

/** As the correlation writes it. */
const feederExplained = (name: (text: string) => string, now: number) => ({
  rule: 'tree',
  population: 'down',
  resources: 38,
  symptoms: { gasp: 3, los: 35 },
  leaves: 52,
  spoken: 38,
  alive: 3,
  unknown: 4,
  silent: 7,
  early: false,
  evidence: [
    `${name('olt-0105/0/3/0')} los`,
    `${name('olt-0105/0/3/2')} los`,
    `${name('olt-0105/0/3/4')} gasp`,
  ],
  rivals: [{ root: name('olt-0105/card-3'), nats: -4.4 }],
  measurement: {
    between: [name('feeder KL-118'), name('olt-0105/card-3')],
    resources: [name('olt-0105/pon-0/3'), name('olt-0105/pon-0/4')],
    why: 'notShared',
  },
  operators: [{ at: now - 9 * minute, by: name('oleg'), said: 'tookOut', alarms: [name('ont-77~LOS')] }],
  judgedBy: { topologyVersion: 12, rules: '4f0a91c2d7e3' },
  alarmsLeftOut: 0,
});

function fillCare(daemon: MemoryDaemon, incident: IncidentId, name: (text: string) => string): void {
  const now = daemon.ports.world.now();
  daemon.subscribers.set(
    'S-7',
    aSubscriber('S-7', { openIncident: incident, openTickets: ['t.1'], resource: name('ont-7') }),
  );
  daemon.contacts.set('c-1', name('No light on the box since three. When will it work?'));
  daemon.tickets.set(
    't.1',
    aTicket('t.1', now - 30 * minute, { incident, contact: 'c-1', channel: 'phone' }),
  );
  daemon.devices.set('olt-0105', {
    id: 'olt-0105',
    address: '192.0.2.105',
    profile: 'huawei/smartax',
    state: 'silent',
    lastAnswerAt: instant(now - 44 * minute),
  });
  const answers = ['fixed', 'notFixed', 'contactMe', undefined] as const;
  for (const [index, answer] of answers.entries()) {
    const asked = aConfirmation(anIncident(incident, now - 44 * minute), {
      subscriber: subscriberKey(7 + index),
      answers: answer === undefined ? [] : [{ at: instant(now - minute), answer, channel: 'sms' }],
      rating: answer === 'fixed' ? { at: instant(now), score: 9 } : undefined,
    });
    daemon.confirmations.set(asked.id, asked);
  }
  daemon.tasks.set('k.1', {
    subscriber: 'S-7',
    task: {
      id: 'k.1' as TaskId,
      kind: 'callBack',
      state: 'active',
      skill: 'phone',
      ticket: 't.1' as TicketId,
      incident,
      assignee: name('oleg') as StaffId,
      createdAt: instant(now - 10 * minute),
      dueAt: instant(now + 50 * minute),
      why: [
        { staff: name('oleg') as StaffId, openTasks: 1, skilled: true },
        { staff: name('anna') as StaffId, openTasks: 3, skilled: true },
      ],
    },
  });
  daemon.notices.set('n.1', {
    id: 'n.1',
    key: 'n1',
    incident,
    subscriber: 'S-7',
    channel: name('sms'),
    type: 'detected',
    state: 'delivered',
    attempts: 1,
    createdAt: instant(now - 40 * minute),
    sentAt: instant(now - 39 * minute),
    maybeTwice: false,
  });
}
