/** An alarm that neither a tree nor the transport graph explains joins the incident it followed from, or begins one. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IdSource, IncidentId, ResourceId } from '../model/ids.ts';
import type { Candidate } from '../model/incident.ts';
import type { Ancestry } from './ancestry.ts';
import type { Cascades, Reading, Readings, Recent } from './cascade.ts';
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
const mostCandidates = 5;
const unsteadyRaises = 3;

/**
 * In order of time, then of name. Answers whether some wait on, because what they most likely followed from has no
 * incident yet: trees and the transport graph take a little longer.
 */
export function chainAll(desk: Desk): boolean {
  let someWait = false;
  for (const pending of desk.waiting.undecided.chained) if (!chain(pending, desk)) someWait = true;
  return someWait;
}

/** A home, with all that speaks for it. */
interface Claim {
  readonly held: HeldIncident;
  rate: number;
  /** The likeliest alarm of it that this one followed from; undefined: it only came again. */
  best: Reading | undefined;
  again: number;
}

/** False: it waits on. */
function chain(pending: Pending, desk: Desk): boolean {
  const { cascades, incidents, at } = desk;
  const own = lastOwn(pending, desk);
  const readings = cascades.weigh(pending);
  const { claims, waitedFor } = claimsOf(readings, own, desk);
  const [first] = claims;
  const strongest = Math.max(readings.spontaneous, first?.rate ?? 0);
  if (waitedFor > strongest && at - pending.at < desk.timing.maxWaitMs) return false;
  desk.waiting.take(pending.alarm);
  const claim = first !== undefined && first.rate > readings.spontaneous ? first : undefined;
  // The same root failing again soon is the same fault, however seldom it does.
  const isRelapse = own !== undefined && claim === undefined && isFirstOf(own, pending.alarm);
  const home = claim?.held ?? (isRelapse ? own : undefined);
  const step = stepOf(pending, readings, claim);
  const held =
    home === undefined
      ? begun(pending, { candidates: candidatesOf(pending, readings, claims, desk), step }, desk)
      : joined(pending, home, { step, desk, raises: readings.heard.raises });
  if (claim?.best?.isBefore === true && isFirstOf(held, claim.best.alarm)) movedTo(pending, held, desk);
  cascades.note(pending, readings, {
    incident: held.id,
    again: isRelapse || (claim !== undefined && claim.again > (claim.best?.rate ?? 0)),
  });
  if (pending.endedAt === undefined) return true;
  cascades.end(pending.alarm, pending.endedAt);
  incidents.clear(pending.alarm, at);
  return true;
}

/** The incident this alarm stood in last, if that is open or ended not long ago. */
function lastOwn(pending: Pending, { incidents, timing }: Desk): HeldIncident | undefined {
  const own = incidents.ofAlarm(pending.alarm);
  if (own === undefined || own.scope !== 'alone' || own.state === 'merged') return undefined;
  if (isActive(own)) return own;
  return pending.at - (own.resolvedAt ?? pending.at) <= timing.reopenWithinMs ? own : undefined;
}

/** Incidents it may belong to, likeliest first, and the rate at which it may follow from what has none yet. */
function claimsOf(
  { effects, again }: Readings,
  own: HeldIncident | undefined,
  desk: Desk,
): { readonly claims: readonly Claim[]; readonly waitedFor: number } {
  const claims = new Map<IncidentId, Claim>();
  let waitedFor = 0;
  const claimOf = (held: HeldIncident): Claim => {
    const known = claims.get(held.id) ?? { held, rate: 0, best: undefined, again: 0 };
    claims.set(held.id, known);
    return known;
  };
  for (const reading of effects) {
    const held = homeOf(reading, desk);
    if (held === undefined) {
      if (reading.incident === undefined && desk.waiting.get(reading.alarm) !== undefined)
        waitedFor += reading.rate;
      continue;
    }
    const claim = claimOf(held);
    claim.rate += reading.rate;
    if (claim.best === undefined || reading.rate > claim.best.rate) claim.best = reading;
  }
  if (own !== undefined && again > 0) {
    const claim = claimOf(own);
    claim.rate += again;
    claim.again = again;
  }
  const ranked = [...claims.values()].sort((a, b) => b.rate - a.rate || a.held.order - b.held.order);
  return { claims: ranked, waitedFor };
}

/** The incident that holds this alarm. What a tree or the transport graph explained is not opened again by an effect. */
function homeOf({ incident, alarm }: Recent, { incidents }: Desk): HeldIncident | undefined {
  let held = incident === undefined ? incidents.ofAlarm(alarm) : incidents.get(incident);
  while (held?.into !== undefined) held = incidents.get(held.into);
  return held?.scope === 'alone' || (held !== undefined && isActive(held)) ? held : undefined;
}

const isFirstOf = (held: HeldIncident, alarm: AlarmId): boolean => {
  for (const first of held.members.keys()) return held.scope === 'alone' && first === alarm;
  return false;
};

/** How an alarm came into its incident, with how likely that is. */
interface Step {
  readonly resource: ResourceId;
  readonly cause: string;
  /** It followed from `alarm`, or is the cause of `alarm` and was told of so much later. */
  readonly how: 'itself' | 'again' | 'after' | 'before';
  readonly alarm?: AlarmId | undefined;
  readonly seconds?: number | undefined;
  readonly share: number;
}

interface Beginning {
  readonly candidates: readonly Candidate[];
  readonly step: Step;
}

function begun(pending: Pending, { candidates, step }: Beginning, desk: Desk): HeldIncident {
  const { ancestry, incidents, at } = desk;
  const explanation = { rule: 'alone', cause: pending.cause, first: step };
  const held = incidents.open(
    { ...verdictOf(pending, desk), candidates, explanation },
    { startedAt: pending.at, at, parent: pending.parent },
    desk.ids,
  );
  incidents.join(held, [memberOf(pending)], at);
  incidents.plan(held, worksCovering(ancestry, held));
  incidents.tell(held, 'opened');
  return held;
}

function joined(
  pending: Pending,
  home: HeldIncident,
  { step, desk, raises }: { readonly step: Step; readonly desk: Desk; readonly raises: number },
): HeldIncident {
  const { incidents, at } = desk;
  const isKnown = home.members.has(pending.alarm);
  incidents.joinLate(home, memberOf(pending), at);
  // Effects that come later open it again, too: unsteady is what comes again itself.
  const isUnrest = isKnown && raises >= unsteadyRaises && isFirstOf(home, pending.alarm);
  if (isUnrest && isUnsteady(home, at)) home.kind = 'flapping';
  // What nobody need look at may lead to what somebody must.
  home.actionable ||= verdictOf(pending, desk).actionable;
  if (isKnown) return home;
  const { steps = [] } = home.explanation as { steps?: readonly Step[] };
  home.explanation = {
    ...home.explanation,
    ...(home.scope === 'alone' ? { rule: 'cascade' } : undefined),
    alarmsOfOneChain: home.members.size,
    steps: [...steps, step].slice(-stepsShown),
  };
  return home;
}

/** A rule says that this one is the cause of the one the incident began with: it was only told of later. */
function movedTo(pending: Pending, held: HeldIncident, desk: Desk): void {
  const { root, kind, actionable } = verdictOf(pending, desk);
  const { explanation, probability, candidates } = held;
  const others = candidates.filter((candidate) => candidate.root !== root);
  desk.incidents.move(
    held,
    {
      ...{ scope: 'alone', root, kind, actionable: actionable || held.actionable, dark: [], explanation },
      candidates: [{ root, kind, probability }, ...others.slice(1)],
    },
    desk.at,
  );
}

function verdictOf({ resource, cause, grave }: Pending, { ancestry }: Desk): Verdict {
  const place = ancestry.placeOf(resource);
  return aloneVerdict(ancestry, place, { cause, isService: false, isGrave: grave === true });
}

/** What it is, and the roots of the incidents it might have followed from. */
function candidatesOf(
  pending: Pending,
  { spontaneous, total }: Readings,
  claims: readonly Claim[],
  desk: Desk,
): readonly Candidate[] {
  const { root, kind } = verdictOf(pending, desk);
  const shares = new Map<Candidate['root'], Candidate>();
  const share = (of: Pick<Candidate, 'root' | 'kind'>, rate: number): void => {
    const known = shares.get(of.root)?.probability ?? 0;
    shares.set(of.root, { root: of.root, kind: of.kind, probability: known + (knownShare * rate) / total });
  };
  for (const { held, rate } of claims) share(held, rate);
  const own = shares.get(root)?.probability ?? 0;
  shares.delete(root);
  const probability = rounded(own + (knownShare * spontaneous) / total);
  const others = [...shares.values()]
    .map((other) => ({ ...other, probability: Math.min(probability, rounded(other.probability)) }))
    .filter((other) => other.probability >= 0.001)
    .sort((a, b) => b.probability - a.probability || (a.root < b.root ? -1 : 1));
  return [{ root, kind, probability }, ...others.slice(0, mostCandidates - 1)];
}

const rounded = (probability: number): number => Math.floor(probability * 1_000) / 1_000;

function stepOf({ resource, cause, at }: Pending, { spontaneous, total }: Readings, claim?: Claim): Step {
  const share = Math.round(((claim?.rate ?? spontaneous) / total) * 100) / 100;
  const best = claim?.best;
  if (best === undefined) return { resource, cause, how: claim === undefined ? 'itself' : 'again', share };
  const seconds = Math.round(Math.abs(at - best.at) / 100) / 10;
  return { resource, cause, how: best.isBefore ? 'before' : 'after', alarm: best.alarm, seconds, share };
}
