/** Causes in the transport graph: which links and devices failed, and what is only out of reach behind them. */
import type { Instant } from '../base/instant.ts';
import type { FaultKind } from '../model/incident.ts';
import type { Ancestry } from './ancestry.ts';
import { cutLink, deadDevice, deadDevices, isDug } from './dead-devices.ts';
import { deadSites, firstOf } from './dead-sites.ts';
import type { RatedCause } from './explain.ts';
import { isFoundBefore, toldAt } from './found-before.ts';
import { limits } from './timing.ts';

export interface TransportEvidence {
  /** The alarm's id. */
  readonly alarm: string;
  readonly place: number;
  readonly id: string;
  readonly symptom: 'link' | 'silent';
  /** The end that says a link is down. */
  readonly by: string | undefined;
  /** Seen by polling: belongs to a lost collector when there is one. */
  readonly polled: boolean;
  readonly at: Instant;
}

export interface TransportCause {
  readonly root: number;
  readonly kind: FaultKind;
  readonly alarms: readonly string[];
  /** When it was first told of. */
  readonly at: Instant;
  /** Of a cut: when it was first told of by whoever hears of it at once. */
  readonly since?: Instant | undefined;
  /** What lost its last path with this cause, the root itself left out. */
  readonly dark: readonly number[];
  readonly rivals: readonly RatedCause[];
  /** Links that were believed to be down though words came over them, with their trenches. */
  readonly disproved?: readonly number[] | undefined;
}

/** What is known to be down from open incidents. */
export interface KnownDown {
  readonly places: ReadonlySet<number>;
}

interface Draft {
  readonly root: number;
  readonly kind: FaultKind;
  readonly alarms: string[];
  /** When it was first told of. */
  readonly at: Instant;
  /** Resources the draft declares dead. */
  readonly dead: readonly number[];
  /** What is told of the links it declares cut, or that it takes down. */
  readonly said?: readonly TransportEvidence[] | undefined;
  readonly rivals: readonly RatedCause[];
}

/** Evidence sorted by id. The answer covers every piece of it exactly once, in an order that depends on ids only. */
export function explainTransport(
  ancestry: Ancestry,
  evidence: readonly TransportEvidence[],
  known: KnownDown,
): TransportCause[] {
  const silent = new Map<number, TransportEvidence[]>();
  const links = new Map<number, TransportEvidence[]>();
  for (const piece of evidence) gather(piece.symptom === 'link' ? links : silent, piece);
  const drafts = [
    ...lostCollectors(ancestry, silent),
    ...lostSites(ancestry, { silent, links }),
    ...diedAlone(ancestry, { silent, links }, known),
    ...sharedCuts(ancestry, links, known),
    ...[...links].map(([place, pieces]): Draft => {
      return {
        root: place,
        kind: 'link',
        alarms: names(pieces),
        at: firstOf(pieces),
        dead: [place],
        said: pieces,
        rivals: ends(ancestry, place, { said: pieces, known }),
      };
    }),
  ];
  // Of two cuts of a ring the second takes the customers: what goes dark is the later one's doing.
  drafts.sort((a, b) => a.at - b.at || (ancestry.idOf(a.root) < ancestry.idOf(b.root) ? -1 : 1));
  const causes: TransportCause[] = [];
  const dead = new Set(known.places);
  for (const draft of drafts.slice(0, limits.causesPerLook)) {
    const disproved = linksUp(ancestry, { known, silent }, draft);
    for (const place of disproved) dead.delete(place);
    const believed = withoutBelied(ancestry, draft, { dead, known, silent });
    causes.push({ ...withShadow(ancestry, draft, { dead: believed, silent }), disproved });
    for (const place of draft.dead) dead.add(place);
  }
  for (const draft of drafts.slice(limits.causesPerLook)) causes.push({ ...draft, dark: [] });
  causes.push(...silentDevices(ancestry, silent, dead));
  return causes;
}

function gather(into: Map<number, TransportEvidence[]>, piece: TransportEvidence): void {
  const found = into.get(piece.place);
  if (found === undefined) into.set(piece.place, [piece]);
  else found.push(piece);
}

const names = (pieces: readonly TransportEvidence[]): string[] => pieces.map((piece) => piece.alarm);

/** A collector that says itself that it is lost takes what its polls call unreachable. */
function lostCollectors(ancestry: Ancestry, silent: Map<number, TransportEvidence[]>): Draft[] {
  const drafts: Draft[] = [];
  for (const [place, pieces] of silent) {
    if (ancestry.kindOf(place) !== 'collector') continue;
    silent.delete(place);
    const alarms = names(pieces);
    for (const [target, said] of silent) {
      if (ancestry.collectorOf(target) !== place || !said.every((piece) => piece.polled)) continue;
      alarms.push(...names(said));
      silent.delete(target);
    }
    drafts.push({ root: place, kind: 'collector', alarms, at: firstOf(pieces), dead: [], rivals: [] });
  }
  return drafts;
}

/** Sites that lost their supply take what is said of their devices. */
function lostSites(ancestry: Ancestry, { silent, links }: Said): Draft[] {
  return deadSites(ancestry, { silent, links }).map(({ site, devices, down }): Draft => {
    const said = [
      ...down.flatMap((link) => links.get(link) ?? []),
      ...devices.flatMap((device) => silent.get(device) ?? []),
    ];
    for (const link of down) links.delete(link);
    for (const device of devices) silent.delete(device);
    const rivals = devices.slice(0, 3).map((place) => ({ place, gain: deadDevice }));
    return { root: site, kind: 'site-power', alarms: names(said), at: firstOf(said), dead: devices, rivals };
  });
}

export interface Said {
  readonly silent: Map<number, TransportEvidence[]>;
  readonly links: Map<number, TransportEvidence[]>;
}

function diedAlone(ancestry: Ancestry, { silent, links }: Said, known: KnownDown): Draft[] {
  return deadDevices(ancestry, { silent, links, known }).map(({ device, heard }): Draft => {
    const said = [...heard.flatMap((link) => links.get(link)!), ...(silent.get(device) ?? [])];
    for (const link of heard) links.delete(link);
    silent.delete(device);
    const rivals = heard.slice(0, 3).map((place) => ({ place, gain: -4_000 * heard.length }));
    return {
      root: device,
      kind: 'node-down',
      alarms: names(said),
      at: firstOf(said),
      dead: [device],
      said,
      rivals,
    };
  });
}

/** Several links that failed together in one trench: the segment all of them share and no live link uses. */
function sharedCuts(ancestry: Ancestry, links: Map<number, TransportEvidence[]>, known: KnownDown): Draft[] {
  const { topology } = ancestry;
  const drafts: Draft[] = [];
  for (;;) {
    const votes = new Map<number, number>();
    for (const place of links.keys()) {
      for (const segment of new Set(topology.linkOf(place)?.segments))
        votes.set(segment, (votes.get(segment) ?? 0) + 1);
    }
    const shared = [...votes]
      .filter(([segment]) => isDug(ancestry, segment, { links, known }))
      .sort(([a, m], [b, n]) => n - m || (ancestry.idOf(a) < ancestry.idOf(b) ? -1 : 1));
    const [segment, count] = shared[0] ?? [-1, 0];
    if (segment < 0) return drafts;
    const cut = topology.linksOver(segment).filter((link) => links.has(link.index));
    const said = cut.flatMap((link) => links.get(link.index)!);
    for (const link of cut) links.delete(link.index);
    const rivals = shared.slice(1, 4).map(([place, votesFor]) => ({
      place,
      gain: votesFor === count ? 0 : 8_000 * (votesFor - count),
      alike: carriesSame(ancestry, place, segment),
    }));
    drafts.push({
      root: segment,
      kind: 'duct',
      alarms: names(said),
      at: firstOf(said),
      dead: [segment, ...cut.map((link) => link.index)],
      said,
      rivals,
    });
  }
}

interface Shadow {
  /** Grows with every cause. */
  readonly dead: Set<number>;
  readonly silent: Map<number, TransportEvidence[]>;
}

/** What loses its last path with this draft joins it. */
function withShadow(ancestry: Ancestry, draft: Draft, { dead, silent }: Shadow): TransportCause {
  const { root, kind, rivals } = draft;
  if (draft.dead.length === 0) return { root, kind, rivals, at: draft.at, alarms: draft.alarms, dark: [] };
  const dark = lostWith(ancestry, dead, draft.dead);
  for (const place of draft.dead) dead.add(place);
  // A site is no device: what stands there is out of reach with it.
  if (kind === 'site-power') dark.push(...draft.dead.filter((place) => !dark.includes(place)));
  const alarms = [...draft.alarms];
  const since = kind === 'link' || kind === 'duct' ? toldAt(draft.said ?? []) : undefined;
  for (const place of dark) {
    const [taken, before] = apart(silent.get(place) ?? [], (piece) => isFoundBefore(piece, since));
    alarms.push(...names(taken));
    if (before.length > 0) silent.set(place, before);
    else silent.delete(place);
  }
  return { root, kind, rivals, at: draft.at, since, alarms, dark };
}

/** Transport places served without `more` and unserved with it. */
function lostWith(ancestry: Ancestry, dead: ReadonlySet<number>, more: readonly number[]): number[] {
  return ancestry.topology.outage(dead).lostWith(more);
}

/** Whether what the draft declares dead would, beside that, put out of reach somebody who told of it. */
function silencing(
  ancestry: Ancestry,
  { dead: cut, said = [] }: Pick<Draft, 'dead' | 'said'>,
  silent: Said['silent'],
): ((dead: ReadonlySet<number>) => boolean) | undefined {
  const speakers = new Set(said.flatMap(({ by }) => by ?? []));
  if (speakers.size === 0) return undefined;
  const isHeard = (place: number): boolean => speakers.has(ancestry.idOf(place)) && !silent.has(place);
  return (dead) => lostWith(ancestry, dead, cut).some(isHeard);
}

/**
 * Who tells of a failure that would have put him out of reach was heard by another way: a link on it that was long believed
 * to be down is up, and nobody's word of that arrived.
 */
function linksUp(
  ancestry: Ancestry,
  { known: { places }, silent }: { readonly known: KnownDown; readonly silent: Said['silent'] },
  draft: Draft,
): readonly number[] {
  const silences = silencing(ancestry, draft, silent);
  if (silences === undefined || !silences(places)) return [];
  // A link that is up lies in no trench that is cut.
  const known = [...places].slice(0, limits.causesPerLook);
  const ways = known.map((place) => [place, ...(ancestry.topology.linkOf(place)?.segments ?? [])]);
  return ways.filter((way) => silences(new Set(way))).flat();
}

/**
 * What else is dead when this fails. Where a way by which somebody was heard would be closed by several of those believed to
 * be down, which of them is up cannot be said: then nobody counts as cut off by them and this together.
 */
function withoutBelied(
  ancestry: Ancestry,
  draft: Draft,
  { dead, known, silent }: Shadow & { readonly known: KnownDown },
): Set<number> {
  const silences = silencing(ancestry, draft, silent);
  if (known.places.size === 0 || silences === undefined || !silences(dead)) return new Set(dead);
  const found = new Set([...dead].filter((place) => !known.places.has(place)));
  return silences(found) ? new Set(dead) : found;
}

/** Silence no link explains: the device whose death would silence most of the others, again and again. */
function silentDevices(
  ancestry: Ancestry,
  silent: Map<number, TransportEvidence[]>,
  dead: Set<number>,
): TransportCause[] {
  const causes: TransportCause[] = [];
  const { topology } = ancestry;
  while (silent.size > 1 && causes.length < limits.causesPerLook) {
    const candidates = [...silent.keys()].filter(
      (place) => !ancestry.isStranger(place) && !topology.isAccessHead(place),
    );
    const outage = topology.outage(dead);
    let best: { place: number; covered: number } | undefined;
    for (const place of candidates.slice(0, limits.causesPerLook)) {
      const lost = outage.lostWith([place]);
      const covered = lost.filter((other) => silent.has(other)).length;
      if (covered >= 1 && covered > (best?.covered ?? 0)) best = { place, covered };
    }
    if (best === undefined) break;
    causes.push(alone(ancestry, best.place, { silent, dead }));
  }
  causes.push(...blindCollectors(ancestry, silent));
  const places = [...silent.keys()];
  const later = new Set(
    places.slice(0, limits.causesPerLook).filter((place) => hangsOn(ancestry, place, { silent, dead })),
  );
  const [those, hanging] = apart(places, (place) => later.has(place));
  // Some lie in the shadow of one before.
  for (const place of [...those, ...hanging])
    if (silent.has(place)) causes.push(alone(ancestry, place, { silent, dead }));
  return causes;
}

const apart = <Of>(all: readonly Of[], isOther: (one: Of) => boolean): [Of[], Of[]] => [
  all.filter((one) => !isOther(one)),
  all.filter(isOther),
];

/** It has no link of its own, and what it needs is silent: any one of several would do, so only all of them explain it. */
function hangsOn(ancestry: Ancestry, place: number, { silent, dead }: Shadow): boolean {
  if (ancestry.topology.linksAt(place).length > 0) return false;
  const others = [...silent.keys()].filter((other) => other !== place);
  return lostWith(ancestry, dead, others).includes(place);
}

function alone(ancestry: Ancestry, place: number, shadow: Shadow): TransportCause {
  const said = shadow.silent.get(place)!;
  shadow.silent.delete(place);
  const kind = 'node-down';
  const first = ancestry.topology.linksAt(place)[0];
  const rivals = first === undefined ? [] : [{ place: first.index, gain: -5_000 }];
  return withShadow(
    ancestry,
    { root: place, kind, alarms: names(said), at: firstOf(said), dead: [place], rivals },
    shadow,
  );
}

/** Most targets of one collector fell silent at once though no device explains it: the collector does not see. */
function blindCollectors(ancestry: Ancestry, silent: Map<number, TransportEvidence[]>): TransportCause[] {
  const targets = new Map<number, number[]>();
  for (const [place, said] of silent) {
    const collector = said.every((piece) => piece.polled) ? ancestry.collectorOf(place) : -1;
    if (collector >= 0) targets.set(collector, [...(targets.get(collector) ?? []), place]);
  }
  const causes: TransportCause[] = [];
  for (const [collector, places] of targets) {
    const watched = ancestry.topology.childrenOf('collector', collector).length;
    if (places.length < 3 || places.length < 0.6 * watched) continue;
    const said = places.flatMap((place) => silent.get(place)!);
    for (const place of places) silent.delete(place);
    const alarms = names(said);
    causes.push({ root: collector, kind: 'collector', alarms, at: firstOf(said), dark: [], rivals: [] });
  }
  return causes;
}

/** The same links, and no subscriber's fibre beside them. */
const carriesSame = (ancestry: Ancestry, one: number, other: number): boolean => {
  const [of, to] = [ancestry.topology.linksOver(one), ancestry.topology.linksOver(other)];
  return of.length === to.length && of.every((link) => to.includes(link)) && isBare(ancestry, one, other);
};

const isBare = (ancestry: Ancestry, ...segments: readonly number[]): boolean =>
  segments.every((segment) => ancestry.topology.childrenOf('cable', segment).length === 0);

/**
 * The ring is open already: nothing that reports tells the second cut from a device that died. Cuts come of one dig or one
 * storm, deaths do not: of a ring cut in 0.6 places a day, 0.05 of them twice, with 0.2 dead devices among some thirty
 * rings, fifty to one.
 */
const deadNotCutAgain = -4_000;

/** What may have failed instead of this link: its trenches, and an end that did not tell of it. */
function ends(
  ancestry: Ancestry,
  place: number,
  { said, known }: { readonly said: readonly TransportEvidence[]; readonly known: KnownDown },
): RatedCause[] {
  const { topology } = ancestry;
  const link = topology.linkOf(place);
  if (link === undefined) return [];
  // A stretch that carries nothing else falls silent exactly as its link does.
  const isOwn = (segment: number): boolean =>
    topology.linksOver(segment).length === 1 && isBare(ancestry, segment);
  const own = link.segments.filter(isOwn).slice(0, limits.alikeNamed);
  const shared = link.segments.filter((segment) => !isOwn(segment)).slice(0, 2);
  // An end that has no other way to be heard is as silent when it is dead as when its only link is cut.
  const isLeftAlone = (end: number): boolean =>
    topology.linksAt(end).length === 1 && said.every(({ by }) => by !== ancestry.idOf(end));
  const lost = new Set(topology.outage(known.places).lostWith([place]));
  const gainOf = (end: number): number => {
    if (isLeftAlone(end)) return deadDevice - cutLink;
    return lost.has(end) && said.every(({ by }) => by !== ancestry.idOf(end)) ? deadNotCutAgain : -8_000;
  };
  return [
    ...own.map((segment) => ({ place: segment, gain: 0, alike: true })),
    ...shared.map((segment) => ({ place: segment, gain: -7_000 })),
    ...[link.a, link.b].filter((end) => end >= 0).map((end) => ({ place: end, gain: gainOf(end) })),
  ];
}
