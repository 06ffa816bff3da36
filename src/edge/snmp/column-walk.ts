/** Walks several columns of tables together and keeps what arrived; a device cannot make it go on for ever. */
import type { SessionProblem, WalkBudget } from '../../collect/session.ts';
import { compareOids, isBelow } from './oid.ts';
import { errorStatus, type MessageView, valueTag } from './pdu.ts';

/** Takes one row of one column while the view is valid. */
export type RowSink = (column: number, view: MessageView, position: number) => void;

/** What the walk needs of the wire: one request under way at a time. */
export interface Exchange {
  readonly canBulk: boolean;
  /** On the same scale as `giveUpAtMs`. */
  nowMs(): number;
  next(request: {
    readonly names: readonly Uint8Array[];
    readonly maxRepetitions: number;
    readonly giveUpAtMs: number;
    done(outcome: MessageView | SessionProblem): void;
  }): void;
}

/** How large requests to this device may be; learned from its answers and kept between walks. */
export interface Pace {
  /** Columns asked in one request. */
  width: number;
  /** Rows asked of each of them. */
  repetitions: number;
  goodInARow: number;
  hasAnswered: boolean;
}

/** 60 values of about 20 bytes stay below the 1472 bytes that pass without fragments. */
const VALUES_PER_REQUEST = 60;
const WIDEST = 12;
const MOST_REPETITIONS = 50;

export const startingPace = (): Pace => ({
  width: WIDEST,
  repetitions: MOST_REPETITIONS,
  goodInARow: 0,
  hasAnswered: false,
});

/** A name in some buffer; moved along instead of made anew for each row. */
interface Place {
  bytes: Uint8Array;
  from: number;
  end: number;
}

interface Column {
  readonly number: number;
  readonly prefix: Uint8Array;
  /** The last row seen; first the prefix itself. */
  readonly last: Place;
  rows: number;
  isEnded: boolean;
}

/** Resolves when every column has ended; the problem is the first that cut something off. */
export function walkColumns(walk: {
  readonly exchange: Exchange;
  readonly pace: Pace;
  readonly prefixes: readonly Uint8Array[];
  readonly budget: WalkBudget;
  readonly sink: RowSink;
}): Promise<SessionProblem | undefined> {
  return new Promise((resolve) => new ColumnWalk(walk, resolve).step());
}

class ColumnWalk {
  readonly #exchange: Exchange;
  readonly #pace: Pace;
  readonly #budget: WalkBudget;
  readonly #sink: RowSink;
  readonly #finished: (problem: SessionProblem | undefined) => void;
  readonly #giveUpAtMs: number;
  #active: Column[];
  #asked: Column[] = [];
  #repetitions = 1;
  #requestsLeft: number;
  #timeoutsInARow = 0;
  #problem: SessionProblem | undefined;
  /** Where the row at hand is named. */
  readonly #name: Place = { bytes: new Uint8Array(0), from: 0, end: 0 };

  constructor(
    walk: Parameters<typeof walkColumns>[0],
    finished: (problem: SessionProblem | undefined) => void,
  ) {
    this.#exchange = walk.exchange;
    this.#pace = walk.pace;
    this.#budget = walk.budget;
    this.#sink = walk.sink;
    this.#finished = finished;
    this.#requestsLeft = walk.budget.requests;
    this.#giveUpAtMs = walk.exchange.nowMs() + walk.budget.timeMs;
    this.#active = walk.prefixes.map((prefix, number) => ({
      number,
      prefix,
      last: { bytes: prefix, from: 0, end: prefix.length },
      rows: 0,
      isEnded: false,
    }));
  }

  step(): void {
    this.#active = this.#active.filter((column) => !column.isEnded);
    if (this.#active.length === 0) {
      this.#finished(this.#problem);
      return;
    }
    if (this.#requestsLeft-- <= 0) {
      this.#stop({ kind: 'overBudget', budget: 'requests' });
      return;
    }
    if (this.#exchange.nowMs() >= this.#giveUpAtMs) {
      this.#stop({ kind: 'overBudget', budget: 'time' });
      return;
    }
    this.#asked = this.#active.slice(0, this.#pace.width);
    const share = Math.max(1, Math.floor(VALUES_PER_REQUEST / this.#asked.length));
    this.#repetitions = this.#exchange.canBulk ? Math.min(this.#pace.repetitions, share) : 1;
    this.#exchange.next({
      names: this.#asked.map((column) => column.last.bytes),
      maxRepetitions: this.#repetitions,
      giveUpAtMs: this.#giveUpAtMs,
      done: (outcome) => this.#take(outcome),
    });
  }

  #take(outcome: MessageView | SessionProblem): void {
    if ('kind' in outcome) {
      this.#takeSilence(outcome);
      return;
    }
    this.#timeoutsInARow = 0;
    this.#pace.hasAnswered = true;
    if (outcome.errorStatus !== errorStatus.none) {
      this.#takeError(outcome);
      return;
    }
    if (this.#takeRows(outcome)) this.#growPace();
    // An empty or useless list is tooBig by another name (agents that find no room say it so).
    else if (!this.#shrink()) this.#endFirst({ kind: 'badAnswer', reason: 'tooBig' });
    this.step();
  }

  /** True when at least one column advanced or ended. */
  #takeRows(view: MessageView): boolean {
    const width = this.#asked.length;
    const count = Math.min(view.count, width * this.#repetitions);
    let isUseful = false;
    for (let i = 0; i < count; i++) {
      const column = this.#asked[i % width]!;
      if (column.isEnded) continue;
      isUseful = true;
      this.#takeRow(column, view, i);
    }
    // Names so far point into the datagram, which is gone after this call.
    for (const column of this.#asked) {
      const { bytes, from, end } = column.last;
      if (bytes === view.bytes) move(column.last, new Uint8Array(bytes.subarray(from, end)), 0, end - from);
    }
    return isUseful;
  }

  #takeRow(column: Column, view: MessageView, i: number): void {
    const tag = view.tag(i);
    if (tag === valueTag.endOfMibView || tag === valueTag.noSuchObject || tag === valueTag.noSuchInstance) {
      column.isEnded = true;
      return;
    }
    const name = this.#name;
    move(name, view.bytes, view.nameFrom(i), view.nameEnd(i));
    // RFC 3416 section 4.2.3: successors increase; what does not increase would be walked for ever.
    if (compareOids(name, column.last) <= 0) {
      this.#end(column, { kind: 'badAnswer', reason: 'oidNotIncreasing' });
    } else if (!isBelow(column.prefix, name.bytes, name.from, name.end)) {
      column.isEnded = true;
    } else if (++column.rows > this.#budget.rows) {
      this.#end(column, { kind: 'overBudget', budget: 'rows' });
    } else {
      move(column.last, name.bytes, name.from, name.end);
      this.#sink(column.number, view, i);
    }
  }

  #takeError(view: MessageView): void {
    const status = view.errorStatus;
    if (status === errorStatus.noAccess || status === errorStatus.authorization) {
      this.#stop({ kind: 'refused', reason: 'noAccess' });
      return;
    }
    const named = this.#asked[view.errorIndex - 1];
    if (status === errorStatus.tooBig) {
      if (!this.#shrink()) this.#endFirst({ kind: 'badAnswer', reason: 'tooBig' });
    } else if (named === undefined && this.#asked.length > 1) {
      // The index names nobody: ask one by one and find out.
      this.#pace.width = 1;
    } else if (status === errorStatus.noSuchName) {
      // RFC 1157 section 4.1.3: how a v1 agent says that nothing follows.
      (named ?? this.#asked[0]!).isEnded = true;
    } else this.#end(named ?? this.#asked[0]!, { kind: 'badAnswer', reason: 'errorStatus' });
    this.step();
  }

  /** Silence after good answers may only mean that the request was too large for the device. */
  #takeSilence(problem: SessionProblem): void {
    const mayShrink = problem.kind === 'timeout' && this.#pace.hasAnswered && this.#timeoutsInARow++ < 1;
    const values = this.#asked.length * this.#repetitions;
    if (this.#exchange.nowMs() >= this.#giveUpAtMs) this.#stop({ kind: 'overBudget', budget: 'time' });
    else if (mayShrink && values > 10 && this.#shrink()) this.step();
    else this.#stop(problem);
  }

  #growPace(): void {
    if (++this.#pace.goodInARow < 10) return;
    this.#pace.goodInARow = 0;
    if (this.#pace.repetitions < MOST_REPETITIONS) this.#pace.repetitions++;
    else if (this.#pace.width < WIDEST) this.#pace.width++;
  }

  /** Halves rows, then columns; false when one value is asked already. */
  #shrink(): boolean {
    const pace = this.#pace;
    pace.goodInARow = 0;
    if (this.#repetitions > 1) pace.repetitions = Math.max(1, this.#repetitions >> 1);
    else if (this.#asked.length > 1) pace.width = Math.max(1, this.#asked.length >> 1);
    else return false;
    return true;
  }

  #endFirst(problem: SessionProblem): void {
    this.#end(this.#asked[0]!, problem);
  }

  #end(column: Column, problem: SessionProblem): void {
    column.isEnded = true;
    this.#problem ??= problem;
  }

  #stop(problem: SessionProblem): void {
    this.#finished(this.#problem ?? problem);
  }
}

function move(place: Place, bytes: Uint8Array, from: number, end: number): void {
  place.bytes = bytes;
  place.from = from;
  place.end = end;
}
