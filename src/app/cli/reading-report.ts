/** One reading of a device as somebody wants to see it at three in the morning: what is bad is marked, what is missing says why. */
import type { DeviceReading, InterfaceReading, MetricReading, ObjectReading } from '../../model/reading.ts';
import type { Language } from './session-problem.ts';
import { formatTable, printable } from './table.ts';
import type { Say } from './words.ts';

/** Of a section; `--json` has all. */
const mostLines = 400;

const heads = {
  en: {
    device: 'device',
    interfaces: ['', 'ifIndex', 'interface', 'state', 'speed', 'alias'],
    readings: ['', 'object', 'reading', 'value', 'unit'],
    links: ['local port', 'neighbour', 'its port'],
    objects: ['', 'object', 'state', 'name'],
    more: 'and {count} more: --json has all',
    adminDown: 'switched off',
  },
  ru: {
    device: 'устройство',
    interfaces: ['', 'ifIndex', 'интерфейс', 'состояние', 'скорость', 'описание'],
    readings: ['', 'объект', 'показание', 'значение', 'единица'],
    links: ['порт', 'сосед', 'его порт'],
    objects: ['', 'объект', 'состояние', 'имя'],
    more: 'и ещё {count}: всё есть в --json',
    adminDown: 'выключен',
  },
} as const;

const absences: Readonly<Record<Language, Readonly<Record<NonNullable<MetricReading['absent']>, string>>>> = {
  en: {
    'no-light': 'no light',
    sentinel: 'not measured',
    offline: 'offline',
    'no-such': 'not there',
    'out-of-range': 'implausible',
    timeout: 'no answer',
  },
  ru: {
    'no-light': 'нет света',
    sentinel: 'не измеряется',
    offline: 'не на связи',
    'no-such': 'отсутствует',
    'out-of-range': 'неправдоподобно',
    timeout: 'нет ответа',
  },
};

export function readingReport(reading: DeviceReading, say: Say, language: Language): string {
  const { device, interfaces, readings, objects, links, profile } = reading;
  const name = printable(device.sysName ?? device.hardware ?? 'device');
  const counts = { interfaces: interfaces.length, readings: readings.length, objects: objects.length };
  const words = heads[language];
  const parts = [say('answered', { name, profile, ...counts })];
  parts.push(formatTable([words.device, ''], factsOf(device)));
  const section = (head: readonly string[], rows: readonly (readonly unknown[])[]): void => {
    if (rows.length === 0) return;
    const left = rows.length - mostLines;
    const table = formatTable(head, rows.slice(0, mostLines));
    parts.push(left > 0 ? `${table}\n${words.more.replace('{count}', String(left))}` : table);
  };
  section(
    words.interfaces,
    interfaces.map((one) => interfaceLine(one, language)),
  );
  section(words.readings, readingLines(readings, nameOf(objects), language));
  section(
    words.links,
    links.map((one) => [one.localPort, one.remoteName ?? one.remoteChassis, one.remotePort]),
  );
  section(words.objects, objectLines(objects));
  return parts.join('\n\n');
}

function factsOf({ sysUpTimeTicks, ...rest }: DeviceReading['device']): (readonly [string, unknown])[] {
  const facts: (readonly [string, unknown])[] = Object.entries(rest).filter(
    ([, value]) => value !== undefined,
  );
  if (sysUpTimeTicks !== undefined) facts.push(['sysUpTime', upTime(sysUpTimeTicks)]);
  return facts;
}

function upTime(ticks: number): string {
  const minutes = Math.floor(ticks / 6_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  return `${days} d ${String(hours).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function interfaceLine(one: InterfaceReading, language: Language): readonly unknown[] {
  const isOff = one.adminStatus === 'down';
  const isDown = one.adminStatus === 'up' && one.operStatus !== undefined && /down/i.test(one.operStatus);
  const state = isOff ? heads[language].adminDown : one.operStatus;
  const name = one.ifName ?? one.ifDescr;
  return [
    isDown ? '!' : '',
    one.ifIndex,
    name,
    state,
    one.speedBps === undefined ? '' : speed(one.speedBps),
    one.ifAlias,
  ];
}

function speed(bps: number): string {
  const [unit, size] = bps >= 1e9 ? ['G', 1e9] : bps >= 1e6 ? ['M', 1e6] : bps >= 1e3 ? ['k', 1e3] : ['', 1];
  return `${Number((bps / Number(size)).toPrecision(4))} ${unit}bit/s`;
}

const nameOf =
  (objects: readonly ObjectReading[]) =>
  (id: string): string => {
    const name = objects.find((one) => one.id === id)?.attributes['name'];
    return name === undefined || name === id ? id : `${id}  ${printable(name, 32)}`;
  };

/** Each object is named once, with everything read of it below. */
function readingLines(
  readings: readonly MetricReading[],
  named: (id: string) => string,
  language: Language,
): (readonly unknown[])[] {
  const byObject = new Map<string, MetricReading[]>();
  for (const one of readings) {
    const same = byObject.get(one.object);
    if (same === undefined) byObject.set(one.object, [one]);
    else same.push(one);
  }
  return [...byObject].flatMap(([object, own]) =>
    own.map((one, place) => [
      isBeyond(one) ? '!' : '',
      place === 0 ? named(object) : '',
      one.metric,
      one.value === null ? `(${absences[language][one.absent ?? 'no-such']})` : shown(one.value),
      one.value === null || one.unit === '1' ? '' : one.unit,
    ]),
  );
}

const shown = (value: number | string): string =>
  typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : String(value);

/** Beyond a limit that the device itself sends. */
function isBeyond({ value, limits }: MetricReading): boolean {
  if (typeof value !== 'number' || limits === undefined) return false;
  const high = Object.values(limits.high ?? {}).some((limit) => value >= limit);
  return high || Object.values(limits.low ?? {}).some((limit) => value <= limit);
}

/** What stands in what, by indentation; a parent that was not read leaves its children at the margin. */
function objectLines(objects: readonly ObjectReading[]): (readonly unknown[])[] {
  const ids = new Set(objects.map(({ id }) => id));
  const children = new Map<string, ObjectReading[]>();
  for (const one of objects) {
    const parent = one.parent !== undefined && ids.has(one.parent) ? one.parent : '';
    children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const lines: (readonly unknown[])[] = [];
  const placed = new Set<string>();
  const place = (parent: string, depth: number): void => {
    for (const one of children.get(parent) ?? []) {
      if (placed.has(one.id)) continue;
      placed.add(one.id);
      const mark = /^(down|failed|offline|los|lossOf|critical)/i.test(one.state ?? '') ? '!' : '';
      // The table takes blanks at the ends of a cell away, so points show the depth.
      lines.push([mark, '. '.repeat(Math.min(depth, 8)) + one.id, one.state, one.attributes['name']]);
      place(one.id, depth + 1);
    }
  };
  place('', 0);
  // Objects that stand in a ring are left over.
  for (const one of objects)
    if (!placed.has(one.id)) lines.push(['', one.id, one.state, one.attributes['name']]);
  return lines;
}
