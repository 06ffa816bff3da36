/** All tickets, by state, incident and expected time; above them the questions of subscribers that wait for an answer. */
import type { ListJson, TicketJson, WaitingQuestionJson } from '../../src/edge/http/contract.ts';
import { Due } from '../parts/due.tsx';
import { Pager, pageInAddress, pageSize } from '../parts/pager.tsx';
import { Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useFetched } from '../state/api.ts';
import { liveIncident } from '../state/live.ts';
import { addressOf, route, setQuery } from '../state/route.ts';
import { filled, language, number, plural, time, words } from '../words/speak.ts';

/** Choices as they stand in the address; the first is meant where nothing stands there. */
const choices = {
  status: [
    'open',
    'acknowledged',
    'inProgress',
    'pending',
    'held',
    'resolved',
    'closed',
    'cancelled',
    'rejected',
    'ended',
    'all',
  ],
  due: ['all', 'passed', 'hour', 'day', 'none'],
  sort: ['due', 'newest'],
} as const;
type Choice = keyof typeof choices;

const freshEveryMs = 30_000;

export function TicketsPage() {
  const say = words.value;
  const fetched = useFetched<ListJson<TicketJson>>(`/tickets?${asked()}`, freshEveryMs);
  return (
    <>
      <div class="head">
        <h1>
          {say.pages.tickets} {fetched.kind === 'ready' && <small>{number(fetched.value.total)}</small>}
        </h1>
      </div>
      <Waiting />
      <Choosing />
      <Shown fetched={fetched}>
        {(list) => (
          <>
            <Table
              label={say.pages.tickets}
              items={list.items}
              empty={isNarrowed() ? say.ticket.list.nothing : say.ticket.list.none}
              isStacked="titled"
              keyOf={(ticket) => ticket.id}
              rowClass={(ticket) => (isOver(ticket) ? 'over' : '')}
              columns={columns()}
            />
            <Pager total={list.total} />
          </>
        )}
      </Shown>
    </>
  );
}

const chosen = (name: Choice): string =>
  choices[name].find((known) => known === route.value.query.get(name)) ?? choices[name][0];

const isNarrowed = (): boolean =>
  ['find', 'incident', 'status', 'due'].some((name) => route.value.query.get(name) !== null);

/** The question to the server that belongs to the address. */
function asked(): URLSearchParams {
  const { query } = route.value;
  const wish = new URLSearchParams({ limit: String(pageSize), sort: chosen('sort') });
  for (const name of ['status', 'due'] as const) if (chosen(name) !== 'all') wish.set(name, chosen(name));
  for (const name of ['find', 'incident']) {
    const value = query.get(name)?.trim() ?? '';
    if (value !== '') wish.set(name, value);
  }
  const before = (pageInAddress() - 1) * pageSize;
  if (before > 0) wish.set('offset', String(before));
  return wish;
}

const isOver = ({ status }: TicketJson): boolean =>
  status === 'closed' || status === 'cancelled' || status === 'rejected';

/** Whatever is chosen anew begins on the first page. */
function choose(name: string, value: string): void {
  setQuery('page', '');
  setQuery(name, value);
}

function Choosing() {
  const say = words.value.ticket.list;
  const { ticketStatus } = words.value;
  const incident = route.value.query.get('incident');
  const named: Readonly<Record<Choice, Readonly<Record<string, string>>>> = {
    status: { ...ticketStatus, ...say.states },
    due: say.dues,
    sort: say.sorts,
  };
  const find = route.value.query.get('find') ?? '';
  return (
    <div class="choosing">
      <label class="finding">
        <span class="hiddenlabel">{say.find}</span>
        <input
          type="search"
          data-filter
          placeholder={say.find}
          value={find}
          onInput={(event) => choose('find', event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && choose('find', '')}
        />
      </label>
      {(['status', 'due', 'sort'] as const).map((name) => (
        <label key={name}>
          {say[name]}{' '}
          <select
            value={chosen(name)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              choose(name, value === choices[name][0] ? '' : value);
            }}
          >
            {choices[name].map((one) => (
              <option key={one} value={one}>
                {named[name][one]}
              </option>
            ))}
          </select>
        </label>
      ))}
      {incident !== null && (
        <span>
          {say.ofIncident} <Incident id={incident} />{' '}
          <button type="button" onClick={() => choose('incident', '')}>
            × {say.everyIncident}
          </button>
        </span>
      )}
    </div>
  );
}

/** What people wait for by name stands above all else. */
function Waiting() {
  const say = words.value.ticket.list;
  const fetched = useFetched<ListJson<WaitingQuestionJson>>('/questions?limit=20', freshEveryMs);
  if (fetched.kind !== 'ready' || fetched.value.total === 0) return null;
  const { column } = words.value;
  return (
    <section>
      <h2>
        {say.waiting} <b>{number(fetched.value.total)}</b>
      </h2>
      <Table
        label={say.waiting}
        items={fetched.value.items}
        isAside
        isStacked="titled"
        keyOf={(waiting) => waiting.ticket}
        columns={[
          {
            title: say.question,
            class: 'wide',
            cell: ({ ticket, text, withheld, more }: WaitingQuestionJson) => (
              <>
                <a class="open" href={addressOf('tickets', ticket)}>
                  {text ?? (withheld ? words.value.ticket.withheld : words.value.ticket.lost)}
                </a>
                {more > 0 && <small>{filled(say.more, { more: number(more) })}</small>}
              </>
            ),
          },
          {
            title: column.subscriber,
            class: 'fit',
            cell: ({ subscriber }) => <Subscriber id={subscriber} />,
          },
          {
            title: column.incident,
            cell: ({ incident }) => (incident === null ? '–' : <Incident id={incident} />),
          },
          { title: say.asked, class: 'fit', cell: ({ at }) => time(at) },
          { title: column.due, class: 'fit', cell: ({ dueAt }) => <Due at={dueAt} /> },
        ]}
      />
    </section>
  );
}

function columns() {
  const say = words.value;
  return [
    {
      title: say.pages.ticket,
      class: 'fit',
      cell: (ticket: TicketJson) => (
        <a class="open mono" href={addressOf('tickets', ticket.id)}>
          {ticket.id}
        </a>
      ),
    },
    { title: say.column.state, class: 'fit', cell: ({ status }: TicketJson) => say.ticketStatus[status] },
    {
      title: say.column.subscriber,
      class: 'fit',
      cell: ({ kind, subscriber, attached }: TicketJson) =>
        kind === 'incident' ? (
          <span class="muted">{plural(attached, say.tickets)}</span>
        ) : (
          <Subscriber id={subscriber} />
        ),
    },
    {
      title: say.column.incident,
      cell: ({ incident }: TicketJson) => (incident === null ? '–' : <Incident id={incident} />),
    },
    { title: say.column.since, class: 'fit', cell: ({ openedAt }: TicketJson) => time(openedAt) },
    {
      title: say.ticket.list.expected,
      class: 'fit',
      cell: (ticket: TicketJson) =>
        ticket.expectedResolutionAt === null ? (
          <span class="muted">{say.etr.none}</span>
        ) : (
          <Due at={ticket.expectedResolutionAt} isOver={isOver(ticket) || ticket.status === 'resolved'} />
        ),
    },
  ];
}

const Subscriber = ({ id }: { readonly id: string | null }) =>
  id === null ? <>–</> : <a href={addressOf('subscribers', id)}>{id}</a>;

const Incident = ({ id }: { readonly id: string }) => (
  <a href={addressOf('incidents', id)}>{liveIncident(id)?.words[language.value].title ?? id}</a>
);
