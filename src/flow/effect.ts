/** Effects: notices, tickets and questions that an input leads to. */
import type { WebhookPost } from '../model/automation.ts';
import type { Owed } from '../model/compensation.ts';
import type { IncidentId, TicketId } from '../model/ids.ts';
import type { Measurement } from '../model/measurement.ts';
import type { NoticeType, Tell } from '../model/notice.ts';

/**
 * What the line wants done outside, as data. Nobody performs it inside; it leaves only after its batch is durable
 * (design L3), at least once, with stable keys (L9). Receipts come back as inputs.
 */
export type Effect =
  | { readonly kind: 'tell'; readonly tell: Tell }
  /** Lets go what waits for a second person. */
  | { readonly kind: 'release'; readonly incident: IncidentId }
  /** Takes back what was not sent yet: a notice of an outage that is over is wrong, not late. */
  | { readonly kind: 'withdraw'; readonly incident: IncidentId; readonly types: readonly NoticeType[] }
  /** Nothing leaves any more until somebody says otherwise; what is waiting keeps its time. */
  | { readonly kind: 'sending'; readonly isStopped: boolean }
  /** Opens or updates our ticket in the ticket system; idempotent by ticket id. */
  | { readonly kind: 'desk'; readonly ticket: TicketId }
  /** What subscribers are owed for an outage now: the book says what is new about it to the billing system. */
  | { readonly kind: 'owe'; readonly owed: Owed }
  /** A message of an automation to a system of the operator's. */
  | { readonly kind: 'webhook'; readonly post: WebhookPost }
  /**
   * Collectors ask at once how everything below these places stands and answer with full bitmaps (design L2). Not kept:
   * what a restart loses is decided without an answer, for the question would come too late.
   */
  | { readonly kind: 'observe'; readonly measurement: Measurement };
