/** The book's tables, as ordered steps that only go forward; a newer book is refused before it is touched. */
import type { Problem } from '../../base/problem.ts';
import type { Sql } from './sql.ts';

const records = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('applied', 0);
CREATE TABLE alarms (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, state TEXT NOT NULL, incident TEXT, severity INTEGER NOT NULL,
  record TEXT NOT NULL);
CREATE INDEX alarms_by_state ON alarms (state);
CREATE INDEX alarms_by_incident ON alarms (incident, state, severity) WHERE incident IS NOT NULL;
CREATE TABLE incidents (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE impacts (incident TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX incidents_by_state ON incidents (state);
CREATE TABLE tickets (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, status TEXT NOT NULL, incident TEXT,
  subscriber INTEGER, external TEXT, record TEXT NOT NULL);
CREATE INDEX tickets_by_incident ON tickets (incident, subscriber);
CREATE INDEX tickets_by_subscriber ON tickets (subscriber) WHERE subscriber IS NOT NULL;
CREATE TABLE confirmations (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, state TEXT NOT NULL, incident TEXT NOT NULL,
  subscriber INTEGER NOT NULL, record TEXT NOT NULL);
CREATE INDEX confirmations_by_incident ON confirmations (incident);
CREATE INDEX confirmations_by_subscriber ON confirmations (subscriber);
CREATE TABLE tasks (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX tasks_by_state ON tasks (state);
CREATE TABLE audit (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
  detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
`;

// A key stands for its notice because notices_once does; an index of its own would cost a random page for every notice.
// A notice's chain is its first row and the rows on further channels; "place" counts them, "chain" is the first row's number.
const outbox = `
CREATE TABLE tells (row INTEGER PRIMARY KEY, incident TEXT NOT NULL, type TEXT NOT NULL, tell TEXT NOT NULL,
  next INTEGER NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE INDEX tells_open ON tells (row) WHERE state = 'open';
CREATE INDEX tells_by_incident ON tells (incident);
CREATE TABLE notices (row INTEGER PRIMARY KEY, key TEXT NOT NULL, chain INTEGER NOT NULL, place INTEGER NOT NULL,
  incident TEXT NOT NULL, subscriber INTEGER NOT NULL, type TEXT NOT NULL, revision INTEGER NOT NULL, channel TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT, attempts INTEGER NOT NULL DEFAULT 0, maybe INTEGER NOT NULL DEFAULT 0, tell INTEGER NOT NULL,
  created_at INTEGER NOT NULL, sent_at INTEGER, due_at INTEGER NOT NULL, not_after INTEGER, lease_until INTEGER, external_id TEXT);
CREATE UNIQUE INDEX notices_once ON notices (incident, subscriber, type, revision, place);
CREATE INDEX notices_due ON notices (channel, due_at, row) WHERE state = 'queued';
CREATE INDEX notices_sending ON notices (lease_until) WHERE state = 'sending';
CREATE INDEX notices_waiting ON notices (not_after) WHERE state IN ('queued', 'held') AND not_after IS NOT NULL;
CREATE INDEX notices_external ON notices (channel, external_id) WHERE external_id IS NOT NULL;
CREATE TABLE notice_counts (incident TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (incident, type, state)) WITHOUT ROWID;
CREATE TABLE receipts (row INTEGER PRIMARY KEY, incident TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL,
  subscriber INTEGER);
CREATE TABLE early_receipts (channel TEXT NOT NULL, external_id TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (channel, external_id)) WITHOUT ROWID;
CREATE TABLE desk_jobs (ticket TEXT PRIMARY KEY, state TEXT NOT NULL, version INTEGER NOT NULL, attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL, reason TEXT) WITHOUT ROWID;
CREATE INDEX desk_due ON desk_jobs (due_at) WHERE state = 'queued';
CREATE TABLE links (hash BLOB PRIMARY KEY, incident TEXT NOT NULL, subscriber INTEGER NOT NULL, purpose TEXT NOT NULL,
  expires_at INTEGER NOT NULL) WITHOUT ROWID;
`;

const people = `
CREATE TABLE subscribers (key INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, resource TEXT NOT NULL, class TEXT NOT NULL,
  language TEXT NOT NULL, zone TEXT NOT NULL, consent TEXT NOT NULL, reach INTEGER NOT NULL, opted_out INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0, digest BLOB NOT NULL, data_key BLOB, contact BLOB, phone_hash BLOB);
CREATE INDEX subscribers_by_resource ON subscribers (resource);
CREATE INDEX subscribers_by_phone ON subscribers (phone_hash) WHERE phone_hash IS NOT NULL;
CREATE TABLE contacts (id TEXT PRIMARY KEY, subscriber INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX contacts_by_subscriber ON contacts (subscriber);
CREATE TABLE users (name TEXT PRIMARY KEY, role TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE credentials (hash BLOB PRIMARY KEY, kind TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, label TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER) WITHOUT ROWID;
`;

const notes = `
CREATE TABLE notes (id TEXT PRIMARY KEY, at INTEGER NOT NULL, data_key BLOB NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
`;

const hooks = `
CREATE TABLE hook_jobs (row INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, post TEXT NOT NULL,
  attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, created_at INTEGER NOT NULL, reason TEXT);
CREATE INDEX hooks_due ON hook_jobs (target, due_at, row) WHERE state = 'queued';
`;

const merged = `
CREATE INDEX incidents_merged ON incidents (record ->> 'into') WHERE state = 'merged';
`;

const parts = `
CREATE TABLE notice_parts (channel TEXT NOT NULL, external_id TEXT NOT NULL, notice INTEGER NOT NULL, state TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (channel, external_id)) WITHOUT ROWID;
CREATE INDEX notice_parts_by_notice ON notice_parts (notice);
CREATE INDEX notice_parts_by_age ON notice_parts (at);
`;

// Numbers of news are never given again: the keys of events are made of them.
const tmForum = `
CREATE TABLE outside (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, external BLOB, is_own INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, removed_at INTEGER, data_key BLOB NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX outside_by_id ON outside (kind, id);
CREATE UNIQUE INDEX outside_by_external ON outside (kind, external) WHERE external IS NOT NULL;
CREATE TABLE hubs (row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, api TEXT NOT NULL, base TEXT NOT NULL, callback TEXT NOT NULL,
  query TEXT NOT NULL, is_local INTEGER NOT NULL, data_key BLOB NOT NULL, secret BLOB NOT NULL);
CREATE TABLE hub_feed (row INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, news TEXT,
  before TEXT, after TEXT, data_key BLOB, body BLOB);
CREATE TABLE hub_jobs (row INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, hub TEXT NOT NULL, state TEXT NOT NULL, post BLOB,
  attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, created_at INTEGER NOT NULL, reason TEXT);
CREATE INDEX hub_jobs_due ON hub_jobs (hub, row) WHERE state = 'queued';
`;

const strangers = `
CREATE TABLE strangers (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, data_key BLOB NOT NULL, body BLOB NOT NULL);
`;

// Only of questions that were asked while another waited at the same phone.
const numbers = `
CREATE TABLE asked_numbers (subscriber INTEGER NOT NULL, incident TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (subscriber, incident)) WITHOUT ROWID;
`;

// `services` names those at the subscriber's own resource, empty where it is the one that everybody has; the table holds
// those elsewhere, for a time, or of another system (`source`). `withheld` is what of `consents` holds now. A contact point
// has a row where it is a further one, or something is known of it; the first ones stand with their subscriber.
const subscribed = `
ALTER TABLE subscribers ADD COLUMN services TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN moved_at INTEGER;
ALTER TABLE subscribers ADD COLUMN withheld TEXT NOT NULL DEFAULT '';
CREATE TABLE services (row INTEGER PRIMARY KEY, subscriber INTEGER NOT NULL, service TEXT NOT NULL, resource TEXT NOT NULL,
  from_at INTEGER, to_at INTEGER, source TEXT NOT NULL);
CREATE INDEX services_by_subscriber ON services (subscriber);
CREATE INDEX services_by_resource ON services (resource);
CREATE TABLE contact_points (subscriber INTEGER NOT NULL, hash BLOB NOT NULL, kind TEXT NOT NULL, place INTEGER NOT NULL,
  state TEXT NOT NULL, bounces INTEGER NOT NULL DEFAULT 0, changed_at INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (subscriber, hash)) WITHOUT ROWID;
CREATE INDEX contact_points_by_hash ON contact_points (hash);
CREATE TABLE bounces (subscriber INTEGER NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (subscriber, kind)) WITHOUT ROWID;
CREATE TABLE consents (row INTEGER PRIMARY KEY, subscriber INTEGER NOT NULL, category TEXT NOT NULL, channel TEXT NOT NULL,
  state TEXT NOT NULL, basis TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, evidence BLOB NOT NULL);
CREATE INDEX consents_by_subscriber ON consents (subscriber);
CREATE TABLE impact_revisions (incident TEXT NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL, subscribers INTEGER NOT NULL,
  joined INTEGER NOT NULL, gone INTEGER NOT NULL, ranges TEXT NOT NULL, PRIMARY KEY (incident, revision)) WITHOUT ROWID;
`;

const chains = `
ALTER TABLE notices ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN await_until INTEGER;
CREATE INDEX notices_awaiting ON notices (await_until) WHERE state = 'sent' AND await_until IS NOT NULL;
CREATE INDEX notices_further ON notices (incident, chain) WHERE place > 0;
`;

const bots = `
CREATE TABLE chats (subscriber INTEGER NOT NULL, channel TEXT NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (subscriber, channel)) WITHOUT ROWID;
CREATE INDEX chats_by_hash ON chats (channel, hash);
CREATE TABLE chat_codes (hash BLOB PRIMARY KEY, subscriber INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX chat_codes_by_subscriber ON chat_codes (subscriber);
CREATE TABLE channel_memory (channel TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

// The same text onto many tickets has one key for each. What the desk's people and subscribers wrote there has theirs.
const desks = `
CREATE TABLE desk_words (row INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, ticket TEXT NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL,
  audience TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, reason TEXT, contact TEXT,
  data_key BLOB, body BLOB);
CREATE INDEX desk_words_by_ticket ON desk_words (ticket, row);
CREATE INDEX desk_words_due ON desk_words (due_at) WHERE state = 'queued';
CREATE INDEX tickets_by_external ON tickets (external) WHERE external IS NOT NULL;
`;

const outsideByOwner = `
CREATE INDEX outside_by_owner ON outside (kind, is_own);
`;

// What is asked with every result of sending, or each hour, of tables that grow with the subscribers.
const contactIndexes = `
CREATE INDEX bounces_often ON bounces (n) WHERE n >= 3;
CREATE INDEX contact_points_failing ON contact_points (changed_at) WHERE state = 'failing';
CREATE INDEX services_ended ON services (to_at) WHERE to_at IS NOT NULL;
`;

// Few: those that were sent again and may have come twice.
const uncertainTries = `
CREATE INDEX notices_maybe ON notices (incident) WHERE maybe = 1;
`;

// Nobody ever had a password. Who is disabled stays known by name, so that the record of what they did stays true.
const staffAccounts = `
DROP TABLE users;
CREATE TABLE users (name TEXT PRIMARY KEY, folded TEXT UNIQUE NOT NULL, role TEXT NOT NULL, language TEXT NOT NULL,
  created_at INTEGER NOT NULL, disabled_at INTEGER, signed_in_at INTEGER) WITHOUT ROWID;
ALTER TABLE credentials ADD COLUMN used_at INTEGER;
UPDATE credentials SET role = CASE role WHEN 'admin' THEN 'administrator'
  WHEN 'lead' THEN 'operator' WHEN 'noc' THEN 'operator' WHEN 'agent' THEN 'operator' ELSE 'viewer' END;
CREATE INDEX credentials_by_user ON credentials (user);
`;

// Incidents' tickets go first, and none of the others is looked at to find them.
const deskOrder = `
ALTER TABLE desk_jobs ADD COLUMN below INTEGER NOT NULL DEFAULT 0;
UPDATE desk_jobs SET below = 1 WHERE ticket IN (SELECT id FROM tickets WHERE subscriber IS NOT NULL);
DROP INDEX desk_due;
CREATE INDEX desk_due ON desk_jobs (below, due_at) WHERE state = 'queued';
`;

// 2 is the least urgent (urgency.ts).
const urgencies = `
ALTER TABLE notices ADD COLUMN urgency INTEGER NOT NULL DEFAULT 2;
DROP INDEX notices_due;
CREATE INDEX notices_due ON notices (channel, urgency, due_at, row) WHERE state = 'queued';
`;

// A list of very many tickets is walked in the order of their times; few have a question that waits.
const ticketTimes = `
ALTER TABLE tickets ADD COLUMN due_at INTEGER NOT NULL DEFAULT 9007199254740991;
ALTER TABLE tickets ADD COLUMN asked_at INTEGER;
UPDATE tickets SET due_at = record ->> 'expectedResolutionAt' WHERE record ->> 'expectedResolutionAt' IS NOT NULL;
UPDATE tickets SET asked_at = (SELECT min(value ->> 'at') FROM json_each(record, '$.questions') WHERE value ->> 'answer' IS NULL)
  WHERE status NOT IN ('closed', 'cancelled', 'rejected') AND record ->> 'questions' IS NOT NULL;
CREATE INDEX tickets_by_due ON tickets (due_at, row, status, incident);
CREATE INDEX tickets_asked ON tickets (asked_at, row) WHERE asked_at IS NOT NULL;
`;

// Whose facts the line has beside its columns, or does not know yet.
const changedFacts = `
CREATE TABLE changed_facts (subscriber INTEGER PRIMARY KEY, seq INTEGER NOT NULL, told INTEGER NOT NULL);
CREATE INDEX changed_facts_seq ON changed_facts (seq);
CREATE INDEX changed_facts_untold ON changed_facts (seq) WHERE told = 0;
`;

// Who asked before there was a choice is told in the words of the first.
const hubMounts = `
ALTER TABLE hubs ADD COLUMN mount TEXT NOT NULL DEFAULT '';
`;

// 'shares': somebody else has one of these points as well. A notice has a point only there, and 'lead' where the message of
// another row speaks of it. Hashes of e-mail addresses come with the next list, or with hashEmails.
const sharedPoints = `
ALTER TABLE subscribers ADD COLUMN email_hash BLOB;
ALTER TABLE subscribers ADD COLUMN shares INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subscribers_by_email ON subscribers (email_hash) WHERE email_hash IS NOT NULL;
ALTER TABLE notices ADD COLUMN point BLOB;
ALTER TABLE notices ADD COLUMN lead INTEGER;
CREATE INDEX notices_by_point ON notices (point, incident, type, revision) WHERE point IS NOT NULL;
CREATE INDEX notices_led ON notices (lead) WHERE lead IS NOT NULL;
UPDATE subscribers SET shares = 1 WHERE phone_hash IN
  (SELECT phone_hash FROM subscribers WHERE phone_hash IS NOT NULL GROUP BY phone_hash HAVING count(*) > 1)
  OR phone_hash IN (SELECT hash FROM contact_points);
UPDATE subscribers SET shares = 1 WHERE key IN (SELECT p.subscriber FROM contact_points AS p WHERE EXISTS
  (SELECT 1 FROM subscribers AS s WHERE s.phone_hash = p.hash AND s.key <> p.subscriber)
  OR EXISTS (SELECT 1 FROM contact_points AS o WHERE o.hash = p.hash AND o.subscriber <> p.subscriber));
`;

// When what everybody may read of an incident became another: its set of people, or its expected time.
const impactVersions = `
CREATE TABLE impact_versions (incident TEXT NOT NULL, at INTEGER NOT NULL, subscribers INTEGER NOT NULL, PRIMARY KEY (incident, at)) WITHOUT ROWID;
INSERT OR IGNORE INTO impact_versions SELECT incident, at, subscribers FROM impact_revisions;
`;

// Why a message failed whose send was not settled yet.
const earlyReasons = `
ALTER TABLE early_receipts ADD COLUMN reason TEXT;
ALTER TABLE early_receipts ADD COLUMN dead INTEGER NOT NULL DEFAULT 0;
`;

// What is owed, as it changed: 'change' of all rows of one subscriber, service and incident is what is owed in the end.
// 'post' is the message by which the billing system was told; amounts are thousandths of 'currency', '' for a day's fee.
const credits = `
CREATE TABLE credits (row INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL, incident TEXT NOT NULL, subscriber INTEGER NOT NULL,
  service TEXT NOT NULL, revision INTEGER NOT NULL, replaces TEXT, rule TEXT NOT NULL, version TEXT NOT NULL, class TEXT NOT NULL,
  kind TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, minutes INTEGER NOT NULL, amount INTEGER NOT NULL,
  change INTEGER NOT NULL, currency TEXT NOT NULL, post INTEGER);
CREATE UNIQUE INDEX credits_once ON credits (incident, subscriber, service, revision);
CREATE INDEX credits_unsent ON credits (row) WHERE post IS NULL;
CREATE INDEX credits_by_post ON credits (post) WHERE post IS NOT NULL;
CREATE TABLE credit_posts (row INTEGER PRIMARY KEY, key TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL,
  reason TEXT);
CREATE INDEX credit_posts_due ON credit_posts (due_at, row) WHERE state <> 'taken';
`;

// Of one outage the numbers rise with time.
const publicAlerts = `
CREATE TABLE public_alerts (row INTEGER PRIMARY KEY AUTOINCREMENT, outage TEXT NOT NULL, revision INTEGER NOT NULL,
  is_cancel INTEGER NOT NULL, record TEXT NOT NULL, UNIQUE (outage, revision));
`;

const replyParts = `
CREATE TABLE reply_parts (row INTEGER PRIMARY KEY, channel TEXT NOT NULL, message BLOB NOT NULL, part INTEGER NOT NULL, at INTEGER NOT NULL,
  data_key BLOB NOT NULL, body BLOB NOT NULL, UNIQUE (channel, message, part));
`;

// What waits for the end of the quiet hours, until when: all of one morning leaves as one message (morning-digest.ts).
const mornings = `
ALTER TABLE notices ADD COLUMN morning INTEGER;
CREATE INDEX notices_mornings ON notices (subscriber, channel) WHERE state = 'queued' AND morning IS NOT NULL;
`;

// What somebody chose, and what the list said last: a choice is not undone by a list that says what it said before.
const quietChoices = `
ALTER TABLE subscribers ADD COLUMN quiet TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN quiet_listed TEXT NOT NULL DEFAULT '';
CREATE INDEX subscribers_quiet ON subscribers (key) WHERE quiet <> '';
`;

// Of very many few have a mark, and of these few a cause.
const causes = `
CREATE INDEX confirmations_caused ON confirmations (record ->> '$.rating.at') WHERE record ->> '$.rating.cause' IS NOT NULL;
CREATE INDEX tasks_caused ON tasks (record ->> '$.doneAt') WHERE record ->> '$.cause' IS NOT NULL;
`;

// Below which ticket the desk has one: the one that it hangs below here, as far as was known until then.
const deskLinks = `
ALTER TABLE desk_jobs ADD COLUMN linked TEXT;
UPDATE desk_jobs SET linked = (SELECT p.external FROM tickets AS t JOIN tickets AS p ON p.id = t.record ->> 'parent'
  WHERE t.id = desk_jobs.ticket) WHERE state = 'stored';
`;

// A page of an incident's list reads that page, however many are owed.
const creditsByIncident = 'CREATE INDEX credits_by_incident ON credits (incident, row)';

const steps: readonly string[] = [
  records + outbox + people,
  notes,
  hooks,
  merged,
  parts,
  tmForum,
  strangers,
  numbers,
  subscribed,
  chains,
  bots,
  desks,
  outsideByOwner,
  contactIndexes,
  uncertainTries,
  staffAccounts,
  deskOrder,
  urgencies,
  ticketTimes,
  changedFacts,
  hubMounts,
  sharedPoints,
  impactVersions,
  earlyReasons,
  credits,
  publicAlerts,
  replyParts,
  mornings,
  quietChoices,
  causes,
  deskLinks,
  creditsByIncident,
];

export const bookVersion = steps.length;

/** Brings the book to this version, each step in a transaction of its own. `to`: to an earlier one, as programs of then had it. */
export function migrate(sql: Sql, file: string, to = bookVersion): Problem | undefined {
  const version = sql.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  if (version > steps.length) {
    return {
      file,
      line: 0,
      column: 0,
      severity: 'error',
      code: 'book/newer',
      message: `the book has format ${version}, this program knows formats up to ${steps.length}; nothing was changed`,
      hint: 'start the newer program, or restore a backup made by this one',
    };
  }
  for (let next = version; next < to; next++) {
    sql.transaction(() => {
      sql.exec(steps[next]!);
      sql.exec(`PRAGMA user_version = ${next + 1}`);
    });
  }
  return undefined;
}
