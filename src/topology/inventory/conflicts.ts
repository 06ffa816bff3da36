/** Where what devices say does not fit together, or not with the configured topology: listed, never decided. */
import type { Instant } from '../../base/instant.ts';
import type { Conflict, Fact, Place } from '../../model/discovered.ts';
import type { Topology } from '../graph.ts';
import { againstConfigured } from './configured.ts';
import { staleAfterMs } from './inventory.ts';
import { nameKeys, textKeys } from './names.ts';
import { candidates, type Known } from './neighbours.ts';

/** More of one list say nothing that the first do not. */
const most = 5_000;
/** Of one port, or of one stranger: whoever reads it has understood by then. */
const mostNamed = 20;

interface Judged extends Known {
  readonly facts: readonly Fact[];
  readonly now: Instant;
  /** Undefined: none is configured, and nothing can contradict it. */
  readonly configured: Topology | undefined;
  /** Topology id by device. */
  readonly resourceOf: ReadonlyMap<string, string>;
}

export function conflictsOf(judged: Judged): readonly Conflict[] {
  const fresh = judged.facts.filter(({ lastSeen }) => judged.now - lastSeen < staleAfterMs);
  const links = fresh.filter(({ kind }) => kind === 'link');
  const named = links.filter(({ source }) => source !== 'fdb');
  return [
    ...twoNeighbours(named),
    ...endsDisagree(named, judged),
    ...sharedNames(judged),
    ...ambiguous(judged),
    ...notPolled([...named, ...fresh.filter(isInner)]),
    ...(judged.configured === undefined
      ? []
      : againstConfigured(links, { ...judged, configured: judged.configured })),
  ].slice(0, most);
}

/** A router of the same network: one of another operator is nobody's to poll. */
const isInner = ({ kind, source }: Fact): boolean => kind === 'adjacency' && source !== 'bgp';

const portKey = ({ device, port }: Place): string => `${device} ${port}`;

function byPort(links: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  const ports = new Map<string, Fact[]>();
  for (const fact of links) {
    const key = portKey(fact.from);
    const here = ports.get(key);
    if (here === undefined) ports.set(key, [fact]);
    else here.push(fact);
  }
  return ports;
}

/** LLDP and CDP may name one neighbour differently. */
function isSame(a: Place, b: Place): boolean {
  if (a.device !== undefined || b.device !== undefined) return a.device === b.device;
  if (a.mac !== undefined && a.mac === b.mac) return true;
  if (a.address !== undefined && a.address === b.address) return true;
  const keys = nameKeys(a.name ?? '');
  return nameKeys(b.name ?? '').some((key) => keys.includes(key));
}

function distinct(places: readonly Place[]): Place[] {
  const found: Place[] = [];
  for (const place of places) {
    const known = found.findIndex((other) => isSame(place, other));
    if (known < 0 && found.length >= mostNamed) break;
    if (known < 0) found.push(place);
    // Each protocol may know what the other does not.
    else if (place.device === undefined) found[known] = { ...place, ...found[known] };
  }
  return found;
}

function twoNeighbours(links: readonly Fact[]): Conflict[] {
  return [...byPort(links).values()].flatMap((facts) => {
    const seen = distinct(facts.map(({ to }) => to));
    return seen.length > 1 ? [{ kind: 'twoNeighbours', at: [facts[0]!.from], seen } as const] : [];
  });
}

/** The other end, read as well, names another neighbour or another port of this one. */
function endsDisagree(links: readonly Fact[], { said }: Known): Conflict[] {
  const ports = byPort(links);
  const endings = new Map(links.map((fact) => [`${fact.from.device} ${portKey(fact.to)}`, fact.from]));
  const told = new Set<string>();
  const pairOf = (a: Place, b: Place): string => [portKey(a), portKey(b)].sort().join(' ');
  return links.flatMap(({ from, to }): Conflict[] => {
    // Of a port whose name says nothing to us nothing is known.
    if (to.device === undefined || !hasPort(said, to)) return [];
    const back = ports.get(portKey(to)) ?? [];
    const elsewhere = endings.get(`${to.device} ${portKey(from)}`);
    const agrees = back.some((fact) => mayBe(fact.to, from, said));
    const other = back.length === 0 ? elsewhere : agrees ? undefined : back[0]!.to;
    if (other === undefined || told.has(pairOf(from, to))) return [];
    told.add(pairOf(from, to)).add(pairOf(from, other));
    return [{ kind: 'endsDisagree', at: [from], seen: [to, other] }];
  });
}

const hasPort = (said: Known['said'], { device, port }: Place): boolean =>
  said.get(device ?? '')?.ports.some(({ name }) => name === port) === true;

const isEnd = (to: Place, end: Place): boolean => to.device === end.device && to.port === end.port;

const mayBe = (to: Place, end: Place, said: Known['said']): boolean =>
  to.device === end.device && (to.port === end.port || !hasPort(said, to));

function sharedNames({ said, names }: Known): Conflict[] {
  const found = new Map<string, Conflict>();
  const share = (kind: 'chassisTwice' | 'nameTwice', name: string, devices: readonly string[]): void => {
    if (devices.length < 2) return;
    const at = [...devices].sort().map((device) => ({ device }));
    found.set(`${kind} ${name.toLowerCase()}`, { kind, name, at, seen: [] });
  };
  for (const { chassis, sysName, device } of said.values()) {
    for (const id of chassis) {
      const owners = names.ownersOf(textKeys(id)[0] ?? '');
      share(
        'chassisTwice',
        id,
        owners.filter((owner) => owner === device || said.get(owner)?.chassis.includes(id)),
      );
    }
    const whole = sysName?.trim().toLowerCase() ?? '';
    if (whole === '' || found.has(`nameTwice ${whole}`)) continue;
    const owners = names.ownersOf(`n:${whole}`);
    share(
      'nameTwice',
      sysName!,
      owners.filter((owner) => said.get(owner)?.sysName?.trim().toLowerCase() === whole),
    );
  }
  return [...found.values()];
}

function ambiguous(known: Known): Conflict[] {
  return [...known.said.values()].flatMap((said) =>
    said.links.flatMap((link): Conflict[] => {
      const found = candidates(link, said, known);
      if (found.length < 2) return [];
      const at = [{ device: said.device, port: link.localPort }];
      return [
        { kind: 'ambiguousNeighbour', at, seen: found.map((device) => ({ device })), name: link.remoteName },
      ];
    }),
  );
}

/** Each stranger once, with every port that sees it. */
function notPolled(links: readonly Fact[]): Conflict[] {
  const strangers = links.filter(({ to }) => to.device === undefined);
  const index = new Map<string, number>();
  const found: { seen: Place; at: Place[] }[] = [];
  for (const { from, to } of strangers) {
    const keys = strangerKeys(to);
    const known = keys.map((key) => index.get(key)).find((place) => place !== undefined);
    const { port: _, ...who } = to;
    const place = known ?? found.push({ seen: who, at: [] }) - 1;
    const stranger = found[place]!;
    stranger.seen = { ...who, ...stranger.seen };
    if (stranger.at.length < mostNamed && !stranger.at.some((at) => isEnd(at, from))) stranger.at.push(from);
    for (const key of keys) index.set(key, place);
  }
  return found.map(({ seen, at }) => ({ kind: 'notPolled', at, seen: [seen] }));
}

function strangerKeys({ mac, address, name }: Place): string[] {
  const keys = [mac, address].filter((key) => key !== undefined);
  return [...keys, ...(name === undefined ? [] : nameKeys(name).map(String))];
}
