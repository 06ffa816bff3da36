/** Questions to the book about what subscribers are owed. */
import type { Listed, PageRequest } from './ports.ts';

export interface CreditQueries {
  credits(filter: { readonly incident?: string | undefined }, page: PageRequest): Promise<Listed<CreditView>>;
  creditTotals(incident: string): Promise<readonly CreditTotalView[]>;
}

/** One step of what a subscriber is owed for one service and incident; amounts in thousandths. */
export interface CreditView {
  readonly key: string;
  readonly at: number;
  readonly incident: string;
  /** The operator's own id; undefined where they were removed. */
  readonly subscriberId?: string | undefined;
  readonly service: string;
  readonly revision: number;
  readonly replaces?: string | undefined;
  readonly rule: string;
  readonly version: string;
  readonly from: number;
  readonly to: number;
  readonly minutes: number;
  readonly amount: number;
  readonly change: number;
  /** Undefined: of one day's fee. */
  readonly currency?: string | undefined;
  readonly state: 'queued' | 'taken' | 'refused';
}

export interface CreditTotalView {
  readonly rule: string;
  readonly version: string;
  readonly currency?: string | undefined;
  readonly amount: number;
  readonly subscribers: number;
  /** Services of subscribers; of these so many were changed, and so many the billing system took or refused. */
  readonly credits: number;
  readonly corrected: number;
  readonly taken: number;
  readonly refused: number;
}
