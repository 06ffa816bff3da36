/** One ticket: whose it is, what they said, what happened to it. */
import type { TicketJson } from '../../src/edge/http/contract.ts';
import { type Fact, Facts } from '../parts/facts.tsx';
import { Shown } from '../parts/states.tsx';
import { useFetched } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { time, timeWithSeconds, words } from '../words/speak.ts';

export function TicketPage({ id }: { readonly id: string }) {
  const fetched = useFetched<TicketJson>(`/tickets/${encodeURIComponent(id)}`);
  return <Shown fetched={fetched}>{(ticket) => <Opened ticket={ticket} />}</Shown>;
}

function Opened({ ticket }: { readonly ticket: TicketJson }) {
  const say = words.value;
  const facts: readonly Fact[] = [
    [say.column.state, <b key="state">{say.ticketStatus[ticket.status]}</b>],
    [say.column.since, time(ticket.openedAt)],
    [say.column.channel, ticket.channel ?? '–'],
    [
      say.column.subscriber,
      ticket.subscriber === null ? (
        '–'
      ) : (
        <a href={addressOf('subscribers', ticket.subscriber)}>{ticket.subscriber}</a>
      ),
    ],
    [
      say.column.incident,
      ticket.incident === null ? (
        '–'
      ) : (
        <a href={addressOf('incidents', ticket.incident)}>{ticket.incident}</a>
      ),
    ],
    [say.etr.title, ticket.expectedResolutionAt === null ? say.etr.none : time(ticket.expectedResolutionAt)],
    [say.ticket.loops, String(ticket.loops)],
  ];
  return (
    <>
      <div class="head">
        <h1>
          {say.pages.ticket} <span class="mono">{ticket.id}</span>
        </h1>
      </div>
      <Facts facts={facts} />
      <div class="panels">
        <section class="panel">
          <h2>{say.ticket.description}</h2>
          <p class="said">{ticket.description ?? '–'}</p>
        </section>
        <section class="panel">
          <h2>{say.ticket.history}</h2>
          <ol class="timeline">
            {ticket.history.toReversed().map((event) => (
              <li key={`${event.at} ${event.status} ${event.reason}`}>
                <time dateTime={event.at}>{timeWithSeconds(event.at)}</time>{' '}
                <b>{say.ticketStatus[event.status]}</b> {say.reason[event.reason]}
              </li>
            ))}
          </ol>
        </section>
      </div>
    </>
  );
}
