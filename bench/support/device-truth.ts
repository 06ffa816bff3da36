/** Compares a reading of a recorded device with what its truth file says: one tally a subject, each miss with its place. */
import type { DeviceReading, InterfaceReading, MetricReading } from '../../src/model/reading.ts';

export interface Truth {
  readonly device: Readonly<Record<string, string | number>>;
  readonly interfaces?: readonly Readonly<Record<string, unknown>>[];
  readonly sensors?: readonly TruthSensor[];
  readonly processors?: readonly { readonly oid: string; readonly usagePercent: number }[];
  readonly memory?: readonly TruthMemory[];
}
interface TruthSensor {
  readonly class: string;
  readonly unit: string;
  readonly descr: string;
  readonly oid: string;
  readonly raw: number | string;
  readonly value: number;
  readonly check: string;
}
interface TruthMemory {
  readonly descr: string;
  readonly oids: Readonly<Record<'used' | 'free' | 'perc', string | undefined>>;
  readonly check: string;
  readonly usedBytes?: number;
  readonly freeBytes?: number;
  readonly usedPercent?: number;
}

export interface Miss {
  readonly subject: string;
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

/** How many of a subject were compared and how many of them are as they should be. */
export class Tally {
  readonly counts = new Map<string, { right: number; total: number }>();
  readonly misses: Miss[] = [];

  judge(isRight: boolean, miss: Miss): void {
    const count = this.counts.get(miss.subject) ?? { right: 0, total: 0 };
    this.counts.set(miss.subject, count);
    count.total++;
    if (isRight) count.right++;
    else this.misses.push(miss);
  }

  add(other: Tally): void {
    for (const [subject, { right, total }] of other.counts) {
      const count = this.counts.get(subject) ?? { right: 0, total: 0 };
      this.counts.set(subject, { right: count.right + right, total: count.total + total });
    }
  }
}

export function compareBasics(truth: Truth, reading: DeviceReading, tally: Tally): void {
  for (const field of ['os', 'hardware', 'version'] as const) {
    const expected = truth.device[field];
    if (expected === undefined) continue;
    const got = reading.device[field];
    tally.judge(got === expected, {
      subject: field,
      place: 'device',
      expected: shown(expected),
      got: shown(got),
    });
  }
  const byOid = new Map(reading.readings.map((found) => [found.oid, found]));
  compareInterfaces(truth, reading, tally);
  for (const sensor of truth.sensors ?? []) compareSensor(sensor, byOid.get(sensor.oid), tally);
  for (const { oid, usagePercent } of truth.processors ?? []) {
    const found = byOid.get(oid);
    const isRight = found?.unit === '%' && isNear(found.value, usagePercent, 0.5);
    tally.judge(isRight, {
      subject: 'processors',
      place: oid,
      expected: `${usagePercent} %`,
      got: shownReading(found),
    });
  }
  for (const pool of truth.memory ?? []) if (pool.check === 'exact') comparePool(pool, byOid, tally);
  findInvented(truth, reading, tally);
}

const interfaceFields = ['ifName', 'ifDescr', 'ifAlias', 'ifType', 'speedBps', 'mtu', 'mac'].concat([
  'adminStatus',
  'operStatus',
  'lastChangeTicks',
]);

function compareInterfaces(truth: Truth, reading: DeviceReading, tally: Tally): void {
  const byIndex = new Map(reading.interfaces.map((port) => [port.ifIndex, port]));
  for (const port of truth.interfaces ?? []) {
    const found = byIndex.get(port['ifIndex'] as number);
    const wrong = found === undefined ? ['the row itself'] : differences(port, found);
    const place = `ifIndex ${String(port['ifIndex'])}`;
    const expected = wrong.map((field) => `${field} ${shown(fieldOf(port, field))}`).join(', ');
    const got = wrong.map((field) => shown(found && fieldOf(found, field))).join(', ');
    tally.judge(wrong.length === 0, { subject: 'interfaces', place, expected, got });
  }
}

function differences(truth: Readonly<Record<string, unknown>>, read: InterfaceReading): string[] {
  const counters = Object.keys((truth['counters'] ?? {}) as object);
  const fields = interfaceFields.filter((field) => field in truth).concat(counters);
  return fields.filter((field) => String(fieldOf(read, field)) !== String(fieldOf(truth, field)));
}

function fieldOf(port: object, field: string): unknown {
  const held = port as Readonly<Record<string, unknown>>;
  return held[field] ?? ((held['counters'] ?? {}) as Readonly<Record<string, unknown>>)[field];
}

const trusted = ['exact', 'rounded', 'log'];

function compareSensor(sensor: TruthSensor, found: MetricReading | undefined, tally: Tally): void {
  const { oid, unit, value, check, raw } = sensor;
  const got = shownReading(found);
  if (check === 'no-light' || (check === 'zero-raw' && unit === 'dB[mW]')) {
    const isNull = typeof found?.value !== 'number';
    tally.judge(isNull, { subject: 'null rows', place: oid, expected: `null (${sensor.descr})`, got });
    return;
  }
  if (!trusted.includes(check)) return;
  const miss = { place: oid, expected: `${value} ${unit}, raw ${raw} (${sensor.descr})`, got };
  const isRight = unit === '1' && sensor.class === 'state' ? isSameState(found, raw) : isSame(found, sensor);
  tally.judge(isRight, { subject: `sensor ${sensor.class}`, ...miss });
}

const isSameState = (found: MetricReading | undefined, raw: number | string): boolean =>
  found !== undefined && String(found.raw) === String(raw);

function isSame(found: MetricReading | undefined, { value, unit, check, class: kind }: TruthSensor): boolean {
  if (found === undefined || typeof found.value !== 'number') return false;
  const factor = factorBetween(found.unit, unit);
  if (factor === undefined) return false;
  const isLog = check === 'log' || kind === 'dbm';
  return isNear(found.value * factor, value, isLog ? 0.02 : Math.max(Math.abs(value) * 0.005, 1e-12));
}

const isNear = (value: unknown, expected: number, tolerance: number): boolean =>
  typeof value === 'number' && Math.abs(value - expected) <= tolerance * (1 + 1e-9);

const prefixes: Readonly<Record<string, number>> = {
  p: 1e-12,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
};
const sameQuantity: Readonly<Record<string, number>> = {
  'min>s': 60,
  's>min': 1 / 60,
  'h>min': 60,
  '%>1': 0.01,
  '1>%': 100,
  'dB[uV]>dB[10.nV]': 1,
  // The reference gives this unit to numbers that are dBmV.
  'dB[mV]>dB[10.nV]': 1,
};

/** What a number of `ours` is multiplied with to be one of `theirs`; annotations in braces are pure numbers. */
function factorBetween(ours: string, theirs: string): number | undefined {
  const [from, to] = [ours, theirs].map((unit) => (/^\{(?!rev)[^}]*\}$/.test(unit) ? '1' : unit));
  if (from === to) return 1;
  const known = sameQuantity[`${from}>${to}`];
  if (known !== undefined) return known;
  const scale = (unit: string, base: string): number | undefined =>
    unit === base ? 1 : unit.slice(1) === base ? prefixes[unit[0] ?? ''] : undefined;
  const direct = scale(from ?? '', to ?? '') ?? undefined;
  if (direct !== undefined) return direct;
  const inverse = scale(to ?? '', from ?? '');
  return inverse === undefined ? undefined : 1 / inverse;
}

/** A pool is right when one of the columns it was read from is: kilobytes of the reference count as bytes. */
function comparePool(pool: TruthMemory, byOid: ReadonlyMap<string, MetricReading>, tally: Tally): void {
  const sides = [
    [pool.oids.used, pool.usedBytes, 'By'],
    [pool.oids.free, pool.freeBytes, 'By'],
    [pool.oids.perc, pool.usedPercent, '%'],
  ] as const;
  const named = sides.filter(([oid]) => oid !== undefined);
  const isRight = named.some(([oid, value, unit]) => {
    const found = byOid.get(oid ?? '');
    if (found === undefined || typeof found.value !== 'number' || value === undefined) return false;
    const factor = factorBetween(found.unit, unit);
    if (factor === undefined) return false;
    const multiples = unit === '%' ? [1] : [1, 1_000, 1_024, 1_000_000, 1_048_576];
    const ours = found.value * factor;
    return multiples.some((of) => isNear(ours, value * of, unit === '%' ? 0.5 : value * of * 0.005));
  });
  const place = named.map(([oid]) => oid).join(' or ');
  const expected = named.map(([, value, unit]) => `${value} ${unit}`).join(' or ');
  const got = named.map(([oid]) => shownReading(byOid.get(oid ?? ''))).join(' or ');
  tally.judge(isRight, { subject: 'memory', place, expected: `${expected} (${pool.descr})`, got });
}

const limits: readonly (readonly [RegExp, number, number])[] = [
  [/^optical\.(rx|tx)/, -50, 30],
  [/^hw\.temperature$/, -60, 250],
  [/utilization$/, 0, 100],
  [/^hw\.humidity$/, 0, 100],
];

/** Numbers that no device of this world sends, and places that hold two readings. */
function findInvented(truth: Truth, reading: DeviceReading, tally: Tally): void {
  const seen = new Set<string>();
  for (const found of reading.readings) {
    const { oid, metric, value, object } = found;
    const limit = limits.find(([pattern]) => pattern.test(metric));
    const isWild = typeof value === 'number' && limit !== undefined && (value < limit[1] || value > limit[2]);
    const isTwice = seen.has(`${oid} ${object}`);
    seen.add(`${oid} ${object}`);
    const miss = { subject: 'not invented', place: oid, got: shownReading(found) };
    tally.judge(!isWild && !isTwice && !Number.isNaN(value), {
      ...miss,
      expected: isTwice ? 'one reading an OID' : 'a plausible number or null',
    });
  }
  const known = new Set((truth.interfaces ?? []).map((port) => port['ifIndex']));
  for (const port of reading.interfaces) {
    const place = `ifIndex ${port.ifIndex}`;
    const miss = { subject: 'not invented', place, expected: 'no such interface', got: shown(port.ifDescr) };
    tally.judge(known.has(port.ifIndex), miss);
  }
}

export const shown = (value: unknown): string =>
  value === undefined ? '(nothing)' : String(value).slice(0, 80);
export const shownReading = (found: MetricReading | undefined): string =>
  found === undefined
    ? '(no reading)'
    : `${found.value ?? `null, ${found.absent}`} ${found.unit}, raw ${shown(found.raw)}, ${found.metric}`;
