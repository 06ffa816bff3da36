/** TMF621 trouble ticket: our tickets, tickets that other systems open for our subscribers, and tickets about others. */
import type { TicketId } from '../../../model/ids.ts';
import { isOver, type Ticket, type TicketStatus, ticketStatuses } from '../../../model/ticket.ts';
import type { SubscriberView, TicketView } from '../ports.ts';
import { iso } from '../views.ts';
import { order } from './alarm.ts';
import { compact, type Document, documentsIn, isDocument, textOf } from './document.ts';
import { allVerbs, type Context, type Created, eventsOf, type Kind } from './kind.ts';
import { conflict, type Refusal, wrongField } from './refusal.ts';
import { shape } from './shape.ts';
import { changedStatus, firstStatus } from './status.ts';

const longestDescription = 10_000;
const ways: readonly string[] = ['phone', 'chat', 'mail', 'web'];

export const ticketKind: Kind = {
  name: 'troubleTicket',
  type: 'TroubleTicket',
  verbs: allVerbs,
  words: ['description', 'name', 'note', 'attachment', 'statusChangeReason'],
  shape: shape(
    {
      text: 'description externalId name priority severity statusChangeReason ticketType status',
      time: 'creationDate expectedResolutionDate lastUpdate requestedResolutionDate resolutionDate statusChangeDate',
      object: 'channel',
      list: 'attachment note relatedEntity relatedParty statusChange troubleTicketRelationship',
    },
    {
      mandatory: ['description', 'severity', 'ticketType'],
      words: { status: ticketStatuses },
      parts: { relatedEntity: ['id', 'role'], relatedParty: ['id'], channel: ['id'] },
    },
  ),
  fixed: ['creationDate', 'lastUpdate', 'statusChange', 'statusChangeDate'],
  state: 'status',
  external: 'externalId',
  events: eventsOf('TroubleTicket', ['create', 'attribute', 'status', 'delete', 'resolved']),
  filled(sent, { at }) {
    const filled = firstStatus(sent, at);
    return { statusChange: [{ status: filled['status'], changeDate: at }], ...filled };
  },
  renewed(before, after, { at }) {
    const { statusChange = [], ...renewed } = changedStatus(before, after, at) as Document & {
      readonly statusChange?: readonly Document[];
    };
    const { status, statusChangeReason: changeReason } = after;
    if (status === before['status']) return { ...renewed, statusChange };
    return { ...renewed, statusChange: [...statusChange, compact({ status, changeReason, changeDate: at })] };
  },
  create: open,
  own: {
    live: ['status', 'statusChange', 'statusChangeDate', 'creationDate', 'lastUpdate', 'resolutionDate'],
    async list({ limit, offset }, context) {
      const { items, total } = await context.ports.query.tickets({}, { limit, offset });
      return { items: items.map((view) => documentOf(view, context)), total };
    },
    async get(id, context) {
      const view = await context.ports.query.ticket(id);
      return view === undefined ? undefined : documentOf(view, context);
    },
    async change(changed, own, context) {
      const { status } = changed;
      if (status === undefined) return wrongField(Object.keys(changed)[0] ?? '', 'follows the status');
      return setStatus(own['id'] as TicketId, status as TicketStatus, context);
    },
    async remove(own, context) {
      if (isOver({ status: own['status'] as TicketStatus })) return undefined;
      return setStatus(own['id'] as TicketId, 'cancelled', context);
    },
    heard: {
      change: 'ticket',
      async document(record, context) {
        const ticket = record as Ticket;
        const view = await context.ports.query.ticket(ticket.id);
        return documentOf({ ...view, ticket }, context);
      },
    },
  },
};

/** The ticket room decides whether the ticket may stand so. */
async function setStatus(id: TicketId, status: TicketStatus, context: Context): Promise<Refusal | undefined> {
  await order({ kind: 'setTicketStatus', ticket: id, status }, context);
  const now = (await context.ports.query.ticket(id))?.ticket.status;
  return now === status ? undefined : conflict(`The ticket is ${now}; it does not become ${status}.`);
}

function documentOf({ ticket, subscriber, description }: TicketView, { href }: Context): Document {
  const { id, incident, parent, history } = ticket;
  const last = history.at(-1);
  return compact({
    id,
    description: description ?? (incident === undefined ? 'no text' : `Incident ${incident}`),
    // Neither is held on a ticket: the incident has a severity, the kind is all that is known of the type.
    severity: 'indeterminate',
    ticketType: ticket.kind === 'incident' ? 'incident' : 'complaint',
    status: ticket.status,
    statusChangeDate: iso(last?.at ?? ticket.openedAt),
    statusChangeReason: last?.reason,
    statusChange: history.map(({ at, status, reason }) => ({
      ...{ status, changeDate: iso(at), changeReason: reason },
    })),
    creationDate: iso(ticket.openedAt),
    lastUpdate: iso(last?.at ?? ticket.openedAt),
    resolutionDate: ticket.resolvedAt === undefined ? undefined : iso(ticket.resolvedAt),
    expectedResolutionDate:
      ticket.expectedResolutionAt === undefined ? undefined : iso(ticket.expectedResolutionAt),
    channel: ticket.channel === undefined ? undefined : { id: ticket.channel, name: ticket.channel },
    relatedEntity:
      incident === undefined
        ? undefined
        : [
            {
              ...{ id: incident, href: href('serviceProblem', incident), role: 'cause' },
              '@referredType': 'ServiceProblem',
            },
          ],
    relatedParty:
      subscriber === undefined
        ? undefined
        : [
            {
              ...{ id: subscriber, href: href('individual', subscriber), role: 'customer' },
              '@referredType': 'Individual',
            },
          ],
    troubleTicketRelationship:
      parent === undefined
        ? undefined
        : [{ id: parent, href: href('troubleTicket', parent), relationshipType: 'parent' }],
  });
}

/** For a subscriber of ours it is a ticket like any other; else it is kept, and nothing follows from it. */
async function open(sent: Document, context: Context): Promise<Created | Refusal> {
  const description = textOf(sent['description'])!;
  if (description.length > longestDescription)
    return wrongField('description', `is longer than ${longestDescription} characters`);
  const subscriber = await subscriberIn(sent, context);
  if (subscriber === undefined) return { kept: sent };
  const { ports } = context;
  // The text goes to the book, the journal carries its row's id only (design L18).
  const contact = await ports.query.storeContact(subscriber.key, description);
  const channel = channelIn(sent);
  const applied = await ports.submit({
    kind: 'subscriberContact',
    subscriber: subscriber.key,
    channel,
    contact,
  });
  const made = applied.changes.findLast(
    (change) => change.kind === 'ticket' && change.ticket.subscriber === subscriber.key,
  );
  const id =
    made?.kind === 'ticket'
      ? made.ticket.id
      : (await ports.query.tickets({ subscriber: subscriber.key }, { limit: 1 })).items[0]?.ticket.id;
  if (id === undefined) return { kept: sent };
  const [said] = await ports.outside.outside('troubleTicket', [id]);
  if (said !== undefined) return { kept: besides(sent, id, context) };
  const status = textOf(sent['status']) as TicketStatus | undefined;
  if (status !== undefined) await order({ kind: 'setTicketStatus', ticket: id, status }, context);
  return { own: id, kept: sent };
}

/** The subscriber turned to us about the same thing again: one ticket is worked on, the other points to it. */
function besides(sent: Document, id: TicketId, { href }: Context): Document {
  const others = documentsIn(sent['troubleTicketRelationship'] ?? []);
  const same = { id, href: href('troubleTicket', id), relationshipType: 'duplicates' };
  return { ...sent, troubleTicketRelationship: [...others, same] };
}

/** A party or a service of ours that the ticket names, the first that is known. */
async function subscriberIn(sent: Document, { ports }: Context): Promise<SubscriberView | undefined> {
  const named = [...documentsIn(sent['relatedParty'] ?? []), ...documentsIn(sent['relatedEntity'] ?? [])];
  for (const { id } of named.slice(0, 20)) {
    const name = textOf(id);
    if (name === undefined) continue;
    const found = (await ports.query.subscriber(name)) ?? (await ports.query.subscriber(ownerOf(name)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A service is called `subscriber:service`. */
export const ownerOf = (service: string): string => service.slice(0, Math.max(0, service.lastIndexOf(':')));

function channelIn({ channel }: Document): string {
  const asked = isDocument(channel) ? [channel['id'], channel['name']] : [];
  return asked.map((name) => textOf(name)?.toLowerCase()).find((name) => ways.includes(name ?? '')) ?? 'web';
}
