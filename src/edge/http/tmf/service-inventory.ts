/** TMF638 service: what our subscribers have, and services of other systems. */
import type { SubscriberView } from '../ports.ts';
import type { Document } from './document.ts';
import { allVerbs, type Context, eventsOf, type Kind } from './kind.ts';
import { shape } from './shape.ts';
import { bindService } from './subscribing.ts';
import { ownerOf } from './trouble-ticket.ts';

export const serviceKind: Kind = {
  name: 'service',
  type: 'Service',
  verbs: allVerbs,
  shape: shape(
    {
      text: 'category description name serviceDate serviceType startMode state',
      time: 'endDate startDate',
      flag: 'hasStarted isBundle isServiceEnabled isStateful',
      object: 'serviceSpecification',
      list: `feature note place relatedEntity relatedParty serviceCharacteristic serviceOrderItem serviceRelationship supportingResource
        supportingService`,
    },
    {
      mandatory: ['state', 'serviceSpecification'],
      words: { state: ['feasibilityChecked', 'designed', 'reserved', 'inactive', 'active', 'terminated'] },
      parts: {
        ...{ serviceSpecification: ['id'], supportingResource: ['id'], supportingService: ['id'] },
        ...{
          relatedParty: ['id'],
          place: ['role'],
          relatedEntity: ['role'],
          note: ['date', 'author', 'text'],
        },
        ...{ serviceCharacteristic: ['name', 'value'], serviceRelationship: ['relationshipType', 'service'] },
        ...{
          feature: ['id', 'name', 'featureCharacteristic'],
          serviceOrderItem: ['itemId', 'serviceOrderId'],
        },
      },
    },
  ),
  fixed: ['serviceDate'],
  state: 'state',
  events: eventsOf('Service', ['create', 'attribute', 'state', 'delete']),
  filled: (sent, { at }) => ({ serviceDate: at, ...sent }),
  mean: bindService,
  own: {
    live: 'all',
    // A subscriber has one service: a page of theirs is a page of services.
    async list({ limit, offset }, context) {
      const { items, total } = await context.ports.query.subscribers({ isBrief: true }, { limit, offset });
      return { items: items.flatMap((view) => servicesOf(view, context)), total };
    },
    async get(id, context) {
      const view = await context.ports.query.subscriber(ownerOf(id));
      return view === undefined
        ? undefined
        : servicesOf(view, context).find((service) => service['id'] === id);
    },
  },
};

const servicesOf = (subscriber: SubscriberView, { href }: Context): readonly Document[] =>
  subscriber.services.map((service) => {
    const { id, resource } = subscriber;
    const party = subscriber.class === 'business' ? 'organization' : 'individual';
    return {
      id: `${id}:${service}`,
      name: service,
      category: service,
      state: 'active',
      serviceSpecification: { id: service, name: service, '@referredType': 'ServiceSpecification' },
      supportingResource: [{ id: resource, href: href('resource', resource), '@referredType': 'Resource' }],
      relatedParty: [
        {
          ...{ id, href: href(party, id), role: 'customer' },
          '@referredType': party === 'organization' ? 'Organization' : 'Individual',
        },
      ],
    };
  });
