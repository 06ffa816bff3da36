/** The JSON of /api/v1 and /ws as types: what integrators and the pages see. All times are ISO 8601 UTC texts. */

import type { AlarmType } from '../../model/alarm.ts';
import type { Answer, ConfirmationState } from '../../model/confirmation.ts';
import type { Incident, IncidentEvent, ServiceLoss, SubscriberClass } from '../../model/incident.ts';
import type { NoticeTotals } from '../../model/notice.ts';
import type { ObservationSource, PerceivedSeverity } from '../../model/observation.ts';
import type { Task, TaskKind } from '../../model/task.ts';
import type { ContactChannel } from '../../model/ticket.ts';
import type { RevisionJson } from './subscriber-contract.ts';

export type Language = 'ru' | 'en';

/** A page of a list; `next` is handed back as `cursor`. */
export interface ListJson<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly next: string | null;
}

/** RFC 9457 problem details. */
export interface ProblemJson {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

interface CandidateJson {
  readonly root: string;
  readonly kind: string;
  /** Of it and of all that cannot be told apart from it. */
  readonly probability: number;
  readonly indistinguishable?: readonly { readonly root: string; readonly kind: string }[] | undefined;
}

interface IncidentHistoryJson {
  readonly at: string;
  readonly event: IncidentEvent['event'];
  readonly root?: string;
  readonly kind?: string;
  readonly probability?: number;
  readonly by?: string;
}

/** What a person reads about an incident, in one language. */
export interface IncidentWordsJson {
  readonly title: string;
  readonly cause: string;
}

export interface EtrJson {
  readonly from: string;
  readonly to: string;
  readonly source: 'table' | 'history' | 'operator';
  readonly revision: number;
}

/** One incident: the line of `replay --jsonl` and what became of it. */
export interface IncidentJson {
  readonly incident: string;
  readonly id: string;
  readonly kind: string;
  readonly root: string | null;
  readonly probability: number;
  readonly candidates: readonly CandidateJson[];
  readonly state: Incident['state'];
  readonly into: string | null;
  readonly parent: string | null;
  readonly actionable: boolean;
  /** Only subscribers say so. */
  readonly suspected: boolean;
  readonly planned: boolean;
  readonly works: string | null;
  readonly severity: PerceivedSeverity;
  readonly startedAt: string;
  readonly decidedAt: string | null;
  readonly resolvedAt: string | null;
  readonly closedAt: string | null;
  readonly alarms: readonly string[];
  readonly suppressed: number;
  readonly subscribers: number;
  readonly byClass: Readonly<Record<SubscriberClass, number>> | null;
  readonly losses: readonly ServiceLoss[];
  readonly revisions: readonly RevisionJson[];
  /** How sure it is of its subscribers: proved by their own line, inferred from what they hang on, suspected by words. Null in lists. */
  readonly levels: { readonly proved: number; readonly inferred: number; readonly suspected: number } | null;
  readonly affected: Incident['affected'];
  readonly explanation: Readonly<Record<string, unknown>>;
  /** The topology by which its subscribers were counted; null before that. */
  readonly topologyVersion: number | null;
  readonly history: readonly IncidentHistoryJson[];
  /** In the language asked for by Accept-Language. */
  readonly title: string;
  readonly cause: string;
  readonly words: Readonly<Record<Language, IncidentWordsJson>>;
  /** What the kinds of its candidates are called; a kind that no rule names is left out. */
  readonly kinds: Readonly<Record<string, Readonly<Record<Language, string>>>>;
  /** What to do first, step by step; null where no rule says. */
  readonly runbook: Readonly<Record<Language, readonly string[]>> | null;
  readonly etr: EtrJson | null;
  readonly tickets: number;
  /** Messages; several may go to one subscriber. */
  readonly notices: NoticeTotals;
  /** Subscribers who were told that it is out, each once. */
  readonly told: number;
}

/** An incident as the live list shows it: no explanation, no history, no alarm ids, no steps. */
export type IncidentRowJson = Omit<IncidentJson, OfOne> & { readonly alarmCount: number };
type OfOne =
  | 'alarms'
  | 'explanation'
  | 'history'
  | 'affected'
  | 'runbook'
  | 'kinds'
  | 'topologyVersion'
  | 'losses'
  | 'revisions'
  | 'levels';

export interface AlarmJson {
  readonly id: string;
  readonly resource: string;
  readonly cause: string;
  readonly by: string | null;
  readonly alarmType: AlarmType;
  readonly perceivedSeverity: PerceivedSeverity;
  readonly ackState: 'unacknowledged' | 'acknowledged';
  readonly ackBy: string | null;
  readonly shelvedUntil: string | null;
  readonly shelvedBy: string | null;
  /** The end of the alarm ends the shelf, if that is earlier than `shelvedUntil`. */
  readonly shelvedUntilCleared: boolean;
  /** How it came off the shelf; null when it is on it, never was, or came back as a new alarm since. */
  readonly unshelved: { readonly at: string; readonly because: 'expired' | 'cleared' | 'operator' } | null;
  /** What people wrote about it, oldest first; `text` is null where the book has lost it. */
  readonly notes: readonly AlarmNoteJson[];
  readonly noteCount: number;
  readonly flapping: boolean;
  readonly state: 'raised' | 'cleared';
  readonly raisedAt: string;
  readonly changedAt: string;
  readonly clearedAt: string | null;
  readonly clearReason: string | null;
  readonly source: ObservationSource | null;
  readonly sources: readonly ObservationSource[];
  readonly count: number;
  readonly device: string | null;
  readonly incident: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

interface AlarmNoteJson {
  readonly at: string;
  readonly by: string;
  readonly text: string | null;
}

/** An alarm as the live list shows it. */
export type AlarmRowJson = Omit<AlarmJson, 'attributes' | 'sources' | 'alarmType' | 'clearReason' | 'notes'>;

export type {
  AlarmLoadJson,
  FewJson,
  NamedAlarmJson,
  SpanLoadJson,
} from './alarm-load-contract.ts';
export type { CreditJson, CreditTotalJson, IncidentCreditsJson } from './credit-contract.ts';
export type {
  ConflictJson,
  ConflictWordsJson,
  DeviceJson,
  DevicePollingJson,
  FactJson,
  PortTrafficJson,
} from './device-contract.ts';
export type {
  DnsFindingJson,
  DnsJson,
  DnsLatencyJson,
  DnsResolverJson,
  DnsZoneJson,
} from './dns-contract.ts';
export type { NoticeJson, NoticePreviewJson } from './notice-contract.ts';
export type {
  AutomationJson,
  PostsJson,
  RuleFindingJson,
  RulesJson,
  ShadowJson,
  WorksJson,
} from './rules-contract.ts';
export type { KeyJson, SignInLinkJson, UserJson } from './staff-contract.ts';
export type { AffectedJson, ConsentJson, SubscriberJson } from './subscriber-contract.ts';
export type { TicketJson, WaitingQuestionJson } from './ticket-contract.ts';

export interface ConfirmationJson {
  readonly id: string;
  readonly subscriber: string;
  readonly incident: string;
  readonly state: ConfirmationState;
  readonly loop: number;
  readonly askedAt: string | null;
  readonly answers: readonly {
    readonly at: string;
    readonly answer: Answer;
    readonly channel: ContactChannel;
    /** How sure it is, 0..1, where it was read from words; null for a button, a key or a link. */
    readonly sureness: number | null;
  }[];
  readonly rating: { readonly at: string; readonly score: number; readonly cause: string | null } | null;
  /** Whether a mark was asked for, else why not; null before it works. */
  readonly toRate: 'asked' | 'askedLately' | 'complainedLately' | null;
}

/** What was said on a ticket here or in the ticket system; `text` is null where the subscriber was erased. */
export interface TicketNoteJson {
  readonly at: string;
  /** A user of ours; `staff` or `subscriber` of the ticket system. */
  readonly author: string;
  readonly audience: 'subscriber' | 'staff';
  /** `heard`: it came from the ticket system; the others are on their way there, are there, or were not taken. */
  readonly state: 'queued' | 'stored' | 'refused' | 'heard';
  readonly reason: string | null;
  readonly text: string | null;
}

export interface FeedbackCauseJson {
  /** `network`, or `network.speed` below it. */
  readonly id: string;
  readonly name: { readonly ru: string; readonly en: string };
  readonly subscribers: number;
}

export interface TaskJson {
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: Task['state'];
  readonly skill: string;
  readonly ticket: string | null;
  readonly incident: string | null;
  readonly subscriber: string | null;
  readonly assignee: string | null;
  readonly createdAt: string;
  readonly dueAt: string;
  readonly doneAt: string | null;
  readonly outcome: string | null;
  /** Of a call about a low mark: what it was about. */
  readonly cause: string | null;
  /** What the subscriber said since somebody began it. */
  readonly says: Answer | null;
  /** The automation that asked for it, and what it wrote. */
  readonly automation: string | null;
  readonly words: Readonly<Record<Language, string>> | null;
  readonly why: Task['why'];
}

export interface LinkJson {
  readonly url: string;
  readonly token: string;
  readonly expiresAt: string;
}

/** Answer to `POST /api/v1/alarms`: `line` is 1-based. */
export interface IntakeJson {
  readonly accepted: number;
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

export interface StatusJson {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly roles: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
  readonly channels: readonly ChannelJson[];
}

/** A channel's way out; `paused`: its peer does not answer, or asked to be left alone. */
export interface ChannelJson {
  readonly name: string;
  readonly state: 'open' | 'trying' | 'paused';
  /** Until one notice is tried. */
  readonly retryInSeconds: number;
  /** Marked as being sent, each under a lease of 30 s; `window` at most. */
  readonly inFlight: number;
  readonly window: number;
  /** Since the start. */
  readonly sent: number;
  readonly failed: number;
  readonly retried: number;
  /** Questions sent without digits to answer by: too many have the phone, or too many wait there. */
  readonly linkOnly: number;
}

/** Who is signed in and what kind of installation this is. */
export interface SessionJson {
  readonly user: string;
  readonly role: 'viewer' | 'operator' | 'administrator';
  readonly version: string;
  /** The shortened times of a demo; null on a real network. */
  readonly demo: {
    readonly holdMs: number;
    readonly stableForMs: number;
    readonly remindAfterMs: number;
  } | null;
}

/** Counts over everything, also over what the lists do not hold. */
export interface LiveTotalsJson {
  readonly incidentsOpen: number;
  readonly alarmsRaised: number;
  readonly subscribersAffected: number;
  /** Collectors whose sight is lost: what they watch is unknown, not healthy. */
  readonly blindCollectors: readonly string[];
}

/** One thing that changed; whole records, so that a later one replaces an earlier one of the same id. */
export type LiveEventJson =
  | { readonly kind: 'incident'; readonly incident: IncidentRowJson }
  | { readonly kind: 'alarm'; readonly alarm: AlarmRowJson }
  /** The ticket, task or confirmation changed: pages that show it ask again. */
  | {
      readonly kind: 'ticket' | 'task' | 'confirmation';
      readonly id: string;
      readonly incident: string | null;
    };

/** What the server says on /ws. Sequences rise by one an event and never fall, also over a restart. */
export type LiveMessageJson =
  | {
      readonly kind: 'snapshot';
      readonly sequence: number;
      readonly at: string;
      readonly incidents: readonly IncidentRowJson[];
      /** The newest raised alarms; `totals.alarmsRaised` counts all. */
      readonly alarms: readonly AlarmRowJson[];
      readonly totals: LiveTotalsJson;
    }
  | {
      readonly kind: 'events';
      /** Sequence of the newest event up to which this message brings the reader. */
      readonly sequence: number;
      readonly at: string;
      readonly events: readonly LiveEventJson[];
      readonly totals: LiveTotalsJson;
    }
  /** Once a second: the stream lives. */
  | { readonly kind: 'beat'; readonly sequence: number; readonly at: string };

/** What the reader says on /ws, first of all: 0 asks for a snapshot. */
export interface ResumeJson {
  readonly resume: number;
}
