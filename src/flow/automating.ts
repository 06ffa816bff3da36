/** The rest of the line as automations may ask it, and what becomes of what they want. */
import type { AutomationOutcome, LineView } from '../automate/automate.ts';
import type { TaskChange } from '../model/task.ts';
import type { Pass } from './pass.ts';
import type { Rooms } from './rooms.ts';

export const viewOf = (rooms: Rooms): LineView => ({
  incident: (id) => rooms.correlation.incident(id),
  impactOf: (id) => rooms.assessment.impactOf(id),
  openIncidents: () => rooms.correlation.open(),
  isAcknowledged: (id) => rooms.alarms.isAcknowledged(id),
  ticketsOf: (id) => rooms.tickets.parentOf(id)?.attached ?? 0,
  alarm: (id) => rooms.alarms.alarm(id),
  ticket: (id) => rooms.tickets.ticket(id),
  task: (id) => rooms.dispatch.task(id),
  openTasks: () => rooms.dispatch.open(),
  confirmation: (id) => rooms.confirmations.of(id),
  kindOf: (resource) => rooms.kindOf(resource) ?? '',
  get calendar() {
    return rooms.calendar;
  },
});

/** Answers what became of tasks: what nobody needs goes, what was asked for is shared out. */
export function carryOut(outcome: AutomationOutcome, rooms: Rooms, pass: Pass): readonly TaskChange[] {
  const { errands, withdrawn, posts, acts } = outcome;
  pass.acted(acts);
  for (const post of posts) pass.effect({ kind: 'webhook', post });
  if (errands.length === 0 && withdrawn.length === 0) return [];
  return [
    ...rooms.dispatch.withdraw(withdrawn, pass.context),
    ...rooms.dispatch.errands(errands, pass.context),
  ];
}
