/** What a stream asks of one operator position: alarms per ten minutes, floods as EEMUA 191 and ISA-18.2 count them. */

const intervalMs = 10 * 60_000;
/** A flood begins above ten alarms in ten minutes and ends below five. */
const begins = 10;
const ends = 5;

export interface AlarmLoad {
  readonly perTenMinutes: number;
  /** Intervals in flood, of all between the first and the last. */
  readonly floods: number;
  readonly intervals: number;
}

/** `presented`: instants in ms, in any order; the span is that of `within`. */
export function loadOf(
  presented: readonly number[],
  within: { readonly from: number; readonly to: number },
): AlarmLoad {
  const intervals = Math.max(1, Math.ceil((within.to - within.from) / intervalMs));
  const counts = new Uint32Array(intervals);
  for (const at of presented) {
    const interval = Math.floor((at - within.from) / intervalMs);
    counts[Math.min(Math.max(interval, 0), intervals - 1)]!++;
  }
  let floods = 0;
  let inFlood = false;
  for (const count of counts) {
    inFlood = count > begins || (inFlood && count >= ends);
    if (inFlood) floods++;
  }
  return { perTenMinutes: presented.length / intervals, floods, intervals };
}
