/** What the line may be told, and what a person or a collector may order. */
import type { Reconciliation } from '../alarm/alarm.ts';
import type { Instant } from '../base/instant.ts';
import type { Correction } from '../correlate/correlate.ts';
import type { Bitmap, FullBitmap } from '../model/bitmap.ts';
import type { Answer } from '../model/confirmation.ts';
import type {
  AlarmId,
  ConfirmationId,
  IncidentId,
  StaffId,
  SubscriberKey,
  TaskId,
  TicketId,
} from '../model/ids.ts';
import type { NoticeState, NoticeType } from '../model/notice.ts';
import type { Observation } from '../model/observation.ts';
import type { SubscriberFacts } from '../model/subscriber.ts';
import type { Staff, TaskOutcome } from '../model/task.ts';
import type { ContactChannel, TicketStatus } from '../model/ticket.ts';

/**
 * Everything the line may be told: one closed union. Each becomes a journal record with a sequence and an instant
 * before any room sees it. No personal data, no free text (design L18): those live in the book.
 */
export type Input =
  | ObservationInput
  /** As many observations of one poll as it has children, in one input (design L2). */
  | { readonly kind: 'bitmap'; readonly bitmap: Bitmap }
  /** The answer to `observe`: proof of life, what is down, and of what nothing came. */
  | { readonly kind: 'fullBitmap'; readonly bitmap: FullBitmap }
  /** A new topology with its subscriber columns, both by content hash (design L6). */
  | {
      readonly kind: 'topologyVersion';
      readonly version: number;
      readonly topology: string;
      readonly subscribers: string;
    }
  | { readonly kind: 'command'; readonly by: string; readonly command: Command }
  /** A subscriber turned to us: opens a ticket. `contact` is the book's row with the text. */
  | {
      readonly kind: 'subscriberContact';
      readonly subscriber: SubscriberKey;
      readonly channel: ContactChannel;
      readonly contact: string;
    }
  | {
      readonly kind: 'subscriberReply';
      readonly confirmation: ConfirmationId;
      readonly channel: ContactChannel;
      readonly reply: SubscriberReply;
    }
  /** A subscriber's word about an incident that we told of, or a question. */
  | {
      readonly kind: 'subscriberSays';
      readonly subscriber: SubscriberKey;
      readonly channel: ContactChannel;
      readonly says: SubscriberSays;
    }
  /** What subscribers changed since the columns in force were written; masks by `channels`. At most 1,000. */
  | {
      readonly kind: 'subscriberFacts';
      readonly channels: readonly string[];
      readonly facts: readonly SubscriberFacts[];
    }
  /** The ticket system changed a ticket of ours. */
  | {
      readonly kind: 'deskUpdate';
      readonly ticket: TicketId;
      readonly status?: TicketStatus | undefined;
      readonly external?: string | undefined;
    }
  /** What became of notices, in batches of at most 1,000 (design L14). */
  | {
      readonly kind: 'receipts';
      readonly counts: readonly ReceiptCount[];
      readonly unreachable: readonly ReceiptException[];
    }
  | {
      readonly kind: 'testResult';
      readonly subscriber: SubscriberKey;
      readonly result: 'good' | 'bad' | 'impossible';
    }
  | { readonly kind: 'staffChange'; readonly staff: Staff }
  /** `engine` is the version that this line runs, said so that a replay can name it (design L7). */
  | { readonly kind: 'ruleSet'; readonly rules: string; readonly engine?: string | undefined }
  | { readonly kind: 'automationSet'; readonly automations: string }
  | { readonly kind: 'policy'; readonly policy: string }
  | { readonly kind: 'calendar'; readonly calendar: string }
  /** A look-ahead plan computed beside the line; applied only where task and member are unchanged (design L17). */
  | {
      readonly kind: 'plan';
      readonly basedOn: number;
      readonly assignments: readonly { readonly task: TaskId; readonly staff: StaffId }[];
    }
  /** The rest of work that was cut into slices (design L5). */
  | { readonly kind: 'continue'; readonly rest: Rest }
  /** First input after a stop of that length: asks, reminders and expiries move by it (design L10). */
  | { readonly kind: 'resumed'; readonly stoppedMs: number; readonly engine?: string | undefined }
  | { readonly kind: 'clockStepped'; readonly byMs: number }
  | { readonly kind: 'tick' };

export interface ObservationInput {
  readonly kind: 'observation';
  readonly observation: Observation;
  /** The message it came from, kept for `journal dump`. */
  readonly evidence?: TrapEvidence | SyslogEvidence | undefined;
  /** Place in an ingest spool; the line drops repeats by it (design L12). */
  readonly spool?: { readonly id: string; readonly offset: number } | undefined;
}

/** A notification, whole. */
export interface TrapEvidence {
  /** Not written: it is the kind of a record that names none. */
  readonly kind?: 'trap' | undefined;
  /** `address:port` of the sender. */
  readonly from: string;
  readonly inform: boolean;
  readonly trapOid: string;
  readonly varbinds: readonly {
    readonly oid: string;
    readonly type: string;
    readonly value: string | number;
  }[];
}

/** A syslog message; its words are of a device, not of a person, and at most 1 KiB long. */
export interface SyslogEvidence {
  readonly kind: 'syslog';
  /** `address:port` of the sender. */
  readonly from: string;
  /** Numbers of RFC 5424 section 6.2.1. */
  readonly facility: number;
  readonly severity: number;
  readonly host?: string | undefined;
  readonly app?: string | undefined;
  readonly text: string;
}

export type SubscriberReply =
  | {
      readonly kind: 'answer';
      readonly answer: Answer;
      /** 0..1 and the book row of the text, where the answer was read from words. */
      readonly sureness?: number | undefined;
      readonly contact?: string | undefined;
    }
  /** Words that nobody could make out. */
  | { readonly kind: 'unclear'; readonly contact?: string | undefined }
  | {
      readonly kind: 'rating';
      readonly score: number;
      readonly cause?: string | undefined /** Book row with the comment. */;
      readonly contact?: string | undefined;
    }
  | { readonly kind: 'stop' };

export type SubscriberSays =
  /** The telephone system told the caller of it: evidence, and no ticket. */
  | { readonly kind: 'heard'; readonly incident: IncidentId }
  /** Wants to hear when it is fixed: a ticket of their own below the incident's. */
  | { readonly kind: 'tellMe' }
  /** It is another fault. `contact` is the book's row with what they wrote. */
  | { readonly kind: 'notThis'; readonly incident: IncidentId; readonly contact?: string | undefined }
  | { readonly kind: 'question'; readonly contact: string };

export interface ReceiptCount {
  readonly incident: IncidentId;
  readonly type: NoticeType;
  readonly state: NoticeState;
  readonly count: number;
}

/** A subscriber no channel could reach. */
export interface ReceiptException {
  readonly incident: IncidentId;
  readonly type: NoticeType;
  readonly subscriber: SubscriberKey;
}

/** What a person at the console or an API client may order. */
export type Command =
  | { readonly kind: 'acknowledgeAlarm'; readonly alarm: AlarmId }
  | { readonly kind: 'unacknowledgeAlarm'; readonly alarm: AlarmId }
  /** With `untilCleared` the end of the alarm ends the shelf, if that is earlier. */
  | {
      readonly kind: 'shelveAlarm';
      readonly alarm: AlarmId;
      readonly until: Instant;
      readonly untilCleared?: true | undefined;
    }
  /** `note` is the book's row with what a person wrote. */
  | { readonly kind: 'noteAlarm'; readonly alarm: AlarmId; readonly note: string }
  | { readonly kind: 'clearAlarm'; readonly alarm: AlarmId }
  | { readonly kind: 'setEtr'; readonly incident: IncidentId; readonly from: Instant; readonly to: Instant }
  | Correction
  | { readonly kind: 'approveNotices'; readonly incident: IncidentId }
  | { readonly kind: 'refuseNotices'; readonly incident: IncidentId }
  /** Nothing is sent to any subscriber, until `resumeNotices`. */
  | { readonly kind: 'stopNotices' }
  | { readonly kind: 'resumeNotices' }
  | { readonly kind: 'setTicketStatus'; readonly ticket: TicketId; readonly status: TicketStatus }
  | { readonly kind: 'attachTicket'; readonly ticket: TicketId; readonly incident: IncidentId }
  /** With `notThis` the correlation hears of it, too, and staff look into the case. */
  | { readonly kind: 'detachTicket'; readonly ticket: TicketId; readonly notThis: boolean }
  /** `note` is the book's row with what readers of the ticket are told. */
  | { readonly kind: 'noteTicket'; readonly ticket: TicketId; readonly note: string }
  /** Both are rows of the book. */
  | {
      readonly kind: 'answerQuestion';
      readonly ticket: TicketId;
      readonly question: string;
      readonly answer: string;
    }
  | {
      readonly kind: 'finishTask';
      readonly task: TaskId;
      readonly outcome: TaskOutcome;
      /** Of a call about a low mark: what it was about. */
      readonly cause?: string | undefined;
    }
  | { readonly kind: 'startTask'; readonly task: TaskId }
  | { readonly kind: 'returnTask'; readonly task: TaskId }
  /** A person read the text that an automation drafted, and it goes to all who were told of the incident. */
  | { readonly kind: 'sendDraft'; readonly task: TaskId }
  /** A collector's whole list of active conditions: what is not in it is cleared with reason `reconciled` (design L11). */
  | ({ readonly kind: 'reconcile' } & Reconciliation);

/** Work that is left of a slice; opaque to all but the room that made it. */
export type Rest =
  | { readonly room: 'notify'; readonly token: string }
  | { readonly room: 'confirm'; readonly token: string }
  | { readonly room: 'ticket'; readonly token: string }
  | { readonly room: 'compensate'; readonly token: string };
