/** Are there more words from one place than chance brings? Tails of Poisson and binomial distributions, in steps. */

/** P(X >= count) where `expected` are expected. */
export function poissonTail(count: number, expected: number): number {
  if (count <= 0) return 1;
  if (expected <= 0) return 0;
  let logTerm = -expected;
  for (let i = 1; i <= count; i++) logTerm += Math.log(expected / i);
  let term = Math.exp(logTerm);
  let sum = 0;
  for (let i = count; i < count + 1_000 && term > sum * 1e-12; i++) {
    sum += term;
    term *= expected / (i + 1);
  }
  return Math.min(1, sum);
}

/** P(X >= count) of `tries`, each with this chance. */
export function binomialTail(count: number, tries: number, chance: number): number {
  let logTerm = tries * Math.log1p(-chance);
  let sum = 0;
  for (let i = 0; i <= tries; i++) {
    if (i >= count) sum += Math.exp(logTerm);
    logTerm += Math.log(((tries - i) / (i + 1)) * (chance / (1 - chance)));
  }
  return Math.min(1, sum);
}

/** How much likelier so many are where all is as it seems than where chance alone speaks (Kulldorff 1997); in nats. */
export const excessOf = (count: number, expected: number): number =>
  count > expected ? count * Math.log(count / expected) - (count - expected) : 0;
