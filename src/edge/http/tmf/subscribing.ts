/**
 * What services and parties of other systems mean for our own: an active service of one of our subscribers at a resource of the
 * network is touched by what fails there, and a party with a way to reach it becomes a subscriber by its first such service.
 */
import { type Instant, instant } from '../../../base/instant.ts';
import { eraseSubscriber } from '../erasing.ts';
import type { SubscriberView } from '../ports.ts';
import { type Document, documentsIn, isDocument, textOf } from './document.ts';
import type { Context } from './kind.ts';
import { conflict, noRoom, quoted, type Refusal, wrongField } from './refusal.ts';

/** A record from outside before and after a call; one of them is missing where it is created or deleted. */
export interface OutsideChange {
  readonly id: string;
  readonly before?: Document | undefined;
  readonly after?: Document | undefined;
}

/** A refusal keeps nothing. Parties that are nobody of ours are no concern of the network. */
export async function bindService(change: OutsideChange, context: Context): Promise<Refusal | undefined> {
  const { id, before, after } = change;
  const source = `tmf638:${id}`;
  const owner = after === undefined ? undefined : await ownerIn(after, context);
  const held = before === undefined ? undefined : await ownerIn(before, context);
  if (held?.subscriber !== undefined && held.subscriber.key !== owner?.subscriber?.key)
    await context.ports.outside.putService({ subscriber: held.subscriber.key, source });
  if (after === undefined || owner === undefined) return undefined;
  const place = placeIn(after, context);
  const subscriber = owner.subscriber ?? (await newSubscriber(owner.id, { after, place }, context));
  if (subscriber === undefined || !('key' in subscriber)) return subscriber;
  if (after['state'] !== 'active') {
    await context.ports.outside.putService({ subscriber: subscriber.key, source });
    return undefined;
  }
  if (place.isUnknown)
    return wrongField(
      'supportingResource.id',
      `${quoted(place.named!)} is no resource of the network; TMF639 lists what there is`,
    );
  const [from, to] = [momentIn(after, 'startDate'), momentIn(after, 'endDate')];
  if (from !== undefined && to !== undefined && to <= from)
    return wrongField('endDate', 'must be later than startDate');
  const service = { service: serviceNameOf(after), resource: place.named ?? subscriber.resource, from, to };
  const kept = await context.ports.outside.putService({ subscriber: subscriber.key, source, service });
  return kept === 'full'
    ? noRoom('This party has so many services that there is no room for another.')
    : undefined;
}

/** Another number or address of a party that is a subscriber by now; with the party the person goes. */
export async function renewParty(
  { id, before, after }: OutsideChange,
  context: Context,
): Promise<Refusal | undefined> {
  if (before === undefined) return undefined;
  const view = await context.ports.query.subscriber(id);
  if (view === undefined) return undefined;
  if (after === undefined) {
    await eraseSubscriber(context.ports, view, context.user);
    return undefined;
  }
  const { resource, class: of } = view;
  return entered({ id, resource, class: of, ...contactOf(after) }, context);
}

interface Owner {
  readonly id: string;
  readonly subscriber?: SubscriberView | undefined;
}

/** Whose service it is; several parties may have to do with it. */
async function ownerIn(service: Document, context: Context): Promise<Owner | undefined> {
  const parties = documentsIn(service['relatedParty']);
  const isOwner = ({ role }: Document): boolean =>
    /^(customer|user|owner|subscriber)$/i.test(textOf(role) ?? '');
  const id = textOf((parties.find(isOwner) ?? (parties.length === 1 ? parties[0] : undefined))?.['id']);
  return id === undefined ? undefined : { id, subscriber: await context.ports.query.subscriber(id) };
}

interface Place {
  /** The first that it stands on. */
  readonly named?: string | undefined;
  readonly isUnknown: boolean;
}

function placeIn(service: Document, { ports }: Context): Place {
  const names = documentsIn(service['supportingResource']).flatMap(({ id }) => textOf(id) ?? []);
  const named = names.find((name) => ports.network.resource(name) !== undefined);
  return { named: named ?? names[0], isUnknown: named === undefined && names.length > 0 };
}

/** Nobody is made of a party that cannot be told, or of a place that is not ours. */
async function newSubscriber(
  id: string,
  { after, place }: { readonly after: Document; readonly place: Place },
  context: Context,
): Promise<SubscriberView | Refusal | undefined> {
  if (after['state'] !== 'active' || place.named === undefined || place.isUnknown) return undefined;
  const [individual] = await context.ports.outside.outside('individual', [id]);
  const [organization] =
    individual === undefined ? await context.ports.outside.outside('organization', [id]) : [];
  const record = individual ?? organization;
  if (record === undefined || record.isOwn) return undefined;
  const contact = contactOf(JSON.parse(record.body) as Document);
  if (contact['phone'] === undefined && contact['email'] === undefined) return undefined;
  const of = organization === undefined ? 'residential' : 'business';
  // Services of theirs are those that are bound, and none beside them.
  const row = { id, resource: place.named, class: of, services: ',', ...contact };
  const refused = await entered(row, context);
  return refused ?? context.ports.query.subscriber(id);
}

/** By the way of every list, so that it is judged alike. */
async function entered(row: Document, { ports, user }: Context): Promise<Refusal | undefined> {
  const { id } = row as { readonly id: string };
  await ports.record({ by: user.name, action: 'importSubscribers', target: id });
  const outcome = await ports.importSubscribers(JSON.stringify([row]), { apply: true, isPart: true });
  if (outcome === 'busy') return conflict('A list of subscribers is being imported: try again after it.');
  const wrong = outcome.problems.find(({ severity }) => severity === 'error');
  if (wrong === undefined) return undefined;
  const hint = wrong.hint === undefined ? '' : ` (${wrong.hint})`;
  return wrongField(
    'relatedParty',
    `names ${quoted(id)}, who cannot be a subscriber: ${wrong.message}${hint}`,
  );
}

/** TMF632 `contactMedium`; the preferred ones come first. */
function contactOf(party: Document): Document {
  const media = documentsIn(party['contactMedium']);
  const sorted = [...media.filter(({ preferred }) => preferred === true), ...media];
  const first = (name: string): string | undefined =>
    sorted
      .map(({ characteristic }) => (isDocument(characteristic) ? textOf(characteristic[name]) : undefined))
      .find((found) => found !== undefined);
  const names = [party['givenName'], party['familyName']].flatMap((name) => textOf(name) ?? []);
  const language = documentsIn(party['partyCharacteristic']).find(({ name }) => name === 'language')?.[
    'value'
  ];
  return {
    name: textOf(party['tradingName']) ?? names.join(' '),
    phone: first('phoneNumber'),
    email: first('emailAddress'),
    language: textOf(language),
  };
}

/** As lists name services; what is called otherwise counts as what everybody has. */
function serviceNameOf(service: Document): string {
  const { serviceSpecification: specification } = service;
  const named = isDocument(specification) ? [specification['name'], specification['id']] : [];
  const known = [service['category'], service['serviceType'], ...named].map((one) =>
    textOf(one)?.toLowerCase(),
  );
  return known.find((one) => one !== undefined && /^[a-z][a-z\d_-]{0,31}$/.test(one)) ?? 'internet';
}

function momentIn(service: Document, field: string): Instant | undefined {
  const text = textOf(service[field]);
  return text === undefined ? undefined : instant(Date.parse(text));
}
