/** Puts the question to slices of subscribers: holds it in quiet hours, reminds, and lets it expire. */
import { after, earliest, type Instant } from '../base/instant.ts';
import type { Timers } from '../base/timers.ts';
import { type Calendar, quietUntil } from '../model/calendar.ts';
import type { ConfirmationChange } from '../model/confirmation.ts';
import type { NoticeType, Tell } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import { type SubscriberColumns, zoneNameOf } from '../model/subscriber-columns.ts';
import { type Batch, batchOf, confirmationOf, detailOf, type Inquiry } from './inquiry.ts';
import { type ConfirmEvent, isTerminal, next, type Standing } from './machine.ts';
import { questionRevision, tellsTo } from './questions.ts';

/** What one call brings about. */
export interface Out {
  readonly changes: ConfirmationChange[];
  readonly tells: Tell[];
}

export class Asker {
  columns: SubscriberColumns | undefined;
  version = 0;
  policy: Policy | undefined;
  calendar: Calendar = { zones: {} };
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The next `limit` of those to be asked; answers how many it looked at. */
  askSlice(of: Inquiry, limit: number, at: Instant, out: Out): number {
    const keys = of.attached.splice(0, limit);
    keys.push(...of.told.take(limit - keys.length));
    const columns = this.columns!;
    const found = [...new Set(keys)]
      .map((key) => ({ key, number: columns.numberOf(key) ?? -1 }))
      .filter(({ key, number }) => number >= 0 && this.#isToBeAsked(of, of.sheet.rowOf(key)))
      .map(({ key, number }) => ({ key, zone: zoneNameOf(columns, number) }))
      .sort((a, b) => order(a.zone, b.zone));
    const asked: { row: number; zone: string | undefined }[] = [];
    for (const { key, zone } of found) {
      const known = of.sheet.rowOf(key);
      if (known >= 0 && batchOf(of, known)?.round === of.round) continue;
      const row = known >= 0 ? known : of.sheet.add(key);
      const probe = of.probes.get(key);
      of.sheet.mark(row, 'probedGood', probe === 'good');
      of.sheet.mark(row, 'actedOn', false);
      of.sheet.move(row, 'PENDING_PROBE', of.sheet.loopOf(row));
      if (!this.#isReachable(of, row)) this.apply(of, row, { kind: 'undeliverable' }, at, out);
      else if (probe === 'bad') this.apply(of, row, { kind: 'probedBad' }, at, out);
      else asked.push({ row, zone });
    }
    const rows = runsOfRows(asked).flatMap((run) => this.#begin(of, run, at, out));
    this.#tell(of, rows, { type: 'ask', reminder: 0 }, at, out);
    return keys.length;
  }

  /** Asks one subscriber again, now or when the quiet hours end. */
  askAgain(of: Inquiry, row: number, at: Instant, out: Out): void {
    const number = this.columns!.numberOf(of.sheet.keyOf(row)) ?? -1;
    const zone = number < 0 ? undefined : zoneNameOf(this.columns!, number);
    const rows = this.#begin(of, { from: row, to: row + 1, zone }, at, out);
    this.#tell(of, rows, { type: 'ask', reminder: 0 }, at, out);
  }

  /** Makes one batch of the rows; answers those to be asked now, none where it is quiet. */
  #begin(of: Inquiry, { from, to, zone }: RowRun, at: Instant, out: Out): number[] {
    const batch: Batch = { id: of.batches.length + 1, from, to, round: of.round, zone, reminders: 0 };
    of.batches.push(batch);
    const until = this.#quietUntil(zone, at);
    for (let row = from; row < to; row++) {
      of.sheet.setBatch(row, batch.id);
      of.sheet.move(row, 'PENDING_PROBE', of.sheet.loopOf(row));
      if (until !== undefined) this.apply(of, row, { kind: 'held' }, at, out);
    }
    if (until === undefined) return this.#open(of, batch, at, out);
    this.#timers.set(timerOf(of, batch), until);
    return [];
  }

  /** Moves the rows of the batch that still wait for the question; answers those it is to be sent to. */
  #open(of: Inquiry, batch: Batch, at: Instant, out: Out): number[] {
    const { remindAfterMs, expireAfterMs } = this.policy!.confirm;
    batch.askedAt = at;
    batch.remindAt = after(at, remindAfterMs);
    batch.expiresAt = after(at, expireAfterMs);
    const rows: number[] = [];
    this.#each(of, batch, (row) => {
      const state = of.sheet.stateOf(row);
      if (state !== 'HELD' && state !== 'PENDING_PROBE') return;
      if (of.sheet.has(row, 'stopped')) this.apply(of, row, { kind: 'expired' }, at, out);
      else if (!this.#isReachable(of, row)) this.apply(of, row, { kind: 'undeliverable' }, at, out);
      else if (this.apply(of, row, { kind: 'asked' }, at, out, 'asked')) rows.push(row);
    });
    this.#arm(of, batch);
    return rows;
  }

  /** A timer of the batch came due: open, remind or expire it; answers how many rows it looked at. */
  due(of: Inquiry, batch: Batch, at: Instant, out: Out): number {
    const isCurrent = batch.round === of.round && of.phase !== 'reopened';
    if (!isCurrent) return 0;
    if (batch.askedAt === undefined) {
      this.#tell(of, this.#open(of, batch, at, out), { type: 'ask', reminder: 0 }, at, out);
    } else if (batch.expiresAt !== undefined && batch.expiresAt <= at) {
      batch.expiresAt = undefined;
      batch.remindAt = undefined;
      this.#each(of, batch, (row) => this.apply(of, row, { kind: 'expired' }, at, out));
    } else this.#remind(of, batch, at, out);
    return batch.to - batch.from;
  }

  /** Moves one row; true when something changed. */
  apply(
    of: Inquiry,
    row: number,
    event: ConfirmEvent,
    at: Instant,
    out: Out,
    kind: ConfirmationChange['kind'] = 'changed',
  ): boolean {
    const move = next(standingOf(of, row), event);
    if (move === undefined) return false;
    of.sheet.move(row, move.state, move.loop);
    if (of.details.has(row)) detailOf(of, row).settledAt = isTerminal(move.state) ? at : undefined;
    if (move.asksAgain !== true)
      out.changes.push({
        kind,
        confirmation: confirmationOf(of, row),
        answer: event.kind === 'answered' ? event.answer : undefined,
      });
    return true;
  }

  /** New ones, and after a reopening all that are settled: the fault was there again. */
  #isToBeAsked(of: Inquiry, row: number): boolean {
    return row < 0 || (isTerminal(of.sheet.stateOf(row)) && batchOf(of, row)?.round !== of.round);
  }

  #remind(of: Inquiry, batch: Batch, at: Instant, out: Out): void {
    const until = this.#quietUntil(batch.zone, at);
    if (until !== undefined) {
      batch.remindAt = until;
    } else {
      batch.reminders++;
      batch.remindAt = after(at, this.policy!.confirm.remindAfterMs);
      const rows: number[] = [];
      this.#each(of, batch, (row) => {
        const mayBeTold = !of.sheet.has(row, 'stopped') && this.#isReachable(of, row);
        if (mayBeTold && this.apply(of, row, { kind: 'reminded' }, at, out)) rows.push(row);
      });
      this.#tell(of, rows, { type: 'reminder', reminder: batch.reminders }, at, out);
    }
    this.#arm(of, batch);
  }

  /** Asked anew each time: a newer import may say that he is gone or takes no notices any more. */
  #isReachable(of: Inquiry, row: number): boolean {
    const columns = this.columns!;
    const number = columns.numberOf(of.sheet.keyOf(row)) ?? -1;
    return number >= 0 && !columns.isOptedOut(number) && columns.channelMaskOf(number) !== 0;
  }

  #each(of: Inquiry, batch: Batch, visit: (row: number) => void): void {
    for (let row = batch.from; row < batch.to; row++) if (of.sheet.batchOf(row) === batch.id) visit(row);
  }

  #arm(of: Inquiry, batch: Batch): void {
    if (batch.reminders >= this.policy!.confirm.maxReminders) batch.remindAt = undefined;
    const at = earliest(batch.remindAt, batch.expiresAt);
    if (at !== undefined) this.#timers.set(timerOf(of, batch), at);
  }

  #quietUntil(zone: string | undefined, at: Instant): Instant | undefined {
    return quietUntil(this.calendar, { zone, quiet: this.policy!.notify.quietHours }, at);
  }

  #tell(
    of: Inquiry,
    rows: readonly number[],
    what: { readonly type: NoticeType; readonly reminder: number },
    at: Instant,
    out: Out,
  ): void {
    const byRevision = new Map<number, number[]>();
    for (const row of rows) {
      const number = this.columns!.numberOf(of.sheet.keyOf(row)) ?? -1;
      if (number < 0) continue;
      const revision = questionRevision(of.round, of.sheet.loopOf(row), what.reminder);
      const numbers = byRevision.get(revision) ?? [];
      numbers.push(number);
      byRevision.set(revision, numbers);
    }
    const notAfter = after(at, this.policy!.confirm.expireAfterMs);
    const { order: channels } = this.policy!.notify;
    for (const [revision, numbers] of byRevision) {
      const frame = {
        incident: of.incident,
        revision,
        type: what.type,
        topologyVersion: this.version,
        held: false,
      };
      out.tells.push(...tellsTo(numbers, { ...frame, notAfter, order: channels, facts: of.facts }));
    }
  }
}

const timerOf = (of: Inquiry, batch: Batch): string => `batch ${of.incident} ${batch.id}`;

export const standingOf = (of: Inquiry, row: number): Standing => ({
  state: of.sheet.stateOf(row),
  loop: of.sheet.loopOf(row),
  isActedOn: of.sheet.has(row, 'actedOn'),
  isProbedGood: of.sheet.has(row, 'probedGood'),
});

interface RowRun {
  readonly from: number;
  readonly to: number;
  readonly zone: string | undefined;
}

function runsOfRows(rows: readonly { readonly row: number; readonly zone: string | undefined }[]): RowRun[] {
  const runs: { from: number; to: number; zone: string | undefined }[] = [];
  for (const { row, zone } of rows) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === row && last.zone === zone) last.to++;
    else runs.push({ from: row, to: row + 1, zone });
  }
  return runs;
}

const order = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : a === undefined || (b !== undefined && a < b) ? -1 : 1;
