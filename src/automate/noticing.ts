/** Which occasions the changes of one input are: each once, with the record as it is after all of them. */
import { neverHappens } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { ConfirmationChange } from '../model/confirmation.ts';
import type { ImpactChange, IncidentChange } from '../model/incident.ts';
import type { TaskChange } from '../model/task.ts';
import type { Ticket, TicketChange } from '../model/ticket.ts';
import type { Subject } from './facts.ts';
import type { OccasionKind } from './occasions.ts';

/** What the rooms of the line changed, as they said it. */
export type Seen =
  | { readonly family: 'alarm'; readonly change: AlarmChange }
  | { readonly family: 'incident'; readonly change: IncidentChange }
  | { readonly family: 'impact'; readonly change: ImpactChange }
  | { readonly family: 'ticket'; readonly change: TicketChange }
  | { readonly family: 'task'; readonly change: TaskChange }
  | { readonly family: 'confirmation'; readonly change: ConfirmationChange };

export interface Occasion {
  readonly kind: OccasionKind;
  readonly subject: Subject;
}

export interface Noticing {
  readonly at: Instant;
  readonly lowRating: number;
  readonly kindOf: (resource: string) => string;
  /** An automation is for it, or it may end what one has begun. */
  readonly isWanted: (kind: OccasionKind, subject: Subject) => boolean;
}

export function occasionsIn(seen: readonly Seen[], noticing: Noticing): readonly Occasion[] {
  const found = new Map<string, Occasion>();
  for (const one of seen) {
    const { subject, kinds } = noticed(one, noticing);
    for (const kind of kinds) {
      if (!noticing.isWanted(kind, subject!)) continue;
      const key = `${kind} ${subject!.record.id}`;
      found.delete(key);
      found.set(key, { kind, subject: subject! });
    }
  }
  return [...found.values()];
}

interface Noticed {
  readonly subject?: Subject | undefined;
  readonly kinds: readonly OccasionKind[];
}

const nothing: Noticed = { kinds: [] };

function noticed(seen: Seen, noticing: Noticing): Noticed {
  switch (seen.family) {
    case 'alarm':
      return ofAlarm(seen.change, noticing);
    case 'incident':
      return {
        subject: { kind: 'incident', record: seen.change.incident },
        kinds: incidentKinds[seen.change.kind],
      };
    case 'impact':
      return ofImpact(seen.change);
    case 'ticket':
      return ofTicket(seen.change, noticing.at);
    case 'task':
      return ofTask(seen.change, noticing.at);
    case 'confirmation':
      return ofConfirmation(seen.change, noticing.lowRating);
    default:
      return neverHappens(seen);
  }
}

const floods: readonly string[] = ['TRAP_FLOOD', 'SYSLOG_FLOOD', 'TRAPS_LOST', 'SYSLOG_LOST'];

function ofAlarm(change: AlarmChange, { kindOf }: Noticing): Noticed {
  if (change.kind !== 'raised' && change.kind !== 'cleared') return nothing;
  const { alarm } = change;
  const isRaised = change.kind === 'raised';
  const kinds: OccasionKind[] = [isRaised ? 'alarmRaised' : 'alarmCleared'];
  if (floods.includes(alarm.cause)) kinds.push(isRaised ? 'floodBegan' : 'floodEnded');
  else if (
    alarm.cause === 'UNREACHABLE' &&
    (alarm.source === 'collector' || kindOf(alarm.resource) === 'collector')
  )
    kinds.push(isRaised ? 'collectorBlind' : 'collectorSees');
  return { subject: { kind: 'alarm', record: alarm }, kinds };
}

const incidentKinds: Readonly<Record<IncidentChange['kind'], readonly OccasionKind[]>> = {
  opened: ['incidentOpened'],
  rerooted: ['causeChanged'],
  grew: ['incidentGrew'],
  shrank: [],
  mitigated: ['incidentMitigated'],
  resolved: ['incidentResolved'],
  reopened: ['incidentReopened'],
  merged: ['incidentMerged'],
  closed: ['incidentClosed'],
};

function ofImpact({ kind, incident, impact, joined }: ImpactChange): Noticed {
  const subject: Subject = { kind: 'incident', record: incident };
  if (kind === 'etrChanged') return { subject, kinds: ['etrChanged'] };
  return impact.revision > 1 && joined.length > 0 ? { subject, kinds: ['incidentGrew'] } : nothing;
}

function ofTicket({ kind, ticket }: TicketChange, at: Instant): Noticed {
  const subject: Subject = { kind: 'ticket', record: ticket };
  if (kind === 'opened') return { subject, kinds: ['ticketOpened'] };
  const last = ticket.history.at(-1);
  return last?.at === at ? { subject, kinds: statusKinds(ticket, last.reason) } : nothing;
}

function statusKinds(
  { status }: Ticket,
  reason: Ticket['history'][number]['reason'],
): readonly OccasionKind[] {
  if (status === 'resolved') return ['ticketResolved'];
  if (status === 'closed' || status === 'cancelled' || status === 'rejected') return ['ticketClosed'];
  return reason === 'notFixed' || reason === 'notConfirmed' ? ['ticketReopened'] : [];
}

/** What automations asked for themselves they do not see, or they would feed on each other. */
function ofTask({ kind, task }: TaskChange, at: Instant): Noticed {
  if (task.automation !== undefined) return nothing;
  const subject: Subject = { kind: 'task', record: task };
  if (kind === 'done') return { subject, kinds: ['taskDone'] };
  if (kind === 'cancelled') return { subject, kinds: ['taskCancelled'] };
  const isNew = kind === 'queued' || kind === 'assigned';
  return task.createdAt === at && isNew ? { subject, kinds: ['taskOpened'] } : nothing;
}

const answerKinds = {
  fixed: 'answeredFixed',
  notFixed: 'answeredNotFixed',
  contactMe: 'answeredContactMe',
} as const;

function ofConfirmation({ kind, confirmation, answer }: ConfirmationChange, lowRating: number): Noticed {
  const kinds: OccasionKind[] = [];
  if (kind === 'answered' && answer !== undefined) kinds.push(answerKinds[answer]);
  if (kind === 'rated') kinds.push('rated');
  if (kind === 'rated' && (confirmation.rating?.score ?? 10) <= lowRating) kinds.push('ratedLow');
  if (kind !== 'rated' && confirmation.state === 'ESCALATED') kinds.push('questionEscalated');
  return { subject: { kind: 'confirmation', record: confirmation }, kinds };
}
