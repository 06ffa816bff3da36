/** Calls about incidents and their notices: list, show, set the ETR, release or refuse what waits for a second person. */

import { instant } from '../../base/instant.ts';
import type { Command } from '../../flow/input.ts';
import { type IncidentId, worksNoticesId } from '../../model/ids.ts';
import { type NoticeState, noticeTypes } from '../../model/notice.ts';
import {
  type Call,
  listQuery,
  object,
  ok,
  oneOf,
  type Reply,
  type Route,
  refusal,
  text,
  unknownId,
} from './route.ts';
import { whyMayNotRelease } from './second-person.ts';
import { incidentJson, listJson, noticeJson } from './views.ts';

const noticeStates: readonly NoticeState[] = [
  'held',
  'queued',
  'sending',
  'sent',
  'delivered',
  'failed',
  'uncertain',
  'expired',
  'suppressed',
];
/** A promise further away than this is a typing error. */
const furthestEtrMs = 30 * 86_400_000;

export const incidentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/incidents',
    summary: 'Incidents, newest first',
    query: listQuery({ state: oneOf(['open', 'resolved', 'closed']) }),
    answers: 'a list of incidents',
    async handle({ ports, query, page, language }) {
      const state = query['state'] as 'open' | 'resolved' | 'closed' | undefined;
      return ok(
        listJson(await ports.query.incidents(state, page), (view) =>
          incidentJson(view, ports.faults(), language),
        ),
      );
    },
  },
  {
    method: 'GET',
    path: '/incidents/:id',
    summary: 'One incident with its explanation and history',
    answers: 'the incident',
    handle: (call) => incidentReply(call),
  },
  {
    method: 'POST',
    path: '/incidents/:id/etr',
    summary: 'Sets the expected time of restoration as a range',
    body: object({ from: text(40), to: text(40) }, ['from', 'to']),
    answers: 'the incident',
    handle: setEtr,
  },
  {
    method: 'GET',
    path: '/notices',
    summary: `Notices to subscribers (types: ${noticeTypes.join(', ')})`,
    query: listQuery({ incident: text(200), state: oneOf(noticeStates) }),
    answers: 'a list of notices',
    async handle({ ports, query, page }) {
      const filter = { incident: query['incident'], state: query['state'] as NoticeState | undefined };
      return ok(listJson(await ports.query.notices(filter, page), noticeJson));
    },
  },
  {
    method: 'GET',
    path: '/notices/preview',
    summary:
      'What would be told of an incident, in how many parts and at what cost, and who is left out and why',
    query: object({ incident: text(200) }, ['incident']),
    answers: 'the preview',
    async handle({ ports, query }) {
      return ok(await ports.noticePreview(query['incident']!));
    },
  },
  approval('/notices/approve', 'Releases the notices that wait for a second person', 'approveNotices'),
  approval('/notices/refuse', 'Refuses the notices that wait for a second person', 'refuseNotices'),
  sending('/notices/stop', 'Sends nothing more to any subscriber until it is resumed', 'stopNotices'),
  sending('/notices/resume', 'Sends again what waits and is not late', 'resumeNotices'),
];

/** The kill switch. */
function sending(path: string, summary: string, kind: 'stopNotices' | 'resumeNotices'): Route {
  return {
    method: 'POST',
    path,
    summary,
    body: object({}, []),
    answers: 'whether sending is stopped',
    async handle({ ports, user }) {
      await ports.submit({ kind: 'command', by: user.name, command: { kind } });
      return ok({ stopped: kind === 'stopNotices' });
    },
  };
}

function approval(path: string, summary: string, kind: 'approveNotices' | 'refuseNotices'): Route {
  return {
    method: 'POST',
    path,
    summary,
    body: object({ incident: text(200) }, ['incident']),
    answers: 'the incident',
    async handle(call) {
      const { incident } = call.body as { readonly incident: string };
      if (incident.startsWith(worksNoticesId('')))
        return commandWorks(call, { kind, incident: incident as IncidentId });
      const reason =
        kind === 'approveNotices' ? await whyMayNotRelease(call.ports, call.user, incident) : undefined;
      if (reason !== undefined) return refusal(409, reason);
      return commandIncident({ ...call, id: incident }, { kind, incident: incident as IncidentId });
    },
  };
}

/** Notices of planned works wait under the works' own name. */
async function commandWorks(
  { ports, user }: Call,
  command: Command & { readonly incident: IncidentId },
): Promise<Reply> {
  const { incident } = command;
  if (!ports.works().some(({ id }) => worksNoticesId(id) === incident)) return unknownId('works', incident);
  await ports.submit({ kind: 'command', by: user.name, command });
  return ok({ incident });
}

async function setEtr(call: Call): Promise<Reply> {
  const body = call.body as { readonly from: string; readonly to: string };
  const from = Date.parse(body.from);
  const to = Date.parse(body.to);
  const now = call.ports.world.now();
  if (Number.isNaN(from) || Number.isNaN(to)) return refusal(400, 'from and to must be ISO 8601 times.');
  if (from > to) return refusal(400, 'from must not be later than to.');
  if (to <= now) return refusal(400, 'to has passed already: subscribers are never shown a passed time.');
  if (to > now + furthestEtrMs) return refusal(400, 'to is more than 30 days away.');
  const command = {
    kind: 'setEtr',
    incident: call.id as IncidentId,
    from: instant(from),
    to: instant(to),
  } as const;
  return commandIncident(call, command);
}

async function commandIncident(call: Call, command: Command): Promise<Reply> {
  const { ports, user, id } = call;
  if ((await ports.query.incident(id)) === undefined) return unknownId('incident', id);
  await ports.submit({ kind: 'command', by: user.name, command });
  return incidentReply(call);
}

export async function incidentReply({ ports, id, language }: Call): Promise<Reply> {
  const view = await ports.query.incident(id);
  return view === undefined ? unknownId('incident', id) : ok(incidentJson(view, ports.faults(), language));
}
