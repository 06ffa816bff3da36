/** TMF632 party: our subscribers, numbers masked, and parties of other systems. For those who work with people only. */
import { eraseSubscriber } from '../erasing.ts';
import type { SubscriberView } from '../ports.ts';
import { compact, type Document } from './document.ts';
import { allVerbs, eventsOf, type Kind, type Own } from './kind.ts';
import { notAllowed } from './refusal.ts';
import { shape } from './shape.ts';
import { renewParty } from './subscribing.ts';

const lists =
  'contactMedium creditRating externalReference otherName partyCharacteristic relatedParty taxExemptionCertificate';
const parts = { relatedParty: ['id'], partyCharacteristic: ['name', 'value'] };

export const partyKinds: readonly Kind[] = [
  {
    ...{
      name: 'individual',
      type: 'Individual',
      verbs: allVerbs,
      fixed: [],
      state: 'status',
      isPersonal: true,
    },
    shape: shape(
      {
        text: `aristocraticTitle countryOfBirth familyName familyNamePrefix formattedName fullName gender generation givenName legalName
          location maritalStatus middleName nationality placeOfBirth preferredGivenName title status`,
        time: 'birthDate deathDate',
        list: `${lists} disability individualIdentification languageAbility skill`,
      },
      {
        mandatory: ['givenName', 'familyName'],
        // The third is spelled as in the standard.
        words: { status: ['initialized', 'validated', 'deceaded'] },
        parts,
      },
    ),
    events: eventsOf('Individual', ['create', 'attribute', 'state', 'delete']),
    filled: (sent) => ({ status: 'initialized', ...sent }),
    mean: renewParty,
    own: people(false),
  },
  {
    ...{
      name: 'organization',
      type: 'Organization',
      verbs: allVerbs,
      fixed: [],
      state: 'status',
      isPersonal: true,
    },
    shape: shape(
      {
        text: 'name nameType organizationType tradingName status',
        flag: 'isHeadOffice isLegalEntity',
        object: 'existsDuring organizationParentRelationship',
        list: `${lists} organizationChildRelationship organizationIdentification`,
      },
      {
        mandatory: ['tradingName'],
        words: { status: ['initialized', 'validated', 'closed'] },
        parts,
      },
    ),
    events: eventsOf('Organization', ['create', 'attribute', 'state', 'delete']),
    filled: (sent) => ({ status: 'initialized', ...sent }),
    mean: renewParty,
    own: people(true),
  },
];

function people(isBusiness: boolean): Own {
  return {
    live: 'all',
    async list({ limit, offset }, { ports }) {
      const { items, total } = await ports.query.subscribers(
        { isBusiness, isBrief: true },
        { limit, offset },
      );
      return { items: items.map(documentOf), total };
    },
    async get(id, { ports }) {
      const view = await ports.query.subscriber(id);
      if (view === undefined) return undefined;
      // Tickets and notices do not know what kind of party a subscriber is, and name an individual.
      return view.class === 'business' || !isBusiness ? documentOf(view) : undefined;
    },
    isGone: true,
    async remove(own, { ports, user }) {
      if (user.role !== 'administrator') return notAllowed('Only an administrator may erase a person.');
      const view = await ports.query.subscriber(String(own['id']));
      if (view !== undefined) await eraseSubscriber(ports, view, user);
      return undefined;
    },
  };
}

function documentOf({ id, class: of, language, maskedPhone }: SubscriberView): Document {
  const facts = Object.entries({ class: of, language }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  return compact({
    id,
    status: 'validated',
    contactMedium:
      maskedPhone === undefined
        ? undefined
        : [{ mediumType: 'telephoneNumber', characteristic: { phoneNumber: maskedPhone } }],
    partyCharacteristic: facts,
  });
}
