/** Who may let go notices that wait for a second person: nobody who made the incident what it is. */
import type { FrontPorts, User } from './ports.ts';

/** Names of the daemon itself, of the first link and of the first token: no user can have them. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...['administrator', 'bootstrap', 'allclear', 'staff', 'subscriber'],
]);

/**
 * Undefined: they may. The engine is the first person of an incident that nobody touched. One that was split, merged or
 * given an alarm by hand needs somebody else, by a name of their own: behind a key or the first link stands anybody. Where
 * fewer than two people could let go there is no second person to ask for.
 */
export async function whyMayNotRelease(
  { query, staff }: FrontPorts,
  { name }: User,
  incident: string,
): Promise<string | undefined> {
  const view = await query.incident(incident);
  const hands = new Set(view?.incident.history.flatMap(({ by }) => by ?? []));
  if (hands.size === 0 || (await staff.releasers()) < 2) return undefined;
  if (hands.has(name)) return 'You changed this incident yourself: another person must release its notices.';
  return isPerson(name)
    ? undefined
    : 'This incident was changed by hand: a person signed in by name must release its notices.';
}

const isPerson = (name: string): boolean => !reservedNames.has(name) && !name.includes(':');
