/**
 * What operators say of grouping: this alarm does not belong here, it belongs there, these are two, those are one.
 *
 * Invariants: an operator's word outlives re-decisions while its incident is known; it moves alarms and states no cause of
 * its own; what was said is counted by kind of fault, for learning offline; state is bounded.
 */
import type { Instant } from '../base/instant.ts';
import type { AlarmId, IdSource, IncidentId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { type HeldIncident, isActive, type Member, note, sign } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import { memberOf } from './joining.ts';
import type { Waiting } from './waiting.ts';

export type Correction =
  | {
      readonly kind: 'placeAlarm';
      readonly incident: IncidentId;
      readonly alarm: AlarmId;
      readonly belongs: boolean;
    }
  | {
      readonly kind: 'splitIncident';
      readonly incident: IncidentId;
      readonly alarms: readonly AlarmId[];
      /** What they share, where the operator knows better than the topology. */
      readonly root?: ResourceId | undefined;
    }
  | { readonly kind: 'mergeIncidents'; readonly incident: IncidentId; readonly into: IncidentId };

interface Desk {
  readonly incidents: Incidents;
  readonly waiting: Waiting;
  readonly ancestry: Ancestry;
  readonly at: Instant;
  readonly ids: IdSource;
}

type Said = 'tookOut' | 'putIn' | 'split' | 'merged';

export interface FeedbackSnapshot {
  readonly notHere: readonly (readonly [AlarmId, readonly IncidentId[]])[];
  readonly apart: readonly string[];
  readonly counts: readonly (readonly [string, number])[];
  /** Absent in what older versions kept. */
  readonly forgotten?: number | undefined;
}

/** Words kept; the oldest go first. */
const wordLimit = 10_000;
const kindLimit = 256;
const remarksKept = 20;
/** Incidents that one alarm was taken out of. */
const deniedKept = 64;

export class Feedback {
  readonly #notHere = new Map<AlarmId, Set<IncidentId>>();
  /** Pairs of incidents that an operator took apart. */
  readonly #apart = new Set<string>();
  /** `tookOut splitter` and the like. */
  readonly #counts = new Map<string, number>();
  /** Words that made room for others, and kinds of which there were too many to be counted. */
  #forgotten = 0;

  /** How often operators corrected the grouping. */
  get corrected(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How much of what they said was let go again for want of room. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** True when something was changed. */
  take(correction: Correction, by: string, desk: Desk): boolean {
    const held = desk.incidents.get(correction.incident);
    if (held === undefined || held.state === 'merged') return false;
    switch (correction.kind) {
      case 'placeAlarm':
        return correction.belongs
          ? this.#putIn(held, correction.alarm, by, desk)
          : this.#takeOut(held, [correction.alarm], { by, said: 'tookOut' }, desk);
      case 'splitIncident':
        return this.#takeOut(held, correction.alarms, { by, said: 'split', root: correction.root }, desk);
      default:
        return this.#merge(held, desk.incidents.get(correction.into), by, desk);
    }
  }

  /** Somebody whom the incident was said to explain says that it does not. */
  disowned({ kind }: HeldIncident): void {
    this.#count(`disowned ${kind}`);
  }

  /** May this decision's alarms go to that incident, and the incident into that one? */
  allows(into: HeldIncident, alarms: readonly AlarmId[], other?: HeldIncident): boolean {
    if (other !== undefined && this.#apart.has(pair(into.id, other.id))) return false;
    return (
      this.#notHere.size === 0 || !alarms.some((alarm) => this.#notHere.get(alarm)?.has(into.id) === true)
    );
  }

  snapshot(): FeedbackSnapshot {
    return {
      notHere: [...this.#notHere].map(([alarm, incidents]) => [alarm, [...incidents]]),
      apart: [...this.#apart],
      counts: [...this.#counts],
      forgotten: this.#forgotten,
    };
  }

  /** Takes what `snapshot` gave. */
  restore({ notHere, apart, counts, forgotten = 0 }: FeedbackSnapshot): void {
    this.#notHere.clear();
    this.#apart.clear();
    this.#counts.clear();
    for (const [alarm, incidents] of notHere) this.#notHere.set(alarm, new Set(incidents));
    for (const one of apart) this.#apart.add(one);
    for (const [what, count] of counts) this.#counts.set(what, count);
    this.#forgotten = forgotten;
  }

  /** They become an incident of their own, at what they share. */
  #takeOut(
    held: HeldIncident,
    alarms: readonly AlarmId[],
    { by, said, root }: { readonly by: string; readonly said: Said; readonly root?: ResourceId | undefined },
    desk: Desk,
  ): boolean {
    const { incidents, ancestry, at, ids } = desk;
    const members = [...new Set(alarms)].flatMap((alarm) => held.members.get(alarm) ?? []);
    if (members.length === 0 || members.length >= held.members.size || !isActive(held)) return false;
    incidents.split(held, members, at);
    sign(held, by);
    for (const { alarm } of members) this.#deny(alarm, held.id);
    const place = root ?? sharedRoot(ancestry, members);
    const startedAt = Math.min(...members.map((member) => member.at)) as Instant;
    const opened = incidents.open(verdictOf(place, by), { startedAt, at, parent: held.id }, ids);
    incidents.join(opened, members.map(joiningOf), at);
    this.#keepApart(held.id, opened.id);
    this.#remark(held, { at, by, said, alarms: members.map(({ alarm }) => alarm) });
    incidents.endIfOver(held, at);
    incidents.tell(held, 'shrank');
    incidents.tell(opened, 'opened');
    return true;
  }

  #putIn(held: HeldIncident, alarm: AlarmId, by: string, desk: Desk): boolean {
    const { incidents, waiting, at } = desk;
    if (!isActive(held) || held.members.has(alarm)) return false;
    const pending = waiting.take(alarm);
    const from = incidents.ofAlarm(alarm);
    const member = from?.members.get(alarm);
    if (pending === undefined && (from === undefined || member === undefined)) return false;
    this.#notHere.get(alarm)?.delete(held.id);
    if (pending !== undefined) incidents.join(held, [memberOf(pending)], at);
    else if (from!.members.size === 1 && isActive(from!)) incidents.merge(from!, held, at);
    else {
      incidents.split(from!, [member!], at);
      this.#deny(alarm, from!.id);
      incidents.join(held, [joiningOf(member!)], at);
      incidents.endIfOver(from!, at);
      incidents.tell(from!, 'shrank');
    }
    this.#remark(held, { at, by, said: 'putIn', alarms: [alarm] });
    note(held, at, 'join');
    sign(held, by);
    incidents.tell(held, 'grew');
    return true;
  }

  #merge(held: HeldIncident, into: HeldIncident | undefined, by: string, { incidents, at }: Desk): boolean {
    if (into === undefined || into === held || !isActive(held) || !isActive(into)) return false;
    this.#apart.delete(pair(held.id, into.id));
    for (const alarm of held.members.keys()) this.#notHere.get(alarm)?.delete(into.id);
    this.#remark(into, { at, by, said: 'merged', incident: held.id });
    incidents.merge(held, into, at);
    sign(into, by);
    incidents.tell(into, 'grew');
    return true;
  }

  #deny(alarm: AlarmId, incident: IncidentId): void {
    const denied = this.#notHere.get(alarm) ?? new Set();
    this.#notHere.delete(alarm);
    this.#notHere.set(alarm, denied.add(incident));
    this.#forgetFirst(denied, deniedKept);
    this.#forgetFirst(this.#notHere, wordLimit);
  }

  #keepApart(a: IncidentId, b: IncidentId): void {
    this.#apart.add(pair(a, b));
    this.#forgetFirst(this.#apart, wordLimit);
  }

  #forgetFirst<K>(kept: Map<K, unknown> | Set<K>, most: number): void {
    if (kept.size <= most) return;
    kept.delete(kept.keys().next().value!);
    this.#forgotten++;
  }

  #remark(
    held: HeldIncident,
    remark: {
      readonly at: Instant;
      readonly by: string;
      readonly said: Said;
      readonly [more: string]: unknown;
    },
  ): void {
    const before = (held.explanation['operators'] as readonly unknown[] | undefined) ?? [];
    held.explanation = { ...held.explanation, operators: [...before, remark].slice(-remarksKept) };
    if (before.length >= remarksKept) this.#forgotten++;
    this.#count(`${remark.said} ${held.kind}`);
  }

  #count(what: string): void {
    if (this.#counts.has(what) || this.#counts.size < kindLimit)
      this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    else this.#forgotten++;
  }
}

const pair = (a: IncidentId, b: IncidentId): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

const joiningOf = (member: Member) => ({ member: { ...member }, records: [member.record] });

/** The nearest thing above all of them; the first of them when there is none. */
function sharedRoot(ancestry: Ancestry, members: readonly Member[]): ResourceId {
  const [first, ...others] = members.map(({ resource }) => ancestry.above(ancestry.placeOf(resource)));
  const found = first?.find((place) => others.every((above) => above.includes(place)));
  return found === undefined ? members[0]!.resource : ancestry.idOf(found);
}

const verdictOf = (root: ResourceId, by: string) => ({
  scope: 'operator' as const,
  kind: 'unexplained',
  root,
  candidates: [{ root, kind: 'unexplained', probability: 1 }],
  actionable: true,
  dark: [],
  explanation: { decidedBy: by },
});
