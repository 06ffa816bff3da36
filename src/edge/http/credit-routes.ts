/** Calls about what subscribers are owed for outages: the totals of an incident, the list, and a file for billing. */
import type { CreditJson, CreditTotalJson, IncidentCreditsJson } from './contract.ts';
import type { CreditTotalView, CreditView } from './credit-port.ts';
import { csvLine, csvMark } from './csv-lines.ts';
import type { FrontPorts } from './ports.ts';
import { file, listQuery, object, ok, type Route, text, unknownId } from './route.ts';
import { listJson } from './views.ts';

const rowsAtOnce = 1_000;

export const creditRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/credits',
    summary: 'What subscribers are owed for outages, as it changed, newest first',
    query: listQuery({ incident: text(200) }),
    answers: 'a list of credits',
    async handle({ ports, query, page }) {
      return ok(listJson(await ports.query.credits({ incident: query['incident'] }, page), creditJson));
    },
  },
  {
    method: 'GET',
    path: '/credits.csv',
    summary: 'The same as a file of comma-separated values (RFC 4180), of one incident or of all',
    query: object({ incident: text(200) }, []),
    answers: 'the file',
    async handle({ ports, query }) {
      const { incident } = query;
      const of = incident === undefined ? '' : `-${incident.replaceAll(/[^\w.-]/g, '-').slice(0, 80)}`;
      const name = `credits${of}.csv`;
      return file({ name, type: 'text/csv; charset=utf-8', pieces: csvOf(ports, incident) });
    },
  },
  {
    method: 'GET',
    path: '/incidents/:id/credits',
    summary: 'What is owed for an incident in the end, by rule',
    answers: 'the totals',
    async handle({ ports, id }) {
      if ((await ports.query.incident(id)) === undefined) return unknownId('incident', id);
      const totals = (await ports.query.creditTotals(id)).map(totalJson);
      return ok({ totals } satisfies IncidentCreditsJson);
    },
  },
];

const columns = [
  ...(['id', 'at', 'incident', 'subscriber', 'service', 'rule', 'version', 'from', 'to', 'minutes'] as const),
  ...(['amount', 'change', 'currency', 'revision', 'replaces', 'billing'] as const),
];

/** Newest first, so that what comes meanwhile moves nothing. */
async function* csvOf(ports: FrontPorts, incident: string | undefined): AsyncGenerator<string> {
  yield csvMark + csvLine(columns);
  let cursor: string | undefined;
  do {
    const page = await ports.query.credits({ incident }, { limit: rowsAtOnce, cursor });
    if (page.items.length > 0) yield page.items.map((view) => lineOf(creditJson(view))).join('');
    cursor = page.next;
  } while (cursor !== undefined);
}

const lineOf = (credit: CreditJson): string => csvLine(columns.map((name) => credit[name] ?? undefined));

const timeOf = (at: number): string | null => (at === 0 ? null : new Date(at).toISOString());

const creditJson = (view: CreditView): CreditJson => ({
  id: view.key,
  at: new Date(view.at).toISOString(),
  incident: view.incident,
  subscriber: view.subscriberId ?? null,
  service: view.service,
  revision: view.revision,
  replaces: view.replaces ?? null,
  rule: view.rule,
  version: view.version,
  from: timeOf(view.from),
  to: timeOf(view.to),
  minutes: view.minutes,
  amount: view.amount / 1_000,
  change: view.change / 1_000,
  currency: view.currency ?? null,
  billing: view.state,
});

const totalJson = ({ amount, currency, ...total }: CreditTotalView): CreditTotalJson => ({
  ...total,
  amount: amount / 1_000,
  currency: currency ?? null,
});
