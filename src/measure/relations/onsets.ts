/** A recorded stream as onsets: an alarm that comes again and again is one, for only its beginning has a cause. */

export interface LoggedAlarm {
  readonly cause: string;
  readonly device: string;
  /** ms */
  readonly at: number;
}

/** Devices next to this one. */
export type Neighbours = (device: string) => readonly string[];

/** One column for each of: number of the cause, number of the device, ms; by time. */
export interface Onsets {
  readonly causes: readonly string[];
  readonly devices: readonly string[];
  readonly cause: Int32Array;
  readonly device: Int32Array;
  readonly at: Float64Array;
}

/** Rarer causes than so many others are left out: what happens seldom cannot be learned from. */
const mostCauses = 500;

export function episodesOf(alarms: readonly LoggedAlarm[], quietMs: number): Onsets {
  const counts = new Map<string, number>();
  for (const { cause } of alarms) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const causes = [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, mostCauses)
    .map(([cause]) => cause);
  const causeOf = new Map(causes.map((cause, number) => [cause, number]));
  const devices = [...new Set(alarms.map(({ device }) => device))].sort();
  const deviceOf = new Map(devices.map((device, number) => [device, number]));
  const last = new Map<string, number>();
  const onsets: { readonly cause: number; readonly device: number; readonly at: number }[] = [];
  const order = [...alarms].sort(
    (a, b) =>
      a.at - b.at || (a.device < b.device ? -1 : a.device > b.device ? 1 : a.cause < b.cause ? -1 : 1),
  );
  for (const { cause, device, at } of order) {
    const key = `${device} ${cause}`;
    const before = last.get(key);
    last.set(key, at);
    const number = causeOf.get(cause);
    if (number === undefined || (before !== undefined && at - before <= quietMs)) continue;
    onsets.push({ cause: number, device: deviceOf.get(device)!, at });
  }
  return {
    ...{ causes, devices },
    cause: Int32Array.from(onsets, ({ cause }) => cause),
    device: Int32Array.from(onsets, ({ device }) => device),
    at: Float64Array.from(onsets, ({ at }) => at),
  };
}
