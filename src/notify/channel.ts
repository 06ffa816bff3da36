/** The port of a channel: a way to tell a subscriber something. */
import type { NoticeType } from '../model/notice.ts';

/** One rendered notice on its way to one address. */
export interface OutgoingNotice {
  /** Stable: hash(incident, subscriber, type, revision, channel) (design L9). */
  readonly key: string;
  /** E.164 number or e-mail address, as the channel needs. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly language: 'ru' | 'en';
  /** The subscriber's id as the operator names it. */
  readonly subscriber: string;
  readonly incident: string;
  readonly type: NoticeType;
}

/** What became of one try. `retry`: the peer may be asked again with the same key; `uncertain`: it may have it already. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly externalId?: string | undefined }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs?: number | undefined;
      readonly uncertain: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** A way to reach subscribers. Edge implements one file a kind; one compliance suite judges all. */
export interface Channel {
  readonly name: string;
  /** Which contact point it needs. */
  readonly address: 'phone' | 'email';
  /** True when the peer drops a second notice with the same key. */
  readonly honoursKey: boolean;
  send(notice: OutgoingNotice): Promise<SendOutcome>;
  close(): Promise<void>;
}
