/** What the fronts need from the daemon: the line's entrance, the book's questions, the live feed, who is signed in. */
import type { Instant } from '../../base/instant.ts';
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { Reading } from '../../confirm/confirm.ts';
import type { Applied } from '../../flow/applied.ts';
import type { Input } from '../../flow/input.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { AlarmLoadReport } from '../../model/alarm-load.ts';
import type { AutomationStatus, Words } from '../../model/automation.ts';
import type { Confirmation, ConfirmationState } from '../../model/confirmation.ts';
import type { Conflict, Fact, FactKind } from '../../model/discovered.ts';
import type { DnsView } from '../../model/dns.ts';
import type { FaultGlossary } from '../../model/fault-words.ts';
import type { ConfirmationId, SubscriberKey } from '../../model/ids.ts';
import type { Impact, ImpactRevision, Incident, ServiceLoss, SubscriberClass } from '../../model/incident.ts';
import type { NoticeState, NoticeTotals, NoticeType } from '../../model/notice.ts';
import type { PerceivedSeverity } from '../../model/observation.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { Task } from '../../model/task.ts';
import type { Posted, PostedAnswer } from '../../notify/channel.ts';
import type { PlannedWorks } from '../../topology/topology.ts';
import type { AffectedQueries } from './affected-port.ts';
import type { AreaPort } from './area-port.ts';
import type { CallerPort } from './caller-port.ts';
import type { CreditQueries } from './credit-port.ts';
import type { LinkView } from './link-view.ts';
import type { TicketQueries, TicketView, WaitingQuestion } from './ticket-port.ts';

export type { LinkView, TicketView, WaitingQuestion };

import type {
  Language,
  LiveEventJson,
  LiveMessageJson,
  LiveTotalsJson,
  RulesJson,
  StatusJson,
} from './contract.ts';
import type { ImportOutcome, ImportWish } from './import-port.ts';
import type { NoticePreviewJson } from './notice-contract.ts';
import type { LineTest, NetworkPort, OutsidePort } from './outside-port.ts';
import type { StaffPort } from './staff-port.ts';
import type {
  ConsentQueries,
  ContactView,
  LevelsView,
  PhoneQueries,
  ServiceView,
} from './subscriber-port.ts';

/** A plain record: it is copied, so its functions must not need `this`. */
export interface FrontPorts {
  /** Resolves when the input is durable and applied; rejects when the line takes nothing (full, stopped). */
  submit(input: Input): Promise<Applied>;
  readonly query: BookQueries;
  /** What other systems hand in by the TM Forum APIs. */
  readonly outside: OutsidePort;
  readonly network: NetworkPort;
  /** Asks the equipment how the line at this resource stands. */
  testLine(resource: string): LineTest;
  /** What the telephone system asks. */
  readonly callers: CallerPort;
  /** What everybody may read. */
  readonly areas: AreaPort;
  readonly live: LivePort;
  /** What kinds of faults are called by the rules in force. */
  faults(): FaultGlossary;
  status(): StatusJson;
  noticePreview(incident: string): Promise<NoticePreviewJson>;
  /** True from the moment inputs are taken: `/readyz`. */
  isReady(): boolean;
  /** The DNS platform as it is now; undefined where none is configured. */
  dns(): DnsView | undefined;
  /** What an operator position was shown until now. */
  alarmLoad(): AlarmLoadReport;
  readonly discovered: DiscoveryPort;
  rules(): Promise<RulesJson>;
  /** Of the topology in force. */
  works(): readonly PlannedWorks[];
  /** How each automation stands, and what became of their posts. */
  automations(): readonly (AutomationStatus & { readonly title?: Words | undefined })[];
  posts(): Promise<readonly PostCount[]>;
  /** Of a device's ports, those that carried something. */
  traffic(device: string): Promise<readonly PortTraffic[]>;
  /** Prometheus text format 0.0.4, every name beginning with `allclear_`. */
  metrics(): string;
  /** Reads and checks the configuration again, and applies it when nothing is wrong with it. */
  reload(): Promise<ReloadOutcome>;
  /** The rules that were in force before come back, or what was rolled back; undefined when there are none. */
  rollBackRules(): Promise<ReloadOutcome | undefined>;
  /** Puts on record what a person did beside the line; before it is done, so that nothing done is missing there. */
  record(deed: Deed): Promise<void>;
  /** A list as CSV or JSON; without `apply` it is compared only. `busy`: another one is being taken. */
  importSubscribers(list: string, wish: ImportWish): Promise<ImportOutcome | 'busy'>;
  /** Starts a scenario; undefined on a real network. */
  readonly play?: PlayPort | undefined;
  /** Bots that a subscriber may have news by, and a code to show one of them. */
  readonly chats: ChatPort;
  /** Takes what came to `/gateway/CHANNEL`; rejects what could not be kept. */
  posted(channel: string, post: Posted): Promise<PostedAnswer>;
  readonly access: AccessPort;
  readonly staff: StaffPort;
  /** What links of subscribers begin with, without a slash at the end. */
  readonly publicUrl: string;
  /** Where the console is reached when that is not the listener itself, e.g. `https://noc.isp.example` behind a proxy. */
  readonly consoleUrl?: string | undefined;
  /** Shortened times of the demo; undefined on a real network. */
  readonly demo?:
    | { readonly holdMs: number; readonly stableForMs: number; readonly remindAfterMs: number }
    | undefined;
  /** Reads what subscribers answer in words. */
  readonly answers: AnswersPort;
  readonly world: World;
}

export interface ChatPort {
  /** User names. */
  bots(): readonly string[];
  /** Works once, for a quarter of an hour. */
  code(subscriber: SubscriberKey): Promise<string>;
}

export interface AnswersPort {
  /** `asked`: the questions to this sender that wait for an answer, by what their texts called them. */
  read(text: string, asked?: readonly number[]): Reading;
  /** False: more comes from this sender than a person writes. */
  admits(sender: string): boolean;
}

export type ReloadOutcome =
  | {
      readonly kind: 'applied';
      /** Keys that are different now and come into force with the next start only, e.g. `http`. */
      readonly needsRestart: readonly string[];
      readonly problems: readonly Problem[];
    }
  /** Something is wrong with it: nothing was applied, the running configuration stays. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Sound, but applied in part only, e.g. because the line takes nothing: the same once more completes it. */
  | { readonly kind: 'unfinished'; readonly reason: string };

export interface Deed {
  readonly by: string;
  readonly action:
    | 'reload'
    | 'rollBackRules'
    | 'importSubscribers'
    | 'noteTicket'
    | 'quietHours'
    | 'readStrangers'
    | 'consent';
  readonly target: string;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** What devices say of themselves and of each other, beside the topology that is configured. */
export interface DiscoveryPort {
  /** `device`: facts that name it at either end. */
  facts(
    filter: { device?: string | undefined; kind?: FactKind | undefined },
    page: PageRequest,
  ): Listed<FactView>;
  conflicts(filter: { device?: string | undefined }, page: PageRequest): Listed<Conflict>;
}

export interface FactView extends Fact {
  /** Not said any more for hours. */
  readonly isStale: boolean;
}

export interface PlayPort {
  readonly scenarios: readonly string[];
  play(scenario: string): void;
}

export interface User {
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'administrator';
  /** Proved to be on this machine: may name addresses of it. */
  readonly isOnThisMachine?: boolean | undefined;
}

/** Who may come in. Tokens are compared as hashes, in constant time. */
export interface AccessPort {
  /** `remoteAddress` decides for tokens that are good on loopback only. */
  authenticate(bearerToken: string, remoteAddress: string): Promise<User | undefined>;
  /** Spends a one-time token; the answer's `cookie` is the session's secret. */
  signIn(oneTimeToken: string): Promise<{ readonly cookie: string; readonly expiresAt: Instant } | undefined>;
  session(cookie: string): Promise<User | undefined>;
  signOut(cookie: string): Promise<void>;
}

/** The stream of changes for /ws. `LiveFeed` is one. */
export interface LivePort {
  readonly sequence: number;
  /** Events after that sequence, oldest first; undefined when they are no longer (or not yet) known. */
  since(sequence: number): readonly LiveEventJson[] | undefined;
  snapshot(at: Instant): Extract<LiveMessageJson, { kind: 'snapshot' }>;
  totals(): LiveTotalsJson;
  /** The listener is called at once with each event, in order, and must not throw. Returns the end of it. */
  subscribe(listener: (event: LiveEventJson) => void): () => void;
}

/** Which part of a list: `limit` is 1..1000, `cursor` a `next` of the list before. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** So many of the newest are passed over; without a cursor. */
  readonly offset?: number | undefined;
  /** Every word must occur in what the item's row shows, whatever the case. */
  readonly words?: string | undefined;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Over all pages. */
  readonly total: number;
  readonly next?: string | undefined;
}

interface SubscriberFilter {
  readonly phone?: string | undefined;
  readonly resource?: string | undefined;
  readonly isBusiness?: boolean | undefined;
  /** Without their tickets: lists of thousands. */
  readonly isBrief?: boolean | undefined;
}

/** Questions to the book. Unknown ids answer undefined. Lists are newest first, stable under inserts. */
export interface BookQueries
  extends AffectedQueries,
    ConsentQueries,
    CreditQueries,
    PhoneQueries,
    TicketQueries {
  /** What the answers cost, for /metrics. */
  counters(): Readonly<Record<string, number>>;
  incidents(
    state: 'open' | 'resolved' | 'closed' | undefined,
    page: PageRequest,
  ): Promise<Listed<IncidentView>>;
  incident(id: string): Promise<IncidentView | undefined>;
  alarms(
    filter: { state?: 'raised' | 'cleared' | undefined; incident?: string | undefined },
    page: PageRequest,
  ): Promise<Listed<Alarm>>;
  alarm(id: string): Promise<Alarm | undefined>;
  /** Keeps what a person wrote about an alarm or a ticket and answers the row's id, which the journal may carry. */
  storeNote(text: string): Promise<string>;
  /** What was written, by the ids of the rows. */
  noteTexts(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  notices(
    filter: { incident?: string | undefined; state?: NoticeState | undefined },
    page: PageRequest,
  ): Promise<Listed<NoticeView>>;
  notice(id: string): Promise<NoticeView | undefined>;
  confirmations(
    filter: { incident?: string | undefined; subscriber?: SubscriberKey | undefined },
    page: PageRequest,
  ): Promise<Listed<ConfirmationView>>;
  confirmation(id: string): Promise<ConfirmationView | undefined>;
  /** Of those that were asked while another waited at the same phone: the number in their text. */
  askedNumbers(ids: readonly ConfirmationId[]): Promise<ReadonlyMap<ConfirmationId, number>>;
  /** How many of the incident are in which state. */
  confirmationCounts(incident: string): Promise<Readonly<Partial<Record<ConfirmationState, number>>>>;
  tasks(page: PageRequest): Promise<Listed<TaskView>>;
  task(id: string): Promise<TaskView | undefined>;
  /** By cause, how many subscribers named it since then: with a low mark, or when we called them about one. */
  causesNamed(since: number): Promise<ReadonlyMap<string, number>>;
  /** `phone` as E.164. */
  subscribers(filter: SubscriberFilter, page: PageRequest): Promise<Listed<SubscriberView>>;
  /** By the operator's own id. */
  subscriber(id: string): Promise<SubscriberView | undefined>;
  devices(page: PageRequest): Promise<Listed<DeviceView>>;
  device(id: string): Promise<DeviceView | undefined>;
  /** Everything known of a device now. */
  reading(device: string): Promise<DeviceReading | undefined>;
  /** What a link opens; an expired and an unknown token are both undefined, found in the same time. */
  link(token: string): Promise<LinkView | undefined>;
  makeLink(link: {
    subscriber: SubscriberKey;
    purpose: LinkPurpose;
    incident?: string | undefined;
  }): Promise<{ token: string; expiresAt: Instant }>;
  /** Keeps what a subscriber wrote under the subscriber's own key and answers the row's id, which the journal may carry. */
  storeContact(subscriber: SubscriberKey, text: string): Promise<string>;
  /** What came from numbers that no subscriber has, or very many. */
  strangers(page: PageRequest): Promise<Listed<StrangerView>>;
}

export interface StrangerView {
  readonly at: Instant;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface PostCount {
  readonly target: string;
  readonly state: 'queued' | 'taken' | 'refused';
  readonly count: number;
}

export type LinkPurpose = 'request' | 'confirm';

export interface IncidentView {
  readonly incident: Incident;
  readonly impact?: Impact | undefined;
  /** Highest of its alarms that are raised, else of all it had. */
  readonly severity: PerceivedSeverity;
  /** Subscriber tickets attached. */
  readonly tickets: number;
  readonly notices: NoticeTotals;
  /** Subscribers who were told that it is out, each once. */
  readonly told: number;
  /** What subscribers lost until now, service by service. */
  readonly losses?: readonly ServiceLoss[] | undefined;
  /** How the set of those touched changed, newest first; of one incident only. */
  readonly revisions?: readonly ImpactRevision[] | undefined;
  /** Of one incident only. */
  readonly levels?: LevelsView | undefined;
}

export interface NoticeView {
  readonly id: string;
  readonly key: string;
  readonly incident: string;
  /** The operator's own id. */
  readonly subscriber: string;
  readonly channel?: string | undefined;
  readonly type: NoticeType;
  readonly state: NoticeState;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly sentAt?: Instant | undefined;
  readonly maybeTwice: boolean;
}

export interface ConfirmationView {
  readonly confirmation: Confirmation;
  readonly subscriber: string;
}

export interface TaskView {
  readonly task: Task;
  readonly subscriber?: string | undefined;
}

export interface SubscriberView {
  readonly id: string;
  readonly key: SubscriberKey;
  readonly resource: string;
  readonly class: SubscriberClass;
  readonly language?: Language | undefined;
  /** Already masked, e.g. `+7 *** ***-12-34`. */
  readonly maskedPhone?: string | undefined;
  readonly quietHours?: string | undefined;
  readonly services: readonly string[];
  readonly bindings: readonly ServiceView[];
  /** Masked, the preferred ones of each kind first. */
  readonly contacts: readonly ContactView[];
  readonly openIncident?: string | undefined;
  readonly openTickets: readonly string[];
}

export interface DeviceView {
  readonly id: string;
  readonly address: string;
  readonly profile?: string | undefined;
  readonly state: 'answers' | 'silent' | 'notPolled' | 'unknown';
  readonly lastAnswerAt?: Instant | undefined;
  /** When it is asked next; undefined for one that is not polled. */
  readonly nextPollAt?: Instant | undefined;
  /** How polling it goes; undefined for one that is not polled. */
  readonly polling?: DevicePolling | undefined;
}

interface DevicePolling {
  readonly everyMs: number;
  /** How long after its moment it was asked last. */
  readonly lateMs: number;
  /** Rounds in a row without an answer. */
  readonly silentRounds: number;
  /** What it says instead of an answer. */
  readonly refusal?: string | undefined;
  /** Tables of the last rounds that did not arrive whole; the word of each problem. */
  readonly incomplete: readonly { readonly column: string; readonly problem: string }[];
}

/** What went through a port in the last hour: octets as bit/s, oldest first, NaN where nothing was measured. */
export interface PortTraffic {
  readonly ifIndex: number;
  readonly inBps: readonly number[];
  readonly outBps: readonly number[];
}
