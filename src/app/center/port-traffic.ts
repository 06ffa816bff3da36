/** What went through the ports of a device in the last hour: rates from the counters that the series keep. */
import type { Instant } from '../../base/instant.ts';
import type { PortTraffic } from '../../edge/http/ports.ts';
import type { Points, SeriesId, SeriesStore } from '../../flow/series.ts';

const stepMs = 60_000;
const minutesShown = 60;
const mostNames = 20_000;
/** A chassis with more ports shows its first ones: the page is for eyes. */
const mostPorts = 256;
/** Two values further apart than this are not one line. */
const mostGapMs = 15 * 60_000;

interface PortSeries {
  in?: SeriesId;
  out?: SeriesId;
}

export async function portTraffic(options: {
  readonly series: Pick<SeriesStore, 'list' | 'range'>;
  readonly at: Instant;
  readonly device: string;
}): Promise<readonly PortTraffic[]> {
  const { series, at, device } = options;
  const prefix = `${device}/if/`;
  const ports = new Map<number, PortSeries>();
  for (const { id, name } of await series.list(prefix, mostNames)) {
    const ifIndex = Number(name.resource.slice(prefix.length));
    const direction =
      name.metric === 'if.inOctets' ? 'in' : name.metric === 'if.outOctets' ? 'out' : undefined;
    if (direction === undefined || !Number.isSafeInteger(ifIndex)) continue;
    ports.set(ifIndex, { ...ports.get(ifIndex), [direction]: id });
  }
  const from = Math.floor(at / stepMs) * stepMs - (minutesShown - 1) * stepMs;
  const rates = async (id: SeriesId | undefined): Promise<readonly number[]> =>
    id === undefined ? [] : ratesOf(await series.range(id, from - mostGapMs, at + 1), from);
  const found = await Promise.all(
    [...ports].slice(0, mostPorts).map(async ([ifIndex, port]) => {
      const [inBps, outBps] = await Promise.all([rates(port.in), rates(port.out)]);
      return { ifIndex, inBps, outBps };
    }),
  );
  return found.filter(({ inBps, outBps }) => [...inBps, ...outBps].some((bps) => bps > 0));
}

/** Bit/s by minute, the mean of what was measured in it; a counter that went back begins anew. */
function ratesOf({ times, values }: Points, from: number): readonly number[] {
  const sums = new Float64Array(minutesShown);
  const counts = new Float64Array(minutesShown);
  for (let i = 1; i < times.length; i++) {
    const apartMs = times[i]! - times[i - 1]!;
    const octets = values[i]! - values[i - 1]!;
    const minute = Math.floor((times[i]! - from) / stepMs);
    if (!(octets >= 0) || apartMs <= 0 || apartMs > mostGapMs || minute < 0 || minute >= minutesShown)
      continue;
    sums[minute] = sums[minute]! + (octets * 8_000) / apartMs;
    counts[minute] = counts[minute]! + 1;
  }
  return Array.from(sums, (sum, minute) => sum / counts[minute]!);
}
