/** What compresses a real stream without any thought: repeats folded, and chains along neighbours and time. */
import { Sets } from './baseline.ts';

interface Alarm {
  readonly type: number;
  readonly device: number;
  /** Seconds, ascending. */
  readonly from: number;
}

export interface Chain {
  /** ms */
  readonly at: number;
  readonly size: number;
}

/** The same type on the same device is one item until it was quiet for so long. */
export function quietGaps(alarms: readonly Alarm[], seconds: number): readonly Chain[] {
  return chained(alarms, seconds, ({ type, device }) => {
    const key = `${type} ${device}`;
    return { leaves: key, asks: [key] };
  });
}

/** Alarms on the same device or next to it within so many seconds are one group, and so on from each of them. */
export function chainedNeighbours(
  alarms: readonly Alarm[],
  neighbours: ReadonlyMap<number, readonly number[]>,
  seconds: number,
): readonly Chain[] {
  return chained(alarms, seconds, ({ device }) => ({
    leaves: String(device),
    asks: [device, ...(neighbours.get(device) ?? [])].map(String),
  }));
}

function chained(
  alarms: readonly Alarm[],
  seconds: number,
  keysOf: (alarm: Alarm) => { readonly leaves: string; readonly asks: readonly string[] },
): readonly Chain[] {
  const sets = new Sets(alarms.length);
  const last = new Map<string, number>();
  alarms.forEach((alarm, n) => {
    const { leaves, asks } = keysOf(alarm);
    for (const key of asks) {
      const before = last.get(key);
      if (before !== undefined && alarm.from - alarms[before]!.from <= seconds) sets.join(before, n);
    }
    last.set(leaves, n);
  });
  return sets.groupsOf(alarms).map((group) => ({ at: group[0]!.from * 1_000, size: group.length }));
}
