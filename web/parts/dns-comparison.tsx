/** The two platforms of a migration side by side: how many answer, how fast, with how many errors. */
import type { DnsResolverJson } from '../../src/edge/http/contract.ts';
import { number, words } from '../words/speak.ts';
import { Table } from './table.tsx';

interface Side {
  readonly platform: 'old' | 'new';
  readonly resolvers: readonly DnsResolverJson[];
}

export function PlatformComparison({ resolvers }: { readonly resolvers: readonly DnsResolverJson[] }) {
  const say = words.value.dns;
  const sides = (['old', 'new'] as const).map(
    (platform): Side => ({ platform, resolvers: resolvers.filter((one) => one.platform === platform) }),
  );
  // One platform alone has nothing to be compared with.
  if (sides.some((side) => side.resolvers.length === 0)) return null;
  return (
    <section class="panel">
      <h2>{say.sideBySide}</h2>
      <Table
        label={say.sideBySide}
        items={sides}
        keyOf={(side) => side.platform}
        columns={[
          { title: say.platform, cell: (side) => say[side.platform] },
          {
            title: say.answering,
            class: 'number',
            cell: ({ resolvers: all }) =>
              `${number(all.filter(({ state }) => state === 'answers').length)} / ${number(all.length)}`,
          },
          { title: say.hit, class: 'number', cell: (side) => middle(side, 'hit') },
          { title: say.miss, class: 'number', cell: (side) => middle(side, 'miss') },
          { title: say.errors, class: 'number', cell: errors },
          {
            title: say.answers,
            cell: ({ resolvers: all }) => {
              const wrong = all.filter(({ correct }) => correct === false).length;
              return wrong === 0 ? say.right : `! ${say.wrong}: ${number(wrong)}`;
            },
          },
        ]}
      />
    </section>
  );
}

/** The mean of the resolvers' medians: what a subscriber of that platform waits. */
function middle({ resolvers }: Side, kind: 'hit' | 'miss'): string {
  const medians = resolvers.flatMap((one) => (one[kind] === null ? [] : [one[kind].p50Ms]));
  if (medians.length === 0) return '–';
  const mean = medians.reduce((sum, one) => sum + one, 0) / medians.length;
  return `${number(Math.round(mean * 10) / 10)} ${words.value.dns.ms}`;
}

function errors({ resolvers }: Side): string {
  const shares = resolvers.map(({ rcodes }) => 1 - (rcodes['NOERROR'] ?? 0) - (rcodes['NXDOMAIN'] ?? 0));
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  return `${number(Math.round(Math.max(0, mean) * 1_000) / 10)} %`;
}
