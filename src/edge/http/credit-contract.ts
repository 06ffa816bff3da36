/** What subscribers are owed for outages, as /api/v1 speaks of it. */

/** `amount` is what is owed now, `change` by how much that differs from the step that it replaces. */
export interface CreditJson {
  readonly id: string;
  readonly at: string;
  readonly incident: string;
  /** null: removed from the list of subscribers. */
  readonly subscriber: string | null;
  readonly service: string;
  readonly revision: number;
  readonly replaces: string | null;
  readonly rule: string;
  readonly version: string;
  /** The outage of that service; null where it turned out to be none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly minutes: number;
  readonly amount: number;
  readonly change: number;
  /** ISO 4217; null: in fees of a day. */
  readonly currency: string | null;
  readonly billing: 'queued' | 'taken' | 'refused';
}

/** What is owed in the end by one row of the rules. */
export interface CreditTotalJson {
  readonly rule: string;
  readonly version: string;
  readonly amount: number;
  readonly currency: string | null;
  readonly subscribers: number;
  readonly credits: number;
  readonly corrected: number;
  readonly taken: number;
  readonly refused: number;
}

export interface IncidentCreditsJson {
  readonly totals: readonly CreditTotalJson[];
}
