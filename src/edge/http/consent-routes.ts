/** Calls about what subscribers agreed to: by category of notice and channel, with basis and evidence. */
import { ownQuietHours } from '../../model/quiet-hours.ts';
import { type ConsentCategory, consentCategories } from '../../model/subscriber.ts';
import type { ConsentJson, ListJson } from './contract.ts';
import { type Call, object, ok, oneOf, type Reply, type Route, refusal, text, unknownId } from './route.ts';
import type { Consent } from './subscriber-port.ts';
import { iso, subscriberJson } from './views.ts';

const bases = ['consent', 'contract', 'obligation', 'interest'] as const;

export const consentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscribers/:id/consents',
    summary:
      'What a subscriber agreed to and withdrew, newest first; the newest of a category and channel holds',
    answers: 'a list of consents',
    handle: listConsents,
  },
  {
    method: 'POST',
    path: '/subscribers/:id/consents',
    summary:
      'Puts on record what a subscriber agrees to, or withdraws; `*` is every channel, one by its name wins over it',
    body: object(
      {
        category: oneOf(consentCategories),
        channel: text(100),
        state: oneOf(['granted', 'withdrawn']),
        basis: oneOf(bases),
        evidence: text(500),
      },
      ['category', 'state', 'evidence'],
    ),
    answers: 'the list of consents',
    handle: putConsent,
  },
  {
    method: 'POST',
    path: '/subscribers/:id/quiet-hours',
    summary:
      'When a subscriber is not to be disturbed at home: `22:00-08:00` in quarters of an hour, `off`, or `usual` for the policy',
    body: object({ hours: text(11) }, ['hours']),
    answers: 'the subscriber',
    handle: putQuietHours,
  },
];

async function listConsents({ ports, id, user }: Call): Promise<Reply> {
  if (user.role === 'viewer') return refusal(403, 'It speaks of people: a viewer may not look at it.');
  const subscriber = await ports.query.subscriber(id);
  if (subscriber === undefined) return unknownId('subscriber', id);
  const items = (await ports.query.consents(subscriber.key)).map(consentJson);
  return ok({ items, total: items.length, next: null } satisfies ListJson<ConsentJson>);
}

async function putConsent(call: Call): Promise<Reply> {
  const { ports, id, user } = call;
  const subscriber = await ports.query.subscriber(id);
  if (subscriber === undefined) return unknownId('subscriber', id);
  const said = call.body as {
    readonly category: ConsentCategory;
    readonly channel?: string;
    readonly state: 'granted' | 'withdrawn';
    readonly basis?: Consent['basis'];
    readonly evidence: string;
  };
  const { category, state, evidence, channel = '*', basis = 'consent' } = said;
  await ports.record({
    by: user.name,
    action: 'consent',
    target: id,
    detail: { category, channel, state, basis },
  });
  const at = ports.world.now();
  await ports.query.putConsents(subscriber.key, [
    { category, channel, state, basis, evidence, at, by: user.name },
  ]);
  return listConsents(call);
}

/** What they chose beats the policy. */
async function putQuietHours({ ports, id, user, body }: Call): Promise<Reply> {
  const subscriber = await ports.query.subscriber(id);
  if (subscriber === undefined) return unknownId('subscriber', id);
  const written = (body as { readonly hours: string }).hours;
  const hours = written === 'usual' ? '' : ownQuietHours(written);
  if (hours === undefined)
    return refusal(400, '`hours` is 22:00-08:00 in quarters of an hour, off, or usual.');
  await ports.record({ by: user.name, action: 'quietHours', target: id, detail: { hours: written } });
  await ports.query.putQuietHours(subscriber.key, hours);
  const changed = await ports.query.subscriber(id);
  return changed === undefined ? unknownId('subscriber', id) : ok(subscriberJson(changed));
}

const consentJson = ({ at, ...consent }: Consent): ConsentJson => ({ ...consent, at: iso(at) });
