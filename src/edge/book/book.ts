/** The book: everything the line decided and everything about people, in one SQLite file that follows the journal. */

import { mkdir } from 'node:fs/promises';
import type { Parsed } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { Applied } from '../../flow/applied.ts';
import type { ConfirmationId, IncidentId, SubscriberKey } from '../../model/ids.ts';
import type { Incident } from '../../model/incident.ts';
import type { OutsideGone, OutsideWrite } from '../../model/outside.ts';
import type { PublicAlert } from '../../model/public-alert.ts';
import type { SubscriberRow } from '../../model/subscriber.ts';
import type { Task } from '../../model/task.ts';
import * as accounts from './accounts.ts';
import * as affected from './affected.ts';
import * as keys from './api-keys.ts';
import { askedNumbers } from './asked-numbers.ts';
import { questionsTo, whoHas } from './at-phone.ts';
import { auditPage, verifyAudit, writeAudit } from './audit.ts';
import * as changed from './changed-facts.ts';
import * as chats from './chats.ts';
import { type ColumnWish, exportColumns } from './columns.ts';
import { consents, putConsents } from './consents.ts';
import { markFailing, tryAgain } from './contact-points.ts';
import { addContact, contactText, type NewContact } from './contacts.ts';
import * as credits from './credits.ts';
import { deskCounts, dueDeskJobs, settleDesk, ticketInDesk } from './desk-jobs.ts';
import * as deskWords from './desk-words.ts';
import { type Delivery, forgetEarly, receiptCounts } from './early-receipts.ts';
import { type Erasing, erasePerson } from './erasing.ts';
import { dropHookTargets, dueHookJobs, hookCounts, settleHooks } from './hook-jobs.ts';
import { hubNews } from './hub-feed.ts';
import * as hubs from './hubs.ts';
import { findLink, forgetExpired, grantLink, type LinkWish } from './links.ts';
import { migrate } from './migrations.ts';
import { noteChange } from './note-change.ts';
import { addNote, type NewNote, noteTexts } from './notes.ts';
import { forgetParts } from './notice-parts.ts';
import { noticesAhead } from './notice-preview.ts';
import { isSendingStopped, reclaimAll, type Taking, takeDue } from './outbox.ts';
import * as outside from './outside.ts';
import { appliedSequence, project } from './projection.ts';
import { keepAlerts, publicAlerts } from './public-alerts.ts';
import * as queries from './queries.ts';
import { putQuietHours, type QuietChoice } from './quiet-choice.ts';
import { dropReceipts, nextReceipts } from './receipts.ts';
import type {
  AuditEntry,
  ChannelFacts,
  DeskSettlement,
  DeskWordsSettlement,
  HookSettlement,
  PageRequest,
  Settlement,
} from './records.ts';
import {
  dropReplyParts,
  forgetReplyParts,
  type KeptReplyPart,
  keepReplyPart,
  replyParts,
} from './reply-parts.ts';
import { impactRevisions, impactVersions } from './revisions.ts';
import { forgetServices, putService } from './services.ts';
import { noteDeliveries, passSilent, reroute, type Settling, settle } from './settlement.ts';
import { hashEmails } from './shared-points.ts';
import { openSql, type Sql } from './sql.ts';
import { addStranger, type StrangerReply, strangers } from './strangers.ts';
import { beginImport, type ImportMode, ImportSlot, type Removing } from './subscriber-import.ts';
import { findSubscribers, revealSubscriber, type SubscriberQuery, subscriberByKey } from './subscribers.ts';
import { addNotices, holdUndecided, type NoticesAdded, nextTellPages } from './tells.ts';
import * as tickets from './tickets.ts';
import { type UnsubscribingBy, unsubscribe, unsubscription } from './unsubscribing.ts';
import * as users from './users.ts';
import { openVault, type Vault } from './vault.ts';
import { worksHistories, worksTold } from './works-told.ts';

export interface BookOptions {
  /** Folder of `book.sqlite`; made when it is not there. */
  readonly folder: string;
  readonly world: World;
  /** 32 bytes, from `readOrMakeKey`. */
  readonly secretKey: Uint8Array;
}

/** Every call answers a promise of plain data, so that the book may live in a worker (`book-port.ts`). */
export type Book = {
  readonly [Name in keyof Deeds]: (
    ...args: Parameters<Deeds[Name]>
  ) => Promise<Awaited<ReturnType<Deeds[Name]>>>;
};

type Deeds = ReturnType<typeof deedsOf>;

/** A newer book, a damaged file or another key is a problem and leaves the file as it was. */
export async function openBook(options: BookOptions): Promise<Parsed<Book | undefined>> {
  const file = `${options.folder}/book.sqlite`;
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const sql = openSql(file);
  const newer = migrate(sql, file);
  if (newer !== undefined) {
    sql.close();
    return { value: undefined, problems: [newer] };
  }
  const vault = openVault(options.secretKey, options.world);
  const proof = sql.get<{ value: string }>("SELECT value FROM meta WHERE name = 'proof'")?.value;
  if (proof === undefined) sql.run("INSERT INTO meta (name, value) VALUES ('proof', ?)", vault.proof);
  else if (proof !== vault.proof) {
    sql.close();
    const message = 'the book was written with another key';
    const hint = 'put back the key file that belongs to this book; without it contact data cannot be read';
    return {
      value: undefined,
      problems: [{ file, line: 0, column: 0, severity: 'error', code: 'book/other-key', message, hint }],
    };
  }
  hashEmails(sql, vault);
  return { value: asBook(deedsOf(sql, vault, options.world)), problems: [] };
}

function asBook(deeds: Deeds): Book {
  const entries = Object.entries(deeds).map(([name, deed]) => {
    const call = deed as (...args: unknown[]) => unknown;
    return [name, async (...args: unknown[]) => call(...args)];
  });
  return Object.fromEntries(entries) as Book;
}

const deedsOf = (sql: Sql, vault: Vault, world: World) => ({
  ...lineDeeds(sql),
  ...courierDeeds(sql, vault),
  ...deskDeeds(sql, vault),
  ...peopleDeeds(sql, vault, world),
  ...frontDeeds(sql),
  ...outsideDeeds(sql, vault),
  close: (): void => sql.close(),
});

const lineDeeds = (sql: Sql) => ({
  /** Sequence of the last input whose doings are in the book; 0 when empty. */
  applied: () => appliedSequence(sql),
  /** Records, effects and audit rows in one transaction; what was applied before is skipped. */
  project: (batch: readonly Applied[], audit: readonly AuditEntry[] = []) => project(sql, batch, audit),
  audit: (entries: readonly AuditEntry[]) => sql.transaction(() => writeAudit(sql, entries)),
  verifyAudit: () => verifyAudit(sql),
  /** After a restore: what is queued waits for a person, so that nothing is told twice. */
  holdUndecided: () => holdUndecided(sql),
});

const courierDeeds = (sql: Sql, vault: Vault) => ({
  /** The one courier starts: notices a dead one left in flight are queued again or become uncertain. */
  reclaimAll: (channels: readonly ChannelFacts[], now: number) => reclaimAll(sql, channels, now),
  /** Queued notices of channels that are gone go to their next one; answers how many, at most 1,000. */
  reroute: (settling: Settling) => reroute(sql, settling),
  /** Notices without a receipt in their time go on to the next channel, 500 at a call; answers how many were looked at. */
  passSilent: (settling: Settling) => passSilent(sql, settling),
  nextTellPages: (wish: Parameters<typeof nextTellPages>[1]) => nextTellPages(sql, wish),
  /** Pages in the order of their tells, in one transaction. */
  addNotices: (...added: NoticesAdded[]) =>
    sql.transaction(() => {
      for (const one of added) addNotices(sql, one);
    }),
  takeDue: (taking: Taking) => takeDue(sql, vault, taking),
  settle: (results: readonly Settlement[], settling: Settling) => {
    settle(sql, results, settling);
    markFailing(sql, vault, settling.now);
  },
  /** Both in one transaction: a courier under load commits once a window instead of twice. */
  settleAndTake: (results: readonly Settlement[], settling: Settling, taking: Taking) =>
    sql.transaction(() => {
      settle(sql, results, settling);
      markFailing(sql, vault, settling.now);
      return takeDue(sql, vault, { channels: settling.channels, ...taking });
    }),
  noteDeliveries: (deliveries: readonly Delivery[], settling: Settling & { readonly channel: string }) => {
    noteDeliveries(sql, deliveries, settling);
    markFailing(sql, vault, settling.now);
  },
  /** Receipts that wait for their notice, and those of an id that is nobody's. */
  receiptCounts: () => receiptCounts(sql),
  nextReceipts: () => nextReceipts(sql),
  dropReceipts: (upTo: number) => dropReceipts(sql, upTo),
  dueHookJobs: (due: Parameters<typeof dueHookJobs>[1]) => dueHookJobs(sql, due),
  settleHooks: (results: readonly HookSettlement[]) => settleHooks(sql, results),
  dropHookTargets: (targets: readonly string[]) => dropHookTargets(sql, targets),
  hookCounts: () => hookCounts(sql),
  dueCreditPosts: (due: Parameters<typeof credits.dueCreditPosts>[1]) => credits.dueCreditPosts(sql, due),
  settleCreditPosts: (results: readonly HookSettlement[], now: number) =>
    credits.settleCreditPosts(sql, results, now),
  forgetExpired: (now: number) => {
    tryAgain(sql, vault, now);
    return (
      forgetExpired(sql, now) +
      forgetParts(sql, now) +
      forgetServices(sql, now) +
      forgetEarly(sql, now) +
      forgetReplyParts(sql, now)
    );
  },
});

const deskDeeds = (sql: Sql, vault: Vault) => ({
  dueDeskJobs: (due: Parameters<typeof dueDeskJobs>[2]) => dueDeskJobs(sql, vault, due),
  settleDesk: (results: readonly DeskSettlement[]) => settleDesk(sql, results),
  ticketInDesk: (there: Parameters<typeof ticketInDesk>[1]) => ticketInDesk(sql, there),
  deskCounts: () => deskCounts(sql),
  addDeskWords: (words: deskWords.NewDeskWords) => deskWords.addDeskWords(sql, vault, words),
  dueDeskWords: (due: { readonly limit: number; readonly now: number }) =>
    deskWords.dueDeskWords(sql, vault, due),
  settleDeskWords: (results: readonly DeskWordsSettlement[]) => deskWords.settleDeskWords(sql, results),
  keepHeardWords: (heard: Parameters<typeof deskWords.keepHeardWords>[2]) =>
    deskWords.keepHeardWords(sql, vault, heard),
  isHeard: (key: string) => deskWords.isHeard(sql, key),
  deskWordsOf: (ticket: string, most: number) => deskWords.deskWordsOf(sql, vault, ticket, most),
  deskCursor: (desk: string) => deskWords.deskCursor(sql, desk),
  keepDeskCursor: (desk: string, cursor: string) => deskWords.keepDeskCursor(sql, desk, cursor),
});

const peopleDeeds = (sql: Sql, vault: Vault, world: World) => {
  const slot = new ImportSlot();
  return {
    beginImport: (mode: ImportMode) => slot.begin(beginImport(sql, vault, { mode, world })),
    importPage: (rows: readonly SubscriberRow[]) => slot.current.page(rows),
    /** One step of it: `endImport` of subscriber-import.ts takes them all. */
    endImport: (removing: Removing) => slot.end(removing),
    exportColumns: (wish: ColumnWish) => exportColumns(sql, { ...wish, now: world.now() }),
    subscribers: (query: Omit<SubscriberQuery, 'now'>) =>
      findSubscribers(sql, vault, { ...query, now: world.now() }),
    subscriber: (key: number) => subscriberByKey(sql, vault, { key, now: world.now() }),
    whoHas: (phone: string) => whoHas(sql, vault, phone),
    affectedPeople: (of: { readonly incident: string; readonly keys: readonly number[] }) =>
      affected.affectedPeople(sql, vault, { ...of, now: world.now() }),
    putConsents: (put: Parameters<typeof putConsents>[2]) => putConsents(sql, vault, put),
    consents: (key: number) => consents(sql, vault, key),
    putQuietHours: (choice: Omit<QuietChoice, 'now'>) => putQuietHours(sql, { ...choice, now: world.now() }),
    unsubscription: (asked: UnsubscribingBy) => unsubscription(sql, vault, asked),
    unsubscribe: (asked: UnsubscribingBy) => unsubscribe(sql, vault, asked),
    putService: (put: Omit<Parameters<typeof putService>[1], 'now'>) =>
      putService(sql, { ...put, now: world.now() }),
    revealSubscriber: (asked: { readonly key: number; readonly audit: AuditEntry }) =>
      revealSubscriber(sql, vault, asked),
    eraseSubscriber: (erasing: Erasing) => erasePerson(sql, vault, erasing),
    optOut: (key: number, optedOut: boolean) =>
      sql.transaction(() => {
        sql.run('UPDATE subscribers SET opted_out = ? WHERE key = ?', optedOut ? 1 : 0, key);
        noteChange(sql, key);
      }),
    changedFacts: (wish: Parameters<typeof changed.changedFacts>[1]) => changed.changedFacts(sql, wish),
    factsTold: (upTo: number) => changed.factsTold(sql, upTo),
    factsNow: () => changed.factsNow(sql),
    factsCovered: (upTo: changed.FactsNow) => changed.factsCovered(sql, upTo),
    servicesCovered: (upTo: changed.FactsNow) => changed.servicesCovered(sql, upTo),
    addContact: (contact: NewContact) => addContact(sql, vault, contact),
    contactText: (id: string) => contactText(sql, vault, id),
    addNote: (note: NewNote) => addNote(sql, vault, note),
    noteTexts: (ids: readonly string[]) => noteTexts(sql, vault, ids),
    addStranger: (reply: StrangerReply) => addStranger(sql, vault, reply),
    strangers: (request: PageRequest) => strangers(sql, vault, request),
    keepReplyPart: (kept: KeptReplyPart) => keepReplyPart(sql, vault, kept),
    replyParts: (channel: string) => replyParts(sql, vault, channel),
    dropReplyParts: (gone: Parameters<typeof dropReplyParts>[2]) => dropReplyParts(sql, vault, gone),
    putChatCode: (given: Parameters<typeof chats.putChatCode>[1]) => chats.putChatCode(sql, given),
    bindChat: (bind: Parameters<typeof chats.bindChat>[2]) => chats.bindChat(sql, vault, bind),
    unbindChat: (chat: chats.Chat) => chats.unbindChat(sql, vault, chat),
    subscribersOfChat: (chat: chats.Chat) => chats.subscribersOfChat(sql, vault, chat),
    channelMemory: (channel: string) => chats.channelMemory(sql, channel),
    keepChannelMemory: (channel: string, value: string) => chats.keepChannelMemory(sql, channel, value),
    grantLink: (wish: LinkWish) => grantLink(sql, vault, wish),
    findLink: (token: string, now: number) => findLink(sql, token, now),
    users: () => users.users(sql),
    addUser: (user: users.NewUser) => users.addUser(sql, user),
    changeUser: (change: users.AuditedChange) => users.changeUser(sql, change),
    removeUser: (gone: users.Gone) => users.removeUser(sql, gone),
    linkUser: (link: users.NewSignIn) => users.linkUser(sql, world, link),
    releasers: () => users.releasers(sql),
    addKey: (made: keys.NewKey) => keys.addKey(sql, world, made),
    keys: () => keys.keys(sql, world.now()),
    revokeKey: (gone: keys.GoneKey) => keys.revokeKey(sql, gone),
    issueCredential: (made: accounts.NewCredential) => accounts.issueCredential(sql, world, made),
    checkCredential: (asked: Parameters<typeof accounts.checkCredential>[1]) =>
      accounts.checkCredential(sql, asked),
    revokeCredential: (secret: string) => accounts.revokeCredential(sql, secret),
  };
};

const frontDeeds = (sql: Sql) => ({
  publicAlerts: () => publicAlerts(sql),
  keepAlerts: (alerts: readonly PublicAlert[]) => keepAlerts(sql, alerts),
  worksTold: (notices: IncidentId) => worksTold(sql, notices),
  worksHistories: (since: number) => worksHistories(sql, since),
  incidents: (query: PageRequest & { readonly states?: readonly Incident['state'][] | undefined }) =>
    queries.incidents(sql, query),
  incident: (id: string) => queries.incidentById(sql, id),
  incidentKinds: (newest: number) => queries.incidentKinds(sql, newest),
  alarms: (query: Parameters<typeof queries.alarms>[1]) => queries.alarms(sql, query),
  alarm: (id: string) => queries.alarmById(sql, id),
  deadResources: (asked: Parameters<typeof queries.deadResources>[1]) => queries.deadResources(sql, asked),
  notices: (query: queries.NoticeQuery) => queries.notices(sql, query),
  impactRevisions: (incident: string) => impactRevisions(sql, incident),
  impactVersions: (incidents: readonly string[]) => impactVersions(sql, incidents),
  unwrittenOf: (asked: Parameters<typeof affected.unwrittenOf>[1]) => affected.unwrittenOf(sql, asked),
  revisionBefore: (asked: Parameters<typeof affected.revisionBefore>[1]) =>
    affected.revisionBefore(sql, asked),
  tickets: (query: tickets.TicketQuery) => tickets.tickets(sql, query),
  waitingTickets: (request: PageRequest) => tickets.waitingTickets(sql, request),
  ticket: (id: string) => tickets.ticketById(sql, id),
  confirmations: (query: Parameters<typeof queries.confirmations>[1]) => queries.confirmations(sql, query),
  noticesAhead: (incident: string) => noticesAhead(sql, incident),
  credits: (query: credits.CreditQuery) => credits.creditPage(sql, query),
  creditTotals: (incident: string) => credits.creditTotals(sql, incident),
  isSendingStopped: () => isSendingStopped(sql),
  askedNumbers: (ids: readonly ConfirmationId[]) => askedNumbers(sql, ids),
  questionsTo: (people: readonly SubscriberKey[]) => questionsTo(sql, people),
  confirmationCounts: (incident: string) => queries.confirmationCounts(sql, incident),
  confirmation: (id: string) => queries.confirmationById(sql, id),
  tasks: (query: PageRequest & { readonly states?: readonly Task['state'][] | undefined }) =>
    queries.tasks(sql, query),
  task: (id: string) => queries.taskById(sql, id),
  causesNamed: (asked: Parameters<typeof queries.causesNamed>[1]) => queries.causesNamed(sql, asked),
  auditPage: (request: PageRequest) => auditPage(sql, request),
});

const outsideDeeds = (sql: Sql, vault: Vault) => ({
  keepOutside: (write: OutsideWrite) => outside.keepOutside(sql, vault, write),
  dropOutside: (gone: OutsideGone) => outside.dropOutside(sql, vault, gone),
  outside: (kind: string, ids: readonly string[]) => outside.outside(sql, vault, kind, ids),
  outsideByExternal: (kind: string, external: string) =>
    outside.outsideByExternal(sql, vault, kind, external),
  outsidePage: (page: Parameters<typeof outside.outsidePage>[2]) => outside.outsidePage(sql, vault, page),
  addHub: (hub: Parameters<typeof hubs.addHub>[2]) => hubs.addHub(sql, vault, hub),
  hubs: () => hubs.hubs(sql, vault),
  dropHub: (gone: Parameters<typeof hubs.dropHub>[1]) => hubs.dropHub(sql, gone),
  hubNews: (wish: Parameters<typeof hubNews>[2]) => hubNews(sql, vault, wish),
  addHubEvents: (added: Parameters<typeof hubs.addHubEvents>[2]) => hubs.addHubEvents(sql, vault, added),
  dueHubEvents: (due: Parameters<typeof hubs.dueHubEvents>[2]) => hubs.dueHubEvents(sql, vault, due),
  settleHubEvents: (results: readonly HookSettlement[]) => hubs.settleHubEvents(sql, results),
  hubCounts: () => hubs.hubCounts(sql),
});
