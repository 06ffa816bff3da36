/** Whom an incident touches: one by one in pages, and all of them as a file for a spreadsheet. */
import type { AffectedLevel, AffectedList, AffectedView } from './affected-port.ts';
import { csvLine, csvMark } from './csv-lines.ts';
import {
  file,
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
import type { AffectedJson } from './subscriber-contract.ts';
import { iso, isoOrNull, listJson } from './views.ts';

const levels: readonly AffectedLevel[] = ['proved', 'inferred', 'suspected'];

export const affectedRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/incidents/:id/subscribers',
    summary:
      'Whom the incident touches, names and numbers masked: how sure it is, since when, what they were told or why not; ' +
      '`find` takes a telephone number or a subscriber id',
    query: listQuery({ level: oneOf(levels), find: text(100) }),
    answers: 'a list of subscribers',
    async handle({ ports, id, query, page }) {
      const { level, find } = query as { readonly level?: AffectedLevel; readonly find?: string };
      const { limit, cursor } = page;
      const list = await ports.query.affected(id, { level, find, limit, cursor });
      return list.kind === 'listed' ? ok(listJson(list.page, affectedJson)) : refused(list, id);
    },
  },
  {
    method: 'GET',
    path: '/incidents/:id/subscribers.csv',
    summary: 'The same of all of them as CSV (RFC 4180), written as it is read',
    query: object({ level: oneOf(levels) }, []),
    answers: 'the file',
    async handle({ ports, id, query }) {
      const list = await ports.query.allAffected(id, query['level'] as AffectedLevel | undefined);
      if (list.kind === 'unknown' || list.kind === 'otherNetwork') return refused(list, id);
      const pages = list.kind === 'pages' ? list.pages : [list.page.items];
      const name = `subscribers-${id.replace(/[^\w.-]/g, '-').slice(0, 80)}.csv`;
      return file({ type: 'text/csv; charset=utf-8', name, pieces: csvOf(pages) });
    },
  },
];

function refused({ kind }: Exclude<AffectedList, { kind: 'listed' }>, id: string): Reply {
  if (kind === 'unknown') return unknownId('incident', id);
  return refusal(
    409,
    'The network or the list of subscribers was changed since: begin again without a cursor. Of an incident that was over ' +
      'before the change, whoever was told of it is in the list of its notices.',
  );
}

const columns = [
  ...['subscriber', 'name', 'phone', 'class', 'services', 'resource', 'level', 'since'],
  ...['told', 'reason', 'channel', 'toldAt', 'ticket', 'ticketStatus'],
];

async function* csvOf(
  pages: AsyncIterable<readonly AffectedView[]> | Iterable<readonly AffectedView[]>,
): AsyncGenerator<string> {
  yield csvMark + csvLine(columns);
  for await (const page of pages)
    if (page.length > 0) yield page.map((view) => csvLine(cells(view))).join('');
}

const cells = ({ told, ticket, ...view }: AffectedView): readonly (string | undefined)[] => [
  ...[view.id, view.name, view.phone, view.class, view.services.join(' '), view.resource, view.level],
  ...[
    iso(view.since),
    told.state,
    told.reason,
    told.channel,
    told.at && iso(told.at),
    ticket?.id,
    ticket?.status,
  ],
];

const affectedJson = ({ id, name, phone, told, since, ticket, ...view }: AffectedView): AffectedJson => ({
  subscriber: id,
  name: name ?? null,
  phone: phone ?? null,
  ...view,
  since: iso(since),
  told: {
    state: told.state,
    reason: told.reason ?? null,
    channel: told.channel ?? null,
    at: isoOrNull(told.at),
  },
  ticket: ticket ?? null,
});
