/** What subscribers are owed for an incident, and how much of it the billing system has; nothing where nothing is owed. */
import type { IncidentCreditsJson } from '../../src/edge/http/contract.ts';
import { useFetched } from '../state/api.ts';
import { money, number, words } from '../words/speak.ts';
import { Table } from './table.tsx';

export function CreditsPanel({ incident }: { readonly incident: string }) {
  const id = encodeURIComponent(incident);
  const fetched = useFetched<IncidentCreditsJson>(`/incidents/${id}/credits`, 15_000);
  const totals = fetched.kind === 'ready' ? fetched.value.totals : [];
  const say = words.value.incident;
  if (totals.length === 0) return null;
  const corrected = totals.reduce((sum, one) => sum + one.corrected, 0);
  const refused = totals.reduce((sum, one) => sum + one.refused, 0);
  return (
    <section class="panel">
      <h2>
        {say.credits}{' '}
        <a href={`/api/v1/credits.csv?incident=${id}`} download>
          {say.creditList}
        </a>
      </h2>
      <Table
        label={say.credits}
        items={totals}
        empty=""
        keyOf={({ rule, version, currency }) => `${rule} ${version} ${currency}`}
        columns={[
          {
            title: say.creditOf,
            cell: ({ rule, version }) => (
              <>
                {rule} <span class="muted">{version}</span>
              </>
            ),
          },
          { title: say.creditTo, class: 'fit', cell: ({ subscribers }) => number(subscribers) },
          { title: say.creditSum, class: 'fit', cell: ({ amount, currency }) => money(amount, currency) },
          {
            title: say.billing,
            class: 'fit',
            cell: ({ taken, credits }) => `${number(taken)} / ${number(credits)}`,
          },
        ]}
      />
      {corrected + refused > 0 && (
        <p class="muted">
          {number(corrected)} {say.corrected}
          {refused > 0 && ` · ${number(refused)} ${say.refused}`}
        </p>
      )}
    </section>
  );
}
