/** One incident from cause to confirmation: why, who is hit, who was told, who called, what they answered. */
import type { IncidentJson, ListJson, TicketJson } from '../../src/edge/http/contract.ts';
import { AlarmsPanel } from '../parts/alarms-panel.tsx';
import { AnswersPanel } from '../parts/answers-panel.tsx';
import { CausePanel } from '../parts/cause-panel.tsx';
import { CreditsPanel } from '../parts/credits-panel.tsx';
import { IncidentHead } from '../parts/incident-head.tsx';
import { AffectedPanel, NoticesPanel } from '../parts/incident-panels.tsx';
import { later } from '../parts/later.tsx';
import { Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { TimelinePanel } from '../parts/timeline-panel.tsx';
import { type Fetched, useFetched } from '../state/api.ts';
import { liveIncident } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { number, time, words } from '../words/speak.ts';

const AffectedList = later(() => import('../parts/affected-list.tsx').then((part) => part.AffectedList));

export function IncidentPage({ id }: { readonly id: string }) {
  const fetched = useFetched<IncidentJson>(`/incidents/${encodeURIComponent(id)}`);
  return <Shown fetched={fetched}>{(loaded) => <Opened loaded={loaded} />}</Shown>;
}

function Opened({ loaded }: { readonly loaded: IncidentJson }) {
  // The live row is newer than what was loaded; history and explanation come with the next load.
  const incident: IncidentJson = { ...loaded, ...liveIncident(loaded.id) };
  const path = encodeURIComponent(incident.id);
  const tickets = useFetched<ListJson<TicketJson>>(`/tickets?incident=${path}&limit=20`);
  return (
    <>
      <IncidentHead incident={incident} />
      <div class="panels">
        <div class="stack">
          <CausePanel incident={incident} />
          <TimelinePanel incident={incident} />
          <TicketsPanel tickets={tickets} incident={incident} />
        </div>
        <div class="stack">
          <AffectedPanel incident={incident} />
          <NoticesPanel incident={incident} />
          <AnswersPanel incident={incident.id} />
          <CreditsPanel incident={incident.id} />
        </div>
        <AlarmsPanel incident={incident} />
        <AffectedList incident={incident} />
      </div>
    </>
  );
}

function TicketsPanel({
  tickets,
  incident,
}: {
  tickets: Fetched<ListJson<TicketJson>>;
  incident: IncidentJson;
}) {
  const say = words.value;
  return (
    <section class="panel">
      <h2>
        {say.incident.tickets} <b>{number(incident.tickets)}</b>{' '}
        <a href={`/tickets?incident=${encodeURIComponent(incident.id)}&status=all`}>{say.incident.showAll}</a>
      </h2>
      <Shown fetched={tickets}>
        {(list) => (
          <Table
            label={say.incident.tickets}
            items={list.items}
            empty={say.incident.noTickets}
            keyOf={(ticket) => ticket.id}
            columns={[
              {
                title: say.pages.ticket,
                cell: (ticket) => <a href={addressOf('tickets', ticket.id)}>{ticket.id}</a>,
              },
              {
                title: say.column.subscriber,
                cell: (ticket) =>
                  ticket.subscriber === null ? (
                    <span class="muted">{say.pages.incident}</span>
                  ) : (
                    <a href={addressOf('subscribers', ticket.subscriber)}>{ticket.subscriber}</a>
                  ),
              },
              { title: say.column.state, cell: (ticket) => say.ticketStatus[ticket.status] },
              { title: say.column.since, class: 'fit', cell: (ticket) => time(ticket.openedAt) },
            ]}
          />
        )}
      </Shown>
    </section>
  );
}
