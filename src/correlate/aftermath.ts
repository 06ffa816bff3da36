/** Terminals behind a head that is dead, cut off or just back: when their words belong to that, and when they have a cause of their own. */
import { after, earliest, type Instant } from '../base/instant.ts';
import { type AlarmId, alarmId, type ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { Explanation } from './explain.ts';
import type { Verdict } from './held-incident.ts';
import { type HeldIncident, isActive, isEnding } from './held-incident.ts';
import { restated } from './restating.ts';
import type { Symptom } from './symptoms.ts';
import type { Evidence } from './tally.ts';
import type { CorrelationTiming } from './timing.ts';

/** The incident that took each head, by the head's id: while it is open, and for a while after its end. */
export type LostHeads = ReadonlyMap<string, HeldIncident>;

/** Of several the latest. */
export function lostHeads(held: Iterable<HeldIncident>): LostHeads {
  const heads = new Map<string, HeldIncident>();
  for (const one of held) {
    const isOwn = one.scope === 'transport' && one.kind === 'node-down';
    for (const id of isOwn ? [one.root, ...one.dark] : one.dark) {
      const known = heads.get(id);
      if (known === undefined || known.startedAt < one.startedAt) heads.set(id, one);
    }
  }
  return heads;
}

/** A head with what took it. */
export interface LostHead {
  readonly held: HeldIncident;
  readonly head: number;
  /** When it began to tell of most of its terminals, starting again. */
  readonly retoldAt?: Instant | undefined;
}

interface Now {
  readonly at: Instant;
  readonly timing: CorrelationTiming;
  readonly heads: LostHeads;
}

/** A head that starts tells of so many of its terminals before they have registered; a customer here and there does not. */
const bulkShare = 0.3;
/** No single cable of a head carries so many of its terminals, where it has several. */
const startShare = 0.7;
/** Words that only what has power and a head in service can cause: so many among the others are chance. */
const strangeShare = 0.1;

/**
 * A head that is dead or cut off says nothing, so single words from behind it prove that it is back and have causes of
 * their own. Most of its terminals at once are different: silent to a poller while it is dark, or without light when a
 * head that was dead starts and looks for all of them anew.
 */
export function causeAtHead(
  ancestry: Ancestry,
  { root, evidence }: Pick<Explanation, 'root' | 'evidence'>,
  { at, timing, heads }: Now,
): LostHead | undefined {
  const head = ancestry.headOf(evidence[0]!.place);
  const held = heads.get(ancestry.idOf(head));
  if (held === undefined || evidence.some(({ place }) => ancestry.headOf(place) !== head)) return undefined;
  const said = evidence.filter(({ place }) => ancestry.isLeaf(place));
  const strange = evidence.filter(({ symptom }) => !fromTheDark.has(symptom)).length;
  if (said.length < 2 || said.length < bulkShare * terminalsLike(ancestry, head, said)) return undefined;
  if (strange > strangeShare * evidence.length) return undefined;
  const first = evidence.reduce((least, { firstAt }) => Math.min(least, firstAt), at as number);
  const isOnset = isActive(held) && Math.abs(first - held.startedAt) <= timing.misfitJoinMs;
  const isDark = isActive(held) && backSince(held, ancestry.idOf(head)) === undefined;
  const unlit = said.filter(({ symptom }) => symptom === 'los').length;
  if (isOnset || (isDark && unlit * 2 < said.length)) return { held, head };
  if (unlit * 2 < said.length)
    return root === head ? foundAtReturn(ancestry, { held, head, said }, { at, timing }) : undefined;
  const share = unlit / terminalsLike(ancestry, head, said);
  const isStart = isStarting(ancestry, { held, head, share }, { at: first, timing });
  return isStart ? { held, head, retoldAt: first as Instant } : undefined;
}

/** The first poll of a head that starts again finds silent who still starts with it, and who is dark for another reason. */
function foundAtReturn(
  ancestry: Ancestry,
  { held, head, said }: Pick<LostHead, 'held' | 'head'> & { readonly said: readonly Evidence[] },
  { at, timing }: Pick<Now, 'at' | 'timing'>,
): LostHead | undefined {
  const id = ancestry.idOf(head);
  const backAt = held.root === id ? backSince(held, id) : undefined;
  if (backAt === undefined || at - backAt > timing.rebootMs) return undefined;
  const retoldAt = said.reduce(
    (least, { heldBy, firstAt }) => (heldBy === undefined && firstAt < least ? firstAt : least),
    backAt,
  );
  return { held, head, retoldAt };
}

const fromTheDark: ReadonlySet<Symptom> = new Set(['los', 'silent']);

/** How many ends of the same kind hang on the head: free pairs and splitter outlets have no terminal that could speak. */
function terminalsLike(ancestry: Ancestry, head: number, [first]: readonly Evidence[]): number {
  const kind = ancestry.kindOf(first!.place);
  let count = 0;
  for (const leaf of ancestry.leavesBelow(head, mostCounted)) if (ancestry.kindOf(leaf) === kind) count++;
  return Math.max(count, 1);
}

/** Of a larger head this many terminals tell enough of the share. */
export const mostCounted = 4_096;

/** What heads that start again tell of their terminals. */
export interface Retold {
  readonly bulks: readonly (LostHead & { readonly pieces: readonly Evidence[] })[];
  /** Those of heads that have just begun to tell: how many it will be is not known yet. */
  readonly unsettled: ReadonlySet<Evidence>;
  readonly nextAt: Instant | undefined;
}

const nothingRetold: Retold = { bulks: [], unsettled: new Set(), nextAt: undefined };

/** Loss of light under heads that were dead and speak again; a port or card that says more of itself is weighed with the rest. */
export function retoldBy(ancestry: Ancestry, pieces: Iterable<Evidence>, { at, timing, heads }: Now): Retold {
  if (heads.size === 0) return nothingRetold;
  const bulks: (LostHead & { readonly pieces: readonly Evidence[] })[] = [];
  const unsettled = new Set<Evidence>();
  const groups = new Map<number, Evidence[]>();
  const spoilt = new Set<number>();
  let nextAt: Instant | undefined;
  for (const piece of pieces) {
    if (piece.symptom === 'card' || piece.symptom === 'port') spoilt.add(ancestry.headOf(piece.place));
    if (piece.symptom !== 'los' || !ancestry.isLeaf(piece.place)) continue;
    const head = ancestry.headOf(piece.place);
    const known = groups.get(head);
    if (known === undefined) groups.set(head, [piece]);
    else known.push(piece);
  }
  for (const [head, said] of groups) {
    const held = heads.get(ancestry.idOf(head));
    const firstAt = said.reduce((least, piece) => Math.min(least, piece.firstAt), at as number) as Instant;
    if (held === undefined || spoilt.has(head)) continue;
    const share = said.length / terminalsLike(ancestry, head, said);
    if (!isStarting(ancestry, { held, head, share }, { at: firstAt, timing })) continue;
    if (isActive(held) && firstAt - held.startedAt <= timing.misfitJoinMs) continue;
    const settledAt = after(firstAt, timing.askAfterMs);
    if (at < settledAt) {
      for (const piece of said) unsettled.add(piece);
      nextAt = earliest(nextAt, settledAt);
    } else if (said.length > 1 && share >= bulkShare)
      bulks.push({ held, head, retoldAt: firstAt, pieces: said });
  }
  return { bulks, unsettled, nextAt };
}

/**
 * The head was dead, not only out of reach, and shows itself again since a short while or only now. Of one that was only
 * out of reach hardly a terminal lost its light in that moment: who tells of most has started.
 */
function isStarting(
  ancestry: Ancestry,
  { held, head, share = 0 }: { readonly held: HeldIncident; readonly head: number; readonly share?: number },
  { at, timing }: { readonly at: number; readonly timing: CorrelationTiming },
): boolean {
  const id = ancestry.idOf(head);
  const isOnly = held.dark.length === 1 && held.dark[0] === id;
  const mayHaveDied =
    held.root === id ||
    lostItsSupply(ancestry, held, head) ||
    (held.scope === 'transport' && (isOnly || (share >= startShare && held.dark.some((one) => one === id))));
  return mayHaveDied && at - (backSince(held, id) ?? at) <= timing.rebootMs;
}

/** When it first showed that this head is back: by the end of its own silence, where that was told. Undefined: not yet. */
const backSince = (held: HeldIncident, head: ResourceId): Instant | undefined =>
  backSinceWord(held, silenceOf(head));

/** What is told when a device falls silent. */
export const silenceOf = (head: ResourceId): AlarmId => alarmId(head, 'UNREACHABLE', undefined);

/** The same by the alarm that tells of its silence. */
export function backSinceWord(held: HeldIncident, silence: AlarmId): Instant | undefined {
  const own = held.members.get(silence);
  if (own?.raised === true) return undefined;
  return own?.endedAt ?? held.backAt ?? held.resolvedAt;
}

/** The head itself was without power, not only out of reach. */
export const lostItsSupply = (ancestry: Ancestry, held: HeldIncident, head: number): boolean =>
  (held.scope === 'down' || held.kind === 'site-power') &&
  [...ancestry.powerAbove(head), ancestry.topology.parentOf('site', head)].some(
    (feed) => feed >= 0 && ancestry.idOf(feed) === held.root,
  );

/** The same incident; where a link was suspected, its device proves to have been dead. */
export function lostWith(ancestry: Ancestry, { held, head, retoldAt }: LostHead): Verdict {
  const { scope, kind, root, actionable, explanation } = held;
  const id = ancestry.idOf(head);
  if (retoldAt === undefined || root === id || scope !== 'transport' || !isActive(held))
    return restated(held);
  // It started with what took several; only of a link that was suspected it proves to be the cause itself.
  if (kind === 'site-power' || (kind === 'node-down' && held.dark.length > 1)) return restated(held);
  return {
    ...{ scope, kind: 'node-down', root: id, actionable, explanation, dark: [] },
    candidates: [
      { root: id, kind: 'node-down', probability: 0.9 },
      { root, kind, probability: 0.05 },
    ],
  };
}

/** How a terminal's word stands to the incident that took its head. */
export function behindHead(
  ancestry: Ancestry,
  said: { readonly place: number; readonly symptom: Symptom; readonly at: Instant },
  { at, timing, heads }: Now,
): { readonly home?: HeldIncident | undefined; readonly provesBack?: HeldIncident | undefined } {
  const held = heads.get(ancestry.idOf(ancestry.headOf(said.place)));
  if (held === undefined) return {};
  // What was found dark before that was dark by itself: the others were found alight.
  const isBulk =
    held.retoldAt !== undefined && said.at >= held.retoldAt && at - held.retoldAt <= timing.rebootMs;
  if (isBulk && said.symptom === 'los' && !isEnding(held, at)) return { home: held };
  // What was on its way when the head fell is no sign of its return.
  const isHeard = said.symptom !== 'silent' && at - held.lastEvidenceAt > timing.misfitJoinMs;
  return isHeard && isActive(held) ? { provesBack: held } : {};
}

/** A head that was dead has forgotten what it told before: what it says now is said anew. */
export function isHeardAnew(
  ancestry: Ancestry,
  said: { readonly place: number; readonly symptom: Symptom },
  { at, timing, heads }: Now,
): boolean {
  if (said.symptom !== 'los' || said.place < 0) return false;
  const head = ancestry.headOf(said.place);
  const held = heads.get(ancestry.idOf(head));
  if (held === undefined || head === said.place) return false;
  if (isActive(held) && at - held.startedAt <= timing.misfitJoinMs) return false;
  return isStarting(ancestry, { held, head }, { at, timing });
}
