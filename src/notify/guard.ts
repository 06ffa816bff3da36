/** When so many are told at once that a person has to let it go. */
import type { Instant } from '../base/instant.ts';
import type { Policy } from '../model/policy.ts';
import type { GuardLevel } from './plan.ts';

/** Below this many recipients the share of the base says nothing, and a list of yesterday does no great harm. */
const stopsCountAbove = 2_000;
/** One writing that was missed is no reason to stop. */
const missedWritings = 2;

/** Who released one stop has seen the other. */
export const guardRank: Readonly<Record<GuardLevel, number>> = {
  none: 0,
  secondPerson: 1,
  staleInventory: 2,
  stopAboveShare: 2,
};

export function guardFor(
  { recipients, base, at }: { readonly recipients: number; readonly base: number; readonly at: Instant },
  { notify: { stopAboveShare, secondPersonAbove, inventory } }: Policy,
): GuardLevel {
  if (recipients > stopsCountAbove && recipients > base * stopAboveShare) return 'stopAboveShare';
  const isStale =
    inventory?.writtenAt !== undefined && at > inventory.writtenAt + missedWritings * inventory.everyMs;
  if (recipients > stopsCountAbove && isStale) return 'staleInventory';
  return recipients > secondPersonAbove ? 'secondPerson' : 'none';
}
