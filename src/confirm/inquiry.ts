/** All confirmations about one incident: who is still to be asked, the rows, and the batches they were asked in. */
import { type Instant, instant } from '../base/instant.ts';
import type { Answer, Confirmation } from '../model/confirmation.ts';
import { confirmationId, type IncidentId, type SubscriberKey, type TaskId } from '../model/ids.ts';
import { KeyQueue, type KeyQueueSnapshot } from '../model/key-queue.ts';
import type { NoticeFacts } from '../model/notice.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { ContactChannel } from '../model/ticket.ts';
import { Sheet, type SheetSnapshot } from './sheet.ts';

/** Rows [from, to) asked together, of one time zone. */
export interface Batch {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly round: number;
  readonly zone?: string | undefined;
  /** Reminders sent. */
  reminders: number;
  askedAt?: Instant | undefined;
  remindAt?: Instant | undefined;
  expiresAt?: Instant | undefined;
}

/** What only those have who answered or were worked for. */
export interface Detail {
  answers: readonly { readonly at: Instant; readonly answer: Answer; readonly channel: ContactChannel }[];
  rating?: Confirmation['rating'];
  task?: TaskId | undefined;
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
  readonly sheet: Sheet;
  readonly batches: Batch[];
  readonly details: Map<number, Detail>;
  /** What tests of single lines said before they were asked. */
  readonly probes: Map<SubscriberKey, 'good' | 'bad'>;
  isClosableSaid: boolean;
}

const answersKept = 20;
/** An answer this soon after the one before is a correction of it, not a second opinion. */
export const correctionMs = 10 * 60_000;

export const newInquiry = (incident: IncidentId, facts: NoticeFacts): Inquiry => ({
  incident,
  facts,
  round: 0,
  phase: 'proving',
  attached: [],
  told: KeyQueue.ofKeys([]),
  sheet: new Sheet(),
  batches: [],
  details: new Map(),
  probes: new Map(),
  isClosableSaid: false,
});

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

/** A mark counts after "yes", 0..10, once; a different one soon after takes its place. */
export function mayRate(of: Inquiry, row: number, rating: NonNullable<Confirmation['rating']>): boolean {
  const state = of.sheet.stateOf(row);
  const { score, cause, at } = rating;
  if (state !== 'CONFIRMED' && state !== 'CLOSED') return false;
  if (!Number.isInteger(score) || score < 0 || score > 10) return false;
  const before = of.details.get(row)?.rating;
  if (before === undefined) return true;
  return at - before.at <= correctionMs && (before.score !== score || before.cause !== cause);
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

export interface InquirySnapshot extends Omit<Inquiry, 'told' | 'sheet' | 'details' | 'probes'> {
  readonly told: KeyQueueSnapshot;
  readonly sheet: SheetSnapshot;
  readonly details: readonly (readonly [number, Detail])[];
  readonly probes: readonly (readonly [SubscriberKey, 'good' | 'bad'])[];
}

export const inquirySnapshot = (of: Inquiry, newest: SubscriberColumns | undefined): InquirySnapshot => ({
  ...of,
  told: of.told.snapshot(newest),
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
  sheet: Sheet.restored(snapshot.sheet),
  batches: snapshot.batches.map((batch) => ({ ...batch })),
  details: new Map(snapshot.details.map(([row, detail]) => [row, { ...detail }])),
  probes: new Map(snapshot.probes),
});
