/** One incident from cause to confirmation: why, who is hit, who was told, who called, what they answered. */
import type { AlarmJson, IncidentJson, ListJson, TicketJson } from '../../src/edge/http/contract.ts';
import { ActButton } from '../parts/act-button.tsx';
import { AnswersPanel } from '../parts/answers-panel.tsx';
import { Etr, EtrForm } from '../parts/etr.tsx';
import { AffectedPanel, CausePanel, NoticesPanel, TimelinePanel } from '../parts/incident-panels.tsx';
import { Severity } from '../parts/severity.tsx';
import { Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { type Fetched, useFetched } from '../state/api.ts';
import { clock, isOver, liveIncident } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { language, length, number, time, wordOf, words } from '../words/speak.ts';
import { AlarmState } from './alarms.tsx';

export function IncidentPage({ id }: { readonly id: string }) {
  const fetched = useFetched<IncidentJson>(`/incidents/${encodeURIComponent(id)}`);
  return <Shown fetched={fetched}>{(loaded) => <Opened loaded={loaded} />}</Shown>;
}

function Opened({ loaded }: { readonly loaded: IncidentJson }) {
  // The live row is newer than what was loaded; history and explanation come with the next load.
  const incident: IncidentJson = { ...loaded, ...liveIncident(loaded.id) };
  const path = encodeURIComponent(incident.id);
  const alarms = useFetched<ListJson<AlarmJson>>(`/alarms?incident=${path}&limit=50`);
  const tickets = useFetched<ListJson<TicketJson>>(`/tickets?incident=${path}&limit=20`);
  return (
    <>
      <Head incident={incident} />
      <div class="panels">
        <CausePanel incident={incident} />
        <AffectedPanel incident={incident} />
        <NoticesPanel incident={incident} />
        <AnswersPanel incident={incident.id} />
        <TicketsPanel tickets={tickets} incident={incident} />
        <TimelinePanel incident={incident} />
        <AlarmsPanel alarms={alarms} />
      </div>
    </>
  );
}

function Head({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value;
  const over = isOver({ ...incident, alarmCount: incident.alarms.length });
  const until = incident.resolvedAt === null ? clock.value : Date.parse(incident.resolvedAt);
  return (
    <div class="incidenthead">
      <p class="muted">
        <a href="/incidents">‹ {say.pages.incidents}</a> · <span class="mono">{incident.id}</span>
      </p>
      <h1>
        <Severity of={incident.severity} isTaken={over} /> {incident.words[language.value].title}
      </h1>
      <dl class="facts">
        <div>
          <dt>{say.column.state}</dt>
          <dd>
            {wordOf(say.state, incident.state)}
            {incident.planned && `, ${say.state.planned} ${incident.works ?? ''}`}
            {incident.into !== null && (
              <>
                {' '}
                · {say.incident.mergedInto}{' '}
                <a href={addressOf('incidents', incident.into)}>{incident.into}</a>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{say.column.since}</dt>
          <dd>
            {time(incident.startedAt)} ·{' '}
            {incident.resolvedAt === null ? say.incident.duration : say.incident.lasted}{' '}
            {length(until - Date.parse(incident.startedAt))}
          </dd>
        </div>
        <div>
          <dt>{say.etr.title}</dt>
          <dd>
            <Etr etr={incident.etr} isOver={over} />
            {!over && incident.etr !== null && <span class="muted"> {say.etr[incident.etr.source]}</span>}{' '}
            {!over && <EtrForm incident={incident.id} etr={incident.etr} />}
          </dd>
        </div>
      </dl>
    </div>
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
        {say.incident.tickets} <b>{number(incident.tickets)}</b>
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

function AlarmsPanel({ alarms }: { readonly alarms: Fetched<ListJson<AlarmJson>> }) {
  const say = words.value;
  return (
    <section class="panel whole">
      <h2>
        {say.incident.alarms} <b>{alarms.kind === 'ready' ? number(alarms.value.total) : ''}</b>
      </h2>
      <Shown fetched={alarms}>
        {(list) => (
          <Table
            label={say.incident.alarms}
            items={list.items}
            empty={say.empty.history}
            keyOf={(alarm) => alarm.id}
            columns={[
              {
                title: say.column.severity,
                class: 'fit',
                cell: (alarm) => (
                  <Severity of={alarm.perceivedSeverity} isTaken={alarm.ackState === 'acknowledged'} />
                ),
              },
              { title: say.column.since, class: 'fit', cell: (alarm) => time(alarm.raisedAt) },
              { title: say.column.resource, cell: (alarm) => alarm.resource },
              { title: say.column.cause, cell: (alarm) => alarm.cause },
              { title: say.column.state, cell: (alarm) => <AlarmState alarm={alarm} /> },
              {
                title: say.column.actions,
                class: 'fit',
                cell: (alarm) =>
                  alarm.state === 'raised' && alarm.ackState === 'unacknowledged' ? (
                    <ActButton
                      path={`/alarms/${encodeURIComponent(alarm.id)}/acknowledge`}
                      text={say.alarm.acknowledge}
                    />
                  ) : (
                    '–'
                  ),
              },
            ]}
          />
        )}
      </Shown>
    </section>
  );
}
