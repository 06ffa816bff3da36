/** Calls about what is there: devices, subscribers and their links, and the daemon itself. */
import { consentRoutes } from './consent-routes.ts';
import type { LinkJson, ListJson, PortTrafficJson, SessionJson } from './contract.ts';
import { dnsJson } from './dns-json.ts';
import { erasingRoutes } from './erasing.ts';
import type { LinkPurpose } from './ports.ts';
import {
  type Call,
  created,
  listQuery,
  long,
  object,
  ok,
  oneOf,
  type Reply,
  type Route,
  text,
  unknownId,
} from './route.ts';
import { deviceJson, devicePollingJson, iso, listJson, portTrafficJson, subscriberJson } from './views.ts';

export const inventoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/devices',
    summary: 'Devices',
    query: listQuery(),
    answers: 'a list of devices',
    async handle({ ports, page }) {
      return ok(listJson(await ports.query.devices(page), deviceJson));
    },
  },
  {
    method: 'GET',
    path: '/devices/:id',
    summary: 'One device with its last reading (device-reading/1)',
    answers: 'the device',
    async handle({ ports, id }) {
      const view = await ports.query.device(id);
      if (view === undefined) return unknownId('device', id);
      const reading = (await ports.query.reading(id)) ?? null;
      return long({ ...deviceJson(view), polling: devicePollingJson(view), reading });
    },
  },
  {
    method: 'GET',
    path: '/devices/:id/traffic',
    summary: 'What went through the ports of a device in the last hour, in bit/s a minute',
    answers: 'a list of ports',
    async handle({ ports, id }) {
      if ((await ports.query.device(id)) === undefined) return unknownId('device', id);
      const items = (await ports.traffic(id)).map(portTrafficJson);
      return ok({ items, total: items.length, next: null } satisfies ListJson<PortTrafficJson>);
    },
  },
  {
    method: 'GET',
    path: '/dns',
    summary: 'The DNS platform: resolvers, zones and what is wrong now',
    answers: 'the platform',
    async handle({ ports }) {
      return ok(dnsJson(ports.dns()));
    },
  },
  {
    method: 'GET',
    path: '/subscribers',
    summary: 'Subscribers, telephone numbers masked',
    query: listQuery({ phone: text(20), resource: text(500) }),
    answers: 'a list of subscribers',
    async handle({ ports, query, page }) {
      const filter = { phone: query['phone'], resource: query['resource'] };
      return ok(listJson(await ports.query.subscribers(filter, page), subscriberJson));
    },
  },
  {
    method: 'GET',
    path: '/subscribers/:id',
    summary: 'One subscriber',
    answers: 'the subscriber',
    async handle({ ports, id }) {
      const view = await ports.query.subscriber(id);
      return view === undefined ? unknownId('subscriber', id) : ok(subscriberJson(view));
    },
  },
  {
    method: 'POST',
    path: '/subscribers/:id/links',
    summary: 'Makes a link to the page of a subscriber, as notices carry it',
    body: object({ purpose: oneOf(['request', 'confirm']), incident: text(200) }, ['purpose']),
    answers: 'the link',
    handle: makeLink,
  },
  ...consentRoutes,
  ...erasingRoutes,
  {
    method: 'GET',
    path: '/status',
    summary: 'Version, running time and counters',
    answers: 'the numbers of /metrics',
    async handle({ ports }) {
      return ok(ports.status());
    },
  },
  {
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in, and whether this is a demo',
    answers: 'the session',
    async handle({ ports, user }) {
      const session: SessionJson = {
        user: user.name,
        role: user.role,
        version: ports.status().version,
        demo: ports.demo ?? null,
      };
      return ok(session);
    },
  },
];

async function makeLink({ ports, id, body }: Call): Promise<Reply> {
  const subscriber = await ports.query.subscriber(id);
  if (subscriber === undefined) return unknownId('subscriber', id);
  const { purpose, incident } = body as { readonly purpose: LinkPurpose; readonly incident?: string };
  if (incident !== undefined && (await ports.query.incident(incident)) === undefined) {
    return unknownId('incident', incident);
  }
  const { token, expiresAt } = await ports.query.makeLink({ subscriber: subscriber.key, purpose, incident });
  const link: LinkJson = { url: `${ports.publicUrl}/s/${token}`, token, expiresAt: iso(expiresAt) };
  return created(link);
}
