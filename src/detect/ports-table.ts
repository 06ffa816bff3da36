/** Ports as rows of a table with one metric, how busy they are, for rules that look at tables. */
import type { PortNames, PortsSeen, TableSeen, TableShape } from './seen.ts';

/** What the busier direction of a port carries, in per cent of its speed. */
export const utilization = 'interface.utilization';

export class PortsTable {
  #who: PortNames | undefined;
  #layout = 0;
  #shape: TableShape | undefined;

  /** Called after the ports were judged: only then is it known what they carried. */
  seen({ who, share }: PortsSeen): TableSeen {
    if (this.#who !== who) {
      this.#who = who;
      this.#layout++;
      this.#shape = undefined;
    }
    const shape = (): TableShape => {
      this.#shape ??= shapeOf(who);
      return this.#shape;
    };
    return { table: 'interface', layout: this.#layout, shape, values: share, states: none };
  }
}

const none = new Int16Array(0);

function shapeOf({ ifIndex, names }: PortNames): TableShape {
  const unit = { metric: utilization, unit: '%' };
  return {
    kind: 'interface',
    isByPort: true,
    rows: Array.from(ifIndex, (index, row) => {
      const name = names[row] === '' ? undefined : names[row];
      return { id: `interface/${index}`, key: name ?? `interface/${index}`, name };
    }),
    metrics: 1,
    metricOf: () => unit,
    states: [],
    words: [],
    alarms: [],
    limitsOf: () => [],
  };
}
