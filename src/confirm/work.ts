/** What work on a subscriber's trouble does to the question: begun, ended, or a call that nobody took. */
import type { Instant } from '../base/instant.ts';
import { localDay } from '../model/calendar.ts';
import { zoneNameOf } from '../model/subscriber-columns.ts';
import type { Task } from '../model/task.ts';
import type { Asker, Out } from './asker.ts';
import type { Asked } from './hearing.ts';
import { detailOf } from './inquiry.ts';

/** True when it may have changed the confirmation. */
export function noteWork(
  asker: Asker,
  { of, row }: Asked,
  { task, at, out }: { readonly task: Task; readonly at: Instant; readonly out: Out },
): boolean {
  if (task.kind !== 'diagnose' && task.kind !== 'callBack') return false;
  detailOf(of, row).task = task.id;
  if (task.state === 'active') {
    of.sheet.mark(row, 'actedOn', true);
    return asker.apply(of, row, { kind: 'begun', task: task.kind }, at, out);
  }
  if (task.state !== 'done') return false;
  of.sheet.mark(row, 'sampled', false);
  of.sheet.mark(row, 'actedOn', false);
  if (task.kind === 'callBack') noteCall(asker, { of, row }, { at, isTaken: task.outcome !== 'noAnswer' });
  asker.apply(of, row, { kind: 'worked', task: task.kind, outcome: task.outcome }, at, out);
  of.sheet.mark(row, 'actedOn', of.sheet.stateOf(row) === 'ESCALATED');
  return true;
}

/** Counts calls that nobody took, and the local days they were made on. */
function noteCall(
  { columns, calendar }: Asker,
  { of, row }: Asked,
  { at, isTaken }: { readonly at: Instant; readonly isTaken: boolean },
): void {
  const detail = detailOf(of, row);
  if (isTaken) {
    detail.tries = undefined;
    return;
  }
  const number = columns?.numberOf(of.sheet.keyOf(row)) ?? -1;
  const day = localDay(calendar, number < 0 ? undefined : zoneNameOf(columns!, number), at);
  const { count = 0, firstDay = day } = detail.tries ?? {};
  detail.tries = { count: count + 1, firstDay, lastDay: day };
}
