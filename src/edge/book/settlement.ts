/** Results of sending: written in groups; what failed goes to the next channel, what no channel takes is reported. */
import { neverHappens } from '../../base/fault.ts';
import type { NoticeState } from '../../model/notice.ts';
import {
  mayHaveArrived,
  type Passing,
  passOn,
  passOnSilent,
  stopFurther,
  triesPerChannel,
  unansweredOf,
} from './chains.ts';
import { noteArrival, noteBounce } from './contact-points.ts';
import { type Delivery, idsWithEarly, parkEarly, takeEarly } from './early-receipts.ts';
import { CountChanges } from './notice-counts.ts';
import { dropParts, keepParts, notePart } from './notice-parts.ts';
import type { NoticeRow } from './outbox.ts';
import { writeReceipts, writeUnreachable } from './receipts.ts';
import type { ChannelFacts, Settlement } from './records.ts';
import { ledBy } from './shared-points.ts';
import type { Sql } from './sql.ts';

export interface Settling {
  readonly channels: readonly ChannelFacts[];
  readonly now: number;
}

type Books = Passing;

/** A row that is no longer being sent (its lease ran out, it was settled before) is left as it is. */
export function settle(sql: Sql, settled: readonly Settlement[], settling: Settling): void {
  sql.transaction(() => {
    const books: Books = { ...settling, counts: new CountChanges(), finals: new CountChanges() };
    const rows = sendingRows(
      sql,
      settled.map(({ row }) => row),
    );
    const early = idsWithEarly(
      sql,
      [...rows.values()].map(({ channel }) => channel),
      settled.flatMap((result) => (result.kind === 'sent' ? idsOf(result) : [])),
    );
    const results = [...settled, ...ofThoseLed(sql, rows, settled)];
    const sent: [number, string | undefined, number | undefined][] = [];
    const inParts: { row: number; channel: string; parts: readonly string[] }[] = [];
    for (const result of results) {
      const row = rows.get(result.row);
      if (row === undefined) continue;
      if (result.kind === 'sent' && !idsOf(result).some((id) => early.has(id))) {
        sent.push([row.row, result.externalId, awaitedUntil(row, result, books)]);
        if (result.parts !== undefined)
          inParts.push({ row: row.row, channel: row.channel, parts: result.parts });
        note(books, row, 'sent');
      } else settleOne(sql, row, { result, books });
    }
    markSent(sql, sent, books);
    releaseIds(sql, [...rows.values()], results);
    keepParts(sql, inParts, books.now);
    books.counts.write(sql);
    writeReceipts(sql, books.finals);
  });
}

/** What became of a message became of everybody whom it speaks of; receipts know the row that carried it alone. */
function ofThoseLed(
  sql: Sql,
  rows: Map<number, NoticeRow>,
  settled: readonly Settlement[],
): readonly Settlement[] {
  const results = new Map(settled.map((result) => [result.row, result]));
  return ledBy(sql, [...rows.values()]).flatMap((row): readonly Settlement[] => {
    const result = results.get(row.lead!);
    if (result === undefined || row.state !== 'sending') return [];
    rows.set(row.row, row);
    return [result.kind === 'sent' ? { kind: 'sent', row: row.row } : { ...result, row: row.row }];
  });
}

function sendingRows(sql: Sql, numbers: readonly number[]): Map<number, NoticeRow> {
  const rows = sql.all<NoticeRow>(
    "SELECT * FROM notices WHERE row IN (SELECT value FROM json_each(?)) AND state = 'sending'",
    JSON.stringify(numbers),
  );
  return new Map(rows.map((row) => [row.row, row]));
}

type Sent = Extract<Settlement, { kind: 'sent' }>;

const idsOf = ({ externalId, parts }: Sent): readonly string[] =>
  parts ?? (externalId === undefined ? [] : [externalId]);

/** An id that a centre gives again is no longer that of the part which had it before. */
function releaseIds(sql: Sql, rows: readonly NoticeRow[], results: readonly Settlement[]): void {
  const ids = results.flatMap((one) => (one.kind === 'sent' && one.parts === undefined ? idsOf(one) : []));
  for (const channel of new Set(rows.map((row) => row.channel))) dropParts(sql, channel, ids);
}

/** When silence of a channel that gives receipts says something; without an id no receipt is known again. */
function awaitedUntil(row: NoticeRow, { externalId }: Sent, { channels, now }: Books): number | undefined {
  const within = channels.find(({ name }) => name === row.channel)?.receiptWithinMs;
  return within === undefined || externalId === undefined ? undefined : now + within;
}

function markSent(
  sql: Sql,
  sent: readonly (readonly [number, string | undefined, number | undefined])[],
  { channels, now }: Books,
): void {
  if (sent.length === 0) return;
  const folding = channels.flatMap(({ name, honoursKey }) => (honoursKey ? [name] : []));
  sql.run(
    // A peer that honours the key dropped what it had already.
    `UPDATE notices SET maybe = iif(channel IN (SELECT value FROM json_each(?)), 0, maybe), state = 'sent', attempts = attempts + 1, sent_at = ?, external_id = one.value ->> 1,
       await_until = one.value ->> 2, lease_until = NULL, reason = NULL FROM json_each(?) AS one WHERE notices.row = one.value ->> 0`,
    ...[JSON.stringify(folding), now, JSON.stringify(sent)],
  );
}

function settleOne(sql: Sql, row: NoticeRow, { result, books }: { result: Settlement; books: Books }): void {
  switch (result.kind) {
    case 'sent': {
      const early = earlyOf(sql, row, { sent: result, now: books.now });
      markSent(sql, [[row.row, result.externalId, undefined]], books);
      if (early?.state === 'delivered')
        sql.run("UPDATE notices SET state = 'delivered' WHERE row = ?", row.row);
      note(books, row, early?.state === 'delivered' ? 'delivered' : 'sent');
      if (early?.state === 'failed') {
        const { reason = 'notDelivered', isDeadContact } = early;
        fail(sql, { ...row, state: 'sent' }, { reason, isDeadContact, books });
      }
      return;
    }
    case 'unsent':
      requeue(sql, row, { at: result.at, attempts: row.attempts, maybe: row.maybe, reason: undefined });
      books.counts.move(row, 'sending', 'queued');
      return;
    case 'retry':
      tryAgain(sql, row, { result, books });
      return;
    case 'failed':
      fail(sql, row, { reason: result.reason, books, isDeadContact: result.isDeadContact });
      return;
    default:
      neverHappens(result);
  }
}

type Retry = Extract<Settlement, { kind: 'retry' }>;

function tryAgain(sql: Sql, before: NoticeRow, { result, books }: { result: Retry; books: Books }): void {
  const { at, reason, uncertain } = result;
  const unanswered = before.unanswered + (uncertain ? 1 : 0);
  const row = { ...before, unanswered, maybe: uncertain ? 1 : before.maybe };
  const attempts = row.attempts + 1;
  const channel = books.channels.find(({ name }) => name === row.channel);
  if (row.not_after !== undefined && at >= row.not_after) {
    close(sql, row, { state: row.maybe === 1 ? 'uncertain' : 'expired', reason, books });
  } else if (uncertain && unanswered >= unansweredOf(channel)) {
    close(sql, row, { state: 'uncertain', reason, books });
    if ((channel?.uncertain ?? 'hold') !== 'hold') passOn(sql, row, books);
  } else if (attempts >= triesPerChannel) fail(sql, row, { reason, books });
  else {
    requeue(sql, row, { at, attempts, maybe: row.maybe, reason });
    books.counts.move(row, 'sending', 'queued');
  }
}

/**
 * Queued notices of a channel that is no longer configured go to the next one, 1,000 at a call; answers how many. Held
 * ones wait for their second person first.
 */
export function reroute(sql: Sql, settling: Settling): number {
  return sql.transaction(() => {
    const books: Books = { ...settling, counts: new CountChanges(), finals: new CountChanges() };
    const rows = sql.all<NoticeRow>(
      "SELECT * FROM notices WHERE state = 'queued' AND channel NOT IN (SELECT value FROM json_each(?)) LIMIT 1000",
      JSON.stringify(settling.channels.map(({ name }) => name)),
    );
    for (const row of rows) fail(sql, row, { reason: 'noSuchChannel', books });
    books.counts.write(sql);
    writeReceipts(sql, books.finals);
    return rows.length;
  });
}

function requeue(
  sql: Sql,
  row: NoticeRow,
  next: { at: number; attempts: number; maybe: number; reason: string | undefined },
): void {
  sql.run(
    `UPDATE notices SET state = 'queued', due_at = ?, attempts = ?, maybe = ?, unanswered = ?, reason = ?, lease_until = NULL
     WHERE row = ?`,
    ...[next.at, next.attempts, next.maybe, row.unanswered, next.reason, row.row],
  );
}

interface Ending {
  readonly reason: string;
  readonly books: Books;
  readonly isDeadContact?: boolean | undefined;
}

/** Nobody is missed: the next channel follows even where this one may have worked; that one is then shown as uncertain. */
function fail(sql: Sql, row: NoticeRow, { reason, books, isDeadContact }: Ending): void {
  close(sql, row, { state: row.maybe === 1 ? 'uncertain' : 'failed', reason, books });
  const kind = books.channels.find(({ name }) => name === row.channel)?.address;
  if (kind !== undefined && kind !== 'chat')
    noteBounce(sql, { subscriber: row.subscriber, kind, reason, isDeadContact });
  if (!passOn(sql, row, books) && row.maybe === 0 && !mayHaveArrived(sql, row)) writeUnreachable(sql, row);
}

/** Answers how many notices had no receipt in their time; of 500 there may be more. */
export function passSilent(sql: Sql, settling: Settling): number {
  return sql.transaction(() =>
    passOnSilent(sql, { ...settling, counts: new CountChanges(), finals: new CountChanges() }),
  );
}

function close(sql: Sql, row: NoticeRow, ending: Ending & { readonly state: NoticeState }): void {
  sql.run(
    `UPDATE notices SET state = ?, reason = ?, attempts = attempts + 1, maybe = ?, unanswered = ?, lease_until = NULL,
       await_until = NULL WHERE row = ?`,
    ...[ending.state, ending.reason, row.maybe, row.unanswered, row.row],
  );
  note(ending.books, row, ending.state);
}

function note(books: Books, row: NoticeRow, state: NoticeState): void {
  books.counts.move(row, row.state, state);
  books.finals.add(row.incident, row.type, state);
}

/** Receipts of a gateway: repeated, reordered or early ones change nothing for the worse; `delivered` is final. */
export function noteDeliveries(
  sql: Sql,
  deliveries: readonly Delivery[],
  settling: Settling & { readonly channel: string },
): void {
  sql.transaction(() => {
    const books: Books = { ...settling, counts: new CountChanges(), finals: new CountChanges() };
    for (const delivery of deliveries) {
      const { externalId } = delivery;
      const part = notePart(sql, { ...delivery, channel: settling.channel });
      const state = part === undefined ? delivery.state : part.state;
      if (state === undefined) continue;
      const row =
        part === undefined
          ? sql.get<NoticeRow>(
              // A centre that gives an id again means the newer message.
              'SELECT * FROM notices WHERE channel = ? AND external_id = ? ORDER BY row DESC LIMIT 1',
              ...[settling.channel, externalId],
            )
          : sql.get<NoticeRow>('SELECT * FROM notices WHERE row = ?', part.notice);
      if (row === undefined)
        parkEarly(sql, { ...delivery, state, channel: settling.channel, now: settling.now });
      else
        for (const one of [row, ...ledBy(sql, [row])]) noteDelivery(sql, one, { ...delivery, state, books });
    }
    books.counts.write(sql);
    writeReceipts(sql, books.finals);
  });
}

function noteDelivery(
  sql: Sql,
  row: NoticeRow,
  {
    state,
    reason = 'notDelivered',
    isDeadContact,
    books,
  }: Omit<Delivery, 'externalId'> & { readonly books: Books },
): void {
  if (state === 'delivered' && ['sent', 'failed', 'uncertain'].includes(row.state)) {
    sql.run(
      "UPDATE notices SET state = 'delivered', reason = NULL, await_until = NULL WHERE row = ?",
      row.row,
    );
    note(books, row, 'delivered');
    const kind = books.channels.find(({ name }) => name === row.channel)?.address;
    if (kind !== undefined && kind !== 'chat') noteArrival(sql, row.subscriber, kind);
    stopFurther(sql, row, books);
  } else if (state === 'failed' && row.state === 'sent') fail(sql, row, { reason, books, isDeadContact });
}

/** What receipts said before the answer to the send came; of a notice in parts, all that there are. */
function earlyOf(
  sql: Sql,
  row: NoticeRow,
  { sent, now }: { sent: Sent; now: number },
): Omit<Delivery, 'externalId'> | undefined {
  const { channel } = row;
  const { parts } = sent;
  if (parts === undefined) return takeEarly(sql, channel, { externalId: sent.externalId, now });
  keepParts(sql, [{ row: row.row, channel, parts }], now);
  let whole: Omit<Delivery, 'externalId'> | undefined;
  for (const externalId of parts) {
    const early = takeEarly(sql, channel, { externalId, now });
    if (early === undefined) continue;
    const state = notePart(sql, { channel, externalId, state: early.state })?.state;
    whole = state === undefined ? undefined : { ...early, state };
  }
  return whole;
}
