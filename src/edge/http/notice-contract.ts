/** Notices as the API shows them, and what would be told before a person lets it go. */
import type { NoticeState, NoticeType, SuppressReason } from '../../model/notice.ts';

export interface NoticeJson {
  readonly id: string;
  readonly key: string;
  readonly incident: string;
  readonly subscriber: string;
  readonly channel: string | null;
  readonly type: NoticeType;
  readonly state: NoticeState;
  readonly attempts: number;
  readonly createdAt: string;
  readonly sentAt: string | null;
  /** It was sent again though an earlier try may have arrived. */
  readonly maybeTwice: boolean;
}

/** Notices of one kind that are held or wait to be sent, with one text of them. */
export interface PreviewRowJson {
  readonly type: NoticeType;
  readonly channel: string;
  readonly language: 'ru' | 'en';
  readonly state: 'held' | 'queued';
  readonly count: number;
  /** Fewer than they are where several have one address: each address gets one message, and that is what is paid for. */
  readonly messages: number;
  /** Of one notice; 1 where the channel does not count in parts. */
  readonly parts: number;
  /** null: the policy names no price for the channel. */
  readonly cost: number | null;
  readonly text: string;
}

export interface NoticePreviewJson {
  readonly incident: string;
  /** Why a person must release what is held. */
  readonly guard: 'none' | 'secondPerson' | 'staleInventory' | 'stopAboveShare';
  /** When it leaves by itself; null: never. */
  readonly leavesAt: string | null;
  /** Nothing at all is sent now. */
  readonly stopped: boolean;
  readonly dryRun: boolean;
  readonly rows: readonly PreviewRowJson[];
  /** Who is not told, and why. */
  readonly heldBack: readonly { readonly reason: SuppressReason; readonly count: number }[];
  readonly total: {
    readonly count: number;
    readonly messages: number;
    readonly parts: number;
    readonly cost: number | null;
  };
  /** ISO 4217; null where no price is named. */
  readonly currency: string | null;
}
