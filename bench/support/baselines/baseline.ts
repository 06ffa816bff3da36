/** What every baseline starts from, repeats folded into the alarm they repeat, and the lines it ends in. */
import type { Instant } from '../../../src/base/instant.ts';
import type { StreamRecord } from '../../../src/flow/replay.ts';
import type { Topology } from '../../../src/topology/topology.ts';

export interface Stream {
  readonly topology: Topology;
  readonly records: readonly StreamRecord[];
}

/** One alarm from its first raise to its end, as an operator's list shows it. */
export interface Episode {
  /** Of the topology, -1 for a resource it does not hold. */
  readonly index: number;
  readonly resource: string;
  readonly cause: string;
  readonly at: Instant;
  /** Undefined while it lasts. */
  endedAt: Instant | undefined;
  /** Ids of its raise lines. */
  readonly raises: string[];
}

export interface Group {
  readonly episodes: readonly Episode[];
  /** What the rule would say; undefined where it names no cause. */
  readonly root?: string | undefined;
  readonly kind?: string | undefined;
}

export interface Baseline {
  readonly name: string;
  group(stream: Stream): readonly Group[];
}

const endedByLife = new Set(['LOS', 'DYING_GASP', 'UNREACHABLE', 'LINK_DOWN', 'PORT_LOS']);

/** In order of their first raise. */
export function episodesOf({ topology, records }: Stream): readonly Episode[] {
  const episodes: Episode[] = [];
  const open = new Map<string, Map<string, Episode>>();
  for (const { at, observation } of records) {
    const { event, resource, cause = '', by = '', record } = observation;
    const alarms = open.get(resource) ?? new Map<string, Episode>();
    if (event === 'raise') {
      open.set(resource, alarms);
      const key = `${cause} ${by}`;
      const known = alarms.get(key);
      if (known !== undefined) {
        if (record !== undefined) known.raises.push(record);
        continue;
      }
      const raises = record === undefined ? [] : [record];
      const episode = { index: topology.indexOf(resource), resource, cause, at, endedAt: undefined, raises };
      alarms.set(key, episode);
      episodes.push(episode);
    } else if (event === 'clear' || event === 'alive') {
      for (const [key, episode] of alarms) {
        const isEnded =
          event === 'alive'
            ? endedByLife.has(episode.cause)
            : episode.cause === cause && (by === '' || key.endsWith(` ${by}`));
        if (!isEnded) continue;
        episode.endedAt = at;
        alarms.delete(key);
      }
    }
  }
  return episodes;
}

/** Lines of `replay --jsonl`, as far as a baseline can fill them. */
export function linesOf(groups: readonly Group[]): readonly string[] {
  return groups.map(({ episodes, root, kind }, number) =>
    JSON.stringify({
      incident: `baseline-${number + 1}`,
      kind: kind ?? 'unexplained',
      root: root ?? null,
      state: 'open',
      actionable: true,
      planned: false,
      startedAt: episodes[0]?.at,
      alarms: episodes.flatMap(({ raises }) => raises),
    }),
  );
}

/** Disjoint sets of numbers (Tarjan 1975), with path halving. */
export class Sets {
  readonly #parents: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, n) => n);
  }

  of(n: number): number {
    const parents = this.#parents;
    let at = n;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [low, high] = [this.of(a), this.of(b)].sort((x, y) => x - y) as [number, number];
    this.#parents[high] = low;
  }

  /** In order of the first member. */
  groupsOf<T>(things: readonly T[]): readonly (readonly T[])[] {
    const groups = new Map<number, T[]>();
    things.forEach((thing, n) => {
      const set = this.of(n);
      const group = groups.get(set);
      if (group === undefined) groups.set(set, [thing]);
      else group.push(thing);
    });
    return [...groups.values()];
  }
}
