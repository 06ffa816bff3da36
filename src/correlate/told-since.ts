/** What was heard after a verdict: its counts of who spoke and who is silent follow what has joined since. */
import type { ResourceId } from '../model/ids.ts';
import type { Spoken } from './speakers.ts';

type Explained = Readonly<Record<string, unknown>>;

/** Who spoke since was counted silent, else not seen, else alive. */
export function withToldSince(
  explanation: Explained,
  { resources, devices }: Spoken,
  root: ResourceId,
): Explained {
  const { leaves, spoken, silent, unknown, alive } = explanation;
  if (typeof spoken !== 'number' || typeof leaves !== 'number') return explanation;
  const isRootHeard = resources.has(root) && !devices.has(root);
  const heard = resources.size - devices.size - Number(isRootHeard);
  const since = Math.min(leaves, heard) - spoken;
  if (since <= 0) return explanation;
  let left = since;
  const less = (count: unknown): number => {
    const taken = Math.min(left, Number(count) || 0);
    left -= taken;
    return (Number(count) || 0) - taken;
  };
  const counts = { silent: less(silent), unknown: less(unknown), alive: less(alive) };
  return { ...explanation, ...counts, spoken: spoken + since, spokenSince: since };
}
