/**
 * Whose service is back while the incident goes on: they hear so once, when it has been stable for a time; the rest hear
 * nothing new. Who is out again before hears nothing, who is out again later is told of the outage anew.
 */
import { after, type DurationMs, type Instant } from '../base/instant.ts';
import { type Range, shared, united, without } from '../base/ranges.ts';
import type { Timers } from '../base/timers.ts';
import type { Plan } from './plan.ts';

/** Those who leave within it are told together: this bounds the batches of one incident. */
const batchMs = 60_000;

/** The affected set of the plan has just changed; `left` are those who are no longer in it. */
export function noteLeaving(
  plan: Plan,
  left: readonly Range[],
  {
    timers,
    at,
    stableForMs,
  }: { readonly timers: Timers; readonly at: Instant; readonly stableForMs: DurationMs },
): void {
  for (const batch of plan.leaving) batch.ranges = without(batch.ranges, plan.affected);
  const again = shared(plan.back, plan.affected);
  if (again.length > 0) {
    plan.back = without(plan.back, again);
    plan.told = without(plan.told, again);
    plan.decided = without(plan.decided, again);
  }
  if (plan.phase !== 'telling' || plan.isRefused) return;
  // While numbers are on their way it is not known yet who was told: that is looked at again when they are told.
  const knows = plan.stale.length > 0 ? left : without(plan.told, plan.held);
  const leavers = without(shared(left, knows), plan.back);
  if (leavers.length === 0) return;
  const serial = Math.floor(at / batchMs);
  const batch = plan.leaving.find((one) => one.serial === serial);
  if (batch !== undefined) batch.ranges = united(batch.ranges, leavers);
  else {
    plan.leaving.push({ serial, at, ranges: leavers });
    timers.set(`back ${plan.incident} ${serial}`, after(at, stableForMs));
  }
}

/** It has been stable: the batch is on its way. */
export function tellBack(plan: Plan, serial: number): void {
  const batch = plan.leaving.find((one) => one.serial === serial);
  if (batch === undefined || plan.phase !== 'telling' || plan.isRefused) return;
  const facts = { ...plan.facts, restoredAt: batch.at };
  // Its numbers may still be on their way from an older topology: they find their way to the job.
  for (const stale of plan.stale) if (stale.place === `leaving ${serial}`) stale.place = `job ${plan.serial}`;
  plan.jobs.push({ type: 'partly-restored', revision: plan.serial++, facts, todo: batch.ranges });
  plan.leaving = plan.leaving.filter((one) => one !== batch);
}

/** Of those who left, who still knows of an outage and has none: no other incident is in their way. */
export function restoredOf(
  plan: Plan,
  slice: readonly Range[],
  others: Iterable<Pick<Plan, 'incident' | 'phase' | 'affected'>>,
): readonly Range[] {
  let restored: readonly Range[] = without(
    without(without(shared(slice, plan.told), plan.held), plan.affected),
    plan.back,
  );
  for (const { incident, phase, affected } of others) {
    if (restored.length === 0) break;
    if (incident !== plan.incident && phase !== 'over') restored = without(restored, affected);
  }
  return restored;
}

export function stopLeaving(plan: Plan, timers: Timers): void {
  for (const { serial } of plan.leaving) timers.clear(`back ${plan.incident} ${serial}`);
  plan.leaving = [];
}
