/** Notices on their way out: the intent to send is committed before the send, the result after. */

import { instant } from '../../base/instant.ts';
import { confirmationId, type IncidentId, type SubscriberKey } from '../../model/ids.ts';
import { categoryOf, type NoticeState, type NoticeType, questions } from '../../model/notice.ts';
import { digitTypes, numberToAsk } from './asked-numbers.ts';
import { graceAfterStart, type Passing, passOn, unansweredOf } from './chains.ts';
import { chatOf } from './chats.ts';
import { type DueRow, drop, dueRows, isReady, markSending, type Sweep } from './due-rows.ts';
import { grantLinks } from './links.ts';
import { CountChanges } from './notice-counts.ts';
import { writeReceipts } from './receipts.ts';
import type { ChannelFacts, DueNotice, DueNotices } from './records.ts';
import { Gathering } from './shared-points.ts';
import type { Sql } from './sql.ts';
import { type Person, peopleOf } from './subscribers.ts';
import { agreesTo, tellOf } from './tells.ts';
import { unsubscribeToken } from './unsubscribing.ts';
import { nextDueAt } from './urgency.ts';
import type { Vault } from './vault.ts';

export interface NoticeRow {
  readonly row: number;
  readonly key: string;
  readonly chain: number;
  readonly place: number;
  readonly incident: IncidentId;
  readonly subscriber: SubscriberKey;
  readonly type: NoticeType;
  readonly revision: number;
  readonly channel: string;
  readonly state: NoticeState;
  readonly attempts: number;
  /** 1 when an earlier try may have reached the peer. */
  readonly maybe: number;
  /** Sends of which nothing was heard. */
  readonly unanswered: number;
  readonly tell: number;
  readonly due_at: number;
  readonly not_after?: number | undefined;
  /** 0 leaves first. */
  readonly urgency: number;
  /** Where others have the address as well: its keyed hash. */
  readonly point?: Uint8Array | undefined;
  /** The row whose message speaks of this one. */
  readonly lead?: number | undefined;
  /** The end of the quiet hours that it waits for. */
  readonly morning?: number | undefined;
}

export interface Taking {
  readonly channel: ChannelFacts;
  /** All there are, for what this one cannot bring any more; left out: there is no other. */
  readonly channels?: readonly ChannelFacts[] | undefined;
  readonly limit: number;
  readonly now: number;
}

/** The kill switch: what is waiting keeps its place and its time, and what is late meanwhile expires. */
export function setSending(sql: Sql, isStopped: boolean): void {
  sql.run(
    "INSERT INTO meta (name, value) VALUES ('sendingStopped', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    isStopped ? 1 : 0,
  );
}

export const isSendingStopped = (sql: Sql): boolean =>
  sql.get<{ value: number }>("SELECT value FROM meta WHERE name = 'sendingStopped'")?.value === 1;

/** Marks up to `limit` due notices of a channel as being sent, under a lease of 30 s, and answers what sending needs. */
export function takeDue(sql: Sql, vault: Vault, taking: Taking): DueNotices {
  return sql.transaction(() => {
    const counts = new CountChanges();
    const finals = new CountChanges();
    expireStale(sql, { now: taking.now, counts, finals });
    const sweep = { now: taking.now, counts, finals, channels: taking.channels ?? [taking.channel] };
    reclaim(sql, { ...sweep, of: taking.channel.name, leaseBefore: taking.now });
    const taken: DueRow[] = [];
    const gathered = new Gathering(sql, sweep);
    const isStopped = isSendingStopped(sql);
    // Rows that must wait or fall away are looked past, a bounded number of times.
    for (let round = 0; !isStopped && round < 8 && taken.length < taking.limit; round++) {
      const rows = dueRows(sql, taking, taking.limit - taken.length);
      if (rows.length === 0) break;
      const ready = rows.flatMap((row) =>
        row.point !== undefined || row.morning !== undefined
          ? gathered.gather(row)
          : isReady(sql, row, sweep)
            ? [row]
            : [],
      );
      if (ready.length > 0) markSending(sql, ready, sweep);
      taken.push(...ready);
    }
    const people = peopleOf(
      sql,
      vault,
      [...taken, ...gathered.led].map(({ subscriber }) => subscriber),
    );
    const notices = taken.flatMap((row) => {
      const person = people.get(row.subscriber);
      if (row.point === undefined && row.morning === undefined)
        return addressed(sql, vault, { row, taking, sweep, person }) ?? [];
      const led = gathered.ledBy(row);
      const { about, speaks } = gathered.wordsOf(row);
      const notice = addressed(sql, vault, { row: about, taking, sweep, person });
      if (notice === undefined) gathered.release(led);
      if (notice === undefined) return [];
      const others = led.filter(({ subscriber }) => subscriber !== row.subscriber);
      return { ...notice, speaks, others: namesOf(sql, others, { people, taking, sweep }) };
    });
    if (notices.length > 0) grantLinks(sql, notices, taking.now);
    counts.write(sql);
    writeReceipts(sql, finals);
    const next = nextDueAt(sql, taking.channel.name);
    return {
      notices,
      tells: [...new Set(notices.flatMap(jobsOf))].map((job) => ({
        job,
        tell: { ...tellOf(sql, job), except: [] },
      })),
      nextDueAt: next === undefined || isStopped ? undefined : instant(next),
    };
  });
}

const jobsOf = ({ job, speaks = [] }: DueNotice): number[] => [job, ...speaks.map((one) => one.job)];

/**
 * undefined when the addressee has no such address any more, or took the consent to it back since this was planned: the
 * next channel then follows, and only where there is none the notice is suppressed.
 */
function addressed(
  sql: Sql,
  vault: Vault,
  one: {
    readonly row: DueRow;
    readonly taking: Taking;
    readonly sweep: Passing;
    readonly person: Person | undefined;
  },
): DueNotice | undefined {
  const { row, taking, sweep, person } = one;
  const { name, address } = taking.channel;
  const to = address === 'chat' ? chatOf(sql, vault, row.subscriber, name) : person?.contact[address];
  if (person === undefined || to === undefined || !agreesTo(person.agreed, name, row.type)) {
    leaveOut(sql, row, { person, channel: name, sweep });
    return undefined;
  }
  const purpose = questions.includes(row.type) ? 'confirm' : 'request';
  const confirmation = confirmationId(row.incident, row.subscriber);
  return {
    row: row.row,
    key: row.key,
    incident: row.incident,
    subscriber: row.subscriber,
    type: row.type,
    job: row.tell,
    subscriberId: person.id,
    attempts: row.attempts,
    to,
    language: person.language,
    zone: person.zone,
    address: person.contact.address,
    question:
      digitTypes.includes(row.type) && taking.channel.address === 'phone' ? numberToAsk(sql, row) : undefined,
    purpose,
    token: vault.token(confirmation, purpose, taking.channel.address === 'phone'),
    unsubscribe: address === 'email' ? unsubscribeOf(vault, row, taking) : undefined,
    notAfter: row.not_after === undefined ? undefined : instant(row.not_after),
  };
}

/** The next channel follows, if there is one. */
function leaveOut(
  sql: Sql,
  row: DueRow,
  why: { readonly person: Person | undefined; readonly channel: string; readonly sweep: Passing },
): void {
  const { person, channel, sweep } = why;
  const isAgreed = person !== undefined && agreesTo(person.agreed, channel, row.type);
  const reason = person === undefined || isAgreed ? 'noChannel' : 'optedOut';
  drop(sql, row, { from: 'sending', to: 'suppressed', reason, sweep });
  if (person !== undefined) passOn(sql, row, sweep);
}

/** How a message names those it speaks of beside its addressee. */
function namesOf(
  sql: Sql,
  led: readonly DueRow[],
  {
    people,
    taking,
    sweep,
  }: { readonly people: ReadonlyMap<number, Person>; readonly taking: Taking; readonly sweep: Passing },
): string[] | undefined {
  const { name } = taking.channel;
  const names = led.flatMap((row) => {
    const person = people.get(row.subscriber);
    if (person !== undefined && agreesTo(person.agreed, name, row.type))
      return person.contact.address ?? person.id;
    leaveOut(sql, row, { person, channel: name, sweep });
    return [];
  });
  // In the morning somebody may have several notices in one message.
  return names.length === 0 ? undefined : [...new Set(names)];
}

function unsubscribeOf(
  vault: Vault,
  { subscriber, type }: NoticeRow,
  { channel, now }: Taking,
): DueNotice['unsubscribe'] {
  const category = categoryOf(type);
  return { category, token: unsubscribeToken(vault, { subscriber, now, category, channel: channel.name }) };
}

/** A notice after its time is wrong, not late; 1,000 at a call. */
function expireStale(sql: Sql, { now, counts, finals }: Sweep): void {
  const stale = sql.all<NoticeRow>(
    "SELECT * FROM notices WHERE state IN ('queued', 'held') AND not_after IS NOT NULL AND not_after <= ? LIMIT 1000",
    now,
  );
  for (const row of stale)
    drop(sql, row, { from: row.state, to: 'expired', reason: 'late', sweep: { now, counts, finals } });
}

/**
 * Notices whose sender died with the result unknown: sent again with the same key where the channel honours it or its
 * policy says so, else uncertain and shown. Without `of` those of all channels, also of ones that are gone.
 */
function reclaim(
  sql: Sql,
  sweep: Passing & { readonly of?: string | undefined; readonly leaseBefore?: number | undefined },
): void {
  const lost = sql.all<NoticeRow>(
    "SELECT * FROM notices WHERE state = 'sending' AND lease_until < ?",
    sweep.leaseBefore ?? Number.MAX_SAFE_INTEGER,
  );
  for (const row of lost) {
    if (sweep.of !== undefined && row.channel !== sweep.of) continue;
    const channel = sweep.channels.find(({ name }) => name === row.channel);
    const unanswered = row.unanswered + 1;
    const isSentAgain = channel?.honoursKey === true || channel?.uncertain === 'resend';
    const state: NoticeState = isSentAgain && unanswered < unansweredOf(channel) ? 'queued' : 'uncertain';
    sql.run(
      `UPDATE notices SET state = ?, maybe = 1, unanswered = ?, due_at = ?, lease_until = NULL, reason = 'cutOff' WHERE row = ?`,
      ...[state, unanswered, sweep.now, row.row],
    );
    sweep.counts.move(row, 'sending', state);
    if (state !== 'uncertain') continue;
    sweep.finals.add(row.incident, row.type, state);
    if (channel !== undefined && (channel.uncertain ?? 'hold') !== 'hold') passOn(sql, row, sweep);
  }
}

/** For the start of the one courier: whoever was sending before is gone, whatever the leases say. */
export function reclaimAll(sql: Sql, channels: readonly ChannelFacts[], now: number): void {
  sql.transaction(() => {
    const counts = new CountChanges();
    const finals = new CountChanges();
    reclaim(sql, { channels, now, counts, finals });
    graceAfterStart(sql, channels, now);
    counts.write(sql);
    writeReceipts(sql, finals);
  });
}
