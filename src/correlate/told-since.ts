/** What was heard after a verdict: its counts of who spoke and who is silent follow what has joined since. */
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { Member } from './held-incident.ts';

type Explained = Readonly<Record<string, unknown>>;

/** These speak for more than themselves, or of what is no terminal. */
const ofDevices: ReadonlySet<string> = new Set(['port', 'card', 'power', 'link']);

/** Who spoke since was counted silent, else not seen, else alive. */
export function withToldSince(
  explanation: Explained,
  members: ReadonlyMap<AlarmId, Member>,
  root: ResourceId,
): Explained {
  const { leaves, spoken, silent, unknown, alive } = explanation;
  if (typeof spoken !== 'number' || typeof leaves !== 'number') return explanation;
  // Most of the very large have not grown since: then nobody needs to be counted.
  if (Math.min(leaves, members.size) <= spoken) return explanation;
  const heard = new Set<ResourceId>();
  for (const { resource, symptom } of members.values())
    if (resource !== root && !ofDevices.has(symptom)) heard.add(resource);
  const since = Math.min(leaves, heard.size) - spoken;
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
