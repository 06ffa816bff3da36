/** Apologies: who is credited something hears so once, after or instead of the notice that it works again. */
import { after, type Instant } from '../base/instant.ts';
import { type Range, without } from '../base/ranges.ts';
import type { Money } from '../model/compensation.ts';
import type { Policy } from '../model/policy.ts';
import type { Plan } from './plan.ts';

export interface Apology {
  readonly ranges: readonly Range[];
  readonly credit: readonly Money[];
  /** Of their own outage. */
  readonly from: Instant;
  readonly to: Instant;
}

/** False where nobody is to be told. */
export function addApology(
  plan: Plan,
  { ranges, credit, from, to }: Apology,
  { policy: { compensation }, at }: { readonly policy: Policy; readonly at: Instant },
): boolean {
  if (compensation === undefined || compensation.tell === 'never' || plan.isRefused) return false;
  const todo = without(ranges, plan.sorry);
  if (todo.length === 0) return false;
  const notBefore = compensation.tell === 'after' ? after(at, compensation.tellAfterMs) : undefined;
  const facts = { ...plan.facts, startedAt: from, restoredAt: to, credit };
  plan.jobs = [...plan.jobs, { type: 'apology', revision: plan.serial++, facts, notBefore, todo }];
  return true;
}
