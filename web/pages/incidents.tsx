/** The first screen: what is broken, how many it hits, whether somebody is on it, until when. */
import { useState } from 'preact/hooks';
import type { IncidentRowJson } from '../../src/edge/http/contract.ts';
import { ActButton } from '../parts/act-button.tsx';
import { Etr } from '../parts/etr.tsx';
import { Filter, matches } from '../parts/filter.tsx';
import type { Column } from '../parts/grid.tsx';
import { Severity } from '../parts/severity.tsx';
import { Empty, More } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { session } from '../state/api.ts';
import { clock, incidents, isOver, stream, totals } from '../state/live.ts';
import { addressOf, go, route, setQuery } from '../state/route.ts';
import { language, length, number, percent, plural, time, wordOf, words } from '../words/speak.ts';

/** Worst first, so that the rest is rarely asked for. */
const firstShown = 100;

export function IncidentsPage() {
  const say = words.value;
  const filter = route.value.query.get('q') ?? '';
  const isAll = route.value.query.get('all') === '1';
  const forNobody = incidents.value.filter(({ actionable }) => !actionable).length;
  const all = isAll ? incidents.value : incidents.value.filter(({ actionable }) => actionable);
  const [limit, setLimit] = useState(firstShown);
  const shown = all.filter((incident) => {
    const spoken = incident.words[language.value];
    return matches(filter, [
      incident.id,
      incident.kind,
      incident.root ?? '',
      spoken.title,
      spoken.cause,
      incident.state,
    ]);
  });
  return (
    <>
      <div class="head">
        <h1>{say.pages.incidents}</h1>
        <Filter shown={shown.length} total={all.length} />
        {forNobody > 0 && (
          <button type="button" aria-pressed={isAll} onClick={() => setQuery('all', isAll ? '' : '1')}>
            {plural(forNobody, say.incident.forNobody)}
          </button>
        )}
      </div>
      {shown.length > 0 ? (
        <>
          <Table
            label={say.pages.incidents}
            items={shown.slice(0, limit)}
            columns={columns()}
            isStill
            isStacked
            keyOf={(incident) => incident.id}
            rowClass={(incident) => `incidentrow${isOver(incident) ? ' over' : ''}`}
            onOpen={(incident) => go(addressOf('incidents', incident.id))}
          />
          <More
            shown={Math.min(limit, shown.length)}
            total={shown.length}
            onMore={() => setLimit(limit + 200)}
          />
        </>
      ) : (
        <Nothing isFiltered={all.length > 0} />
      )}
    </>
  );
}

/** An empty list is good news only while we see: blind or without data it must not look healthy. */
function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const say = words.value;
  if (isFiltered) return <Empty text={say.empty.filtered} />;
  if (stream.value === 'connecting') return <p class="loading">{say.loading}…</p>;
  const isBlind = stream.value !== 'live' || (totals.value?.blindCollectors.length ?? 0) > 0;
  const isDemo = (session.value?.demo ?? null) !== null;
  return isBlind ? (
    <Empty text={say.empty.incidents} />
  ) : (
    <Empty text={say.empty.incidents} hint={say.empty.incidentsHint}>
      {isDemo && (
        <ActButton path="/demo/play" body={{ scenario: 'fibre-cut' }} text={say.empty.playFibreCut} />
      )}
    </Empty>
  );
}

function columns(): readonly Column<IncidentRowJson>[] {
  const say = words.value;
  return [
    {
      title: say.column.severity,
      class: 'fit',
      cell: (incident) => <Severity of={incident.severity} isTaken={isOver(incident)} />,
    },
    {
      title: say.column.since,
      class: 'fit',
      cell: (incident) => (
        <>
          <b>{time(incident.startedAt)}</b>
          <small>
            {length(
              (incident.resolvedAt === null ? clock.value : Date.parse(incident.resolvedAt)) -
                Date.parse(incident.startedAt),
            )}
          </small>
        </>
      ),
    },
    {
      title: say.column.what,
      class: 'wide',
      cell: (incident) => (
        <>
          <a class="open" href={addressOf('incidents', incident.id)}>
            {incident.words[language.value].title}
          </a>
          <small>
            {plural(incident.alarmCount, say.alarms)} · {likely(incident)}
          </small>
        </>
      ),
    },
    { title: say.column.affected, class: 'number', cell: (incident) => <AffectedCell incident={incident} /> },
    {
      title: say.column.state,
      class: 'fit',
      cell: (incident) => (
        <>
          {wordOf(say.state, incident.state)}
          {incident.planned && <small>{say.state.planned}</small>}
        </>
      ),
    },
    {
      title: say.column.etr,
      class: 'fit',
      cell: (incident) => <Etr etr={incident.etr} isOver={isOver(incident)} />,
    },
    {
      title: say.column.notices,
      class: 'number',
      cell: (incident) => (
        <>
          {number(incident.told)}
          <small>
            {incident.notices.held > 0
              ? `${say.noticeState.held}: ${number(incident.notices.held)}`
              : `${say.of} ${number(incident.subscribers)}`}
          </small>
        </>
      ),
    },
    { title: say.column.tickets, class: 'number', cell: (incident) => number(incident.tickets) },
  ];
}

function AffectedCell({ incident }: { readonly incident: IncidentRowJson }) {
  const say = words.value;
  const special = (['business', 'priority', 'vip'] as const)
    .filter((name) => (incident.byClass?.[name] ?? 0) > 0)
    .map((name) => `${say.subscriberClass[name]} ${number(incident.byClass![name])}`);
  return (
    <>
      <b>{number(incident.subscribers)}</b>
      {special.map((text) => (
        <small key={text}>{text}</small>
      ))}
    </>
  );
}

/** How sure, and what else it may be: what nothing tells apart is one cause with several names. */
function likely(incident: IncidentRowJson): string {
  const say = words.value;
  if (incident.decidedAt === null) return say.incident.undecided;
  const [first, second] = incident.candidates;
  const same = first?.indistinguishable?.map(({ root }) => root) ?? [];
  const alike =
    same.length === 0 ? '' : ` · ${say.verdict.or} ${same.slice(0, 2).join(` ${say.verdict.or} `)}`;
  const also =
    second === undefined ? '' : ` · ${say.incident.also}: ${second.root}, ${percent(second.probability)}`;
  return `${percent(incident.probability)}${alike}${also}`;
}
