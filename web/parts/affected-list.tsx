/** Whom an incident touches, one by one: found by telephone number or id, narrowed by how sure it is, and as a file. */
import { useState } from 'preact/hooks';
import type { AffectedJson, IncidentJson, ListJson } from '../../src/edge/http/contract.ts';
import { type Fetched, useFetched } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { time, words } from '../words/speak.ts';
import { More, Shown } from './states.tsx';
import { Table } from './table.tsx';

const levels = ['proved', 'inferred', 'suspected'] as const;
const shownFirst = 20;
/** A number or an id is looked for when it is written, not at each of its digits. */
const leastFind = 3;

export function AffectedList({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value.affected;
  const [level, setLevel] = useState('');
  const [find, setFind] = useState('');
  const [sought, setSought] = useState('');
  const [limit, setLimit] = useState(shownFirst);
  if (incident.subscribers === 0) return null;
  const path = `/incidents/${encodeURIComponent(incident.id)}/subscribers`;
  const narrowed = level === '' ? '' : `level=${level}`;
  const asked = [narrowed, sought === '' ? '' : `find=${encodeURIComponent(sought)}`, `limit=${limit}`];
  return (
    <section class="panel whole people" id="subscribers" tabIndex={-1} aria-label={say.title}>
      <h2>{say.title}</h2>
      <form
        class="choosing"
        onSubmit={(event) => {
          event.preventDefault();
          setSought(find.trim());
        }}
      >
        <label class="finding">
          <span class="hiddenlabel">{say.find}</span>
          <input
            type="search"
            placeholder={say.find}
            value={find}
            onInput={(event) => {
              const { value } = event.currentTarget;
              setFind(value);
              if (value.trim() === '') setSought('');
            }}
          />
        </label>
        <button type="submit" disabled={find.trim().length < leastFind}>
          {say.seek}
        </button>
        <label>
          {say.level}{' '}
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value)}>
            <option value="">{say.everyLevel}</option>
            {levels.map((one) => (
              <option key={one} value={one}>
                {say.levels[one]}
              </option>
            ))}
          </select>
        </label>
        <a href={`/api/v1${path}.csv${narrowed === '' ? '' : `?${narrowed}`}`} download>
          {say.file}
        </a>
      </form>
      <People path={`${path}?${asked.filter((one) => one !== '').join('&')}`} isSought={sought !== ''}>
        {() => setLimit((before) => Math.min(1_000, before === shownFirst ? 100 : before + 200))}
      </People>
    </section>
  );
}

function People({
  path,
  isSought,
  children: more,
}: {
  readonly path: string;
  readonly isSought: boolean;
  readonly children: () => void;
}) {
  const fetched: Fetched<ListJson<AffectedJson>> = useFetched<ListJson<AffectedJson>>(path);
  const say = words.value.affected;
  return (
    <Shown fetched={fetched}>
      {(list) => (
        <>
          <Table
            label={say.title}
            items={list.items}
            empty={isSought ? say.notFound : say.nobody}
            isAside
            isStacked="titled"
            keyOf={({ subscriber }) => subscriber}
            columns={columns()}
          />
          <More shown={list.items.length} total={list.total} onMore={more} />
        </>
      )}
    </Shown>
  );
}

function columns() {
  const say = words.value;
  return [
    {
      title: say.column.subscriber,
      class: 'fit',
      cell: ({ subscriber, name }: AffectedJson) => (
        <>
          <a href={addressOf('subscribers', subscriber)}>{subscriber}</a>
          {name !== null && <small class="muted"> {name}</small>}
        </>
      ),
    },
    {
      title: say.affected.phone,
      class: 'fit',
      cell: ({ phone }: AffectedJson) => <span class="mono">{phone ?? '–'}</span>,
    },
    { title: say.column.type, cell: (one: AffectedJson) => say.subscriberClass[one.class] },
    { title: say.subscriber.services, cell: ({ services }: AffectedJson) => services.join(', ') || '–' },
    {
      title: say.column.resource,
      cell: ({ resource }: AffectedJson) => <span class="mono">{resource}</span>,
    },
    { title: say.affected.level, cell: ({ level }: AffectedJson) => say.affected.levels[level] },
    { title: say.column.since, class: 'fit', cell: ({ since }: AffectedJson) => time(since) },
    { title: say.affected.told, cell: ({ told }: AffectedJson) => <Told told={told} /> },
    {
      title: say.pages.ticket,
      class: 'fit',
      cell: ({ ticket }: AffectedJson) =>
        ticket === null ? (
          '–'
        ) : (
          <>
            <a class="mono" href={addressOf('tickets', ticket.id)}>
              {ticket.id}
            </a>{' '}
            <small class="muted">{say.ticketStatus[ticket.status]}</small>
          </>
        ),
    },
  ];
}

function Told({ told: { state, reason, channel, at } }: { readonly told: AffectedJson['told'] }) {
  const { affected, noticeState, preview } = words.value;
  const reasons: Readonly<Record<string, string>> = { ...preview.reason, ...affected.reason };
  const why = reason === null ? '' : (reasons[reason] ?? reason);
  if (state === 'notYet' || state === 'none')
    return <span class="muted">{[affected.state[state], why].filter((one) => one !== '').join(': ')}</span>;
  const how = [channel, at === null ? null : time(at)].filter((one) => one !== null).join(', ');
  return (
    <>
      {noticeState[state]}
      {why === '' ? '' : `: ${why}`}
      {why === '' && how !== '' && <small class="muted"> {how}</small>}
    </>
  );
}
