/** The port of a channel: a way to tell a subscriber something. */
import type { Instant } from '../base/instant.ts';
import type { Answer } from '../model/confirmation.ts';
import type { NoticeType } from '../model/notice.ts';

/** One rendered notice on its way to one address. */
export interface OutgoingNotice {
  /** Stable: hash(incident, subscriber, type, revision, channel) (design L9). */
  readonly key: string;
  /** E.164 number, e-mail address or chat, as the channel needs. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly language: 'ru' | 'en';
  /** The subscriber's id as the operator names it. */
  readonly subscriber: string;
  readonly incident: string;
  readonly type: NoticeType;
  /** Of a question: what its buttons say of it, opaque to the peer. */
  readonly answerToken?: string | undefined;
  /** Of a mail: the address that withdraws its kind of notices by one POST (RFC 8058). */
  readonly unsubscribe?: string | undefined;
  /** After it the notice would be wrong: a peer that can is told to drop it then. */
  readonly notAfter?: Instant | undefined;
}

/** What became of one try. `retry`: the peer may be asked again with the same key; `uncertain`: it may have it already. */
export type SendOutcome =
  | {
      readonly kind: 'sent';
      readonly externalId?: string | undefined;
      /** Where the peer gave each part an id of its own: all of them, the first one as `externalId`. */
      readonly parts?: readonly string[] | undefined;
    }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs?: number | undefined;
      readonly uncertain: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** Nothing reaches this address at all: it is left alone for a time. */
      readonly isDeadContact?: boolean | undefined;
    };

/** What a peer says later of what it took. */
export interface Receipt {
  /** As `sent` named it, or one of its parts. */
  readonly externalId: string;
  readonly state: 'delivered' | 'failed';
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** It failed, and nothing reaches this address at all. */
  readonly isDeadContact?: boolean | undefined;
}

/** What somebody wrote to one of our numbers; every word of it is theirs. */
export interface Reply {
  /** E.164 with `+` where the peer says so much, else as it came. */
  readonly from: string;
  /** Its digits alone, where the peer does not say whether they begin with the code of a country. */
  readonly written?: string | undefined;
  readonly to: string;
  readonly text: string;
  /** A part of it never came: what is left may say the opposite of what was written. */
  readonly isPartial?: boolean | undefined;
  /** `from` is a chat of this channel. */
  readonly isChat?: boolean | undefined;
}

/** A button that somebody pressed. */
export interface Press {
  readonly chat: string;
  readonly token: string;
  readonly answer: Answer;
}

/** A part of what somebody wrote that waits for the others. */
export interface ReplyPart extends Reply {
  /** Names the message among all that wait. */
  readonly message: string;
  readonly part: number;
  readonly total: number;
}

/** Parts that were taken from the peer outlive the process. */
export interface KeptParts {
  /** Resolves when it is kept. */
  keep(part: ReplyPart): Promise<void>;
  all(): Promise<readonly ReplyPart[]>;
  /** All of that message. */
  drop(message: string): Promise<void>;
}

/** For channels that know people by their chats. */
interface ChatInbound {
  /** False for a code that is unknown or old. */
  bind(chat: string, code: string): Promise<boolean>;
  unbind(chat: string): Promise<void>;
  /** False for a question that is over, or that somebody else was asked. */
  press(press: Press): Promise<boolean>;
}

/** A few characters of a channel that outlive the process. */
interface ChannelMemory {
  load(): Promise<string | undefined>;
  keep(value: string): Promise<void>;
}

/** What came to `/gateway/CHANNEL` of the public listener; whether it is the peer's is for the channel to find out. */
export interface Posted {
  /** What the address went on with behind the channel's name; empty when it did not. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** `later`: nothing was kept, and it may be posted again. */
export type PostedAnswer = 'kept' | 'unknown' | 'noTicket' | 'unreadable' | 'later';

/** Where a channel hands in what comes back. Both resolve when it is kept: only then the peer may forget it. */
export interface Inbound {
  receipt(receipt: Receipt): Promise<void>;
  reply(reply: Reply): Promise<void>;
  readonly chats?: ChatInbound | undefined;
  readonly memory?: ChannelMemory | undefined;
  readonly parts?: KeptParts | undefined;
}

export type Address = 'phone' | 'email' | 'chat';

/** A way to reach subscribers. Edge implements one file a kind; one compliance suite judges all. */
export interface Channel {
  readonly name: string;
  /** Which contact point it needs. */
  readonly address: Address;
  /** True when the peer drops a second notice with the same key. */
  readonly honoursKey: boolean;
  send(notice: OutgoingNotice): Promise<SendOutcome>;
  /** Stays with the peer from now on and hands in what it brings; absent where nothing comes back. */
  readonly listen?: ((inbound: Inbound) => void) | undefined;
  /** Receipts of what was delivered come back: silence then says something. */
  readonly givesReceipts?: boolean | undefined;
  /** Takes what a peer posts; absent where nothing is posted. Rejects what could not be kept. */
  readonly posted?: ((post: Posted) => Promise<PostedAnswer>) | undefined;
  /** User name of the bot that people open to have their chat bound. */
  readonly bot?: string | undefined;
  /** What happened to the channel beside its notices, by name. */
  readonly counters?: (() => Readonly<Record<string, number>>) | undefined;
  close(): Promise<void>;
}
