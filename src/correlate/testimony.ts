/**
 * What subscribers say, as evidence: calls that crowd on a branch raise a suspicion before any alarm, and several "no,
 * it is not fixed" below one branch take its incident up again.
 *
 * Invariants: a word is no alarm and keeps no incident open; whoever speaks twice counts once; what only subscribers say
 * is marked as suspected, so that nobody is told of it, until an alarm agrees; state is bounded, what is refused counted.
 */
import { after, type DurationMs, hours, type Instant, minutes } from '../base/instant.ts';
import type { Word } from '../model/alarm.ts';
import type { IdSource, IncidentId, ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { binomialTail, excessOf, poissonTail } from './crowding.ts';
import type { Feedback } from './feedback.ts';
import { callWindow, type Heard, HeardWords, isCall } from './heard-words.ts';
import { addRecords, type HeldIncident, isActive, type Verdict } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { OpenView } from './standing.ts';

interface Moment {
  readonly at: Instant;
  readonly ids: IdSource;
  readonly view: OpenView;
  readonly feedback: Feedback;
}

interface Crowd {
  readonly place: number;
  readonly words: readonly Heard[];
  /** Who is there at all. */
  readonly size: number;
  readonly expected: number;
  readonly excess: number;
}

export interface TestimonySnapshot {
  readonly words: readonly Heard[];
  readonly calls: number;
  readonly callsAt: Instant;
  readonly refused: number;
}

/** A suspicion that nobody has confirmed ends this long after the last word. */
const suspectedFor = hours(4);
/** Fewer are one household and its neighbour. */
const leastCallers = 3;
/** Of all branches together, in one window: less than one false suspicion in forty days, however large the network. */
const falseAlarms = 0.001;
/** At the least: one call in sixty days from each, as where nothing is known yet. */
const leastRate = 1 / (60 * 86_400_000);
/** The background is a mean over about ten days. */
const backgroundMs = 10 * 86_400_000;
/** So many say "no" by mistake, or for a reason of their own. */
const wrongNo = 0.02;
const surprising = 0.01;
/** Subscribers alone never make a cause certain. */
const most = 0.55;
const namesKept = 20;

export class Testimony {
  readonly #incidents: Incidents;
  readonly #words: HeardWords;
  /** Incidents that only subscribers speak of; ended ones among them are dropped when looked at. */
  readonly #suspects = new Set<HeldIncident>();
  #ancestry: Ancestry;
  #branches = 1;
  #everybody = 1;
  #calls = 0;
  #callsAt = 0 as Instant;
  #refused = 0;

  constructor(incidents: Incidents, ancestry: Ancestry) {
    this.#incidents = incidents;
    this.#ancestry = ancestry;
    this.#words = new HeardWords(ancestry);
  }

  /** Words pushed out by newer ones. */
  get refused(): number {
    return this.#refused;
  }

  place(ancestry: Ancestry): void {
    this.#ancestry = ancestry;
    this.#words.place(ancestry);
    const { topology } = ancestry;
    const { isLeaf } = topology.prepared.leaves;
    const leaves = isLeaf.reduce((sum, is) => sum + is, 0);
    this.#branches = Math.max(1, topology.resourceCount - leaves);
    const own = topology.columns.ownSubscribers.reduce((sum, count) => sum + count, 0);
    this.#everybody = Math.max(1, leaves, own);
  }

  hear(word: Word, moment: Moment): void {
    const place = this.#ancestry.placeOf(word.resource);
    if (place < 0 || this.#ancestry.isStranger(place)) return;
    this.#words.forget(moment.at);
    if (word.isDown && word.about === undefined) this.#countCall(moment.at);
    const heard = { ...word, at: moment.at };
    if (!word.isDown) return this.#content(heard, place);
    for (const id of word.notOf ?? []) this.#disown(id, heard, moment.feedback);
    const covering = this.#covering(place, moment.view, word.notOf);
    this.#keep(heard);
    if (covering !== undefined) return this.#agree(covering, heard);
    const asked = word.about === undefined ? undefined : this.#incidents.get(word.about);
    if (asked?.state === 'resolved' || asked?.state === 'closed') return this.#denied(asked, place, moment);
    const crowd = this.#crowd(place, moment.at, word.notOf);
    if (crowd !== undefined) this.#suspect(crowd, moment);
  }

  /** Words that were heard before an incident opened above them belong to it. */
  claim(moment: Pick<Moment, 'at' | 'view'>): void {
    for (const heard of this.#words.values()) {
      if (!heard.isDown || heard.record === undefined || moment.at - heard.at > callWindow) continue;
      const covering = this.#covering(this.#ancestry.placeOf(heard.resource), moment.view);
      if (covering !== undefined && !covering.records.includes(heard.record)) this.#agree(covering, heard);
    }
  }

  /** Suspicions that this cause explains: it lies at or above them. */
  explainedBy({ root, dark }: Pick<Verdict, 'root' | 'dark'>): HeldIncident[] {
    const open = this.#open();
    if (open.length === 0) return open;
    const wide = new Set<string>([root, ...dark]);
    return open.filter((held) =>
      this.#ancestry
        .above(this.#ancestry.placeOf(held.root))
        .some((place) => wide.has(this.#ancestry.idOf(place))),
    );
  }

  snapshot(): TestimonySnapshot {
    const [calls, callsAt, refused] = [this.#calls, this.#callsAt, this.#refused];
    return { words: this.#words.all(), calls, callsAt, refused };
  }

  /** Takes what `snapshot` gave, the incidents being there already. */
  restore(snapshot: TestimonySnapshot): void {
    this.#words.restore(snapshot.words);
    this.#calls = snapshot.calls;
    this.#callsAt = snapshot.callsAt;
    this.#refused = snapshot.refused;
    this.#suspects.clear();
    for (const held of this.#incidents.standing.inOrder()) if (held.suspected) this.#suspects.add(held);
  }

  #open(): HeldIncident[] {
    for (const held of this.#suspects) if (!held.suspected || !isActive(held)) this.#suspects.delete(held);
    return [...this.#suspects];
  }

  #keep(heard: Heard): void {
    if (this.#words.keep(heard)) this.#refused++;
  }

  #countCall(at: Instant): void {
    this.#calls = this.#calls * Math.exp((this.#callsAt - at) / backgroundMs) + 1;
    this.#callsAt = at;
  }

  /** It works: what the same one said before is over; of a suspicion nobody holds any more nothing is left. */
  #content(heard: Heard, place: number): void {
    this.#words.drop({ ...heard, about: undefined });
    if (heard.about !== undefined) this.#keep(heard);
    const above = new Set(this.#ancestry.above(place).map((at) => this.#ancestry.idOf(at)));
    for (const held of this.#open()) {
      if (!above.has(held.root)) continue;
      const said = [...this.#words.below(this.#ancestry.placeOf(held.root))];
      const isHeld = said.some(({ isDown, at }) => isDown && at >= held.startedAt);
      if (held.raised === 0 && !isHeld) this.#incidents.resolve(held, heard.at);
    }
  }

  #isBelow(place: number, root: ResourceId): boolean {
    return this.#ancestry.above(place).some((at) => this.#ancestry.idOf(at) === root);
  }

  /** The open incident that explains why this place is down. */
  #covering(place: number, view: OpenView, notOf: readonly IncidentId[] = []): HeldIncident | undefined {
    if (place < 0) return undefined;
    const explains = (one: HeldIncident): boolean => isActive(one) && !notOf.includes(one.id);
    for (const at of this.#ancestry.above(place)) {
      const id = this.#ancestry.idOf(at);
      const held = this.#incidents
        .at(id)
        .find((one) => explains(one) && one.actionable && one.scope !== 'alone' && one.scope !== 'collector');
      if (held !== undefined) return held;
      const dark = view.dark.get(id);
      if (dark !== undefined && explains(dark)) return dark;
    }
    return undefined;
  }

  /** One who was taken for a witness of it is none; the incident stays, it has alarms of its own. */
  #disown(id: IncidentId, heard: Heard, feedback: Feedback): void {
    const held = this.#incidents.get(id);
    if (held === undefined || !isActive(held)) return;
    const before = (held.explanation['notThisOutage'] as readonly ResourceId[] | undefined) ?? [];
    if (before.includes(heard.resource)) return;
    const said = Number(held.explanation['subscribersSayDown']) || 0;
    const isTakenBack = said > 0 && this.#words.has(heard);
    held.explanation = {
      ...held.explanation,
      ...(isTakenBack ? { subscribersSayDown: said - 1 } : {}),
      notThisOutage: [...before, heard.resource].slice(-namesKept),
    };
    feedback.disowned(held);
    this.#incidents.tellLater(held, heard.at);
  }

  /** One more who says what is known. */
  #agree(held: HeldIncident, { record, at }: Heard): void {
    if (record !== undefined) addRecords(held, [record]);
    const before = held.explanation['subscribersSayDown'];
    held.explanation = { ...held.explanation, subscribersSayDown: (Number(before) || 0) + 1 };
    if (held.suspected) this.#incidents.timers.set(`suspect ${held.id}`, after(at, suspectedFor));
    this.#incidents.tellLater(held, at);
  }

  /** Who says that an incident is not theirs crowds with those who say so too: the others are explained by it. */
  #crowd(place: number, at: Instant, notOf: readonly IncidentId[] = []): Crowd | undefined {
    const isOfIt = (heard: Heard): boolean =>
      isCall(heard) && at - heard.at <= callWindow && notOf.every((id) => heard.notOf?.includes(id) === true);
    // A storm of calls is counted, not walked through; who says that it is another fault is one of few.
    const isAny = notOf.length === 0;
    const calls = isAny ? this.#words.calls(at) : countOf(this.#words.values(), isOfIt);
    if (calls < leastCallers) return undefined;
    const since = Math.exp((this.#callsAt - at) / backgroundMs);
    const usual = Math.max(leastRate, (this.#calls * since) / (backgroundMs * this.#everybody));
    const found: Omit<Crowd, 'words'>[] = [];
    for (const branch of this.#ancestry.above(place)) {
      const count = isAny ? this.#words.callsBelow(branch, at) : countOf(this.#words.below(branch), isOfIt);
      if (count < leastCallers) continue;
      const size = this.#sizeOf(branch);
      // Where all the network calls, no branch stands out.
      const elsewhere = (calls - count) / Math.max(1, this.#everybody - size);
      const expected = size * Math.max(usual * callWindow, elsewhere);
      if (poissonTail(count, expected) * this.#branches >= falseAlarms) continue;
      found.push({ place: branch, size, expected, excess: excessOf(count, expected) });
    }
    const best = found.sort((a, b) => b.excess - a.excess || a.size - b.size)[0];
    return best && { ...best, words: [...this.#words.below(best.place)].filter(isOfIt) };
  }

  #sizeOf(place: number): number {
    const { topology } = this.#ancestry;
    const subscribers = topology.subscribersBelow('access', place);
    return Math.max(1, this.#ancestry.leavesOf(place), this.#ancestry.powerLeavesOf(place), subscribers);
  }

  #suspect({ place, words, size, expected }: Crowd, { at, ids }: Moment): void {
    const startedAt = Math.min(...words.map((word) => word.at)) as Instant;
    const verdict = this.#verdict(place, words, {
      subscribers: size,
      expectedCalls: Number(expected.toPrecision(3)),
      withinMinutes: callWindow / minutes(1),
    });
    this.#begin(verdict, { startedAt, at }, words, ids);
  }

  /** Several say "no" below one branch: all of the incident again, or a part of it that was never repaired. */
  #denied(asked: HeldIncident, place: number, { at, ids }: Moment): void {
    const found: {
      readonly place: number;
      readonly words: readonly Heard[];
      readonly size: number;
      readonly excess: number;
    }[] = [];
    for (const branch of this.#ancestry.above(place)) {
      const words = [...this.#words.below(branch)].filter(({ about }) => about === asked.id);
      const no = words.filter(({ isDown }) => isDown);
      if (no.length < 2 || binomialTail(no.length, words.length, wrongNo) >= surprising) continue;
      found.push({
        place: branch,
        words: no,
        size: this.#sizeOf(branch),
        excess: excessOf(no.length, words.length * wrongNo),
      });
    }
    const best = found.sort((a, b) => b.excess - a.excess || a.size - b.size)[0];
    if (best === undefined) return;
    if (this.#isBelow(this.#ancestry.placeOf(asked.root), this.#ancestry.idOf(best.place)))
      return this.#reopen(asked, best.words.length, at);
    const verdict = this.#verdict(best.place, best.words, {
      subscribers: best.size,
      notFixed: best.words.length,
    });
    this.#begin(verdict, { startedAt: asked.startedAt, at, parent: asked.id }, best.words, ids);
  }

  #reopen(asked: HeldIncident, notFixed: number, at: Instant): void {
    this.#incidents.reopen(asked, at);
    asked.suspected = true;
    asked.state = 'uncertain';
    asked.explanation = { ...asked.explanation, notFixed };
    this.#watch(asked, at);
    this.#incidents.tell(asked, 'reopened');
  }

  #begin(
    verdict: Verdict,
    onset: { readonly startedAt: Instant; readonly at: Instant; readonly parent?: IncidentId | undefined },
    words: readonly Heard[],
    ids: IdSource,
  ): void {
    const held = this.#incidents.open(verdict, onset, ids);
    held.suspected = true;
    addRecords(
      held,
      words.flatMap(({ record }) => record ?? []),
    );
    this.#watch(held, onset.at);
    this.#incidents.tell(held, 'opened');
  }

  #watch(held: HeldIncident, at: Instant): void {
    this.#suspects.add(held);
    this.#incidents.timers.set(`suspect ${held.id}`, after(at, suspectedFor as DurationMs));
  }

  #verdict(place: number, words: readonly Heard[], evidence: Readonly<Record<string, number>>): Verdict {
    const root = this.#ancestry.idOf(place);
    const said = words.slice(0, namesKept).map(({ resource }) => resource);
    return {
      scope: 'testimony',
      kind: 'unexplained',
      root,
      candidates: [{ root, kind: 'unexplained', probability: most }],
      actionable: true,
      dark: [],
      explanation: {
        suspectedBy: 'subscribers',
        subscribersSayDown: words.length,
        saidBy: said,
        ...evidence,
      },
    };
  }
}

function countOf(words: Iterable<Heard>, isOne: (heard: Heard) => boolean): number {
  let count = 0;
  for (const heard of words) if (isOne(heard)) count++;
  return count;
}
