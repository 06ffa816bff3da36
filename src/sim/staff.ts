/** The simulated shift: a lead who releases held notices, and staff who do the tasks they are given. */
import { milliseconds } from '../base/instant.ts';
import type { Wake, World } from '../base/world.ts';
import type { CenterClient } from './center-client.ts';
import type { City } from './city.ts';
import type { Network } from './network.ts';

interface TaskRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly subscriber?: string | null | undefined;
}

interface IncidentRow {
  readonly incident: string;
  readonly notices?: { readonly held: number } | undefined;
}

const roundMs = 2_000;
/** Tasks finished in one round, so that work takes time. */
const perRound = 4;

/** Repairs end with the fault; what automations ask for is left to whoever looks on. */
const leftAlone: readonly string[] = ['repair', 'errand', 'reminder', 'draft'];

export class Shift {
  readonly #center: CenterClient;
  readonly #network: Network;
  readonly #world: World;
  /** Subscriber id to ONT, modem or line, for who goes out and repairs a drop. */
  readonly #leafOf: ReadonlyMap<string, string>;
  #wake: Wake | undefined;
  #isBusy = false;
  #approved = 0;
  #finished = 0;
  #failed = 0;

  constructor(options: {
    readonly city: City;
    readonly center: CenterClient;
    readonly network: Network;
    readonly world: World;
  }) {
    this.#center = options.center;
    this.#network = options.network;
    this.#world = options.world;
    this.#leafOf = new Map(options.city.households.map((home) => [home.id, home.leaf]));
  }

  get counters(): Readonly<Record<'approved' | 'finished' | 'failed', number>> {
    return { approved: this.#approved, finished: this.#finished, failed: this.#failed };
  }

  start(): void {
    this.#wake = this.#world.every(milliseconds(roundMs), () => {
      if (this.#isBusy) return;
      this.#isBusy = true;
      this.#round()
        .catch((error: unknown) => {
          this.#failed++;
          this.#world.log.warn('the simulated shift failed', { error: String(error) });
        })
        .finally(() => {
          this.#isBusy = false;
        });
    });
  }

  stop(): void {
    this.#wake?.cancel();
  }

  async #round(): Promise<void> {
    const { items: incidents } = await this.#center.get<{ items: IncidentRow[] }>(
      '/incidents?state=open&limit=100',
    );
    for (const { incident, notices } of incidents) {
      if ((notices?.held ?? 0) === 0) continue;
      await this.#center.act('/notices/approve', { incident });
      this.#approved++;
    }
    const { items: tasks } = await this.#center.get<{ items: TaskRow[] }>('/tasks?limit=200');
    const mine = tasks.filter((task) => !leftAlone.includes(task.kind) && this.#isAssigned(task));
    for (const task of mine.slice(0, perRound)) await this.#finish(task);
  }

  #isAssigned(task: TaskRow): boolean {
    return ['offered', 'accepted', 'active'].includes(task.state);
  }

  async #finish(task: TaskRow): Promise<void> {
    const leaf = this.#leafOf.get(task.subscriber ?? '');
    if (task.kind === 'diagnose' && leaf !== undefined) this.#network.repairDrop(leaf);
    const outcome = task.kind === 'diagnose' ? 'fixed' : 'talked';
    await this.#center.act(`/tasks/${encodeURIComponent(task.id)}/finish`, { outcome });
    this.#finished++;
  }
}
