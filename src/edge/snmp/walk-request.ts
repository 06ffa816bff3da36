/** What passes between a walk and the wire below it: what to ask next, and what came of it. */
import type { SessionProblem, TableCells } from '../../collect/session.ts';
import type { ColumnPrefixes } from './column-prefixes.ts';
import type { MessageView } from './pdu.ts';

/** A walk as the wire sees it: what to ask next. Names are the sysUpTime, where asked for, then one a column. */
export interface WalkRequest {
  readonly nonRepeaters: number;
  readonly maxRepetitions: number;
  readonly usesBulk: boolean;
  /** On the scale of `Exchange.nowMs`. */
  readonly giveUpAtMs: number;
  /** Of the reply wanted. */
  readonly replyBytes: number;
  readonly cells: TableCells;
  readonly prefixes: ColumnPrefixes;
  /** Columns asked, `askedCount` of them. */
  readonly asked: Int32Array;
  readonly askedCount: number;
  /** Called once a request; a view is valid only during the call. */
  done(outcome: MessageView | SessionProblem): void;
}

/** What the walk needs of the wire: one request under way at a time. */
export interface Exchange {
  readonly canBulk: boolean;
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Wall clock, milliseconds. */
  wallMs(): number;
  readonly engineBoots: number | undefined;
  next(request: WalkRequest): void;
}
