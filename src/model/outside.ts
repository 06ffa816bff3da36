/** What other systems hand in to be kept as theirs, and the hubs by which they ask to be told of changes. */
import type { Instant } from '../base/instant.ts';

/** What became of a record from outside. */
export type OutsideNews = 'create' | 'attribute' | 'state' | 'delete';

/** What another system handed in, to be kept. */
export interface OutsideWrite {
  /** The resource's name in its API. */
  readonly kind: string;
  readonly id: string;
  /** It says more of a record of our own, which has this id. */
  readonly isOwn: boolean;
  /** The sender's own key: it names one record. Undefined leaves the one that is held, null takes it away. */
  readonly external?: string | null | undefined;
  /** JSON. */
  readonly body: string;
  readonly at: Instant;
  readonly by: string;
  /** What the hubs hear of it. */
  readonly news?: OutsideNews | undefined;
  /** Where there is no room the oldest of its kind makes place. */
  readonly replacesOldest?: boolean | undefined;
}

export type OutsideGone = Pick<OutsideWrite, 'kind' | 'id' | 'isOwn' | 'at' | 'by'>;

export interface OutsideRecord {
  readonly id: string;
  readonly isOwn: boolean;
  readonly changedAt: number;
  /** Of a record of our own: since then it is hidden. */
  readonly removedAt?: number | undefined;
  readonly body: string;
}

/** A change that hubs may want to hear of. */
export interface HubNews {
  readonly row: number;
  readonly at: number;
  /** `alarm`, `incident`, `ticket` with the record before and after; else a kind of records from outside. */
  readonly kind: string;
  readonly id: string;
  readonly news?: OutsideNews | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Of one from outside, as it was then: JSON. */
  readonly body?: string | undefined;
}

/** A system that asked to be told of the events of one API. */
export interface HubRecord {
  readonly id: string;
  readonly api: string;
  /** What addresses in its events begin with. */
  readonly base: string;
  /** Where it asked, below /tmf-api: it is told in the words of that version. Empty: the first of the API. */
  readonly mount: string;
  readonly callback: string;
  /** Which events; empty: all of the API. */
  readonly query: string;
  /** It may be on this machine. */
  readonly isLocal: boolean;
  /** Its events are signed with it. */
  readonly secret: string;
}
