/** One full reading of a device: everything its profile names, with what failed said by table. */
import type { Instant } from '../base/instant.ts';
import type { DeviceIdentity, DeviceReading, MetricReading, ObjectReading } from '../model/reading.ts';
import { numberIn, rawOf, smallNumberIn, textIn } from './cells.ts';
import { detectionOids } from './detect-profile.ts';
import { attributeIn, InterfaceList } from './interfaces.ts';
import type { IdentitySource, Metric, Profile, Table } from './profile.ts';
import { sensorReading } from './sensors.ts';
import type { Oid, Session, SessionProblem, VarbindValue, WalkBudget } from './session.ts';
import { type TableRow, tableRows } from './table-rows.ts';

/** What came of one attempt to read a device. */
export type DeviceAnswer =
  | {
      readonly kind: 'reading';
      readonly reading: DeviceReading;
      /** Tables that ended early; what arrived of them is in the reading. */
      readonly incomplete: readonly { readonly table: string; readonly problem: SessionProblem }[];
    }
  | { readonly kind: 'problem'; readonly problem: SessionProblem };

/** Of one table of a full reading; the measuring loop has tighter ones. */
const readingBudget: WalkBudget = { requests: 5_000, rows: 20_000, timeMs: 60_000 };

/** `at` as ISO time comes from the caller: rooms have no clock and no calendar. */
export async function readDevice(
  session: Session,
  profile: Profile,
  at: { readonly instant: Instant; readonly iso: string },
  budget: WalkBudget = readingBudget,
): Promise<DeviceAnswer> {
  const identity = await readIdentity(session, profile);
  if ('kind' in identity) return { kind: 'problem', problem: identity };
  const interfaces = new InterfaceList();
  const readings: MetricReading[] = [];
  const objects: ObjectReading[] = [];
  const incomplete: { table: string; problem: SessionProblem }[] = [];
  for (const table of profile.tables) {
    const answer = await session.walk(table.columns, budget);
    if (answer.problem !== undefined) incomplete.push({ table: table.name, problem: answer.problem });
    const rows = tableRows(table, answer);
    if (table.objectKind === 'interface') interfaces.add(table, rows);
    else for (const row of rows) readRow(table, row, { readings, objects });
    // A device that fell silent is not asked table after table.
    if (answer.problem?.kind === 'timeout' && answer.varbinds.length === 0) break;
  }
  const reading: DeviceReading = {
    format: 'device-reading/1',
    at: at.iso,
    profile: profile.id,
    device: identity,
    interfaces: interfaces.readings(),
    readings,
    links: [],
    objects,
  };
  return { kind: 'reading', reading, incomplete };
}

async function readIdentity(session: Session, profile: Profile): Promise<DeviceIdentity | SessionProblem> {
  const sources = Object.entries(profile.identity);
  const oids = sources.flatMap(([, source]) => (source.kind === 'get' ? [source.oid] : []));
  const asked = [...new Set([detectionOids.sysDescr, ...oids])];
  const answer = await session.get(asked);
  if (answer.problem !== undefined && answer.varbinds.length === 0) return answer.problem;
  const values = new Map(answer.varbinds.map(({ oid, value }) => [oid, value]));
  const descr = textIn(values.get(detectionOids.sysDescr));
  const identity: Record<string, string | number> = {};
  for (const [field, source] of sources) {
    const found = identityOf(source, values, descr);
    const isNumber = field === 'sysUpTimeTicks';
    if (found !== undefined && (typeof found === 'number') === isNumber) identity[field] = found;
  }
  return identity;
}

function identityOf(
  source: IdentitySource,
  values: ReadonlyMap<Oid, VarbindValue>,
  descr: string | undefined,
): string | number | undefined {
  if (source.kind === 'constant') return source.text;
  if (source.kind === 'get') return textIn(values.get(source.oid)) ?? smallNumberIn(values.get(source.oid));
  const from = descr?.indexOf(source.after) ?? -1;
  if (descr === undefined || from < 0) return undefined;
  const rest = descr.slice(from + source.after.length).split(/[\r\n]/)[0] ?? '';
  const end = source.until === undefined ? -1 : rest.indexOf(source.until);
  const text = (end < 0 ? rest : rest.slice(0, end)).trim();
  return text === '' ? undefined : text;
}

interface Found {
  readonly readings: MetricReading[];
  readonly objects: ObjectReading[];
}

/** An object is named by its kind and index, which stay the same from one reading to the next. */
function readRow(table: Table, row: TableRow, found: Found): void {
  const id = `${table.objectKind}/${row.index}`;
  const attributes: Record<string, string | number> = {};
  for (const attribute of table.attributes) {
    const value = attributeIn(attribute, row.cells);
    if (value !== undefined) attributes[attribute.name] = value;
  }
  const names = table.nameFrom.map((name) => attributes[name]).filter((name) => name !== undefined);
  if (names[0] !== undefined) attributes['name'] ??= names[0];
  const before = found.readings.length;
  const place = (column: number) => ({ oid: `${table.columns[column]}.${row.index}`, object: id });
  if (table.sensor !== undefined) {
    const reading = sensorReading(table.sensor, row.cells, names.map(String));
    if (reading !== undefined) found.readings.push({ ...place(table.sensor.value), ...reading });
  }
  for (const metric of table.metrics) {
    const reading = metricReading(metric, row.cells);
    if (reading !== undefined) found.readings.push({ ...place(metric.column), ...reading });
  }
  let state: string | undefined;
  for (const { name, column, map } of table.states) {
    const raw = smallNumberIn(row.cells[column]);
    const value = map.get(raw ?? Number.NaN);
    if (raw === undefined || value === undefined) continue;
    state ??= value;
    found.readings.push({ ...place(column), metric: name, unit: '1', value, raw });
  }
  if (found.readings.length > before) found.objects.push({ kind: table.objectKind, id, state, attributes });
}

function metricReading(
  metric: Metric,
  cells: readonly (VarbindValue | undefined)[],
): Pick<MetricReading, 'metric' | 'unit' | 'value' | 'raw' | 'absent'> | undefined {
  const cell = cells[metric.column];
  const number = numberIn(cell);
  if (cell === undefined || number === undefined) return undefined;
  const name = metric.nameBy === undefined ? metric.name : namedBy(metric.nameBy, cells);
  if (name === undefined) return undefined;
  const described = { metric: name, unit: metric.unit, raw: rawOf(cell) };
  if (typeof number === 'bigint') {
    const isExact = metric.scale === 1 && metric.offset === 0 && metric.times === undefined;
    return {
      ...described,
      value: isExact ? number.toString() : Number(number) * metric.scale + metric.offset,
    };
  }
  if (metric.sentinels.includes(number)) return { ...described, value: null, absent: 'sentinel' };
  const factor = metric.times === undefined ? 1 : smallNumberIn(cells[metric.times]);
  if (factor === undefined) return { ...described, value: null, absent: 'no-such' };
  const value = scaledBy(number * factor, metric.scale) + metric.offset;
  if (metric.range !== undefined && (value < metric.range[0] || value > metric.range[1])) {
    return { ...described, value: null, absent: 'out-of-range' };
  }
  return { ...described, value };
}

function namedBy(
  nameBy: NonNullable<Metric['nameBy']>,
  cells: readonly (VarbindValue | undefined)[],
): string | undefined {
  const cell = cells[nameBy.column];
  const number =
    cell?.type === 'oid' ? Number(cell.oid.slice(cell.oid.lastIndexOf('.') + 1)) : smallNumberIn(cell);
  return nameBy.map.get(number ?? Number.NaN);
}

/** Dividing by 100 gives 2.67 where multiplying by 0.01 gives 2.6700000000000004. */
function scaledBy(number: number, scale: number): number {
  const inverse = Math.round(1 / scale);
  return scale < 1 && scale > 0 && Math.abs(inverse * scale - 1) < 1e-12 ? number / inverse : number * scale;
}
