/** What the kernel threw away since the last look: it counts over the life of a socket, and an alarm is about what is lost now. */
import type { ShedMessages } from '../center/flood-watch.ts';

const counters = { traps: 'trapsKernelDropped', syslog: 'syslogKernelDropped' } as const;

export class KernelLosses {
  readonly #seen = { traps: 0, syslog: 0 };

  since(counted: Readonly<Record<string, number>>): readonly ShedMessages[] {
    return (['traps', 'syslog'] as const).flatMap((receiver) => {
      const total = counted[counters[receiver]] ?? 0;
      const count = total - this.#seen[receiver];
      // Sums of answers that overtook each other, or of a table that could not be read for once, are no loss and no baseline.
      if (count <= 0) return [];
      this.#seen[receiver] = total;
      return [{ receiver, address: undefined, count }];
    });
  }
}
