/** An alarm that neither a tree nor the transport graph explains joins the incident it followed from, or begins one. */
import type { Instant } from '../base/instant.ts';
import type { IdSource, IncidentId } from '../model/ids.ts';
import type { Candidate } from '../model/incident.ts';
import type { Ancestry } from './ancestry.ts';
import type { Cascades, Origin } from './cascade.ts';
import { type HeldIncident, isActive, isUnsteady, type Verdict } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import { memberOf, type Pending } from './joining.ts';
import type { CorrelationTiming } from './timing.ts';
import { aloneVerdict } from './verdict.ts';
import type { Waiting } from './waiting.ts';
import { worksCovering } from './works.ts';

interface Desk {
  readonly cascades: Cascades;
  readonly incidents: Incidents;
  readonly waiting: Waiting;
  readonly ancestry: Ancestry;
  readonly timing: CorrelationTiming;
  readonly at: Instant;
  readonly ids: IdSource;
}

/** Something nobody thought of is always possible. */
const knownShare = 0.98;
/** The latest of them are shown as the reason. */
const stepsShown = 10;

/** In order of time, then of name: a cause that came at the same instant may stand on either side. */
export function chainAll(desk: Desk): void {
  for (const pending of desk.waiting.undecided.chained) {
    desk.waiting.take(pending.alarm);
    chain(pending, desk);
  }
}

function chain(pending: Pending, desk: Desk): void {
  const { cascades, incidents, at } = desk;
  const own = lastOwn(pending, desk);
  const origin = cascades.weigh(pending, (id) => homeOf(id, desk), own?.id);
  const followed = origin.of === undefined ? undefined : incidents.get(origin.of);
  // The same root failing again soon is the same fault, however seldom it does.
  const isRelapse = own !== undefined && followed === undefined && isFirstOf(own, pending);
  const home = followed ?? (isRelapse ? own : undefined);
  const held = home === undefined ? begun(pending, origin, desk) : joined(pending, home, { origin, desk });
  cascades.note(pending, held.id, origin.again || isRelapse);
  if (pending.endedAt === undefined) return;
  cascades.end(pending.alarm, pending.endedAt);
  incidents.clear(pending.alarm, at);
}

/** The incident this alarm stood in last, if that is open or ended not long ago. */
function lastOwn(pending: Pending, { incidents, timing }: Desk): HeldIncident | undefined {
  const own = incidents.ofAlarm(pending.alarm);
  if (own === undefined || own.scope !== 'alone' || own.state === 'merged') return undefined;
  if (isActive(own)) return own;
  return pending.at - (own.resolvedAt ?? pending.at) <= timing.reopenWithinMs ? own : undefined;
}

function homeOf(id: IncidentId, { incidents }: Desk): IncidentId | undefined {
  let held = incidents.get(id);
  while (held?.into !== undefined) held = incidents.get(held.into);
  return held?.scope === 'alone' ? held.id : undefined;
}

const isFirstOf = (held: HeldIncident, { alarm }: Pending): boolean => {
  for (const first of held.members.keys()) return first === alarm;
  return false;
};

function begun(pending: Pending, origin: Origin, desk: Desk): HeldIncident {
  const { ancestry, incidents, at } = desk;
  const verdict = verdictOf(pending, desk);
  const candidates = candidatesOf(verdict, origin, incidents);
  const explanation = { rule: 'alone', cause: pending.cause, first: stepOf(pending, origin) };
  const { parent } = pending;
  const held = incidents.open(
    { ...verdict, candidates, explanation },
    { startedAt: pending.at, at, parent },
    desk.ids,
  );
  incidents.join(held, [memberOf(pending)], at);
  incidents.plan(held, worksCovering(ancestry, held.root, pending.at));
  incidents.tell(held, 'opened');
  return held;
}

function joined(
  pending: Pending,
  home: HeldIncident,
  { origin, desk }: { readonly origin: Origin; readonly desk: Desk },
): HeldIncident {
  const { incidents, at } = desk;
  const isKnown = home.members.has(pending.alarm);
  incidents.joinLate(home, memberOf(pending), at);
  if (isKnown && isFirstOf(home, pending) && isUnsteady(home, at)) home.kind = 'flapping';
  // What nobody need look at may lead to what somebody must.
  home.actionable ||= verdictOf(pending, desk).actionable;
  if (isKnown) return home;
  const { first, steps = [] } = home.explanation as { first?: string; steps?: readonly string[] };
  const step = stepOf(pending, origin);
  home.explanation = {
    ...home.explanation,
    rule: 'cascade',
    first,
    alarmsOfOneChain: home.members.size,
    steps: [...steps, step].slice(-stepsShown),
  };
  return home;
}

function verdictOf({ resource, cause, grave }: Pending, { ancestry }: Desk): Verdict {
  const place = ancestry.placeOf(resource);
  return aloneVerdict(ancestry, place, { cause, isService: false, isGrave: grave === true });
}

/** What it is, and the roots of the incidents it might have followed from. */
function candidatesOf({ root, kind }: Verdict, origin: Origin, incidents: Incidents): readonly Candidate[] {
  const shares = new Map<Candidate['root'], Candidate>();
  const share = (of: Pick<Candidate, 'root' | 'kind'>, probability: number): void => {
    const known = shares.get(of.root);
    shares.set(of.root, { ...(known ?? of), probability: (known?.probability ?? 0) + probability });
  };
  share({ root, kind }, origin.probability);
  for (const { incident, probability } of origin.others) {
    const other = incidents.get(incident);
    if (other !== undefined) share(other, probability);
  }
  const rounded = [...shares.values()].map(({ root: of, kind: what, probability }) => ({
    root: of,
    kind: what,
    probability: Math.floor(knownShare * 1_000 * probability) / 1_000,
  }));
  const [first, ...rest] = rounded;
  const most = rest.reduce((best, { probability }) => Math.max(best, probability), first!.probability);
  return [
    { ...first!, probability: most },
    ...rest
      .filter(({ probability }) => probability >= 0.001 && probability < most)
      .sort((a, b) => b.probability - a.probability || (a.root < b.root ? -1 : 1)),
  ];
}

function stepOf({ resource, cause }: Pending, { after, probability }: Origin): string {
  const sure = Math.round(probability * 100);
  if (after === undefined) return `${resource} ${cause}, by itself with ${sure} %`;
  return `${resource} ${cause}, ${Math.round(after.delayMs / 100) / 10} s after ${after.alarm}, ${sure} %`;
}
