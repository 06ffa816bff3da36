/** What it says of a cause that many who would have to tell of it are out of sight. */
import type { Tally } from './tally.ts';

/**
 * Who is out of sight counts neither for nor against. But of all that a fault darkens some share is heard of, by trap or by
 * poll: where fewer spoke, so many fewer are that much less likely (binomial, in thousandths of a nat), and never more so
 * than if all of them were silent.
 */
export function outOfSight({ spoken, unknown }: Tally, perLeaf: number): number {
  const all = spoken + unknown;
  if (unknown <= 0 || spoken <= 0 || spoken >= fewestHeard * all) return 0;
  const nats =
    spoken * Math.log((fewestHeard * all) / spoken) + unknown * Math.log(((1 - fewestHeard) * all) / unknown);
  return Math.max(Math.round(nats * 1_000), unknown * perLeaf);
}

const fewestHeard = 0.15;
