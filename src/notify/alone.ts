/** Where one person works alone, the second person is time to think: what is held leaves by itself, unless refused. */
import { after, type Instant } from '../base/instant.ts';
import type { Timers } from '../base/timers.ts';
import type { Policy } from '../model/policy.ts';
import type { Plan } from './plan.ts';

export function armAlone(
  { incident, held }: Plan,
  timers: Timers,
  { at, policy }: { readonly at: Instant; readonly policy: Policy | undefined },
): void {
  const { isAlone, aloneHoldMs } = policy?.notify ?? {};
  const key = `alone ${incident}`;
  if (held.length === 0) timers.clear(key);
  else if (isAlone === true && aloneHoldMs !== undefined && timers.dueAt(key) === undefined)
    timers.set(key, after(at, aloneHoldMs));
}
