/** What a table of a profile can measure, before any device was asked. */
import type { Table } from './profile.ts';
import { sensorMetrics } from './sensors.ts';

interface Measured {
  readonly name: string;
  /** Undefined: known only when the device was asked. */
  readonly unit: string | undefined;
}

export const metricsOf = ({ metrics, counts, sensor }: Table): readonly Measured[] => [
  ...metrics.flatMap(({ name, nameBy, unit }) =>
    [name, ...(nameBy?.map.values() ?? [])].map((one) => ({ name: one, unit })),
  ),
  ...counts,
  ...(sensor === undefined ? [] : sensorMetrics.map((name) => ({ name, unit: undefined }))),
];
