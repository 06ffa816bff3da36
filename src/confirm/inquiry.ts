/** All confirmations about one incident: who is still to be asked, the rows, and the batches they were asked in. */
import { type Instant, instant } from '../base/instant.ts';
import { type Range, sizeOf } from '../base/ranges.ts';
import type { Confirmation } from '../model/confirmation.ts';
import { confirmationId, type IncidentId, type SubscriberKey, type TaskId } from '../model/ids.ts';
import { KeyQueue, type KeyQueueSnapshot } from '../model/key-queue.ts';
import type { NoticeFacts } from '../model/notice.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import { correctionMs } from './machine.ts';
import { Reserve, type ReserveSnapshot } from './reserve.ts';
import { Sheet, type SheetSnapshot } from './sheet.ts';

/** Rows [from, to) asked together, of one time zone and the same quiet hours. */
export interface Batch {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly round: number;
  readonly zone?: string | undefined;
  /** Their own quiet hours; absent: the policy's. */
  readonly own?: number | undefined;
  /** Reminders sent. */
  reminders: number;
  /** Not asked before: too much was asked lately. */
  readonly heldUntil?: Instant | undefined;
  askedAt?: Instant | undefined;
  remindAt?: Instant | undefined;
  expiresAt?: Instant | undefined;
}

/** What only those have who answered or were worked for. */
export interface Detail {
  answers: Confirmation['answers'];
  rating?: Confirmation['rating'];
  toRate?: Confirmation['toRate'];
  task?: TaskId | undefined;
  /** Calls that nobody took, and the local days of the first and the last. */
  tries?: { readonly count: number; readonly firstDay: number; readonly lastDay: number } | undefined;
  /** When it came to rest, for late answers. */
  settledAt?: Instant | undefined;
}

export interface Inquiry {
  readonly incident: IncidentId;
  facts: NoticeFacts;
  /** How often the incident was resolved. */
  round: number;
  /** proving: is the repair stable? asking: not all asked yet. open: waiting for answers. reopened: the fault is back. */
  phase: 'proving' | 'asking' | 'open' | 'reopened' | 'closed';
  /** Those with a ticket first, then all who were told. */
  attached: SubscriberKey[];
  told: KeyQueue;
  /** In place of `told` where not all are asked. */
  reserve?: Reserve | undefined;
  /** When a question last went out. */
  lastAskedAt?: Instant | undefined;
  /** Calls into silence so far. */
  sampled: number;
  readonly sheet: Sheet;
  readonly batches: Batch[];
  readonly details: Map<number, Detail>;
  /** What tests of single lines said before they were asked. */
  readonly probes: Map<SubscriberKey, 'good' | 'bad'>;
  isClosableSaid: boolean;
}

const answersKept = 20;

export const newInquiry = (incident: IncidentId, facts: NoticeFacts): Inquiry => ({
  incident,
  facts,
  round: 0,
  phase: 'proving',
  attached: [],
  told: KeyQueue.ofKeys([]),
  sampled: 0,
  sheet: new Sheet(),
  batches: [],
  details: new Map(),
  probes: new Map(),
  isClosableSaid: false,
});

/** The incident was resolved, for the first time or once more. Of more than `askAllUpTo` only some are asked. */
export function beginRound(
  of: Inquiry,
  round: {
    readonly facts: NoticeFacts;
    readonly attached: readonly SubscriberKey[];
    readonly told: readonly Range[];
    readonly of: { readonly columns: SubscriberColumns; readonly version: number } | undefined;
    readonly askAllUpTo: number;
  },
): void {
  const { told, of: base } = round;
  of.facts = round.facts;
  of.round++;
  of.phase = 'proving';
  of.isClosableSaid = false;
  of.attached = [...round.attached];
  of.told = KeyQueue.ofKeys([]);
  of.reserve = undefined;
  if (base === undefined) return;
  if (sizeOf(told) > round.askAllUpTo) of.reserve = new Reserve(told, base.columns, base.version);
  else of.told = KeyQueue.ofRanges(told, base.columns);
}

/** Batches count from 1; 0 is no batch. */
export const batchOf = (of: Inquiry, row: number): Batch | undefined => of.batches[of.sheet.batchOf(row) - 1];

export function detailOf(of: Inquiry, row: number): Detail {
  let detail = of.details.get(row);
  if (detail === undefined) {
    detail = { answers: [] };
    of.details.set(row, detail);
  }
  return detail;
}

/** Keeps the first answer and the latest. */
export function addAnswer(detail: Detail, answer: Detail['answers'][number]): void {
  const { answers } = detail;
  const kept = answers.length < answersKept ? answers : [answers[0]!, ...answers.slice(2)];
  detail.answers = [...kept, answer];
}

/** Takes a mark: it counts after "yes", 0..10, once; a different one soon after takes its place. */
export function rated(of: Inquiry, row: number, rating: NonNullable<Confirmation['rating']>): boolean {
  const state = of.sheet.stateOf(row);
  const { score, cause, at } = rating;
  if (state !== 'CONFIRMED' && state !== 'CLOSED') return false;
  if (!Number.isInteger(score) || score < 0 || score > 10) return false;
  const before = of.details.get(row)?.rating;
  const isSame = before?.score === score && before.cause === cause;
  if (before !== undefined && (at - before.at > correctionMs || isSame)) return false;
  detailOf(of, row).rating = { at, score, cause };
  return true;
}

export function confirmationOf(of: Inquiry, row: number): Confirmation {
  const subscriber = of.sheet.keyOf(row);
  const detail = of.details.get(row);
  return {
    id: confirmationId(of.incident, subscriber),
    incident: of.incident,
    subscriber,
    state: of.sheet.stateOf(row),
    loop: of.sheet.loopOf(row),
    askedAt: batchOf(of, row)?.askedAt,
    answers: detail?.answers ?? [],
    task: detail?.task,
    sampled: of.sheet.has(row, 'sampled') || undefined,
    tries: detail?.tries?.count,
    toRate: detail?.toRate,
    rating: detail?.rating,
  };
}

/** Reminders and expiries do not run while we are down (design L10). */
export function shiftInquiry(of: Inquiry, deltaMs: number): void {
  for (const batch of of.batches) {
    if (batch.remindAt !== undefined) batch.remindAt = instant(batch.remindAt + deltaMs);
    if (batch.expiresAt !== undefined) batch.expiresAt = instant(batch.expiresAt + deltaMs);
  }
}

export interface InquirySnapshot extends Omit<Inquiry, 'told' | 'reserve' | 'sheet' | 'details' | 'probes'> {
  readonly told: KeyQueueSnapshot;
  readonly reserve?: ReserveSnapshot | undefined;
  readonly sheet: SheetSnapshot;
  readonly details: readonly (readonly [number, Detail])[];
  readonly probes: readonly (readonly [SubscriberKey, 'good' | 'bad'])[];
}

export const inquirySnapshot = (
  of: Inquiry,
  newest: SubscriberColumns | undefined,
  version: number,
): InquirySnapshot => ({
  ...of,
  told: of.told.snapshot(newest),
  reserve: of.reserve?.snapshot(newest, version),
  sheet: of.sheet.snapshot(),
  batches: of.batches.map((batch) => ({ ...batch })),
  details: [...of.details].map(([row, detail]) => [row, { ...detail }]),
  probes: [...of.probes],
});

export const restoredInquiry = (
  snapshot: InquirySnapshot,
  newest: SubscriberColumns | undefined,
): Inquiry => ({
  ...snapshot,
  attached: [...snapshot.attached],
  told: KeyQueue.restored(snapshot.told, newest),
  reserve:
    snapshot.reserve === undefined || newest === undefined
      ? undefined
      : Reserve.restored(snapshot.reserve, newest),
  sampled: snapshot.sampled ?? 0,
  sheet: Sheet.restored(snapshot.sheet),
  batches: snapshot.batches.map((batch) => ({ ...batch })),
  details: new Map(snapshot.details.map(([row, detail]) => [row, { ...detail }])),
  probes: new Map(snapshot.probes),
});
