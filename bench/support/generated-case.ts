/** A fresh network with its faults as one case, read as the line's own readers would. */
import { readAlarmRecord } from '../../src/flow/alarm-record.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { generate } from '../../src/sim/faults/generate.ts';
import { compileTopology } from '../../src/topology/topology.ts';
import type { AlarmCase } from './alarm-case.ts';
import type { Condition } from './generated-bench.ts';

export interface Wanted {
  readonly seed: number;
  readonly size: 'small' | 'city' | 'metro';
  /** Undefined: as many as the size has usually. */
  readonly faultsPerKind: number | undefined;
  readonly condition: Condition;
}

export function generatedCase({ seed, size, faultsPerKind, condition }: Wanted): AlarmCase {
  const { loss, noise, skewMs, topologyErrors } = condition;
  const made = generate({ seed, size, loss, noise, skewMs, topologyError: topologyErrors, faultsPerKind });
  return {
    name: `seed ${seed}`,
    topology: compileTopology(made.topology).value,
    records: Array.from(made.alarms, recordOf),
    truth: made.truth,
  };
}

function recordOf(line: unknown): StreamRecord {
  const read = readAlarmRecord(line);
  if (typeof read === 'string' || read.at === undefined) throw new Error(`a generated line: ${String(read)}`);
  return { at: read.at, observation: read.observation };
}
