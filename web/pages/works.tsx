/** Planned works: what is announced, on what, and when; running ones first. */
import type { WorksJson } from '../../src/edge/http/contract.ts';
import { Filter, matches } from '../parts/filter.tsx';
import { More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useList } from '../state/api.ts';
import { clock, incidents } from '../state/live.ts';
import { addressOf, route } from '../state/route.ts';
import { language, length, time, words } from '../words/speak.ts';

const freshEveryMs = 30_000;

export function WorksPage() {
  const say = words.value;
  const filter = route.value.query.get('q') ?? '';
  const { fetched, more } = useList<WorksJson>('/works', freshEveryMs);
  const all = fetched.kind === 'ready' ? fetched.value.items : [];
  const shown = all.filter(({ id, title, resources }) => matches(filter, [id, title ?? '', ...resources]));
  return (
    <>
      <div class="head">
        <h1>{say.pages.works}</h1>
        {all.length > 0 && <Filter shown={shown.length} total={all.length} />}
      </div>
      <p class="muted">{say.works.lead}</p>
      <Shown fetched={fetched}>
        {({ items, total }) => (
          <>
            <Table
              label={say.pages.works}
              items={shown}
              empty={items.length === 0 ? say.works.none : say.empty.filtered}
              isStacked="titled"
              keyOf={({ id }) => id}
              rowClass={({ state }) => (state === 'over' ? 'over' : '')}
              columns={columns()}
            />
            <More shown={items.length} total={total} onMore={more} />
          </>
        )}
      </Shown>
    </>
  );
}

function columns() {
  const say = words.value;
  return [
    {
      title: say.works.work,
      class: 'wide',
      cell: ({ id, title }: WorksJson) => (
        <>
          <b>{title ?? id}</b>
          {title !== null && <small class="mono">{id}</small>}
        </>
      ),
    },
    {
      title: say.column.state,
      class: 'fit',
      cell: (works: WorksJson) => (
        <>
          {works.state === 'running' ? <b>{say.works.states.running}</b> : say.works.states[works.state]}
          <small>{until(works)}</small>
        </>
      ),
    },
    {
      title: say.works.window,
      class: 'fit',
      cell: ({ from, to, announcedAt }: WorksJson) => (
        <>
          {time(from)} – {time(to)}
          {announcedAt !== null && (
            <small>
              {say.works.announced} {time(announcedAt)}
            </small>
          )}
        </>
      ),
    },
    {
      title: say.works.about,
      cell: ({ resources }: WorksJson) => <span class="mono">{resources.join(', ')}</span>,
    },
    { title: say.pages.incidents, cell: ({ id }: WorksJson) => <Under id={id} /> },
  ];
}

function until({ state, from, to }: WorksJson): string {
  const say = words.value.works;
  const now = clock.value;
  if (state === 'ahead') return `${say.begins} ${length(Date.parse(from) - now)}`;
  if (state === 'running') return `${say.ends} ${length(Date.parse(to) - now)}`;
  return `${length(now - Date.parse(to))} ${say.ago}`;
}

/** Incidents of now that they explain. */
function Under({ id }: { readonly id: string }) {
  const under = incidents.value.filter(({ works }) => works === id);
  if (under.length === 0) return <>–</>;
  return (
    <>
      {under.map((incident) => (
        <p key={incident.id}>
          <a href={addressOf('incidents', incident.id)}>{incident.words[language.value].title}</a>
        </p>
      ))}
    </>
  );
}
