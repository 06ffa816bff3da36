/** What becomes of an incident's notices when it is over, is back, or turns out to be part of another. */
import { after, days, type Instant } from '../base/instant.ts';
import { sizeOf, united, without } from '../base/ranges.ts';
import type { Timers } from '../base/timers.ts';
import type { Incident } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { CountBoard } from './counts.ts';
import { stopLeaving } from './leaving.ts';
import {
  inherit,
  type Out,
  outageTypes,
  type Plan,
  renumberWhole,
  repairTypes,
  tellOvernight,
  unreleased,
  untell,
} from './plan.ts';

/** A relapse may reopen a closed incident: until then it is known who was told what. */
const keepsClosed = days(1);

export interface Ending {
  readonly at: Instant;
  readonly out: Out;
  readonly timers: Timers;
  readonly counts: CountBoard;
  readonly policy: Policy;
  readonly columns: SubscriberColumns | undefined;
}

/** A notice of an outage that is over is wrong, not late: what has not left is taken back. */
export function resolvePlan(plan: Plan, incident: Incident, ending: Ending): void {
  const { at, out, timers, counts, policy } = ending;
  renumberWhole(plan, ending.columns);
  timers.clear(`hold ${plan.incident}`);
  timers.clear(`etr ${plan.incident}`);
  stopLeaving(plan, timers);
  // Who was still to be told is not told any more, and that is counted.
  const missed =
    plan.phase === 'holding' || plan.phase === 'telling' ? without(plan.affected, plan.decided) : [];
  if (missed.length > 0) counts.suppressed(plan.incident, sizeOf(missed));
  plan.jobs = plan.jobs.filter(({ type }) => type === 'apology');
  if (plan.isAnnounced) {
    tellOvernight(plan, at, incident.resolvedAt ?? at);
    out.withdrawals.push({ incident: plan.incident, types: outageTypes });
    untell(plan, unreleased(plan, at));
  }
  plan.phase = 'over';
  plan.resolvedAt = incident.resolvedAt ?? at;
  const { ask, stableForMs } = policy.confirm;
  if (!ask && plan.told.length > 0) timers.set(`restored ${plan.incident}`, after(at, stableForMs));
}

/** Down again. Who has heard that it works is told anew; who has not yet, still knows of the outage. */
export function reopenPlan(plan: Plan, { at, out, timers, policy }: Ending): void {
  stopTimers(plan, timers);
  out.withdrawals.push({ incident: plan.incident, types: repairTypes });
  const hasHeard =
    plan.resolvedAt !== undefined &&
    at >= plan.resolvedAt + policy.confirm.stableForMs &&
    plan.told.length > 0;
  if (hasHeard) {
    plan.decided = [];
    plan.told = [];
    plan.back = [];
    plan.isAnnounced = false;
    plan.toldEtr = undefined;
    plan.lift++;
  }
  plan.jobs = [];
  // None of them has left: what is credited in the end is said in the end.
  if (plan.sorryAt !== undefined && at < plan.sorryAt) plan.sorry = [];
  plan.resolvedAt = undefined;
  plan.phase = plan.isAnnounced ? 'telling' : 'waiting';
}

/** Who was told of the merged incident knows; the survivor does not tell him again. */
export function mergePlan(plan: Plan, survivor: Plan | undefined, { at, out, columns }: Ending): void {
  const waiting = unreleased(plan, at);
  const isUnsaid = waiting.length > 0 && without(plan.told, waiting).length === 0;
  if (plan.held.length > 0 || isUnsaid) out.withdrawals.push({ incident: plan.incident, types: outageTypes });
  if (survivor !== undefined && plan.sorry.length > 0) {
    renumberWhole(survivor, columns);
    survivor.sorry = united(survivor.sorry, plan.sorry);
  }
  // Nobody has heard of it yet: they hear of what it is part of.
  if (isUnsaid) return;
  const told = without(without(plan.told, plan.held), plan.back);
  if (survivor === undefined || told.length === 0) return;
  renumberWhole(survivor, columns);
  inherit(survivor, plan, told);
}

export function closePlan(plan: Plan, { at, timers }: Ending): void {
  timers.set(`forget ${plan.incident}`, after(at, keepsClosed));
}

export function stopTimers(plan: Plan, timers: Timers): void {
  for (const what of ['hold', 'alone', 'etr', 'restored', 'forget']) timers.clear(`${what} ${plan.incident}`);
  stopLeaving(plan, timers);
}
