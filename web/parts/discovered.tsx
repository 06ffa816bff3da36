/** What a device and its neighbours say of each other: neighbours, members, stations, and where it does not fit together. */
import type { ConflictJson, FactJson, ListJson } from '../../src/edge/http/contract.ts';
import { useFetched } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { language, number, time, wordOf, words } from '../words/speak.ts';
import { Empty, Shown } from './states.tsx';
import { Table } from './table.tsx';

const freshEveryMs = 60_000;
type Place = FactJson['from'];

export function DiscoveredPanels({ device }: { readonly device: string }) {
  return (
    <div class="panels">
      <Conflicts device={device} />
      <Neighbours device={device} />
      <Members device={device} />
      <Stations device={device} />
    </div>
  );
}

const factsPath = (device: string, kind: FactJson['kind']): string =>
  `/topology/discovered?device=${encodeURIComponent(device)}&kind=${kind}&limit=500`;

function Conflicts({ device }: { readonly device: string }) {
  const say = words.value.discovered;
  const path = `/topology/conflicts?device=${encodeURIComponent(device)}&limit=200`;
  const fetched = useFetched<ListJson<ConflictJson>>(path, freshEveryMs);
  return (
    <Shown fetched={fetched}>
      {({ items, total }) =>
        items.length === 0 ? null : (
          <section class="panel whole findings" aria-label={say.conflicts}>
            <h2>
              {say.conflicts} <b>{number(total)}</b>
            </h2>
            <p class="muted">{say.neverMerged}</p>
            <ul>
              {items.map((conflict) => {
                const { what, settle } = conflict.words[language.value];
                return (
                  <li key={what} class="raised">
                    {what} <small>{settle}</small>
                  </li>
                );
              })}
            </ul>
          </section>
        )
      }
    </Shown>
  );
}

interface Neighbour {
  readonly port: string;
  readonly far: Place;
  readonly sources: readonly string[];
  readonly facts: readonly FactJson[];
}

/** Both ends may say so, and several protocols: one row a pair of ports. */
function neighboursOf(device: string, facts: readonly FactJson[]): readonly Neighbour[] {
  const rows = new Map<string, Neighbour>();
  for (const fact of facts) {
    const isOurs = fact.from.device === device;
    const [near, far] = isOurs ? [fact.from, fact.to] : [fact.to, fact.from];
    const port = near.port ?? '';
    const key = `${port} ${nameOf(far)} ${far.port ?? ''}`;
    const known = rows.get(key);
    rows.set(key, {
      port,
      far,
      sources: [...new Set([...(known?.sources ?? []), fact.source])],
      facts: [...(known?.facts ?? []), fact],
    });
  }
  return [...rows.values()];
}

function Neighbours({ device }: { readonly device: string }) {
  const say = words.value;
  const links = useFetched<ListJson<FactJson>>(factsPath(device, 'link'), freshEveryMs);
  const adjacencies = useFetched<ListJson<FactJson>>(factsPath(device, 'adjacency'), freshEveryMs);
  return (
    <Shown fetched={links}>
      {(list) => {
        const routed = adjacencies.kind === 'ready' ? adjacencies.value.items : [];
        const rows = neighboursOf(device, [...list.items, ...routed]);
        return (
          <section class="panel whole">
            <h2>
              {say.discovered.neighbours} <b>{number(rows.length)}</b>
            </h2>
            <Table
              label={say.discovered.neighbours}
              items={rows}
              empty={say.discovered.noNeighbours}
              isStacked="titled"
              keyOf={(row) => `${row.port} ${nameOf(row.far)} ${row.far.port ?? ''}`}
              columns={[
                { title: say.discovered.port, cell: (row) => row.port || '–' },
                { title: say.discovered.neighbour, cell: (row) => <PlaceName place={row.far} /> },
                { title: say.discovered.itsPort, cell: (row) => row.far.port ?? '–' },
                {
                  title: say.discovered.source,
                  cell: (row) =>
                    row.sources.map((source) => wordOf(say.discovered.sources, source)).join(', '),
                },
                { title: say.column.state, cell: (row) => stateOf(row.facts) },
                { title: say.discovered.since, class: 'fit', cell: (row) => time(first(row.facts)) },
                { title: say.discovered.seen, class: 'fit', cell: (row) => <Seen facts={row.facts} /> },
              ]}
            />
          </section>
        );
      }}
    </Shown>
  );
}

const stateOf = (facts: readonly FactJson[]): string =>
  facts.find(({ state }) => state !== null)?.state ?? '–';
const first = (facts: readonly FactJson[]): string => facts.map(({ firstSeen }) => firstSeen).sort()[0]!;

function Seen({ facts }: { readonly facts: readonly FactJson[] }) {
  const last = facts
    .map(({ lastSeen }) => lastSeen)
    .sort()
    .at(-1)!;
  const isStale = facts.every(({ stale }) => stale);
  return (
    <span class={isStale ? 'overdue' : ''}>
      {isStale ? `! ${words.value.discovered.stale} ` : ''}
      {time(last)}
    </span>
  );
}

function PlaceName({ place }: { readonly place: Place }) {
  if (place.device === undefined) return <>{nameOf(place)}</>;
  return (
    <a class="open" href={addressOf('devices', place.device)}>
      {place.device}
    </a>
  );
}

const nameOf = ({ device, name, mac, address }: Place): string =>
  device ?? ([name, mac, address].filter((text) => text !== undefined).join(' · ') || '–');

function Members({ device }: { readonly device: string }) {
  const say = words.value.discovered;
  const fetched = useFetched<ListJson<FactJson>>(factsPath(device, 'member'), freshEveryMs);
  if (fetched.kind !== 'ready' || fetched.value.items.length === 0) return null;
  const groups = new Map<string, string[]>();
  for (const { from, to } of fetched.value.items) {
    const aggregate = to.port ?? '–';
    groups.set(aggregate, [...(groups.get(aggregate) ?? []), from.port ?? '–']);
  }
  return (
    <section class="panel">
      <h2>{say.members}</h2>
      <Table
        label={say.members}
        items={[...groups]}
        keyOf={([aggregate]) => aggregate}
        columns={[
          { title: say.aggregate, cell: ([aggregate]) => aggregate },
          { title: say.ports, cell: ([, ports]) => ports.join(', ') },
        ]}
      />
    </section>
  );
}

/** Whoever stands behind access ports. */
function Stations({ device }: { readonly device: string }) {
  const say = words.value.discovered;
  const fetched = useFetched<ListJson<FactJson>>(factsPath(device, 'forwards'), freshEveryMs);
  if (fetched.kind !== 'ready') return null;
  const { items, total } = fetched.value;
  if (items.length === 0) return null;
  return (
    <section class="panel">
      <h2>
        {say.stations} <b>{number(total)}</b>
      </h2>
      <Table
        label={say.stations}
        items={items}
        keyOf={({ from, to }) => `${from.port} ${to.mac}`}
        columns={[
          { title: say.port, cell: ({ from }) => from.port ?? '–' },
          { title: 'MAC', cell: ({ to }) => <span class="mono">{to.mac ?? '–'}</span> },
          {
            title: words.value.column.address,
            cell: ({ to }) => <span class="mono">{to.address ?? '–'}</span>,
          },
          { title: say.seen, class: 'fit', cell: (fact) => <Seen facts={[fact]} /> },
        ]}
      />
      {items.length < total && <Empty text={`${items.length} ${words.value.of} ${total}`} />}
    </section>
  );
}
