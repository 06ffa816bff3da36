/** One subscriber as staff may see them: where they hang, what is open; the telephone number masked. */
import type { ListJson, SubscriberJson, TicketJson } from '../../src/edge/http/contract.ts';
import { type Fact, Facts } from '../parts/facts.tsx';
import { Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useFetched } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { time, words } from '../words/speak.ts';

export function SubscriberPage({ id }: { readonly id: string }) {
  const fetched = useFetched<SubscriberJson>(`/subscribers/${encodeURIComponent(id)}`);
  return <Shown fetched={fetched}>{(subscriber) => <Opened subscriber={subscriber} />}</Shown>;
}

function Opened({ subscriber }: { readonly subscriber: SubscriberJson }) {
  const say = words.value;
  const tickets = useFetched<ListJson<TicketJson>>(
    `/tickets?subscriber=${encodeURIComponent(subscriber.id)}&limit=50`,
  );
  const facts: readonly Fact[] = [
    [say.column.type, say.subscriberClass[subscriber.class]],
    [
      say.column.resource,
      <span key="resource" class="mono">
        {subscriber.resource}
      </span>,
    ],
    [say.subscriber.phone, subscriber.phone ?? '–'],
    [say.subscriber.services, subscriber.services.length === 0 ? '–' : subscriber.services.join(', ')],
    [
      say.subscriber.openIncident,
      subscriber.openIncident === null ? (
        '–'
      ) : (
        <a href={addressOf('incidents', subscriber.openIncident)}>{subscriber.openIncident}</a>
      ),
    ],
    [say.subscriber.openTickets, String(subscriber.openTickets.length)],
  ];
  return (
    <>
      <div class="head">
        <h1>
          {say.pages.subscriber} <span class="mono">{subscriber.id}</span>
        </h1>
      </div>
      <Facts facts={facts} />
      <section class="panel">
        <h2>{say.incident.tickets}</h2>
        <Shown fetched={tickets}>
          {(list) => (
            <Table
              label={say.incident.tickets}
              items={list.items}
              empty={say.empty.history}
              keyOf={(ticket) => ticket.id}
              columns={[
                {
                  title: say.pages.ticket,
                  cell: (ticket) => (
                    <a class="open" href={addressOf('tickets', ticket.id)}>
                      {ticket.id}
                    </a>
                  ),
                },
                { title: say.column.state, cell: (ticket) => say.ticketStatus[ticket.status] },
                { title: say.column.since, cell: (ticket) => time(ticket.openedAt) },
              ]}
            />
          )}
        </Shown>
      </section>
    </>
  );
}
