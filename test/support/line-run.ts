/** Plays inputs into a line on a virtual clock: ticks when it wants them, continues what it left, and keeps all it said. */
import { after, type DurationMs, type Instant, instant } from '../../src/base/instant.ts';
import type { Applied } from '../../src/flow/applied.ts';
import type { Contents } from '../../src/flow/contents.ts';
import type { Input } from '../../src/flow/input.ts';
import { Line } from '../../src/flow/line.ts';
import type { Change } from '../../src/model/change.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import type { Observation } from '../../src/model/observation.ts';
import { cityContents, cityNoon } from './line-city.ts';

export interface NumberedInput {
  readonly sequence: number;
  readonly at: Instant;
  readonly input: Input;
}

/** More ticks than this at one instant, or slices of one input, mean that the line stands still. */
const patience = 1_000;

export const freshLine = (contents: Contents = cityContents()): Line =>
  new Line({ name: 'l', epoch: 1, contents });

export class LineRun {
  readonly inputs: NumberedInput[] = [];
  readonly applied: Applied[] = [];
  readonly line: Line;
  #at: Instant;

  constructor(line: Line = freshLine(), at: Instant = cityNoon) {
    this.line = line;
    this.#at = at;
  }

  get at(): Instant {
    return this.#at;
  }

  /** The city, its people and a policy are in force. */
  begin(named: { policy?: string; subscribers?: string; topology?: string } = {}): this {
    const { policy = 'quick', subscribers = 'all', topology = 'city' } = named;
    this.put({ kind: 'policy', policy });
    this.put({ kind: 'calendar', calendar: 'city' });
    return this.put({ kind: 'topologyVersion', version: 1, topology, subscribers });
  }

  /** Applies the input now, then all that it leaves over. */
  put(input: Input): this {
    const open: Input[] = [input];
    for (let slices = 0; open.length > 0; slices++) {
      if (slices > patience) throw new Error(`the rest of ${input.kind} never ends`);
      const applied = this.#apply(open.shift()!);
      for (const rest of applied.rest) open.push({ kind: 'continue', rest });
    }
    return this;
  }

  observe(event: Observation['event'], resources: readonly string[], more: Partial<Observation> = {}): this {
    for (const resource of resources) {
      const observation: Observation = { event, resource: resourceId(resource), source: 'trap', ...more };
      this.put({ kind: 'observation', observation });
    }
    return this;
  }

  /** Moves the clock and ticks whenever the line asks for it. */
  to(until: Instant): this {
    let atOnce = 0;
    for (let due = this.line.wakeAt; due !== undefined && due <= until; due = this.line.wakeAt) {
      atOnce = due > this.#at ? 0 : atOnce + 1;
      if (atOnce > patience) throw new Error(`the line's timers stand still at ${this.#at}`);
      this.#at = instant(Math.max(due, this.#at));
      this.put({ kind: 'tick' });
    }
    this.#at = until;
    return this;
  }

  pass(length: DurationMs): this {
    return this.to(after(this.#at, length));
  }

  /** The line is down for that long: the clock goes on, nothing fires. */
  sleep(length: DurationMs): this {
    this.#at = after(this.#at, length);
    return this;
  }

  changes<K extends Change['kind']>(kind: K): Extract<Change, { kind: K }>[] {
    return this.applied.flatMap(({ changes }) =>
      changes.filter((change): change is Extract<Change, { kind: K }> => change.kind === kind),
    );
  }

  tells(): Tell[] {
    return this.applied.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.tell] : [])),
    );
  }

  #apply(input: Input): Applied {
    const sequence = this.line.sequence + 1;
    this.inputs.push({ sequence, at: this.#at, input });
    const applied = this.line.apply(sequence, this.#at, input);
    this.applied.push(applied);
    return applied;
  }
}
