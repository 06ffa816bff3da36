/** What was last read of each part of a device, in words, with units and limits: what is bad first. */
import type { AlarmRowJson, DeviceJson } from '../../src/edge/http/contract.ts';
import { amount } from '../words/amount.ts';
import { metricName } from '../words/metric-name.ts';
import { number, words } from '../words/speak.ts';
import { Folded } from './folded.tsx';
import { Table } from './table.tsx';

type Reading = NonNullable<DeviceJson['reading']>;
type Metric = Reading['readings'][number];

export function Readings(given: {
  readonly device: string;
  readonly reading: Reading;
  readonly alarms: readonly AlarmRowJson[];
}) {
  const { reading } = given;
  const say = words.value;
  const rows = inOrder(given);
  const bad = rows.filter(({ isBad }) => isBad).length;
  return (
    <section class="panel whole">
      <h2>
        {say.device.sensors} <b>{number(reading.readings.length)}</b>
        {bad > 0 && <small class="inhead">{` ${say.device.bad}: ${number(bad)}`}</small>}
      </h2>
      <Folded items={rows}>
        {(shown) => (
          <Table
            label={say.device.sensors}
            items={shown}
            isStacked="titled"
            keyOf={({ metric }) => metric.oid}
            columns={[
              { title: say.device.object, cell: ({ part }) => part },
              {
                title: say.device.reading,
                cell: ({ metric }) => metricName(metric.metric, words.value),
              },
              {
                title: say.column.value,
                class: 'number',
                cell: ({ metric, isBad }) => <Value metric={metric} isBad={isBad} />,
              },
              {
                title: say.device.limits,
                class: 'number',
                cell: ({ metric }) => <span class="muted">{limitsOf(metric)}</span>,
              },
            ]}
          />
        )}
      </Folded>
    </section>
  );
}

function Value({ metric, isBad }: { readonly metric: Metric; readonly isBad: boolean }) {
  const { device } = words.value;
  const { value, unit, absent } = metric;
  const text =
    value === null
      ? device.absent[absent ?? 'no-such']
      : typeof value === 'number'
        ? amount(value, unit)
        : unit === '1'
          ? (device.states[`${metric.metric} ${value}`] ?? device.states[value] ?? value)
          : value;
  if (isBad) return <span class="overdue">{`! ${text}`}</span>;
  return value === null ? <span class="muted">{text}</span> : <span>{text}</span>;
}

const badWords =
  /^(down|failed?|failure|faulty?|critical|error|los|lossOf\w+|batteryLow|batteryDepleted|dyingGasp|nonFunctional|alarm)$/i;

/** Beyond a limit that the device itself sends, or in a state that is a fault by its word. */
function isBeyond({ value, limits }: Metric): boolean {
  if (typeof value === 'string') return badWords.test(value);
  if (value === null || limits === undefined) return false;
  const high = Object.values(limits.high ?? {}).some((limit) => value >= limit);
  return high || Object.values(limits.low ?? {}).some((limit) => value <= limit);
}

/** The innermost limits: what lies between them is good. */
function limitsOf({ limits, unit }: Metric): string {
  if (limits === undefined) return '';
  const low = Object.values(limits.low ?? {});
  const high = Object.values(limits.high ?? {});
  const from = low.length === 0 ? undefined : amount(Math.max(...low), unit);
  const to = high.length === 0 ? undefined : amount(Math.min(...high), unit);
  if (from === undefined) return to === undefined ? '' : `< ${to}`;
  return to === undefined ? `> ${from}` : `${from} … ${to}`;
}

interface Row {
  readonly part: string;
  readonly metric: Metric;
  readonly isBad: boolean;
}

/** Rows of one part stand together, the part's name in the first of them; parts with something bad come first. */
function inOrder({ device, reading, alarms }: Parameters<typeof Readings>[0]): readonly Row[] {
  const alarmed = new Set(alarms.flatMap(({ resource, by }) => [resource, by ?? '']));
  const parts = new Map<string, Metric[]>();
  for (const metric of reading.readings) {
    const same = parts.get(metric.object);
    if (same === undefined) parts.set(metric.object, [metric]);
    else same.push(metric);
  }
  const rank = (id: string, metrics: readonly Metric[]): number =>
    alarmed.has(`${device}/${id}`) ? 0 : metrics.some(isBeyond) ? 1 : 2;
  const name = namesOf(reading);
  return [...parts]
    .map(([id, metrics]) => ({ id, metrics, rank: rank(id, metrics) }))
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ id, metrics }) =>
      [...metrics]
        .sort((a, b) => Number(isBeyond(b)) - Number(isBeyond(a)))
        .map((metric, place) => ({ part: place === 0 ? name(id) : '', metric, isBad: isBeyond(metric) })),
    );
}

function namesOf(reading: Reading): (id: string) => string {
  const { kinds } = words.value.device;
  const named = new Map((reading.objects ?? []).map(({ id, attributes }) => [id, attributes['name']]));
  const ports = new Map(
    reading.interfaces.map((port) => [`interface/${port.ifIndex}`, port.ifName ?? port.ifDescr]),
  );
  return (id) => {
    const slash = id.indexOf('/');
    const plain = id.slice(0, slash);
    const kind = kinds[plain] ?? plain;
    const name = String(named.get(id) ?? ports.get(id) ?? id.slice(slash + 1));
    // Profiles name a part in English by its kind: `Input 1`.
    const rest = name.slice(plain.length);
    const isKind = name.toLowerCase().startsWith(plain.toLowerCase()) && /^(?:\s|[/_#.:-]?\d|$)/.test(rest);
    const own = name === '0' ? '' : isKind ? rest.replace(/^[\s/_#.:-]+/, '') : name;
    return `${kind} ${own}`.trim();
  };
}
