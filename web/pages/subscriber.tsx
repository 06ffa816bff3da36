/** One subscriber as staff may see them: where they hang, what is open; the telephone number masked. */
import type { ConsentJson, ListJson, SubscriberJson, TicketJson } from '../../src/edge/http/contract.ts';
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

const quietText = (hours: string | null): string =>
  hours === null
    ? words.value.subscriber.quietUsual
    : hours === 'off'
      ? words.value.subscriber.quietOff
      : hours;

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
    [say.subscriber.services, <Services key="services" subscriber={subscriber} />],
    [say.subscriber.contacts, <Contacts key="contacts" subscriber={subscriber} />],
    [
      say.subscriber.openIncident,
      subscriber.openIncident === null ? (
        '–'
      ) : (
        <a href={addressOf('incidents', subscriber.openIncident)}>{subscriber.openIncident}</a>
      ),
    ],
    [say.subscriber.openTickets, String(subscriber.openTickets.length)],
    [say.subscriber.quietHours, quietText(subscriber.quietHours)],
  ];
  return (
    <>
      <div class="head">
        <h1>
          {say.pages.subscriber} <span class="mono">{subscriber.id}</span>
        </h1>
      </div>
      <Facts facts={facts} />
      <div class="stack">
        <ConsentsPanel subscriber={subscriber.id} />
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
      </div>
    </>
  );
}

/** Each with its place where that is not the subscriber's own, and its time where it has one. */
function Services({ subscriber }: { readonly subscriber: SubscriberJson }) {
  const say = words.value.subscriber;
  if (subscriber.bindings.length === 0) return <>–</>;
  return (
    <ul class="lines">
      {subscriber.bindings.map(({ service, resource, from, to }) => (
        <li key={`${service} ${resource} ${from}`}>
          {service}
          {resource === subscriber.resource ? '' : ' · '}
          {resource !== subscriber.resource && <span class="mono">{resource}</span>}
          {from !== null && ` ${say.from} ${time(from)}`}
          {to !== null && ` ${say.until} ${time(to)}`}
        </li>
      ))}
    </ul>
  );
}

function Contacts({ subscriber }: { readonly subscriber: SubscriberJson }) {
  const say = words.value.subscriber;
  if (subscriber.contacts.length === 0) return <>–</>;
  return (
    <ul class="lines">
      {subscriber.contacts.map(({ masked, state }) => (
        <li key={masked}>
          <span class="mono">{masked}</span> {say.pointState[state]}
        </li>
      ))}
    </ul>
  );
}

function ConsentsPanel({ subscriber }: { readonly subscriber: string }) {
  const say = words.value;
  const consents = useFetched<ListJson<ConsentJson>>(
    `/subscribers/${encodeURIComponent(subscriber)}/consents`,
  );
  return (
    <section class="panel">
      <h2>{say.subscriber.consents}</h2>
      <Shown fetched={consents}>
        {(list) => (
          <Table
            label={say.subscriber.consents}
            items={list.items}
            empty={say.subscriber.noConsents}
            keyOf={(one) => `${one.at} ${one.category} ${one.channel}`}
            columns={[
              { title: say.column.type, cell: (one) => say.subscriber.category[one.category] },
              {
                title: say.column.channel,
                cell: (one) => (one.channel === '*' ? say.subscriber.everyChannel : one.channel),
              },
              { title: say.column.state, cell: (one) => say.subscriber.consentState[one.state] },
              { title: say.column.since, cell: (one) => time(one.at) },
              {
                title: say.subscriber.evidence,
                cell: (one) =>
                  `${one.evidence} · ${one.by === 'subscriber' ? say.subscriber.themselves : one.by}`,
              },
            ]}
          />
        )}
      </Shown>
    </section>
  );
}
