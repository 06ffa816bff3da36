/** Puts the question to slices of subscribers: holds it in quiet hours, reminds, and lets it expire. */
import { neverHappens } from '../base/fault.ts';
import { after, days, earliest, type Instant } from '../base/instant.ts';
import type { Timers } from '../base/timers.ts';
import { afterWaking, type Calendar, type QuietHours, quietUntil } from '../model/calendar.ts';
import type { Confirmation, ConfirmationChange } from '../model/confirmation.ts';
import type { IncidentId, SubscriberKey } from '../model/ids.ts';
import type { NoticeType, Tell } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import { quietOfCode } from '../model/quiet-hours.ts';
import { type SubscriberColumns, zoneNameOf } from '../model/subscriber-columns.ts';
import { addAnswer, type Batch, batchOf, confirmationOf, detailOf, type Inquiry } from './inquiry.ts';
import { type Command, type ConfirmEvent, isTerminal, type Move, next } from './machine.ts';
import { clarifying, farewell, questionRevision, tellsTo } from './questions.ts';
import type { Chosen } from './reserve.ts';
import { Sparing } from './sparing.ts';
import { standingOf } from './standing.ts';

/** What one call brings about. */
export interface Out {
  readonly changes: ConfirmationChange[];
  readonly tells: Tell[];
  /** Who said "no" or "call me" so late that it is looked into under a number of its own. */
  readonly late: { readonly incident: IncidentId; readonly subscriber: SubscriberKey }[];
}

export class Asker {
  columns: SubscriberColumns | undefined;
  version = 0;
  policy: Policy | undefined;
  calendar: Calendar = { zones: {} };
  readonly sparing = new Sparing();
  readonly #timers: Timers;
  readonly #inquiries: ReadonlyMap<IncidentId, Inquiry>;

  constructor(timers: Timers, inquiries: ReadonlyMap<IncidentId, Inquiry>) {
    this.#timers = timers;
    this.#inquiries = inquiries;
  }

  /** The next `limit` of those to be asked; answers how many it looked at. */
  askSlice(of: Inquiry, limit: number, at: Instant, out: Out): number {
    const keys = of.attached.splice(0, limit);
    of.reserve?.leaveOut(keys);
    keys.push(...of.told.take(limit - keys.length));
    if (of.reserve !== undefined && keys.length < limit) {
      const chosen = of.reserve.take(limit - keys.length, this.policy!.confirm.askedPerBranch);
      keys.push(...chosen.keys);
      this.#tellRepaired(of, chosen, at, out);
    }
    const columns = this.columns!;
    const found = [...new Set(keys)]
      .map((key) => ({ key, number: columns.numberOf(key) ?? -1 }))
      .filter(({ key, number }) => number >= 0 && this.#isToBeAsked(of, of.sheet.rowOf(key)))
      .map(({ key, number }) => ({
        key,
        ...placeOf(columns, number),
        heldUntil: this.#fullUntil(of, key, at),
      }))
      .sort(
        (a, b) =>
          order(a.zone, b.zone) || (a.own ?? 0) - (b.own ?? 0) || (a.heldUntil ?? 0) - (b.heldUntil ?? 0),
      );
    const asked: (Omit<RowRun, 'from' | 'to'> & { readonly row: number })[] = [];
    for (const { key, zone, own, heldUntil } of found) {
      const known = of.sheet.rowOf(key);
      if (known >= 0 && batchOf(of, known)?.round === of.round) continue;
      const row = known >= 0 ? known : of.sheet.add(key);
      const probe = of.probes.get(key);
      of.sheet.mark(row, 'probedGood', probe === 'good');
      of.sheet.mark(row, 'actedOn', false);
      of.sheet.mark(row, 'clarified', false);
      if (this.sparing.hasStopped(key)) of.sheet.mark(row, 'stopped', true);
      of.sheet.move(row, 'PENDING_PROBE', of.sheet.loopOf(row));
      if (!this.#isReachable(of, row)) this.apply(of, row, { kind: 'undeliverable' }, at, out);
      else if (probe === 'bad') this.apply(of, row, { kind: 'probedBad' }, at, out);
      else asked.push({ row, zone, own, heldUntil });
    }
    const rows = runsOfRows(asked).flatMap((run) => this.#begin(of, run, at, out));
    this.#tell(of, rows, { type: 'ask', reminder: 0 }, at, out);
    return keys.length;
  }

  /** Asks one subscriber again, now or when the quiet hours end. */
  askAgain(of: Inquiry, row: number, at: Instant, out: Out): void {
    const number = this.columns!.numberOf(of.sheet.keyOf(row)) ?? -1;
    const place = number < 0 ? { zone: undefined, own: undefined } : placeOf(this.columns!, number);
    of.sheet.mark(row, 'clarified', false);
    const rows = this.#begin(of, { from: row, to: row + 1, ...place, heldUntil: undefined }, at, out);
    this.#tell(of, rows, { type: 'ask', reminder: 0 }, at, out);
  }

  /** Makes one batch of the rows; answers those to be asked now, none where it is quiet. */
  #begin(of: Inquiry, run: RowRun, at: Instant, out: Out): number[] {
    const { from, to, heldUntil } = run;
    const batch: Batch = { id: of.batches.length + 1, ...run, round: of.round, reminders: 0 };
    of.batches.push(batch);
    const until = heldUntil ?? this.#quietUntil(run, at);
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
    const { remindAfterMs: waking, expireAfterMs } = this.policy!.confirm;
    const place = { zone: batch.zone, quiet: this.#quietOf(batch) };
    batch.askedAt = at;
    batch.remindAt = afterWaking(this.calendar, place, { at, waking });
    batch.expiresAt = after(at, expireAfterMs);
    const rows: number[] = [];
    this.#each(of, batch, (row) => {
      const state = of.sheet.stateOf(row);
      if (state !== 'HELD' && state !== 'PENDING_PROBE') return;
      if (of.sheet.has(row, 'stopped')) this.apply(of, row, { kind: 'expired' }, at, out);
      else if (!this.#isReachable(of, row)) this.apply(of, row, { kind: 'undeliverable' }, at, out);
      else if (this.apply(of, row, { kind: 'asked' }, at, out)) rows.push(row);
    });
    this.#arm(of, batch);
    return rows;
  }

  /** A timer of the batch came due: open, remind or expire it; answers how many rows it looked at. */
  due(of: Inquiry, batch: Batch, at: Instant, out: Out): number {
    const isCurrent = batch.round === of.round && of.phase !== 'reopened';
    if (!isCurrent) return 0;
    const until = batch.askedAt === undefined ? this.#quietUntil(batch, at) : undefined;
    // What was held for the day's cap may come free at night.
    if (until !== undefined) this.#timers.set(timerOf(of, batch), until);
    else if (batch.askedAt === undefined) {
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
    said?: Confirmation['answers'][number],
  ): boolean {
    const before = of.sheet.stateOf(row);
    const move = this.#moveOf(of, row, event, at);
    if (move === undefined) return false;
    const { state, commands } = move;
    if (said !== undefined) addAnswer(detailOf(of, row), said);
    of.sheet.move(row, state, move.loop);
    if (state !== before) this.#settled(of, row, at);
    if (state === 'CONFIRMED') this.#askToRate(of, row, at);
    if (commands.includes('sample')) this.#sample(of, row);
    if (state === 'STILL_OUT' || state === 'ESCALATED') of.reserve?.widen(of.sheet.keyOf(row));
    if (!commands.includes('ask'))
      out.changes.push({
        kind: kindOf(event, said !== undefined && !commands.includes('note')),
        confirmation: confirmationOf(of, row),
        answer: event.kind === 'answered' ? event.answer : undefined,
        isProbed: event.kind === 'probedBad' || undefined,
      });
    for (const command of commands) this.#obey(command, of, row, { at, out });
    return true;
  }

  /** Once a confirmation, however often it was repaired. */
  #askToRate(of: Inquiry, row: number, at: Instant): void {
    const detail = detailOf(of, row);
    if (detail.toRate !== 'asked')
      detail.toRate = this.sparing.rating(of.sheet.keyOf(row), this.policy!.confirm, at);
  }

  /** What an event would do: nothing, only be told to whoever works on it, or move it on. */
  moves(of: Inquiry, row: number, event: ConfirmEvent, at: Instant): 'nowhere' | 'noted' | 'on' {
    const move = this.#moveOf(of, row, event, at);
    if (move === undefined) return 'nowhere';
    return move.state === of.sheet.stateOf(row) && move.loop === of.sheet.loopOf(row) ? 'noted' : 'on';
  }

  /** It has been at rest for so long that no answer counts any more. */
  isLate(of: Inquiry, row: number, at: Instant): boolean {
    const { settledAt } = standingOf(of, row, { columns: this.columns, policy: this.policy! });
    return settledAt !== undefined && at - settledAt > this.policy!.confirm.lateAnswerMs;
  }

  #moveOf(of: Inquiry, row: number, event: ConfirmEvent, at: Instant): Move | undefined {
    const policy = this.policy!;
    return next(standingOf(of, row, { columns: this.columns, policy }), event, at, policy.confirm);
  }

  #settled(of: Inquiry, row: number, at: Instant): void {
    const isAtRest = isTerminal(of.sheet.stateOf(row));
    if (of.details.has(row)) detailOf(of, row).settledAt = isAtRest ? at : undefined;
    if (of.sheet.stateOf(row) !== 'EXPIRED_UNKNOWN') of.sheet.mark(row, 'sampled', false);
  }

  #sample(of: Inquiry, row: number): void {
    if (of.sampled >= this.policy!.confirm.sampleAtMost) return;
    of.sampled++;
    of.sheet.mark(row, 'sampled', true);
  }

  #obey(
    command: Command,
    of: Inquiry,
    row: number,
    { at, out }: { readonly at: Instant; readonly out: Out },
  ): void {
    switch (command) {
      case 'ask':
        // The fault is there again: its end will ask.
        if (of.phase === 'reopened') this.apply(of, row, { kind: 'covered' }, at, out);
        else this.askAgain(of, row, at, out);
        return;
      case 'clarify':
        of.sheet.mark(row, 'clarified', true);
        if (this.#mayBeTold(of, row))
          this.#tell(of, [row], { type: 'clarify', reminder: clarifying }, at, out);
        return;
      case 'tellTried':
        if (this.#mayBeTold(of, row)) this.#tell(of, [row], { type: 'tried', reminder: farewell }, at, out);
        return;
      case 'ticket':
        out.late.push({ incident: of.incident, subscriber: of.sheet.keyOf(row) });
        return;
      case 'note':
      case 'sample':
        return;
      default:
        return neverHappens(command);
    }
  }

  #mayBeTold(of: Inquiry, row: number): boolean {
    return !of.sheet.has(row, 'stopped') && this.#isReachable(of, row);
  }

  /** Who is not asked hears at least that it is repaired. */
  #tellRepaired(of: Inquiry, { rest }: Chosen, at: Instant, out: Out): void {
    const { expireAfterMs } = this.policy!.confirm;
    for (const { from, to, except } of rest) {
      out.tells.push({
        incident: of.incident,
        revision: questionRevision(of.round, 0, 0),
        type: 'restored',
        topologyVersion: of.reserve!.version,
        held: false,
        ...{ from, to, except, suppressed: {} },
        notAfter: after(at, expireAfterMs),
        order: this.policy!.notify.order,
        facts: of.facts,
      });
    }
  }

  /** When one more question is not too much for the subscriber; undefined: now. */
  #fullUntil(of: Inquiry, key: SubscriberKey, at: Instant): Instant | undefined {
    let count = 0;
    let oldest: Instant | undefined;
    for (const other of this.#inquiries.values()) {
      if (other === of || other.lastAskedAt === undefined || at - other.lastAskedAt >= days(1)) continue;
      const row = other.sheet.rowOf(key);
      const batch = row < 0 ? undefined : batchOf(other, row);
      if (batch?.askedAt === undefined || at - batch.askedAt >= days(1)) continue;
      count += 1 + batch.reminders;
      oldest = earliest(oldest, batch.askedAt);
    }
    return oldest === undefined || count < this.policy!.confirm.questionsPerDay
      ? undefined
      : after(oldest, days(1));
  }

  /** New ones, and after a reopening all that are settled: the fault was there again. */
  #isToBeAsked(of: Inquiry, row: number): boolean {
    return row < 0 || (isTerminal(of.sheet.stateOf(row)) && batchOf(of, row)?.round !== of.round);
  }

  #remind(of: Inquiry, batch: Batch, at: Instant, out: Out): void {
    const until = this.#quietUntil(batch, at);
    if (until !== undefined) {
      batch.remindAt = until;
    } else {
      batch.reminders++;
      batch.remindAt = after(at, this.policy!.confirm.remindAgainAfterMs);
      const rows: number[] = [];
      this.#each(of, batch, (row) => {
        if (this.#mayBeTold(of, row) && this.apply(of, row, { kind: 'reminded' }, at, out)) rows.push(row);
      });
      this.#tell(of, rows, { type: 'reminder', reminder: batch.reminders }, at, out);
    }
    this.#arm(of, batch);
  }

  /** Asked anew each time: a newer import may say that he is gone or takes no notices any more. */
  #isReachable(of: Inquiry, row: number): boolean {
    const columns = this.columns!;
    const number = columns.numberOf(of.sheet.keyOf(row)) ?? -1;
    return number >= 0 && !columns.isOptedOut(number) && columns.channelMaskOf(number, 'feedback') !== 0;
  }

  #each(of: Inquiry, batch: Batch, visit: (row: number) => void): void {
    for (let row = batch.from; row < batch.to; row++) if (of.sheet.batchOf(row) === batch.id) visit(row);
  }

  #arm(of: Inquiry, batch: Batch): void {
    if (batch.reminders >= this.policy!.confirm.maxReminders) batch.remindAt = undefined;
    const at = earliest(batch.remindAt, batch.expiresAt);
    if (at !== undefined) this.#timers.set(timerOf(of, batch), at);
  }

  #quietUntil(place: Place, at: Instant): Instant | undefined {
    return quietUntil(this.calendar, { zone: place.zone, quiet: this.#quietOf(place) }, at);
  }

  #quietOf({ own }: Place): QuietHours | undefined {
    return own === undefined ? this.policy!.notify.quietHours : quietOfCode(own);
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
    if (what.type !== 'tried') of.lastAskedAt = at;
    const { order: channels } = this.policy!.notify;
    // A reminder goes another way than what was overlooked.
    const turn = what.type === 'reminder' ? what.reminder % Math.max(1, channels.length) : 0;
    const inTurn = [...channels.slice(turn), ...channels.slice(0, turn)];
    for (const [revision, numbers] of byRevision) {
      const frame = {
        incident: of.incident,
        revision,
        type: what.type,
        topologyVersion: this.version,
        held: false,
      };
      out.tells.push(...tellsTo(numbers, { ...frame, notAfter, order: inTurn, facts: of.facts }));
    }
  }
}

const timerOf = (of: Inquiry, batch: Batch): string => `batch ${of.incident} ${batch.id}`;

const kindOf = (event: ConfirmEvent, isAnswer: boolean): ConfirmationChange['kind'] =>
  isAnswer ? 'answered' : event.kind === 'asked' ? 'asked' : 'changed';

type Place = Pick<Batch, 'zone' | 'own'>;

/** Where somebody lives, and their own quiet hours if they have any. */
function placeOf(columns: SubscriberColumns, number: number): Place {
  const own = columns.quietOf?.(number) ?? 0;
  return { zone: zoneNameOf(columns, number), own: own === 0 ? undefined : own };
}

interface RowRun extends Place {
  readonly from: number;
  readonly to: number;
  readonly heldUntil: Instant | undefined;
}

function runsOfRows(rows: readonly (Omit<RowRun, 'from' | 'to'> & { readonly row: number })[]): RowRun[] {
  const runs: (Omit<RowRun, 'to'> & { to: number })[] = [];
  for (const { row, zone, own, heldUntil } of rows) {
    const last = runs.at(-1);
    const isNext = last?.to === row && last.zone === zone && last.own === own;
    if (isNext && last.heldUntil === heldUntil) last.to++;
    else runs.push({ from: row, to: row + 1, zone, own, heldUntil });
  }
  return runs;
}

const order = (a: string | undefined, b: string | undefined): number =>
  a === b ? 0 : a === undefined || (b !== undefined && a < b) ? -1 : 1;
