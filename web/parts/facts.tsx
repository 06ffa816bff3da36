/** Names and values of one thing, above everything else a page says of it. */
import type { ComponentChild } from 'preact';

export type Fact = readonly [name: string, value: ComponentChild];

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
