/** Sound records of the model for tests of the fronts, each with what a test does not care about filled in. */
import { instant } from '../../src/base/instant.ts';
import type { IncidentView } from '../../src/edge/http/ports.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import type { Confirmation } from '../../src/model/confirmation.ts';
import {
  alarmId,
  confirmationId,
  type IncidentId,
  resourceId,
  subscriberKey,
  type TicketId,
} from '../../src/model/ids.ts';
import type { Impact, Incident } from '../../src/model/incident.ts';
import { noNotices } from '../../src/model/notice.ts';
import type { PerceivedSeverity } from '../../src/model/observation.ts';
import type { Ticket } from '../../src/model/ticket.ts';

export function anAlarm(fields: Partial<Alarm> & { resource: Alarm['resource']; cause: string }): Alarm {
  const at = fields.raisedAt ?? instant(Date.UTC(2026, 0, 1));
  return {
    id: alarmId(fields.resource, fields.cause, fields.by),
    alarmType: 'communicationsAlarm',
    perceivedSeverity: 'major',
    state: 'raised',
    ackState: 'unacknowledged',
    flapping: false,
    sources: ['trap'],
    raisedAt: at,
    changedAt: at,
    count: 1,
    attributes: {},
    ...fields,
  };
}

export function anIncident(id: string, startedAt: number, fields: Partial<Incident> = {}): Incident {
  const root = fields.root ?? resourceId('feeder-1');
  return {
    id: id as IncidentId,
    kind: 'feeder',
    root,
    probability: 0.84,
    candidates: [
      { root, kind: fields.kind ?? 'feeder', probability: 0.84 },
      { root: resourceId('olt-1/card-3'), kind: 'card', probability: 0.09 },
    ],
    state: 'open',
    actionable: true,
    planned: false,
    startedAt: instant(startedAt),
    decidedAt: instant(startedAt + 3_000),
    alarms: ['r-1', 'r-2', 'r-3'],
    suppressed: 38,
    affected: { under: [root], except: [] },
    explanation: {
      rule: 'feeder-cut',
      for: ['38 terminals lost light within 3 s'],
      against: ['OLT power is normal'],
    },
    history: [
      { at: instant(startedAt), event: 'open' },
      { at: instant(startedAt + 3_000), event: 'decide', root, kind: 'feeder', probability: 0.84 },
    ],
    ...fields,
  };
}

export function anImpact(incident: Incident, subscribers: number, etr?: Impact['etr']): Impact {
  return {
    incident: incident.id,
    revision: 1,
    topologyVersion: 1,
    ranges: [{ from: 0, to: subscribers }],
    subscribers,
    byClass: { residential: subscribers - 3, business: 2, priority: 1, vip: 0, staff: 0 },
    etr,
  };
}

export function aView(
  incident: Incident,
  impact?: Impact,
  severity: PerceivedSeverity = 'critical',
): IncidentView {
  return { incident, impact, severity, tickets: 0, notices: noNotices, told: 0 };
}

export function aTicket(id: string, openedAt: number, fields: Partial<Ticket> = {}): Ticket {
  return {
    id: id as TicketId,
    kind: 'subscriber',
    status: 'inProgress',
    subscriber: subscriberKey(7),
    openedAt: instant(openedAt),
    attached: 0,
    loops: 0,
    history: [{ at: instant(openedAt), status: 'acknowledged', reason: 'opened' }],
    ...fields,
  };
}

export function aConfirmation(incident: Incident, fields: Partial<Confirmation> = {}): Confirmation {
  const subscriber = fields.subscriber ?? subscriberKey(7);
  return {
    id: confirmationId(incident.id, subscriber),
    incident: incident.id,
    subscriber,
    state: 'ASKED',
    loop: 0,
    askedAt: instant(incident.startedAt + 60_000),
    answers: [],
    ...fields,
  };
}
