/** The incidents that are open, as they are asked for: in order, by parent, by what they put out of reach; and which changed. */
import type { DurationMs, Instant } from '../base/instant.ts';
import type { IncidentId } from '../model/ids.ts';
import { type LostHeads, lostHeads } from './aftermath.ts';
import { ByBeginning } from './by-beginning.ts';
import { powerKinds } from './dark-house.ts';
import { type HeldIncident, isActive, isStarting, mayHoldHeads } from './held-incident.ts';

/** Incidents that reach further than their root's own trees. */
export interface OpenView {
  /** Out of reach in the transport graph, by the oldest open incident that says so and did not bring it back. */
  readonly dark: ReadonlyMap<string, HeldIncident>;
  readonly heads: LostHeads;
  /** The latest of them, in order of opening. */
  readonly brokenServices: readonly HeldIncident[];
}

/** Takes in what does not lie below its root. */
export const isWide = (held: HeldIncident): boolean =>
  mayHoldHeads(held) || held.scope === 'service' || held.scope === 'collector';

/** What was back and is lost again is lost by a later cause; what polls alone miss takes nobody whom something told of took. */
const isOutdone = (known: HeldIncident, later: HeldIncident): boolean =>
  known.backAt !== undefined || (known.unproven === true && later.unproven !== true);

const none: readonly HeldIncident[] = [];
const byOrder = (a: HeldIncident, b: HeldIncident): number => a.order - b.order;

/** More do not fail at once but by a wrong list of names. */
const mostServices = 16;

export class Standing {
  readonly #open = new Set<HeldIncident>();
  readonly #children = new Map<IncidentId, Set<HeldIncident>>();
  /** Open ones of which the view tells, with what it tells. */
  readonly #wide = new Map<
    HeldIncident,
    Pick<HeldIncident, 'dark' | 'kind' | 'root' | 'backAt' | 'unproven'>
  >();
  /** Ended ones of which it tells, the latest last. */
  readonly #lately = new Set<HeldIncident>();
  readonly #begun = new ByBeginning();
  /** Those of them that lost sessions: few, and asked for in every look. */
  readonly #sessions = new ByBeginning();
  readonly #withheld = new Set<HeldIncident>();
  readonly #mains = new Set<HeldIncident>();
  /** As it was when last asked for, and what began or ended since. */
  #inOrder: readonly HeldIncident[] = [];
  #added = new Set<HeldIncident>();
  #hasEnded = false;
  #view: OpenView | undefined;
  /** Then one of the ended ones is no longer of it: a view is the same after a restart as without one. */
  #viewUntil: number = Number.POSITIVE_INFINITY;
  #changed = new Set<HeldIncident>();
  /** Stated, widened or open again since the last look: what still waits may belong to them. */
  readonly homes = new Set<HeldIncident>();

  /** Open ones. */
  get size(): number {
    return this.#open.size;
  }

  /** In order of opening. */
  inOrder(): readonly HeldIncident[] {
    const added = this.#added;
    if (this.#hasEnded)
      this.#inOrder = this.#inOrder.filter((held) => this.#open.has(held) && !added.has(held));
    if (added.size > 0) {
      // What is new began after all others, unless it is open again.
      const last = this.#inOrder.at(-1)?.order ?? -1;
      const fresh = [...added].sort(byOrder);
      const all = [...this.#inOrder, ...fresh];
      this.#inOrder = fresh[0]!.order > last ? all : all.sort(byOrder);
      this.#added = new Set();
    }
    this.#hasEnded = false;
    return this.#inOrder;
  }

  /** Those whose onset lies within this time of that instant, in order of opening. */
  begunWithin(at: number, withinMs: number): readonly HeldIncident[] {
    return this.#begun.within(at, withinMs).sort(byOrder);
  }

  /** Of those only what lost sessions. */
  sessionsBegunWithin(at: number, withinMs: number): readonly HeldIncident[] {
    return this.#sessions.within(at, withinMs).sort(byOrder);
  }

  /** Complaints of several customers of which nobody is told until it is known what failed, in order of opening. */
  withheld(): readonly HeldIncident[] {
    return this.#withheld.size === 0 ? none : [...this.#withheld].sort(byOrder);
  }

  /** Lost supplies of terminals, in no order that means anything. */
  mains(): ReadonlySet<HeldIncident> {
    return this.#mains;
  }

  /** Those in the transport graph. */
  transport(): readonly HeldIncident[] {
    return [...this.#wide.keys()].filter(({ scope }) => scope === 'transport').sort(byOrder);
  }

  /** Open ones that were split off from this one, in order of opening. */
  children(parent: IncidentId): readonly HeldIncident[] {
    return [...(this.#children.get(parent) ?? [])].sort(byOrder);
  }

  /** With those that ended so lately that heads which were dead may still be starting. */
  view(at: Instant, rebootMs: DurationMs): OpenView {
    if (this.#view !== undefined && at <= this.#viewUntil) return this.#view;
    this.#viewUntil = Number.POSITIVE_INFINITY;
    for (const held of this.#lately) {
      if (isStarting(held, at, rebootMs))
        this.#viewUntil = Math.min(this.#viewUntil, (held.resolvedAt ?? at) + rebootMs);
      else this.#lately.delete(held);
    }
    const wide = [...this.#wide.keys()].sort(byOrder);
    const dark = new Map<string, HeldIncident>();
    for (const held of wide) {
      for (const id of held.dark) {
        const known = dark.get(id);
        if (known === undefined || isOutdone(known, held)) dark.set(id, held);
      }
    }
    const heads = lostHeads([...wide, ...this.#lately]);
    this.#view = {
      dark,
      heads,
      brokenServices: wide.filter(({ scope }) => scope === 'service').slice(-mostServices),
    };
    return this.#view;
  }

  /** It began, ended, or holds or says something else now. */
  note(held: HeldIncident): void {
    this.#changed.add(held);
    const isOpen = isActive(held);
    if (isOpen && !this.#open.has(held)) this.#add(held);
    else if (!isOpen && this.#open.delete(held)) {
      this.#begun.delete(held);
      // One that ends before anybody asked never was in order.
      if (!this.#added.delete(held)) this.#hasEnded = true;
      if (held.parent !== undefined) this.#children.get(held.parent)?.delete(held);
    }
    const isSession = isOpen && held.scope === 'session';
    if (isSession) this.#sessions.add(held);
    else this.#sessions.delete(held);
    if (isSession && !held.actionable && held.members.size > 1) this.#withheld.add(held);
    else this.#withheld.delete(held);
    if (isOpen && held.scope === 'down' && powerKinds.has(held.kind)) this.#mains.add(held);
    else this.#mains.delete(held);
    this.#noteWide(held, isOpen);
  }

  #noteWide(held: HeldIncident, isOpen: boolean): void {
    const isLate = held.state === 'resolved' && mayHoldHeads(held);
    const wasLate = isLate ? this.#lately.has(held) : this.#lately.delete(held);
    if (isLate) this.#lately.add(held);
    const before = this.#wide.get(held);
    if (isOpen && isWide(held)) {
      const { dark, kind, root, backAt, unproven } = held;
      const isSame = before?.dark === dark && before.kind === kind && before.root === root;
      if (isSame && before.backAt === backAt && before.unproven === unproven) return;
      this.#wide.set(held, { dark, kind, root, backAt, unproven });
    } else if (!this.#wide.delete(held) && isLate === wasLate) return;
    this.#view = undefined;
  }

  #add(held: HeldIncident): void {
    this.#open.add(held);
    this.#added.add(held);
    this.#begun.add(held);
    if (held.parent === undefined) return;
    const known = this.#children.get(held.parent);
    if (known === undefined) this.#children.set(held.parent, new Set([held]));
    else known.add(held);
  }

  /** Nothing is kept of it. */
  forget(held: HeldIncident): void {
    this.note(held);
    this.homes.delete(held);
    if (this.#lately.delete(held)) this.#view = undefined;
    this.#children.delete(held.id);
  }

  /** As if all had begun just now. */
  touchAll(): void {
    for (const held of this.#open) this.#changed.add(held);
  }

  /** What changed since the last call. */
  takeChanged(): ReadonlySet<HeldIncident> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  clear(): void {
    const sets = [this.#open, this.#children, this.#wide, this.#lately, this.#withheld, this.#changed];
    for (const all of [...sets, this.#mains, this.homes]) all.clear();
    this.#begun.clear();
    this.#sessions.clear();
    this.#added = new Set();
    this.#inOrder = [];
    this.#hasEnded = false;
    this.#view = undefined;
  }
}
