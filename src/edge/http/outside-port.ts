/** What the TM Forum APIs need beyond the other fronts: a place for what others hand in, hubs, the network, line tests. */
import type { Instant } from '../../base/instant.ts';

/** What hubs hear of a record from outside. */
export type OutsideNews = 'create' | 'attribute' | 'state' | 'delete';

/** Keeps what other systems hand in. The book is one. */
export interface OutsidePort {
  /** `full`: so many of that kind are kept already. */
  keepOutside(write: {
    readonly kind: string;
    readonly id: string;
    /** It says more of a record of the daemon's own, which has this id. */
    readonly isOwn: boolean;
    /** The sender's own key: it names one record. */
    readonly external?: string | undefined;
    /** JSON. */
    readonly body: string;
    readonly at: Instant;
    readonly by: string;
    readonly news?: OutsideNews | undefined;
    /** Where there is no room the oldest of its kind makes place. */
    readonly replacesOldest?: boolean | undefined;
  }): Promise<'kept' | 'full'>;
  /** A record of the daemon's own is hidden from then on. */
  dropOutside(gone: {
    readonly kind: string;
    readonly id: string;
    readonly isOwn: boolean;
    readonly at: Instant;
    readonly by: string;
  }): Promise<void>;
  outside(kind: string, ids: readonly string[]): Promise<readonly OutsideRecord[]>;
  outsideByExternal(kind: string, external: string): Promise<OutsideRecord | undefined>;
  /** Those that are not the daemon's own, newest first; `hidden`: how many of its own are hidden. */
  outsidePage(page: {
    readonly kind: string;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: readonly OutsideRecord[]; readonly total: number; readonly hidden: number }>;
  addHub(hub: HubRecord & { readonly at: number; readonly by: string }): Promise<'added' | 'full'>;
  dropHub(gone: {
    readonly id: string;
    readonly api: string;
    readonly at: number;
    readonly by: string;
  }): Promise<boolean>;
}

export interface OutsideRecord {
  readonly id: string;
  readonly isOwn: boolean;
  readonly changedAt: number;
  readonly removedAt?: number | undefined;
  readonly body: string;
}

/** A system that asked to be told of the events of one API. */
export interface HubRecord {
  readonly id: string;
  readonly api: string;
  /** What addresses in its events begin with. */
  readonly base: string;
  readonly callback: string;
  /** Which events; empty: all of the API. */
  readonly query: string;
  /** It may be on this machine. */
  readonly isLocal: boolean;
  /** Its events are signed with it. */
  readonly secret: string;
}

/** Of the topology in force. */
export interface NetworkPort {
  /** In the topology's own order. */
  resources(page: { readonly limit: number; readonly offset: number }): {
    readonly items: readonly ResourceView[];
    readonly total: number;
  };
  resource(id: string): ResourceView | undefined;
}

export interface ResourceView {
  readonly id: string;
  readonly kind: string;
  readonly name?: string | undefined;
  /** The parent in each tree. */
  readonly parents: Readonly<Record<string, string>>;
  readonly isLink: boolean;
}

/** What was seen of a line just now; `unknown`: no answer came in time. */
export interface LineVerdict {
  readonly state: 'alive' | 'down' | 'unknown';
  readonly cause?: string | undefined;
}

/** Nothing was asked, and why; or the verdict, which comes within a minute. */
export type LineTest = { readonly reason: string } | { readonly verdict: Promise<LineVerdict> };
