/** Walks tables one after the other into their cells and keeps what arrived; a device cannot make it go on for ever. */
import type { FillOutcome, SessionProblem, WalkBudget } from '../../collect/session.ts';
import { compareOids, grownRows, notPlaced, type TableCells, valueTag } from '../../collect/session.ts';
import { unsignedNumber } from './ber.ts';
import { keepValue } from './cell-values.ts';
import { noPrefixes, prefixesOf } from './column-prefixes.ts';
import { takeKnownRows } from './known-rows.ts';
import {
  growthOf,
  type Learned,
  learnCutReply,
  learnFullReply,
  learnOverrun,
  learnSilence,
  learnTooLarge,
} from './learned.ts';
import { wholeOf } from './oid.ts';
import { errorStatus, type MessageView } from './pdu.ts';
import { upTimeColumn } from './request-buffer.ts';
import { problemOf, tooBig } from './walk-problems.ts';
import type { Exchange, WalkRequest } from './walk-request.ts';

const WIDEST = 32;
const MOST_REPETITIONS = 127;
/** A request must bring so many values on average for its table to be let grow. */
const LEAST_VALUES = 8;
/** Message, PDU and list headers, id and error fields, community of usual length. */
const ENVELOPE_BYTES = 36;
/** sysUpTime.0 with its value. */
const UP_TIME_BYTES = 18;

interface Walk {
  readonly tables: readonly TableCells[];
  readonly budget: WalkBudget;
  readonly done: (outcome: FillOutcome) => void;
}

const nothing: Walk = { tables: [], budget: { requests: 0, rows: 0, timeMs: 0 }, done: () => {} };

/** A table that was let grow has half of all the time, as far as its budget lets it, and leaves the other half to the others. */
function longestMs({ timeMs, totalMs = timeMs }: WalkBudget, growth: number): number {
  return Math.max(timeMs, Math.min(timeMs * growth, totalMs / 2));
}

export class TableWalk implements WalkRequest {
  nonRepeaters = 0;
  maxRepetitions = 1;
  usesBulk = false;
  giveUpAtMs = Number.NaN;
  replyBytes = 0;
  prefixes = noPrefixes;
  cells!: TableCells;
  asked = new Int32Array(0);
  askedCount = 0;
  isBusy = false;
  readonly #exchange: Exchange;
  readonly #learned: Learned;
  #walk = nothing;
  #tableAt = -1;
  #problems: (SessionProblem | undefined)[] = [];
  #problem: SessionProblem | undefined;
  /** Columns not at their end, `#activeCount` of them. */
  #active = new Int32Array(0);
  #activeCount = 0;
  /** 1 for columns of this table that are at their end. */
  #ended = new Uint8Array(0);
  #requestsLeft = 0;
  /** Requests and rows that this table may cost. */
  #mostRequests = 0;
  #mostRows = 0;
  /** Of all tables together. */
  #endsAtMs = Number.NaN;
  #timeoutsInARow = 0;
  /** Bytes asked for when silence came, NaN without any; what follows in this table asks for half of it. */
  #silentBytes = Number.NaN;
  /** Rows of the last whole reading, so that its end is asked for and nothing behind it. */
  #knownRows = 0;
  #isRoomy = false;
  /** This table is asked without sysUpTime. */
  #isTight = false;
  /** In the answer at hand, and in the first of all. */
  #ticks: number | undefined;
  #upTimeTicks: number | undefined;
  /** NaN before the first answer. */
  #answeredAtMs = Number.NaN;
  #hasAnsweredSinceTimeout = false;
  /** Tables that a bound ended: each leaves a quarter of the budget to the next, so that all of them together have an end. */
  #overruns = 0;
  /** Why the tables that are left are not asked. */
  #away: SessionProblem | undefined;

  constructor(exchange: Exchange, learned: Learned) {
    this.#exchange = exchange;
    this.#learned = learned;
  }

  run(walk: Walk): void {
    this.isBusy = true;
    this.#walk = walk;
    this.#tableAt = -1;
    this.#problems = [];
    this.#upTimeTicks = undefined;
    this.#answeredAtMs = Number.NaN;
    this.#hasAnsweredSinceTimeout = false;
    this.#overruns = 0;
    this.#away = undefined;
    this.#endsAtMs = this.#exchange.nowMs() + (walk.budget.totalMs ?? Number.POSITIVE_INFINITY);
    this.#beginTable();
  }

  #beginTable(): void {
    const { tables, budget } = this.#walk;
    let cells = tables[++this.#tableAt];
    for (; cells !== undefined && this.#away !== undefined; cells = tables[++this.#tableAt]) {
      cells.begin();
      this.#problems.push(this.#away);
    }
    if (cells === undefined) {
      this.#end();
      return;
    }
    const prefixes = prefixesOf(cells.columns);
    this.cells = cells;
    this.prefixes = prefixes ?? noPrefixes;
    this.#problem = prefixes === undefined ? { kind: 'badAnswer', reason: 'malformed' } : undefined;
    this.#knownRows = cells.rows;
    cells.begin();
    if (this.#active.length < cells.width) {
      this.#active = new Int32Array(cells.width);
      this.#ended = new Uint8Array(cells.width);
      this.asked = new Int32Array(cells.width);
    }
    this.#activeCount = this.prefixes.names.length;
    for (let i = 0; i < this.#activeCount; i++) this.#active[i] = i;
    this.#ended.fill(0);
    const growth = growthOf(this.#learned);
    this.#mostRows = grownRows(budget.rows, growth);
    this.#mostRequests = Math.floor((budget.requests * growth) / 4 ** this.#overruns);
    this.#requestsLeft = this.#mostRequests;
    this.giveUpAtMs = Math.min(
      this.#exchange.nowMs() + longestMs(budget, growth) / 4 ** this.#overruns,
      this.#endsAtMs,
    );
    this.#timeoutsInARow = 0;
    this.#silentBytes = Number.NaN;
    this.#isTight = false;
    this.#step();
  }

  #finishTable(): void {
    const { cells } = this;
    for (let column = 0; cells.rows > 0 && column < cells.width; column++) {
      if (cells.tags[column] === valueTag.counter64) this.#learned.hasCounter64 = true;
    }
    cells.finish(this.#problem === undefined);
    if (this.#problem?.kind === 'overBudget') {
      this.#overruns++;
      const values = (cells.rows * cells.width) / (this.#mostRequests - this.#requestsLeft);
      if (this.#problem.budget !== 'time' && values >= LEAST_VALUES) learnOverrun(this.#learned);
    }
    this.#problems.push(this.#problem);
    this.#beginTable();
  }

  #end(): void {
    const { done } = this.#walk;
    const outcome: FillOutcome = {
      problems: this.#problems,
      upTimeTicks: this.#upTimeTicks,
      engineBoots: this.#exchange.engineBoots,
      answeredAtMs: Number.isNaN(this.#answeredAtMs) ? undefined : this.#answeredAtMs,
    };
    this.#walk = nothing;
    this.isBusy = false;
    done(outcome);
  }

  #step(): void {
    let left = 0;
    for (let i = 0; i < this.#activeCount; i++) {
      const column = this.#active[i]!;
      if (this.#ended[column] === 0) this.#active[left++] = column;
    }
    this.#activeCount = left;
    if (left === 0) this.#finishTable();
    else if (this.#requestsLeft-- <= 0) this.#stop({ kind: 'overBudget', budget: 'requests' });
    else if (this.#exchange.nowMs() >= this.giveUpAtMs) this.#stop({ kind: 'overBudget', budget: 'time' });
    else this.#ask();
  }

  #ask(): void {
    const { cells } = this;
    const learned = this.#learned;
    const room = Number.isNaN(this.#silentBytes) ? learned.roomBytes : this.#silentBytes / 2;
    const values = Math.max(1, Math.floor(room / cells.valueBytes));
    const count = Math.min(this.#activeCount, values, WIDEST);
    this.usesBulk = this.#exchange.canBulk && learned.usesBulk;
    this.askedCount = count;
    let wanted = MOST_REPETITIONS;
    // Without new rows so far, one row behind the last known one shows the end.
    const isKnown = this.#knownRows > 0 && cells.rows === this.#knownRows;
    let known = 0;
    for (let i = 0; i < count; i++) {
      const column = this.#active[i]!;
      this.asked[i] = column;
      if (isKnown) known = Math.max(known, cells.rowsAfter(column) + 1);
    }
    if (isKnown) wanted = Math.min(wanted, known);
    const most = Math.max(1, Math.floor(values / count));
    this.#isRoomy = wanted <= most;
    this.maxRepetitions = this.usesBulk ? Math.min(wanted, most) : 1;
    this.nonRepeaters = learned.tellsUpTime && !this.#isTight ? 1 : 0;
    const wantedValues = count * this.maxRepetitions;
    this.replyBytes = ENVELOPE_BYTES + UP_TIME_BYTES + Math.ceil(wantedValues * cells.valueBytes);
    this.#exchange.next(this);
  }

  done(outcome: MessageView | SessionProblem): void {
    if ('kind' in outcome) {
      this.#takeSilence(outcome);
      return;
    }
    const learned = this.#learned;
    if (Number.isNaN(this.#silentBytes)) learned.silences = 0;
    else if (this.#timeoutsInARow > 0) learnSilence(learned, this.#silentBytes, false);
    this.#timeoutsInARow = 0;
    this.#hasAnsweredSinceTimeout = true;
    if (outcome.errorStatus !== errorStatus.none) {
      this.#takeError(outcome);
      return;
    }
    if (this.usesBulk && outcome.count > 0) learned.hasAnsweredBulk = true;
    if (this.nonRepeaters === 1 && outcome.count > 0 && !this.#takesUpTime(outcome)) {
      // Hidden from us, or the agent does not know non-repeaters: whose binding is whose is unsure, so it is asked anew.
      learned.tellsUpTime = false;
      this.#step();
      return;
    }
    // An empty or useless list is tooBig by another name (agents that find no room say it so).
    if (!this.#takeRows(outcome) && !this.#shrink()) this.#endColumn(this.asked[0]!, tooBig);
    this.#step();
  }

  /** True when at least one column advanced or ended. */
  #takeRows(view: MessageView): boolean {
    const { cells, askedCount, asked } = this;
    const first = this.nonRepeaters;
    this.#answeredAtMs = this.#exchange.wallMs();
    cells.stamp(this.#answeredAtMs, first === 1 ? this.#ticks : undefined);
    const count = Math.min(view.count, first + askedCount * this.maxRepetitions);
    const from = takeKnownRows(this, view, count, Math.min(cells.rowsInOrder, this.#mostRows));
    let isUseful = from > first;
    let hasEnded = false;
    for (let i = from, turn = (from - first) % askedCount; i < count; i++) {
      const column = asked[turn]!;
      if (++turn === askedCount) turn = 0;
      if (this.#ended[column] === 1) continue;
      isUseful = true;
      if (!this.#takeRow(column, view, i)) hasEnded = true;
    }
    if (count > first && isUseful) this.#learnSizes(view, count, hasEnded);
    return isUseful;
  }

  #learnSizes(view: MessageView, count: number, hasEnded: boolean): void {
    const { cells, nonRepeaters: first } = this;
    const bindingBytes = view.starts[view.count]! - view.starts[first]!;
    const valueBytes = bindingBytes / (view.count - first);
    cells.valueBytes = valueBytes > cells.valueBytes ? valueBytes : cells.valueBytes * 0.9 + valueBytes * 0.1;
    const learned = this.#learned;
    if (view.bytes.length > learned.largestReplyBytes) learned.largestReplyBytes = view.bytes.length;
    if (hasEnded || this.#isRoomy || !this.usesBulk || !Number.isNaN(this.#silentBytes)) return;
    if (count - first === this.askedCount * this.maxRepetitions) learnFullReply(learned);
    else learnCutReply(learned, bindingBytes);
  }

  /** True when the first binding is sysUpTime.0. */
  #takesUpTime(view: MessageView): boolean {
    if (view.tag(0) !== valueTag.timeticks || !this.#isBelow(upTimeColumn, view, 0)) return false;
    const ticks = unsignedNumber(view.bytes, view.valueFrom(0), view.valueEnd(0));
    this.#ticks = Number.isNaN(ticks) ? undefined : ticks;
    this.#upTimeTicks ??= this.#ticks;
    return true;
  }

  /** True when the column goes on. */
  #takeRow(column: number, view: MessageView, i: number): boolean {
    const { cells } = this;
    const prefix = this.prefixes.names[column]!;
    if (view.tag(i) >= valueTag.noSuchObject || !this.#isBelow(prefix, view, i)) {
      this.#endAt(column, view, i);
      return false;
    }
    const row = cells.rowFor(column, view.bytes, view.nameFrom(i) + prefix.length, view.nameEnd(i));
    if (row < 0 || row >= this.#mostRows) {
      this.#endColumn(column, problemOf(row < 0 ? row : notPlaced.noRoom));
      return false;
    }
    keepValue(cells, row * cells.width + column, view, i);
    return true;
  }

  /** The binding is none of the column: its end, or a step back. */
  #endAt(column: number, view: MessageView, i: number): void {
    this.#ended[column] = 1;
    if (view.tag(i) >= valueTag.noSuchObject) return;
    const name = { bytes: view.bytes, from: view.nameFrom(i), end: view.nameEnd(i) };
    if (compareOids(name, wholeOf(this.prefixes.names[column]!)) <= 0) {
      this.#endColumn(column, problemOf(notPlaced.notIncreasing));
    }
  }

  #isBelow(prefix: Uint8Array, view: MessageView, i: number): boolean {
    const { bytes } = view;
    const from = view.nameFrom(i);
    const length = prefix.length;
    if (view.nameEnd(i) - from <= length) return false;
    // Columns of a table differ in their last byte.
    for (let k = length - 1; k >= 0; k--) if (bytes[from + k] !== prefix[k]) return false;
    return true;
  }

  #takeError(view: MessageView): void {
    const status = view.errorStatus;
    const learned = this.#learned;
    if (status === errorStatus.noAccess || status === errorStatus.authorization) {
      this.#stop({ kind: 'refused', reason: 'noAccess' });
      return;
    }
    const index = view.errorIndex - this.nonRepeaters - 1;
    const named = index >= 0 && index < this.askedCount ? this.asked[index] : undefined;
    if (status === errorStatus.tooBig) {
      if (!this.#shrink()) this.#endColumn(this.asked[0]!, tooBig);
    } else if (this.nonRepeaters === 1 && view.errorIndex === 1) learned.tellsUpTime = false;
    // Whatever the error is: to GETBULK the end is none (RFC 3416 section 4.2.3), so GETNEXT is asked.
    else if (this.usesBulk && !learned.hasAnsweredBulk) learned.usesBulk = false;
    else if (named === undefined && (this.askedCount > 1 || this.nonRepeaters === 1)) {
      // The index names nobody: ask one by one and find out.
      if (this.askedCount > 1) learned.roomBytes = Math.ceil(this.cells.valueBytes);
      else learned.tellsUpTime = false;
    } else if (status === errorStatus.noSuchName) {
      // RFC 1157 section 4.1.3: how a v1 agent says that nothing follows.
      this.#ended[named ?? this.asked[0]!] = 1;
    } else this.#endColumn(named ?? this.asked[0]!, { kind: 'badAnswer', reason: 'errorStatus' });
    this.#step();
  }

  /** Silence after good answers may only mean that the request was too large for the device, or a GETBULK. */
  #takeSilence(problem: SessionProblem): void {
    const learned = this.#learned;
    const isFirst = this.#timeoutsInARow++ === 0;
    const mayGoOn = problem.kind === 'timeout' && learned.hasAnswered && isFirst;
    const values = this.askedCount * this.maxRepetitions;
    if (this.#exchange.nowMs() >= this.giveUpAtMs) this.#stop({ kind: 'overBudget', budget: 'time' });
    else if (mayGoOn && this.usesBulk && !learned.hasAnsweredBulk) {
      learned.usesBulk = false;
      this.#step();
    } else if (mayGoOn) {
      if (values > 10) this.#silentBytes = values * this.cells.valueBytes;
      this.#step();
    } else {
      // Half was too large as well, or the device is away: the next reading begins with less.
      if (!isFirst && !Number.isNaN(this.#silentBytes)) learnSilence(learned, this.#silentBytes, true);
      this.#stop(problem);
    }
  }

  /** Halves what is asked for; false when it is one value already. */
  #shrink(): boolean {
    const values = this.askedCount * this.maxRepetitions;
    if (values <= 1) {
      // A value that nearly fills a reply by itself leaves no room for the time.
      const couldLeaveTime = this.nonRepeaters === 1 && !this.#isTight;
      this.#isTight = true;
      return couldLeaveTime;
    }
    learnTooLarge(this.#learned, values * this.cells.valueBytes);
    return true;
  }

  #endColumn(column: number, problem: SessionProblem): void {
    this.#ended[column] = 1;
    this.#problem ??= problem;
  }

  /** The table is given up; a device that has not answered since the last time is not asked for the others. */
  #stop(problem: SessionProblem): void {
    this.#problem ??= problem;
    const isAway =
      (problem.kind === 'timeout' && !this.#hasAnsweredSinceTimeout) || problem.kind === 'refused';
    this.#hasAnsweredSinceTimeout = false;
    if (isAway) this.#away = problem;
    this.#finishTable();
  }
}
