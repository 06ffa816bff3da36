/** TMF639 resource: the topology in force, and resources of other systems. */
import type { ResourceView } from '../outside-port.ts';
import { compact, type Document } from './document.ts';
import { allVerbs, type Context, eventsOf, type Kind } from './kind.ts';
import { shape } from './shape.ts';

const more = {
  ...{ relatedParty: ['id'], place: ['id', 'href', 'role'], resourceCharacteristic: ['name', 'value'] },
  resourceSpecification: ['id', 'href'],
};
const words = {
  administrativeState: ['locked', 'unlocked', 'shutdown'],
  operationalState: ['enable', 'disable'],
  resourceStatus: ['standby', 'alarm', 'available', 'reserved', 'unknown', 'suspended'],
  usageState: ['idle', 'active', 'busy'],
};

function resourceKind(
  name: string,
  special: Pick<Kind, 'events' | 'own'> & { readonly mandatory: readonly string[] },
): Kind {
  return {
    ...{ name, type: `${name[0]!.toUpperCase()}${name.slice(1)}`, verbs: allVerbs, fixed: [] },
    apart: 'The record is kept; the topology is as it was: it is changed by importing one.',
    shape: shape(
      {
        text: `category description name resourceVersion administrativeState operationalState resourceStatus usageState powerState
          serialNumber versionNumber value`,
        time: 'endOperatingDate startOperatingDate manufactureDate',
        object: 'place resourceSpecification',
        list: 'attachment note relatedParty resourceCharacteristic resourceRelationship',
      },
      { mandatory: special.mandatory, words, parts: more },
    ),
    state: 'resourceStatus',
    events: special.events,
    own: special.own,
  };
}

export const resourceKinds: readonly Kind[] = [
  resourceKind('resource', {
    mandatory: ['name'],
    events: eventsOf('Resource', ['create', 'attribute', 'state', 'delete']),
    own: {
      live: 'all',
      from: 'in the topology: `allclear import topology FILE`, or its file and a reload',
      async list({ limit, offset }, context) {
        const { items, total } = context.ports.network.resources({ limit, offset });
        return { items: items.map((view) => documentOf(view, context)), total };
      },
      async get(id, context) {
        const view = context.ports.network.resource(id);
        return view === undefined ? undefined : documentOf(view, context);
      },
    },
  }),
  resourceKind('physicalResource', {
    mandatory: ['name'],
    events: eventsOf('PhysicalResource', ['create', 'attribute', 'state', 'delete']),
  }),
  resourceKind('logicalResource', { mandatory: [], events: {} }),
];

function documentOf({ id, kind, name, parents, isLink }: ResourceView, { href }: Context): Document {
  const above = Object.entries(parents).map(([tree, parent]) => ({
    ...{ id: parent, href: href('resource', parent), relationshipType: `${tree}Parent` },
  }));
  return compact({
    id,
    name: name ?? id,
    category: isLink ? 'link' : kind,
    resourceRelationship: above.length === 0 ? undefined : above,
  });
}
