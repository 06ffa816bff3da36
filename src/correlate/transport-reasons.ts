/** Of a cause in the transport graph: what decided it, who should have told of it and did not, and what would change it. */
import type { ResourceId } from '../model/ids.ts';
import { type CompiledLink, impliedParentIndex } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';
import type { TransportCause, TransportEvidence } from './transport.ts';
import { mostRivals, type Turn } from './turning.ts';

export interface TransportReasons {
  /** How many resources told of it. */
  readonly resources: number;
  readonly symptoms: Readonly<Record<string, number>>;
  /** `resource symptom`: the first ten. */
  readonly evidence: readonly string[];
  /** They would have told of it, or fallen silent with it, and did not. */
  readonly against: { readonly count: number; readonly of: readonly ResourceId[] };
  readonly change: readonly Turn[];
}

const mostNamed = 10;

/** `said` are the pieces of its alarms. */
export function transportReasons(
  ancestry: Ancestry,
  cause: TransportCause,
  said: readonly TransportEvidence[],
): TransportReasons {
  const told = new Map(said.map(({ id, symptom }) => [`${id} ${symptom}`, symptom]));
  const symptoms: Record<string, number> = {};
  for (const symptom of ['link', 'silent'] as const) {
    const count = [...told.values()].filter((one) => one === symptom).length;
    if (count > 0) symptoms[symptom] = count;
  }
  const quiet = quietOnes(ancestry, cause, said);
  return {
    resources: new Set(said.map(({ place }) => place)).size,
    symptoms,
    evidence: [...told.keys()].sort().slice(0, mostNamed),
    against: { count: quiet.length, of: named(ancestry, quiet) },
    change: turns(ancestry, cause, said),
  };
}

const named = (ancestry: Ancestry, places: readonly number[]): readonly ResourceId[] =>
  places
    .map((place) => ancestry.idOf(place))
    .sort()
    .slice(0, mostNamed);

/** A link is told of by both ends, a trench by all its links, a device by its neighbours, a site or a collector by what it holds. */
function quietOnes(
  ancestry: Ancestry,
  { root, kind, dark }: TransportCause,
  said: readonly TransportEvidence[],
): number[] {
  const { topology } = ancestry;
  const spoke = new Set(said.map(({ place }) => place));
  const link = topology.linkOf(root);
  if (link !== undefined) {
    const tellers = new Set(said.flatMap(({ by }) => (by === undefined ? [] : [deviceOf(ancestry, by)])));
    // Who is out of reach cannot tell.
    return [link.a, link.b].filter((end) => end >= 0 && !tellers.has(end) && !dark.includes(end));
  }
  if (kind === 'collector' || kind === 'site-power') {
    const held = topology.childrenOf(kind === 'collector' ? 'collector' : 'site', root);
    return [...held].filter((place) => !spoke.has(place) && !dark.includes(place));
  }
  const links = kind === 'duct' ? topology.linksOver(root) : topology.linksAt(root);
  return links.map(({ index }) => index).filter((index) => !spoke.has(index) && !dark.includes(index));
}

/** An end may be named as the device or as its port. */
function deviceOf({ topology }: Ancestry, end: string): number {
  const index = topology.indexOf(end);
  return index >= 0 && topology.linksAt(index).length > 0 ? index : impliedParentIndex(topology, end);
}

function turns(
  ancestry: Ancestry,
  { root, rivals }: TransportCause,
  said: readonly TransportEvidence[],
): Turn[] {
  const { topology } = ancestry;
  const down = new Set(said.map(({ place }) => place));
  const link = topology.linkOf(root);
  const isDevice = link === undefined && topology.linksOver(root).length === 0;
  const found = rivals
    .filter(({ alike, place }) => alike !== true && place !== root)
    .slice(0, mostRivals)
    .flatMap(({ place }): Turn[] => {
      const then = ancestry.idOf(place);
      if (isDevice) return [{ cause: then, when: 'answers', of: [ancestry.idOf(root)] }];
      const over = topology.linksOver(place);
      return over.length > 0
        ? beside(ancestry, place, { over, down })
        : [{ cause: then, when: 'silent', of: [then] }];
    });
  const named = new Set(found.map((turn) => turn.cause));
  const trenches = (link?.segments ?? []).filter((segment) => !named.has(ancestry.idOf(segment)));
  return [
    ...found,
    ...trenches
      .slice(0, mostRivals)
      .flatMap((segment) => beside(ancestry, segment, { over: topology.linksOver(segment), down })),
  ];
}

/** The other links of a trench would have to fail as well. */
function beside(
  ancestry: Ancestry,
  segment: number,
  { over, down }: { readonly over: readonly CompiledLink[]; readonly down: ReadonlySet<number> },
): Turn[] {
  const others = over.map(({ index }) => index).filter((index) => !down.has(index));
  if (others.length === 0) return [];
  return [{ cause: ancestry.idOf(segment), when: 'down', of: named(ancestry, others) }];
}
