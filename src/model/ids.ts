/** Branded names of things; all are made, none is drawn (design L9). */

/** Id of a resource or link of the topology, or `device/if/ifIndex` for one it does not hold. */
export type ResourceId = string & { readonly __id: 'resource' };
/** Made from (resource, cause, by). */
export type AlarmId = string & { readonly __id: 'alarm' };
/** `<line>.<epoch>.<sequence>[.n]` (design L9), as are ticket and task ids. */
export type IncidentId = string & { readonly __id: 'incident' };
export type TicketId = string & { readonly __id: 'ticket' };
export type TaskId = string & { readonly __id: 'task' };
/** `<incident>:<subscriber key>`. */
export type ConfirmationId = string & { readonly __id: 'confirmation' };
export type StaffId = string & { readonly __id: 'staff' };
/** 32-bit key of a subscriber, given by the book, stable over imports (design L6). */
export type SubscriberKey = number & { readonly __id: 'subscriber-key' };

export const resourceId = (text: string): ResourceId => text as ResourceId;
export const subscriberKey = (key: number): SubscriberKey => key as SubscriberKey;

/** The alarm's identity (X.733 managed object, cause, and the end that reports it); parts are escaped so that it is unambiguous. */
export function alarmId(resource: string, cause: string, by: string | undefined): AlarmId {
  return `${part(resource)}~${part(cause)}${by === undefined ? '' : `~${part(by)}`}` as AlarmId;
}

/** Most parts hold nothing to escape, and identities are made several times an alarm. */
const part = (text: string): string =>
  text.includes('%') || text.includes('~') ? text.replaceAll('%', '%25').replaceAll('~', '%7E') : text;

/** What notices of planned works are told under. */
export const worksNoticesId = (works: string): IncidentId => `works:${works}` as IncidentId;
export const isOfWorks = (id: IncidentId): boolean => id.startsWith('works:');

export const confirmationId = (incident: IncidentId, subscriber: SubscriberKey): ConfirmationId =>
  `${incident}:${subscriber}` as ConfirmationId;

/** The two halves of a confirmation's id; undefined for what is none. */
export function askedOnce(
  id: ConfirmationId,
): { readonly incident: IncidentId; readonly subscriber: SubscriberKey } | undefined {
  const cut = id.lastIndexOf(':');
  const key = id.slice(cut + 1);
  if (cut <= 0 || !/^\d{1,10}$/.test(key)) return undefined;
  return { incident: id.slice(0, cut) as IncidentId, subscriber: Number(key) as SubscriberKey };
}

/** Makes the ids of one input: the first is `<line>.<epoch>.<sequence>`, later ones get `.1`, `.2`, .. */
export interface IdSource {
  next(): string;
}

/** Half-open span of subscriber numbers. */
export interface SubscriberRange {
  readonly from: number;
  readonly to: number;
}
