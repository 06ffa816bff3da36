/** Whom an incident touches, one by one, as the API asks for it. */
import type { Instant } from '../../base/instant.ts';
import type { TicketId } from '../../model/ids.ts';
import type { SubscriberClass } from '../../model/incident.ts';
import type { NoticeState } from '../../model/notice.ts';
import type { TicketStatus } from '../../model/ticket.ts';
import type { Listed } from './ports.ts';

export type AffectedLevel = 'proved' | 'inferred' | 'suspected';

/** `notYet`: no notice is planned for them until now; `none`: nobody is told of this incident. */
export interface ToldView {
  readonly state: NoticeState | 'notYet' | 'none';
  readonly reason?: string | undefined;
  readonly channel?: string | undefined;
  readonly at?: Instant | undefined;
}

export interface AffectedView {
  /** The operator's own id. */
  readonly id: string;
  /** Masked, as the telephone number. */
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
  readonly class: SubscriberClass;
  readonly resource: string;
  readonly services: readonly string[];
  readonly level: AffectedLevel;
  readonly since: Instant;
  readonly told: ToldView;
  readonly ticket?: { readonly id: TicketId; readonly status: TicketStatus } | undefined;
}

interface AffectedFilter {
  readonly level?: AffectedLevel | undefined;
  /** A telephone number as people write it, or the operator's own id. */
  readonly find?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export type AffectedList =
  | { readonly kind: 'listed'; readonly page: Listed<AffectedView> }
  | { readonly kind: 'unknown' }
  /** It was measured on another network than the one in force, or the cursor is of one. */
  | { readonly kind: 'otherNetwork' };

export interface AffectedQueries {
  affected(incident: string, filter: AffectedFilter): Promise<AffectedList>;
  /** All of them, read as they are taken. */
  allAffected(
    incident: string,
    level: AffectedLevel | undefined,
  ): Promise<
    AffectedList | { readonly kind: 'pages'; readonly pages: AsyncIterable<readonly AffectedView[]> }
  >;
}
