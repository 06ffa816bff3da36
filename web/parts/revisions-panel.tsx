/** How the set of those touched changed, revision by revision, and what each service has lost by then. */
import { useState } from 'preact/hooks';
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { number, timeWithSeconds, words } from '../words/speak.ts';
import { More } from './states.tsx';
import { Table } from './table.tsx';

const shownFirst = 5;

type Revision = IncidentJson['revisions'][number];

export function Revisions({ incident: { revisions } }: { readonly incident: IncidentJson }) {
  const say = words.value.incident;
  const [shown, setShown] = useState(shownFirst);
  // The first says only how many there were, which stands above.
  if (revisions.length < 2) return null;
  const signed = (sign: string, count: number) => (count === 0 ? '–' : `${sign}${number(count)}`);
  return (
    <>
      <h3>{say.revisions}</h3>
      <Table
        label={say.revisions}
        items={revisions.slice(0, shown)}
        isAside
        keyOf={({ revision }) => String(revision)}
        columns={[
          {
            title: say.when,
            class: 'fit',
            cell: ({ at }: Revision) => <time dateTime={at}>{timeWithSeconds(at)}</time>,
          },
          { title: say.joined, class: 'number', cell: ({ joined }: Revision) => signed('+', joined) },
          { title: say.left, class: 'number', cell: ({ left }: Revision) => signed('−', left) },
          { title: say.affected, class: 'number', cell: ({ subscribers }: Revision) => number(subscribers) },
        ]}
      />
      <More
        shown={Math.min(shown, revisions.length)}
        total={revisions.length}
        onMore={() => setShown(shown + 20)}
      />
    </>
  );
}

export function Losses({ incident: { losses } }: { readonly incident: IncidentJson }) {
  const say = words.value.incident;
  if (losses.length === 0) return null;
  return (
    <Table
      label={say.lost}
      items={losses}
      isAside
      keyOf={({ service }) => service}
      columns={[
        {
          title: words.value.subscriber.services,
          cell: ({ service }: IncidentJson['losses'][number]) => service,
        },
        { title: say.affected, class: 'number', cell: ({ affected }) => number(affected) },
        { title: say.lost, class: 'number', cell: ({ minutes }) => number(Math.round(minutes)) },
      ]}
    />
  );
}
