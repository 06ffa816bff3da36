/** Walks all that a recording of a device should hold: what its profile reads, its maker's tree, and the standard tables. */
import type { Profile, Profiles } from '../../collect/collect.ts';
import { detectionOids } from '../../collect/collect.ts';
import type { Session, SessionProblem, Varbind, WalkBudget } from '../../collect/session.ts';
import { chosenProfile } from './poll.ts';

export interface Recorded {
  readonly kind: 'recorded';
  readonly profile: string;
  readonly rows: readonly Varbind[];
  /** Trees that ended early; what arrived of them is in the rows. */
  readonly incomplete: readonly { readonly tree: string; readonly problem: SessionProblem }[];
}

/** Of one tree; the whole recording ends at four times as many rows. */
const treeBudget: WalkBudget = { requests: 20_000, rows: 50_000, timeMs: 15 * 60_000 };
const mostRows = 4 * treeBudget.rows;

export async function recordDevice(
  session: Session,
  given: {
    readonly profiles: Profiles;
    /** An id or `auto`. */
    readonly profile: string;
    readonly onProgress: (done: {
      readonly trees: number;
      readonly of: number;
      readonly rows: number;
    }) => void;
  },
): Promise<Recorded | { readonly kind: 'problem'; readonly problem: SessionProblem }> {
  const asked = await session.get([detectionOids.sysObjectID]);
  if (asked.problem !== undefined && asked.varbinds.length === 0)
    return { kind: 'problem', problem: asked.problem };
  const chosen = await chosenProfile(session, given);
  if ('kind' in chosen && chosen.kind === 'problem') return chosen;
  const profile = 'profile' in chosen && typeof chosen.profile === 'object' ? chosen.profile : undefined;
  const value = asked.varbinds[0]?.value;
  const own = value?.type === 'oid' ? value.oid : undefined;
  const trees = treesOf(profile, own, given.profiles);
  const rows = new Map<string, Varbind>();
  const incomplete: { tree: string; problem: SessionProblem }[] = [];
  for (const [place, tree] of trees.entries()) {
    given.onProgress({ trees: place, of: trees.length, rows: rows.size });
    const { varbinds, problem } = await session.walk([tree], treeBudget);
    for (const varbind of varbinds) if (rows.size < mostRows) rows.set(varbind.oid, varbind);
    const isFull = rows.size >= mostRows;
    if (problem !== undefined) incomplete.push({ tree, problem });
    else if (isFull) incomplete.push({ tree, problem: { kind: 'overBudget', budget: 'rows' } });
    // A device that fell silent is not asked tree after tree.
    if (isFull || (problem?.kind === 'timeout' && varbinds.length === 0)) break;
  }
  return { kind: 'recorded', profile: profile?.id ?? '', rows: [...rows.values()], incomplete };
}

/** In numeric order, none inside another. */
function treesOf(
  profile: Profile | undefined,
  own: string | undefined,
  profiles: Profiles,
): readonly string[] {
  const found = new Set<string>();
  for (const one of profile === undefined ? [] : [profile]) addTables(found, one);
  for (const [id, one] of profiles.byId)
    if (id === 'generic' || id.startsWith('base/')) addTables(found, one);
  const enterprise = /^1\.3\.6\.1\.4\.1\.\d+/.exec(own ?? '')?.[0];
  if (enterprise !== undefined) found.add(enterprise);
  const sorted = [...found].map((oid) => ({ oid, arcs: oid.split('.').map(Number) }));
  sorted.sort((a, b) => compare(a.arcs, b.arcs));
  const trees: string[] = [];
  for (const { oid } of sorted)
    if (!oid.startsWith(`${trees.at(-1)}.`) && oid !== trees.at(-1)) trees.push(oid);
  return trees;
}

/** The whole of a table or group, not only the columns that are read today. */
function addTables(found: Set<string>, { tables, identity }: Profile): void {
  found.add('1.3.6.1.2.1.1');
  for (const { columns } of tables) for (const column of columns) found.add(parentOf(column));
  for (const source of Object.values(identity)) {
    if (source.kind === 'get') found.add(parentOf(source.oid.replace(/\.0$/, '')));
    if (source.kind === 'column') found.add(parentOf(source.oid));
  }
}

/** `1.3.6.1.2.1.1` has seven arcs: what has fewer is no table. */
function parentOf(oid: string): string {
  const parent = oid.slice(0, oid.lastIndexOf('.'));
  return parent.split('.').length < 7 ? oid : parent;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
