/** The two platforms of a migration side by side: how many answer, how fast, with how many errors. */
import type { DnsResolverJson } from '../../src/edge/http/contract.ts';
import { number, words } from '../words/speak.ts';
import { Table } from './table.tsx';

type Side = readonly DnsResolverJson[];

interface Row {
  readonly title: string;
  readonly of: (side: Side) => string;
}

export function PlatformComparison({ resolvers }: { readonly resolvers: readonly DnsResolverJson[] }) {
  const say = words.value.dns;
  const of = (name: 'old' | 'new'): Side => resolvers.filter(({ platform }) => platform === name);
  const [old, fresh] = [of('old'), of('new')];
  // One platform alone has nothing to be compared with.
  if (old.length === 0 || fresh.length === 0) return null;
  const share = (side: Side, is: (one: DnsResolverJson) => boolean): string =>
    `${number(side.filter(is).length)} ${words.value.of} ${number(side.length)}`;
  const rows: readonly Row[] = [
    { title: say.answering, of: (side) => share(side, ({ state }) => state === 'answers') },
    { title: say.hit, of: (side) => middle(side, 'hit') },
    { title: say.miss, of: (side) => middle(side, 'miss') },
    { title: say.errors, of: errors },
    { title: say.wrongOnes, of: (side) => share(side, ({ correct }) => correct === false) },
  ];
  return (
    <section class="panel">
      <h2>{say.sideBySide}</h2>
      <Table
        label={say.sideBySide}
        items={rows}
        keyOf={(row) => row.title}
        columns={[
          { title: '', cell: (row) => row.title },
          { title: say.old, class: 'number', cell: (row) => row.of(old) },
          { title: say.new, class: 'number', cell: (row) => row.of(fresh) },
        ]}
      />
    </section>
  );
}

/** The mean of the resolvers' medians: what a subscriber of that platform waits. */
function middle(side: Side, kind: 'hit' | 'miss'): string {
  const medians = side.flatMap((one) => (one[kind] === null ? [] : [one[kind].p50Ms]));
  if (medians.length === 0) return '–';
  const mean = medians.reduce((sum, one) => sum + one, 0) / medians.length;
  return `${number(Math.round(mean * 10) / 10)} ${words.value.dns.ms}`;
}

function errors(side: Side): string {
  const shares = side.map(({ rcodes }) => 1 - (rcodes['NOERROR'] ?? 0) - (rcodes['NXDOMAIN'] ?? 0));
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  return `${number(Math.round(Math.max(0, mean) * 1_000) / 10)} %`;
}
