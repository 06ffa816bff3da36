/** What the page of a personal link shows. */
import type { Instant } from '../../base/instant.ts';
import type { Confirmation } from '../../model/confirmation.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { Task } from '../../model/task.ts';
import type { Ticket } from '../../model/ticket.ts';
import type { Language } from './contract.ts';
import type { IncidentView, LinkPurpose } from './ports.ts';

interface QuestionView {
  readonly at: Instant;
  readonly text: string;
  readonly dueAt: Instant;
  readonly answer?: string | undefined;
  readonly answeredAt?: Instant | undefined;
}

interface WorksView {
  readonly from: Instant;
  readonly to: Instant;
  readonly isCancelled: boolean;
  readonly endedAt?: Instant | undefined;
  /** The times they had before they moved. */
  readonly before?: { readonly from: Instant; readonly to: Instant } | undefined;
}

/** What the holder of a link may see: nothing about who they are. */
export interface LinkView {
  readonly purpose: LinkPurpose;
  readonly subscriber: SubscriberKey;
  readonly expiresAt: Instant;
  readonly incident?: IncidentView | undefined;
  readonly confirmation?: Confirmation | undefined;
  /** Of a link in a notice of planned works: what was last told of them. */
  readonly works?: WorksView | undefined;
  readonly ticket?: Ticket | undefined;
  /** Where their line is; it is not shown. */
  readonly resource?: string | undefined;
  /** When a notice of the incident went to them last. */
  readonly lastMessageAt?: Instant | undefined;
  /** They were told that theirs is back while the incident goes on. */
  readonly isBack?: boolean | undefined;
  /** What staff tell whoever reads the ticket. */
  readonly note?: string | undefined;
  readonly questions?: readonly QuestionView[] | undefined;
  /** The call that was promised. */
  readonly task?: Task | undefined;
  /** Can it be solved without a visit? undefined: not known yet. */
  readonly remote?: boolean | undefined;
  readonly language?: Language | undefined;
  /** Their own quiet hours, `22:00-08:00` or `off`. */
  readonly quietHours?: string | undefined;
  /** IANA name for the times on the page; default the machine's. */
  readonly timeZone?: string | undefined;
}
