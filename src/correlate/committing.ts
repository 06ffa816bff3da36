/** A cause is stated: an incident opens, grows, takes others in, is corrected, or is open again. */
import type { Instant } from '../base/instant.ts';
import type { IdSource } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { Decision } from './deciding.ts';
import { type HeldIncident, isActive, isUnsteady, widen } from './held-incident.ts';
import type { Incidents, Joining, Verdict } from './incidents.ts';
import { memberOf } from './joining.ts';
import type { CorrelationTiming } from './timing.ts';
import type { Waiting } from './waiting.ts';
import { worksCovering } from './works.ts';

interface Desk {
  readonly incidents: Incidents;
  readonly waiting: Waiting;
  readonly ancestry: Ancestry;
  readonly timing: CorrelationTiming;
  readonly at: Instant;
  readonly ids: IdSource;
}

export function commit({ verdict, alarms, absorbs }: Decision, desk: Desk): void {
  const { incidents, timing, at } = desk;
  const waiting = alarms.map((alarm) => desk.waiting.take(alarm)).filter((pending) => pending !== undefined);
  const joining = waiting
    .sort((a, b) => a.at - b.at || (a.records[0]! < b.records[0]! ? -1 : 1))
    .map(memberOf);
  const same = incidents.at(verdict.root).filter((held) => held.scope === verdict.scope);
  const group = [...new Set([...absorbs, ...same])].filter(isActive).sort((a, b) => a.order - b.order);
  const [survivor, ...others] = group;
  if (survivor !== undefined) return grow(desk, { survivor, others, verdict, joining });
  const startedAt = waiting.reduce((least, pending) => Math.min(least, pending.at), at as number) as Instant;
  const again = same.findLast(
    (held) => !isActive(held) && at - (held.resolvedAt ?? at) <= timing.reopenWithinMs,
  );
  if (again !== undefined && waiting.every((pending) => pending.parent === undefined)) {
    incidents.reopen(again, at);
    incidents.join(again, joining, at);
    settle(desk, again, isUnsteady(again, at) ? unsteady(verdict) : verdict);
    return incidents.tell(again, 'reopened');
  }
  const parent = waiting.find((pending) => pending.parent !== undefined)?.parent;
  const opened = incidents.open(verdict, { startedAt, at, parent }, desk.ids);
  incidents.join(opened, joining, at);
  incidents.plan(opened, worksCovering(desk.ancestry, opened.root, startedAt));
  incidents.tell(opened, 'opened');
}

interface Growth {
  readonly survivor: HeldIncident;
  readonly others: readonly HeldIncident[];
  readonly verdict: Verdict;
  readonly joining: readonly Joining[];
}

/** More evidence of an open incident: the same cause, or a better one that takes others in. */
function grow(desk: Desk, { survivor, others, verdict, joining }: Growth): void {
  const { incidents, at } = desk;
  const moved = survivor.root !== verdict.root || survivor.kind !== verdict.kind;
  for (const other of others) incidents.merge(other, survivor, at);
  incidents.join(survivor, joining, at);
  settle(desk, survivor, verdict);
  incidents.tell(survivor, moved ? 'rerooted' : 'grew');
}

/** The same root keeps what was said of it and only reaches further; a new root is stated anew. */
function settle({ incidents, ancestry, at }: Desk, held: HeldIncident, verdict: Verdict): void {
  if (held.root === verdict.root && held.kind === verdict.kind) widen(held, verdict);
  else incidents.move(held, verdict, at);
  incidents.plan(held, worksCovering(ancestry, held.root, at));
}

/** The same of a root that comes and goes. */
const unsteady = (verdict: Verdict): Verdict => ({
  ...verdict,
  kind: 'flapping',
  candidates: verdict.candidates.map((candidate, i) =>
    i === 0 ? { ...candidate, kind: 'flapping' } : candidate,
  ),
});
