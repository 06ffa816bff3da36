/** What a person or a program ordered is handed to the room that does it. */
import { neverHappens } from '../base/fault.ts';
import type { ConfirmOutcome } from '../confirm/confirm.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { IncidentId, SubscriberKey, TaskId } from '../model/ids.ts';
import type { ImpactChange, IncidentChange } from '../model/incident.ts';
import type { TaskChange } from '../model/task.ts';
import type { NoticePlan } from '../notify/notify.ts';
import type { Command, Input } from './input.ts';
import type { Pass } from './pass.ts';
import { answerTo, lookInto, triageOf } from './replying.ts';
import type { Rooms } from './rooms.ts';

/** The rest of the way through the line for what a room answers. */
export interface Onward {
  readonly observed: (changes: readonly AlarmChange[], pass: Pass) => void;
  readonly reassessed: (impacts: readonly ImpactChange[], pass: Pass) => void;
  readonly regrouped: (changes: readonly IncidentChange[], pass: Pass) => void;
  readonly attachTickets: (pass: Pass) => void;
  readonly planned: (plan: NoticePlan, pass: Pass) => void;
  readonly tasksChanged: (changes: readonly TaskChange[], pass: Pass) => void;
  readonly confirmed: (outcome: ConfirmOutcome, pass: Pass) => void;
  /** The open incident that covers this subscriber. */
  readonly incidentOf: (subscriber: SubscriberKey) => IncidentId | undefined;
}

/** Through the guards of all notices: who was told may be told more, nobody else. */
function sendDraft(
  id: TaskId,
  rooms: Rooms,
  { onward, pass }: { readonly onward: Onward; readonly pass: Pass },
): void {
  const task = rooms.dispatch.task(id);
  if (task?.kind !== 'draft' || task.incident === undefined || task.words === undefined) return;
  const plan = rooms.notices.announce(task.incident, task.words, pass.context);
  if (plan === undefined) return;
  onward.planned(plan, pass);
  onward.tasksChanged(rooms.dispatch.finish(id, 'sent', pass.context), pass);
}

/** "Not this outage" is a correction: the correlation hears it, and somebody looks into the case. */
function detach(
  { ticket: id, notThis }: Extract<Command, { kind: 'detachTicket' }>,
  rooms: Rooms,
  { onward, pass }: { readonly onward: Onward; readonly pass: Pass },
): void {
  const changes = rooms.tickets.detach(id, notThis ? 'notThisOutage' : 'detached', pass.context);
  pass.tickets(changes);
  const ticket = rooms.tickets.ticket(id);
  if (!notThis || changes.length === 0 || ticket?.subscriber === undefined) return;
  onward.observed(rooms.called(ticket.subscriber), pass);
  lookInto(ticket, rooms, onward, pass);
}

type Order = Extract<Input, { kind: 'command' }>;

export function obey({ command, by }: Order, rooms: Rooms, onward: Onward, pass: Pass): void {
  switch (command.kind) {
    case 'acknowledgeAlarm':
      return onward.observed(rooms.alarms.acknowledge(command.alarm, by, pass.at), pass);
    case 'unacknowledgeAlarm':
      return onward.observed(rooms.alarms.unacknowledge(command.alarm, pass.at), pass);
    case 'shelveAlarm':
      return onward.observed(rooms.alarms.shelve({ ...command, by }, pass.at), pass);
    case 'noteAlarm':
      return onward.observed(rooms.alarms.note(command.alarm, { by, text: command.note }, pass.at), pass);
    case 'clearAlarm':
      return onward.observed(rooms.alarms.clear(command.alarm, pass.at), pass);
    case 'reconcile':
      return onward.observed(rooms.alarms.reconcile(command, pass.at), pass);
    case 'setEtr':
      return onward.reassessed(rooms.assessment.setEtr(command.incident, command, pass.at), pass);
    case 'placeAlarm':
    case 'splitIncident':
    case 'mergeIncidents':
      return onward.regrouped(rooms.correlation.correct(command, by, pass.context), pass);
    case 'approveNotices':
      return onward.planned(
        rooms.worksNotices.approve(command.incident, pass.at) ??
          rooms.notices.approve(command.incident, pass.context),
        pass,
      );
    case 'refuseNotices':
      return onward.planned(
        rooms.worksNotices.refuse(command.incident, pass.at) ??
          rooms.notices.refuse(command.incident, pass.context),
        pass,
      );
    case 'stopNotices':
    case 'resumeNotices':
      return pass.effect({ kind: 'sending', isStopped: command.kind === 'stopNotices' });
    case 'setTicketStatus':
      pass.tickets(rooms.tickets.setStatus(command.ticket, command.status, pass.context));
      return onward.attachTickets(pass);
    case 'attachTicket':
      pass.tickets(rooms.tickets.attach(command.ticket, command.incident, pass.context));
      return onward.tasksChanged(rooms.dispatch.withdraw([triageOf(command.ticket)], pass.context), pass);
    case 'detachTicket':
      return detach(command, rooms, { onward, pass });
    case 'noteTicket': {
      const noted = rooms.tickets.note(command.ticket, command.note, pass.context);
      pass.tickets(noted.changes);
      return pass.left('ticket', noted.rest);
    }
    case 'answerQuestion': {
      pass.tickets(rooms.tickets.reply(command.ticket, command, pass.context));
      const task = rooms.dispatch.taskFor(answerTo(command.question));
      if (task === undefined) return;
      return onward.tasksChanged(rooms.dispatch.finish(task, 'done', pass.context), pass);
    }
    case 'finishTask':
      return onward.tasksChanged(
        rooms.dispatch.finish(command.task, command.outcome, { ...pass.context, cause: command.cause }),
        pass,
      );
    case 'startTask':
      return onward.tasksChanged(rooms.dispatch.start(command.task), pass);
    case 'sendDraft':
      return sendDraft(command.task, rooms, { onward, pass });
    case 'returnTask':
      return onward.tasksChanged(rooms.dispatch.giveBack(command.task, pass.context), pass);
    default:
      return neverHappens(command);
  }
}
