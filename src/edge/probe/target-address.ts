/** Addresses of probe targets: names are resolved seldom and few at once, and judged by the address rules each time. */
import { isIP } from 'node:net';
import type { World } from '../../base/world.ts';
import { type ResolvedTarget, resolveTarget } from '../net/address-guard.ts';

/** The system's resolver holds a thread that files need, too: a DNS that hangs may not take them all. */
const mostLookups = 1;
const mostNames = 10_000;
const keptMs = 60_000;

export class TargetAddresses {
  readonly #world: World;
  readonly #known = new Map<string, { readonly target: ResolvedTarget; readonly untilMs: number }>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** An address that a person wrote is taken as it is; what a name resolves to is somebody else's word. */
  async resolve(host: string, allowPrivate: boolean): Promise<ResolvedTarget> {
    const family = isIP(host);
    if (family !== 0) return { kind: 'address', address: host, family: family === 6 ? 6 : 4 };
    const key = `${allowPrivate} ${host}`;
    const kept = this.#known.get(key);
    if (kept !== undefined && kept.untilMs > this.#world.monotonicMs()) return kept.target;
    const target = await this.#inTurn(() => resolveTarget(host, allowPrivate));
    this.#known.delete(key);
    if (this.#known.size >= mostNames) this.#known.clear();
    // A resolver that fails is a fault of its own: the target is where it was.
    if (target.kind === 'unknown' && kept !== undefined) return kept.target;
    this.#known.set(key, { target, untilMs: this.#world.monotonicMs() + keptMs });
    return target;
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running >= mostLookups) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running++;
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
