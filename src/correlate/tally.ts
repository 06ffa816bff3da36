/** Evidence counters: what every resource above the evidence sees of it, and how well a fault there would explain it. */
import type { Instant } from '../base/instant.ts';
import type { Ancestry } from './ancestry.ts';
import { LastWords } from './last-words.ts';
import { Onsets } from './onsets.ts';
import type { SlotColumns } from './slot-columns.ts';
import { type Steps, stepSize } from './steps.ts';
import type { Population, Symptom } from './symptoms.ts';
import { outOfSight, taciturn } from './unheard.ts';

/** All that one resource says, as one piece; or an incident decided lately, as it stands at its root. */
export interface Evidence {
  readonly place: number;
  /** Where a cause of it may lie, itself first. */
  readonly above: readonly number[];
  readonly id: string;
  readonly symptom: Symptom;
  /** 0.5 while its alarm flaps. */
  readonly weight: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Decided already, by this incident. */
  readonly heldBy?: string | undefined;
  /** A large decided incident in one piece at its root: how many leaves it stands for. */
  readonly standsFor?: number | undefined;
}

/** What was seen of resources apart from alarms. */
export interface Sighting {
  readonly place: number;
  readonly state: 'alive' | 'unknown';
  readonly below: boolean;
  readonly at: Instant;
  /** So many of the leaves below, without saying which; those come after all that was seen of single leaves. */
  readonly count?: number | undefined;
}

/** What was seen in the trees with these tops. */
export type SightingsOf = (tops: ReadonlySet<number>) => readonly Sighting[];

/** Of one place; logarithms in thousandths of a nat. */
export interface Tally {
  readonly place: number;
  /** Pieces of evidence at or below. */
  pieces: number;
  /** Leaves that spoke, those spoken for by a dark port included. */
  spoken: number;
  /** Sum of log-likelihoods of what was said. */
  sum: number;
  /** Log-likelihood of the same pieces when each is a fault of its own. */
  singles: number;
  /** Of a supply: what terminals said of lost light, or polls of their silence, and whether some gasped, by their head and whether they can gasp. */
  mute: LastWords | undefined;
  /** Of a supply: heads some of whose terminals there spoke, and whether something on battery says that its mains failed. */
  heads: Set<number> | undefined;
  isSupplyLost: boolean;
  own: Evidence | undefined;
  /** Log-likelihood of what the place itself says, as a fault of its own; 0 when it says nothing. */
  alone: number;
  oldest: Instant;
  newest: Instant;
  /** When one of them was last heard of for the first time: repeats tell nothing of how far it reaches. */
  latest: Instant;
  alive: number;
  unknown: number;
  /** Of the degraded: the first and the last leaf that spoke, by place; -1 when none did. */
  first: number;
  last: number;
  score: number;
  /** What it gains because parts of it that one cable carries began at the same time, known once those below were judged. */
  together: number;
}

/** The tallies of all places at or above some evidence; leaves, which are many and stand for themselves, have none. */
export class Tallies {
  readonly population: Population;
  readonly list: Tally[] = [];
  readonly #columns: SlotColumns;
  /** By place: its index in `list` and one more; 0 where nothing was said. */
  readonly #slots: Int32Array;

  constructor(population: Population, ancestry: Pick<Ancestry, 'count' | 'slotColumns'>) {
    this.population = population;
    this.#columns = ancestry.slotColumns;
    this.#slots = this.#columns.take(ancestry.count);
  }

  /** Nothing is asked of it any more: its column serves the next one. */
  release(): void {
    for (const { place } of this.list) this.#slots[place] = 0;
    this.#columns.giveBack(this.#slots);
  }

  at(place: number): Tally | undefined {
    const slot = this.indexOf(place);
    return slot < 0 ? undefined : this.list[slot];
  }

  /** Its index in `list`; -1 when nothing was said at or below it. */
  indexOf(place: number): number {
    return (this.#slots[place] ?? 0) - 1;
  }

  /** The tally of the place, begun with this piece where there is none. */
  begun(place: number, piece: Evidence): Tally {
    const slot = this.indexOf(place);
    if (slot >= 0) return this.list[slot]!;
    const tally: Tally = {
      place,
      pieces: 0,
      spoken: 0,
      sum: 0,
      singles: 0,
      mute: undefined,
      heads: undefined,
      isSupplyLost: false,
      own: undefined,
      alone: 0,
      oldest: piece.firstAt,
      newest: piece.lastAt,
      latest: piece.firstAt,
      alive: 0,
      unknown: 0,
      first: -1,
      last: -1,
      score: 0,
      together: 0,
    };
    this.#slots[place] = this.list.push(tally);
    return tally;
  }
}

/** Counts all evidence at every place above it, then scores every place; in steps. */
export function* tallyingUp(
  ancestry: Ancestry,
  population: Population,
  evidence: readonly Evidence[],
  sightings: Iterable<Sighting>,
): Steps<Tallies> {
  const tallies = new Tallies(population, ancestry);
  let done = 0;
  for (const piece of evidence) {
    count(ancestry, tallies, piece);
    if (++done % stepSize === 0) yield;
  }
  // Those above speak only for what those below did not: an order of their own, for the order of arrival must not matter.
  const devices = evidence.filter(({ place }) => !ancestry.isLeaf(place));
  devices.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : (a.heldBy ?? '') < (b.heldBy ?? '') ? -1 : 1));
  for (const piece of devices) speakForBelow(ancestry, tallies, piece);
  const onsets = new Onsets(evidence);
  for (const sighting of sightings) {
    see(ancestry, { tallies, onsets }, sighting);
    if (++done % stepSize === 0) yield;
  }
  for (const tally of tallies.list) {
    tally.score = scoreOf(ancestry, population, tally);
    if (++done % stepSize === 0) yield;
  }
  return tallies;
}

/** Log-likelihood of the piece as a fault of its own. */
export function aloneScore(ancestry: Ancestry, piece: Evidence): number {
  const { rules } = ancestry;
  const kind = ancestry.kindOf(piece.place);
  if (piece.standsFor === undefined)
    return rules.alonePrior(kind, piece.symptom, ancestry.isLeaf(piece.place));
  const leaves = ancestry.terminalsOf(piece.place);
  const silent = Math.max(0, leaves - piece.standsFor);
  return (
    rules.prior(kind) +
    piece.standsFor * rules.likelihood(isSupply(ancestry, piece.place) ? 'power' : 'signal', piece.symptom) +
    silent * rules.silence.leaf
  );
}

const lastWords: ReadonlySet<string> = new Set(['los', 'gasp', 'silent']);

function count(ancestry: Ancestry, tallies: Tallies, piece: Evidence): void {
  const { rules } = ancestry;
  const single = aloneScore(ancestry, piece);
  const said = piece.weight * (piece.standsFor ?? 1);
  const signal = said * rules.likelihood('signal', piece.symptom);
  const isOfSupply = piece.standsFor !== undefined && isSupply(ancestry, piece.place);
  // Only by itself does a card fail alone: of a shelf that fails each card would have to say so.
  const fromAbove = piece.symptom === 'card' ? said * rules.likelihood('signal', 'other') : signal;
  const power = said * rules.likelihood('power', piece.symptom);
  const { above } = piece;
  const lastSignal = ancestry.signalAbove(piece.place).at(-1);
  let isSignal = true;
  const isLeaf = ancestry.isLeaf(piece.place);
  // Its head passed its last word on: that head was alive, and what became of it then is another matter.
  const passedOnBy = piece.symptom === 'gasp' ? ancestry.headOf(piece.place) : -1;
  const spoken = piece.standsFor ?? (isLeaf ? 1 : 0);
  let served: number | undefined;
  const head = (): number => (served ??= ancestry.headOf(piece.place));
  for (let i = isLeaf ? 1 : 0; i < above.length; i++) {
    const tally = tallies.begun(above[i]!, piece);
    tally.pieces++;
    tally.spoken += spoken;
    if (above[i] === passedOnBy) tally.sum += single;
    else if (isOfSupply || !isSignal) tally.sum += power;
    else tally.sum += above[i] === piece.place ? signal : fromAbove;
    if (piece.symptom === 'power') tally.isSupplyLost = true;
    if ((isOfSupply || !isSignal) && spoken > 0) {
      tally.heads ??= new Set();
      tally.heads.add(head());
      // All who serve somebody there had the word when that supply was found to have failed.
      if (isOfSupply) for (const head of ancestry.fedBy(piece.place).keys()) tally.heads.add(head);
    }
    if (!isSignal && isLeaf && lastWords.has(piece.symptom)) {
      tally.mute ??= new LastWords();
      tally.mute.add(ancestry, head(), piece);
    }
    if (above[i] === lastSignal) isSignal = false;
    tally.singles += single;
    if (isLeaf && tallies.population === 'degraded' && !ancestry.isStranger(piece.place)) {
      if (tally.first < 0 || piece.place < tally.first) tally.first = piece.place;
      if (piece.place > tally.last) tally.last = piece.place;
    }
    if (piece.firstAt < tally.oldest) tally.oldest = piece.firstAt;
    if (piece.lastAt > tally.newest) tally.newest = piece.lastAt;
    if (piece.firstAt > tally.latest) tally.latest = piece.firstAt;
  }
  if (isLeaf) return;
  const own = tallies.at(piece.place)!;
  own.alone = single;
  if (piece.standsFor === undefined) own.own = piece;
}

/**
 * Where a cause of it may lie: what its signal comes through, nearest first, then what of its supply is not in there.
 * Only what is dark can lack power; a service that is missing has no fault in a cable.
 */
export function causesAbove(
  ancestry: Ancestry,
  population: Population,
  piece: Pick<Evidence, 'place' | 'symptom'>,
): readonly number[] {
  const isPlant = (place: number): boolean => !isSupply(ancestry, place);
  const isDown = population === 'down';
  const above = isDown ? ancestry.above(piece.place) : ancestry.signalAbove(piece.place).filter(isPlant);
  if (isDown && (!ownWords.has(piece.symptom) || ancestry.isLeaf(piece.place))) return above;
  const top = ancestry.signalAbove(piece.place).at(-1);
  return above.filter(
    (place) => place === piece.place || place === top || !isSpared(ancestry, population, place),
  );
}

/** Whoever hangs on it lacks power when it fails, not light. */
const isSupply = (ancestry: Ancestry, place: number): boolean =>
  supplies.has(ancestry.rules.faultKind(ancestry.kindOf(place), 'down'));

const supplies: ReadonlySet<string> = new Set(['house-power', 'area-power', 'site-power']);

/** Light may be dim through a bent feeder; noise and missing services come from the plant that is active, or from copper. */
function isSpared(ancestry: Ancestry, population: Population, place: number): boolean {
  return ancestry.isCable(place) && !(population === 'degraded' && ancestry.kindOf(place) === 'feeder');
}

/** What only the device itself can know: no cable below it is the cause. */
const ownWords: ReadonlySet<string> = new Set(['card', 'silent', 'power']);

/**
 * A dark port speaks for the leaves below it that said nothing. Some of them may be among those for which a decided cause
 * speaks as one piece further up: there nobody is counted twice, or who is silent beside them would be taken for heard.
 */
function speakForBelow(ancestry: Ancestry, tallies: Tallies, piece: Evidence): void {
  if (piece.standsFor !== undefined || piece.symptom === 'power') return;
  const quiet = ancestry.leavesOf(piece.place) - (tallies.at(piece.place)?.spoken ?? 0);
  if (quiet <= 0 || ancestry.isStranger(piece.place)) return;
  let more = quiet;
  for (const place of ancestry.signalAbove(piece.place)) {
    const tally = tallies.at(place);
    if (tally === undefined) continue;
    more = Math.min(more, Math.max(0, ancestry.leavesOf(place) - tally.spoken));
    tally.spoken += more;
  }
  // So does it for what carries all of them: the splitter that hangs on it alone.
  const leaves = ancestry.leavesOf(piece.place);
  for (let at = piece.place; ; ) {
    const only = ancestry.topology
      .childrenOf('access', at)
      .find((child) => ancestry.leavesOf(child) === leaves);
    const tally = only === undefined || ancestry.isLeaf(only) ? undefined : tallies.at(only);
    if (only === undefined || tally === undefined) return;
    tally.spoken += quiet;
    at = only;
  }
}

const ports: ReadonlySet<string> = new Set(['pon-port', 'port', 'card']);

interface Seeing {
  readonly tallies: Tallies;
  readonly onsets: Onsets;
}

function see(ancestry: Ancestry, { tallies, onsets }: Seeing, sighting: Sighting): void {
  // What is degraded or without a session is alive all the same.
  if (sighting.state === 'alive' && tallies.population !== 'down') return;
  // What was seen before all of it tells nothing of any of it; loss of sight lasts.
  const isOld = sighting.at < onsets.first;
  if (isOld && (sighting.state === 'alive' || sighting.count !== undefined)) return;
  if (sighting.count !== undefined) return seeCount(ancestry, tallies, sighting.place, sighting);
  // That a port works says nothing of the fibre behind it.
  const isPort = !ancestry.isLeaf(sighting.place) && ports.has(ancestry.kindOf(sighting.place));
  if (isPort && !sighting.below) return;
  const seen = sighting.below ? ancestry.leavesOf(sighting.place) : 1;
  // Who hangs on a head does not hang on its supply.
  const isHead = sighting.below && ancestry.topology.isAccessHead(sighting.place);
  const above = isHead ? ancestry.signalAbove(sighting.place) : ancestry.above(sighting.place);
  for (const place of above) {
    const tally = tallies.at(place);
    if (tally === undefined || place === sighting.place) continue;
    if (sighting.state === 'unknown') tally.unknown += seen;
    // Life before the onset says nothing about the fault.
    else if (onsets.isBefore(tally, sighting.at)) tally.alive += seen;
  }
  if (sighting.state === 'unknown' && sighting.below) hideBehind(ancestry, tallies, sighting.place);
}

/** Of a head that is out of sight nobody can say what its terminals lost, whatever house they are in. */
function hideBehind(ancestry: Ancestry, tallies: Tallies, head: number): void {
  // Words from behind it show that it speaks.
  if (!ancestry.topology.isAccessHead(head) || tallies.indexOf(head) >= 0) return;
  for (const tally of tallies.list) {
    if (ancestry.powerLeavesOf(tally.place) > 0) tally.unknown += ancestry.fedBy(tally.place).get(head) ?? 0;
  }
}

/** Those seen one by one are among the counted; what was heard below since may have been counted as alive. */
function seeCount(
  ancestry: Ancestry,
  tallies: Tallies,
  owner: number,
  { state, at, count = 0 }: Pick<Sighting, 'state' | 'at' | 'count'>,
): void {
  const own = tallies.at(owner);
  const known = own?.[state] ?? 0;
  const more = own === undefined ? count : Math.min(count - known, silentOf(ancestry, own));
  if (more <= 0) return;
  for (const place of ancestry.above(owner)) {
    const tally = tallies.at(place);
    if (tally !== undefined && at >= tally.newest) tally[state] += more;
  }
  if (own !== undefined && at >= own.newest) seeCountBelow(ancestry, tallies, own, state);
}

/** Of those counted as many must be below a child as do not fit beside it. */
function seeCountBelow(ancestry: Ancestry, tallies: Tallies, own: Tally, state: 'alive' | 'unknown'): void {
  for (const child of ancestry.topology.childrenOf('access', own.place)) {
    const tally = tallies.at(child);
    if (tally === undefined) continue;
    const beside = ancestry.leavesOf(own.place) - ancestry.leavesOf(child) - (own.spoken - tally.spoken);
    const more = Math.min(own[state] - beside - tally[state], silentOf(ancestry, tally));
    if (more <= 0) continue;
    tally[state] += more;
    seeCountBelow(ancestry, tallies, tally, state);
  }
}

const silentOf = (ancestry: Ancestry, { place, spoken, alive, unknown }: Tally): number =>
  ancestry.leavesOf(place) - spoken - alive - unknown;

/** As what it fails: settings are those of a device, its cards and ports have few of their own. */
function failingKind(ancestry: Ancestry, population: Population, place: number): string {
  if (ancestry.isRiser(place)) return 'riser';
  const isSettings = population === 'session' && ancestry.topology.isAccessHead(place);
  return isSettings ? 'settings' : ancestry.kindOf(place);
}

function scoreOf(ancestry: Ancestry, population: Population, tally: Tally): number {
  const { rules } = ancestry;
  const { silence: quiet } = rules;
  const kind = failingKind(ancestry, population, tally.place);
  const leaves = ancestry.terminalsOf(tally.place);
  const alive = Math.min(tally.alive, leaves);
  const silent = Math.max(0, leaves - tally.spoken - tally.unknown - alive);
  const perLeaf = population === 'degraded' ? quiet.degradedLeaf : quiet.leaf;
  const silence = silent * perLeaf + taciturn(ancestry, population, { tally, silent });
  const own = tally.own !== undefined && !ancestry.isLeaf(tally.place);
  return (
    rules.prior(kind) +
    tally.sum +
    (tally.mute?.gain(rules) ?? 0) +
    (own ? Math.max(silence, quiet.underOwnAlarm) : silence + outOfSight(tally, perLeaf)) +
    alive * quiet.aliveLeaf +
    (!own && population === 'down' && rules.speaksForItself(kind) ? quiet.missingOwnAlarm : 0)
  );
}
