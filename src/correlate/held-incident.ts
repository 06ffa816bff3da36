/** An incident as the correlation holds it. */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IncidentId, ResourceId } from '../model/ids.ts';
import type { Candidate, FaultKind, Incident, IncidentEvent } from '../model/incident.ts';
import type { Population, Symptom } from './symptoms.ts';
import { limits } from './timing.ts';

/** What kind of reasoning made it: decides which later alarms may join. */
type Scope = Population | 'transport' | 'collector' | 'service' | 'alone' | 'testimony' | 'operator';

/** One alarm of an incident. */
export interface Member {
  readonly alarm: AlarmId;
  readonly resource: ResourceId;
  readonly symptom: Symptom;
  /** The end that told of it, for a link. */
  readonly by: ResourceId | undefined;
  /** A poll found it: then a poll sees it end. */
  polled: boolean;
  readonly at: Instant;
  /** The raise line that began it. */
  readonly record: string;
  raised: boolean;
  /** When it last ended. */
  endedAt?: Instant | undefined;
}

/** A member with the ids of its raise lines. */
export interface Joining {
  readonly member: Member;
  readonly records: readonly string[];
  /** Its device says itself that it comes and goes. */
  readonly flaps?: boolean | undefined;
}

export interface HeldIncident {
  readonly id: IncidentId;
  /** Rises with every incident opened: of two that merge the lower one stays. */
  readonly order: number;
  scope: Scope;
  kind: FaultKind;
  root: ResourceId;
  /** The topology in force does not hold the root under that name. */
  gone?: { readonly nowCalled?: ResourceId | undefined } | undefined;
  probability: number;
  candidates: readonly Candidate[];
  state: Incident['state'];
  into: IncidentId | undefined;
  readonly parent: IncidentId | undefined;
  actionable: boolean;
  /** Only subscribers say so. */
  suspected: boolean;
  works: string | undefined;
  readonly startedAt: Instant;
  decidedAt: Instant;
  resolvedAt: Instant | undefined;
  closedAt: Instant | undefined;
  readonly members: Map<AlarmId, Member>;
  raised: number;
  /** Ids of raise lines. */
  readonly records: string[];
  leftOut: number;
  /** Out of reach behind the root in the transport graph, heads and devices. */
  dark: readonly ResourceId[];
  /** Children of a partly cut cable, or of a device that took nobody none; undefined: everything below the root. */
  parts: readonly ResourceId[] | undefined;
  /** Who was heard to work, and when first, while all around them are without mains: they lost nothing. */
  readonly spared: Map<ResourceId, Instant>;
  /** Nobody but polls says so of a device whose neighbours would: until then nobody counts as cut off by it. */
  unproven?: true | undefined;
  explanation: Readonly<Record<string, unknown>>;
  readonly history: IncidentEvent[];
  lastEvidenceAt: Instant;
  lastClearAt: Instant | undefined;
  /** Since when more than half of it is back. */
  endingSince: Instant | undefined;
  /** When it last was open again. */
  againAt: Instant | undefined;
  /** When a dead device first showed that it is back. */
  backAt: Instant | undefined;
  /** When a head that was dead, starting again, told of most of its terminals. */
  retoldAt: Instant | undefined;
  /** Alarms nobody was told of yet. */
  fresh: AlarmId[];
}

/** The state of the verdict an incident is opened with or moved to. */
export interface Verdict {
  readonly scope: Scope;
  readonly kind: string;
  readonly root: ResourceId;
  readonly candidates: HeldIncident['candidates'];
  readonly actionable: boolean;
  readonly dark: readonly ResourceId[];
  readonly parts?: readonly ResourceId[] | undefined;
  readonly unproven?: true | undefined;
  readonly explanation: Readonly<Record<string, unknown>>;
}

/** Below this the cause is called uncertain. */
const uncertainBelow = 0.6;

/** It is of this cause from now on; `judgedBy` is told with it. */
export function stated(
  held: HeldIncident,
  verdict: Verdict,
  judgedBy: Verdict['explanation'] | undefined,
): void {
  if (held.root !== verdict.root) held.gone = undefined;
  Object.assign(held, verdict);
  held.parts = verdict.parts;
  held.unproven = verdict.unproven;
  if (judgedBy !== undefined) held.explanation = { ...verdict.explanation, judgedBy };
  held.probability = verdict.candidates[0]?.probability ?? 0;
  if (held.state === 'open' || held.state === 'uncertain') {
    held.state = held.probability < uncertainBelow ? 'uncertain' : 'open';
  }
}

/** A link or device that was lost with it lives again; a terminal that polls found dark has its power back, no more. */
export const showsReturn = ({ scope, dark }: HeldIncident, { symptom, resource }: Member): boolean =>
  symptom === 'link' || (symptom === 'silent' && (scope !== 'down' || dark.includes(resource)));

/** An incident without alarms yet. */
export const begin = (
  {
    id,
    order,
    startedAt,
    at,
    parent,
  }: Pick<HeldIncident, 'id' | 'order' | 'startedAt' | 'parent'> & {
    readonly at: Instant;
  },
  { scope, kind, root, candidates, actionable, dark, parts, explanation }: Verdict,
): HeldIncident => ({
  id,
  order,
  scope,
  kind,
  root,
  candidates,
  actionable,
  dark,
  parts,
  explanation,
  probability: 0,
  state: 'open',
  into: undefined,
  parent,
  suspected: false,
  works: undefined,
  startedAt,
  decidedAt: at,
  resolvedAt: undefined,
  closedAt: undefined,
  members: new Map(),
  spared: new Map(),
  raised: 0,
  records: [],
  leftOut: 0,
  history: [],
  lastEvidenceAt: at,
  lastClearAt: undefined,
  backAt: undefined,
  endingSince: undefined,
  againAt: undefined,
  retoldAt: undefined,
  fresh: [],
});

export const isActive = (held: HeldIncident): boolean =>
  held.state === 'open' || held.state === 'uncertain' || held.state === 'mitigated';

/** An alarm may have stood in several incidents and is of the one it joined last. */
export function isLaterHome(held: HeldIncident, other: HeldIncident, alarm: AlarmId): boolean {
  const lead = (held.members.get(alarm)?.at ?? 0) - (other.members.get(alarm)?.at ?? 0);
  return lead > 0 || (lead === 0 && (isActive(held) || !isActive(other)));
}

/** Devices or heads may have been dead or cut off with it. */
export const mayHoldHeads = (held: HeldIncident): boolean =>
  held.scope === 'transport' || held.dark.length > 0;

/** It ended so lately that heads which were dead with it may be starting. */
export const isStarting = (held: HeldIncident, at: Instant, rebootMs: number): boolean =>
  held.state === 'resolved' && at - (held.resolvedAt ?? at) <= rebootMs;

/**
 * One resource of which traps alone told, long ago: that it is told of again shows that its clear was lost. So does what
 * proves it, though polls confirmed what a trap told before: who gasps had power until now, who loses light had some.
 */
export function isLongAlone(held: HeldIncident, before: number, isProof: boolean): boolean {
  // Asked with every raise: most are answered without a look at the members.
  if (held.lastEvidenceAt >= before || !isActive(held)) return false;
  if (!isProof && held.members.size !== 1) return false;
  let isTold = false;
  let first: ResourceId | undefined;
  for (const { resource, polled } of held.members.values()) {
    first ??= resource;
    if (resource !== first) return false;
    isTold ||= !polled;
  }
  return isTold;
}

/** One terminal that polls alone found dark, so long ago that finding it dark anew shows that it was lit in between. */
export function isStale(held: HeldIncident, before: number): boolean {
  if (held.members.size !== 1 || held.kind !== 'drop' || !isActive(held) || held.lastEvidenceAt >= before)
    return false;
  const [only] = held.members.values();
  return only?.polled === true && only.raised;
}

/** A terminal is said to be without light or power. */
export const isDarkness = ({ cause }: { readonly cause: string }): boolean =>
  cause === 'LOS' || cause === 'DYING_GASP' || cause === 'UNREACHABLE';

/** Since when its cause acts as it is stated now: what came before may be a stray word, and who relapses falls dark anew. */
export const actsSince = ({ decidedAt, againAt = decidedAt }: HeldIncident): Instant =>
  decidedAt > againAt ? decidedAt : againAt;

/** More than half of it is back: what fails from now on fails for another reason. */
export const isEnding = (held: HeldIncident, at: Instant): boolean =>
  held.endingSince !== undefined && held.endingSince < at;

/** Notes what happened; the first events and the latest are kept. */
export function note(held: HeldIncident, at: Instant, event: IncidentEvent['event']): void {
  const { root, kind, probability } = held;
  if (held.history.length >= limits.history) held.history.splice(limits.history / 2, 1);
  held.history.push({ at, event, root, kind, probability });
}

/** The last event of the history was ordered by somebody. */
export function sign(held: HeldIncident, by: string): void {
  const last = held.history.pop();
  if (last !== undefined) held.history.push({ ...last, by });
}

export function addRecords(held: HeldIncident, records: readonly string[]): void {
  for (const record of records) {
    if (held.records.length < limits.alarmsPerIncident) held.records.push(record);
    else held.leftOut++;
  }
}

/** What came back and failed again several times is not down, it is unsteady. */
export function isUnsteady(held: HeldIncident, at: Instant): boolean {
  // A device that starts again tells of its terminals; it does not fail again.
  if (held.retoldAt !== undefined) return false;
  // Nor does a customer who switches off and on again.
  if (held.kind === 'drop')
    for (const { symptom } of held.members.values()) if (symptom === 'gasp') return false;
  const relapses = held.history.filter(
    (past) => past.event === 'reopen' && at - past.at <= relapsesWithinMs,
  ).length;
  return relapses >= relapsesOfUnsteady;
}

const relapsesOfUnsteady = 2;
const relapsesWithinMs = 60 * 60_000;

/** The same cause reaches further than was known. */
export function widen(
  held: HeldIncident,
  { dark, parts }: { readonly dark: HeldIncident['dark']; readonly parts?: HeldIncident['parts'] },
): void {
  held.dark = [...new Set([...held.dark, ...dark])];
  const both = held.parts === undefined || parts === undefined ? undefined : [...held.parts, ...parts];
  held.parts = both === undefined ? undefined : [...new Set(both)];
}

/** Raised members as one piece a resource, in the order in which they joined. */
export function raisedByResource(held: HeldIncident): Map<ResourceId, Member[]> {
  const found = new Map<ResourceId, Member[]>();
  for (const member of held.members.values()) {
    if (!member.raised) continue;
    const same = found.get(member.resource);
    if (same === undefined) found.set(member.resource, [member]);
    else same.push(member);
  }
  return found;
}

type FrozenIncident = Omit<HeldIncident, 'members' | 'spared'> & {
  readonly members: readonly Member[];
  /** Absent where there are none, and in what older versions kept. */
  readonly spared?: readonly (readonly [ResourceId, Instant])[] | undefined;
};

export const freeze = (held: HeldIncident): FrozenIncident => ({
  ...held,
  members: [...held.members.values()],
  spared: held.spared.size === 0 ? undefined : [...held.spared],
});
export const thaw = (frozen: FrozenIncident): HeldIncident => ({
  ...frozen,
  // JSON leaves out what is undefined; the fields must be there all the same.
  into: frozen.into,
  works: frozen.works,
  resolvedAt: frozen.resolvedAt,
  closedAt: frozen.closedAt,
  parts: frozen.parts,
  lastClearAt: frozen.lastClearAt,
  backAt: frozen.backAt,
  endingSince: frozen.endingSince,
  againAt: frozen.againAt,
  retoldAt: frozen.retoldAt,
  parent: frozen.parent,
  suspected: frozen.suspected === true,
  records: [...frozen.records],
  history: [...frozen.history],
  fresh: [...frozen.fresh],
  members: new Map(frozen.members.map((member) => [member.alarm, { ...member }])),
  spared: new Map(frozen.spared),
});
export type { FrozenIncident };
