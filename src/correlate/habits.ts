/** What devices were heard to do of themselves: it says what their silence means. */
import type { ResourceId } from '../model/ids.ts';

export interface HabitsSnapshot {
  /** Absent in what older versions kept. */
  readonly gasping?: readonly ResourceId[] | undefined;
  readonly telling?: readonly string[] | undefined;
}

export class Habits {
  /** Heads whose terminals were heard to gasp: theirs do. Of a topology, so that there are no more than it has heads. */
  readonly gasping = new Set<ResourceId>();
  /** Kinds of devices that were heard to tell of a lost link unasked. */
  readonly telling = new Set<string>();

  snapshot(): HabitsSnapshot {
    return { gasping: [...this.gasping], telling: [...this.telling] };
  }

  restore({ gasping = [], telling = [] }: HabitsSnapshot): void {
    this.gasping.clear();
    this.telling.clear();
    for (const head of gasping) this.gasping.add(head);
    for (const kind of telling) this.telling.add(kind);
  }
}
