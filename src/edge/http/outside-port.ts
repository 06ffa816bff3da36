/** What the TM Forum APIs need beyond the other fronts: a place for what others hand in, hubs, the network, line tests. */
import type { HubRecord, OutsideGone, OutsideRecord, OutsideWrite } from '../../model/outside.ts';
import type { ServiceView } from './subscriber-port.ts';

/** Keeps what other systems hand in. The book is one. */
export interface OutsidePort {
  /** `full`: so many of that kind are kept already. */
  keepOutside(write: OutsideWrite): Promise<'kept' | 'full' | 'taken'>;
  /** A record of the daemon's own is hidden from then on. */
  dropOutside(gone: OutsideGone): Promise<void>;
  outside(kind: string, ids: readonly string[]): Promise<readonly OutsideRecord[]>;
  outsideByExternal(kind: string, external: string): Promise<OutsideRecord | undefined>;
  /** Those that are not the daemon's own, newest first; `hidden`: how many of its own are hidden. */
  outsidePage(page: {
    readonly kind: string;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: readonly OutsideRecord[]; readonly total: number; readonly hidden: number }>;
  /** A service of another system's naming (`source`); without a place it ends. `full`: this subscriber has too many. */
  putService(put: {
    readonly subscriber: number;
    readonly source: string;
    readonly service?: ServiceView | undefined;
  }): Promise<'kept' | 'full'>;
  addHub(hub: HubRecord & { readonly at: number; readonly by: string }): Promise<'added' | 'full'>;
  dropHub(gone: {
    readonly id: string;
    readonly api: string;
    readonly at: number;
    readonly by: string;
  }): Promise<boolean>;
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
  /** Who saw it, and as what. */
  readonly device?: string | undefined;
  readonly object?: string | undefined;
}

/** Nothing was asked, and why; or the verdict, which comes within a minute. */
export type LineTest = { readonly reason: string } | { readonly verdict: Promise<LineVerdict> };
