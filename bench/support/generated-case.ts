/** A fresh network with its faults as one case, read as the line's own readers would. */
import { readAlarmRecord } from '../../src/flow/alarm-record.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { type Generated, generate, usualFaults } from '../../src/sim/faults/generate.ts';
import { compileTopology } from '../../src/topology/topology.ts';
import type { AlarmCase } from './alarm-case.ts';
import type { Condition } from './conditions.ts';

export interface Wanted {
  readonly seed: number;
  readonly size: 'small' | 'city' | 'metro';
  /** Undefined: as many as the size has usually. */
  readonly faultsPerKind: number | undefined;
  readonly hours?: number | undefined;
  readonly condition: Condition;
}

/** As many rings are cut twice as there are faults of a kind, since few of the cuts drawn at random meet a ring cut already. */
export function generatedFor({ seed, size, faultsPerKind, hours, condition }: Wanted): Generated {
  const { loss, noise, skewMs, topologyErrors, ringsOnly, blind } = condition;
  const length = hours ?? condition.hours;
  const usual = faultsPerKind ?? usualFaults[size];
  return generate({
    ...{ seed, size, hours: length, loss, noise, skewMs, blind, topologyError: topologyErrors },
    faultsPerKind: ringsOnly === true ? 0 : faultsPerKind,
    // One more, since one or the other finds no room: twenty cities are to have two hundred.
    doubleCuts: ringsOnly === true ? usual + 1 : usual,
  });
}

export function generatedCase(wanted: Wanted): AlarmCase {
  const { topology, alarms, truth } = generatedFor(wanted);
  return {
    name: `seed ${wanted.seed}`,
    topology: compileTopology(topology).value,
    records: Array.from(alarms, recordOf),
    truth,
  };
}

function recordOf(line: unknown): StreamRecord {
  const read = readAlarmRecord(line);
  if (typeof read === 'string' || read.at === undefined) throw new Error(`a generated line: ${String(read)}`);
  return { at: read.at, observation: read.observation };
}
