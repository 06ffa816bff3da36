/** Heads that lose their services together and hang on one device alone: it was set wrong, not each of them. */
import type { ResourceId } from '../model/ids.ts';
import type { Scene } from './deciding.ts';
import type { HeldIncident, Verdict } from './held-incident.ts';

/** Of the heads that hang on the device alone so many must have lost their services. */
const nearlyAll = 0.6;

/** What is said of the device instead, with the incidents of its other heads; undefined: the head stands for itself. */
export function settingsAbove(
  { ancestry, standing, timing, at }: Scene,
  verdict: Verdict,
): { readonly verdict: Verdict; readonly absorbs: readonly HeldIncident[] } | undefined {
  const { topology } = ancestry;
  const head = ancestry.placeOf(verdict.root);
  if (verdict.kind !== 'config' || verdict.scope !== 'session') return undefined;
  if (!topology.isAccessHead(head)) return undefined;
  const device = onlyNeighbour(topology, head);
  if (device < 0) return undefined;
  const root = ancestry.idOf(device);
  const all = topology
    .linksAt(device)
    .map(({ a, b }) => (a === device ? b : a))
    .filter((end) => end >= 0 && topology.isAccessHead(end) && onlyNeighbour(topology, end) === device);
  const heads = new Set<ResourceId>(all.map((end) => ancestry.idOf(end)));
  const beside = standing
    .inOrder()
    .filter(
      (held) =>
        held.scope === 'session' &&
        held.kind === 'config' &&
        at - held.startedAt <= timing.collectorLookBackMs &&
        (held.root === root || heads.has(held.root)),
    );
  const hit = new Set(beside.flatMap((held) => (held.root === root ? held.dark : [held.root])));
  hit.add(verdict.root);
  if (hit.size < 2 || hit.size < nearlyAll * heads.size) {
    // It tells itself of the sessions that this head lost.
    const told = beside.filter((held) => held.root === root && isOwnWord(held));
    return told.length > 0 ? { verdict, absorbs: told } : undefined;
  }
  const reached = [...hit].sort();
  const candidates = [
    { root, kind: 'config', probability: 0.9 },
    { root: verdict.root, kind: 'config', probability: 0.05 },
  ];
  return { verdict: { ...verdict, root, candidates, dark: reached, parts: reached }, absorbs: beside };
}

const isOwnWord = ({ root, members }: HeldIncident): boolean =>
  [...members.values()].every(({ resource }) => resource === root);

/** The device at the other end of its only link; -1 where it has several, or none. */
export function onlyNeighbour(topology: Scene['ancestry']['topology'], head: number): number {
  const [only, ...others] = topology.linksAt(head);
  if (only === undefined || others.length > 0) return -1;
  return only.a === head ? only.b : only.a;
}
