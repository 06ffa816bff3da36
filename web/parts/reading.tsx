/** The last full reading of a device: its ports, and what was read of each of its parts, in words and with units. */
import type { DeviceJson } from '../../src/edge/http/contract.ts';
import { number, words } from '../words/speak.ts';
import { Table } from './table.tsx';

type Reading = NonNullable<DeviceJson['reading']>;
type Port = Reading['interfaces'][number];
type Metric = Reading['readings'][number];

export function ReadingPanels({ reading }: { readonly reading: Reading }) {
  const say = words.value;
  return (
    <div class="panels">
      {reading.interfaces.length > 0 && (
        <section class="panel">
          <h2>
            {say.device.interfaces} <b>{number(reading.interfaces.length)}</b>
          </h2>
          <Table
            label={say.device.interfaces}
            items={reading.interfaces}
            keyOf={(port) => String(port.ifIndex)}
            columns={[
              { title: '#', class: 'number', cell: (port) => String(port.ifIndex) },
              { title: say.column.name, cell: (port) => port.ifName ?? port.ifDescr ?? '–' },
              { title: say.column.state, cell: (port) => <PortState port={port} /> },
            ]}
          />
        </section>
      )}
      <section class="panel">
        <h2>
          {say.device.sensors} <b>{number(reading.readings.length)}</b>
        </h2>
        <Table
          label={say.device.sensors}
          items={grouped(reading)}
          keyOf={({ metric }) => metric.oid}
          columns={[
            { title: say.device.object, cell: ({ part }) => part },
            {
              title: say.device.reading,
              cell: ({ metric }) => say.device.metrics[metric.metric] ?? metric.metric,
            },
            { title: say.column.value, class: 'number', cell: ({ metric }) => <Value metric={metric} /> },
          ]}
        />
      </section>
    </div>
  );
}

function PortState({ port }: { readonly port: Port }) {
  const { device } = words.value;
  if (port.adminStatus === 'down') return <span class="muted">{device.switchedOff}</span>;
  const state = port.operStatus ?? '–';
  const isDown = /down/i.test(state);
  return (
    <span class={isDown ? 'overdue' : ''}>{(isDown ? '! ' : '') + (device.states[state] ?? state)}</span>
  );
}

function Value({ metric }: { readonly metric: Metric }) {
  const { device } = words.value;
  const { value, unit, absent } = metric;
  if (value === null) return <span class="muted">{device.absent[absent ?? 'no-such']}</span>;
  if (typeof value === 'string') {
    const word = device.states[`${metric.metric} ${value}`] ?? device.states[value] ?? value;
    const isBad = bad.has(value);
    return <span class={isBad ? 'overdue' : ''}>{(isBad ? '! ' : '') + (unit === '1' ? word : value)}</span>;
  }
  const { scaled, written } = inWords(value, unit);
  return <>{`${number(scaled)}${written === '' ? '' : `\u00a0${written}`}`}</>;
}

/** UCUM as engineers write it; large rates and frequencies with a prefix. */
function inWords(value: number, unit: string): { readonly scaled: number; readonly written: string } {
  const plain = units[unit] ?? (unit.startsWith('{') ? '' : unit);
  const takesPrefix = unit === 'bit/s' || unit === 'Hz' || unit === 'By';
  const [prefix, size] =
    !takesPrefix || Math.abs(value) < 1e4 ? ['', 1] : Math.abs(value) < 1e9 ? ['M', 1e6] : ['G', 1e9];
  return { scaled: Number((value / Number(size)).toPrecision(6)), written: `${prefix}${plain}` };
}

const bad: ReadonlySet<string> = new Set(['down', 'failed', 'lossOfSignal', 'batteryLow', 'batteryDepleted']);

const units: Readonly<Record<string, string>> = {
  '1': '',
  Cel: '°C',
  By: 'B',
  'dB[mW]': 'dBm',
  'dB[mV]': 'dBmV',
  'dB[uV]': 'dBµV',
};

/** Rows of one part stand together; its name is said in the first of them. */
function grouped(reading: Reading): readonly { readonly part: string; readonly metric: Metric }[] {
  const parts = new Map<string, Metric[]>();
  for (const metric of reading.readings) {
    const same = parts.get(metric.object);
    if (same === undefined) parts.set(metric.object, [metric]);
    else same.push(metric);
  }
  const { kinds } = words.value.device;
  const named = new Map((reading.objects ?? []).map(({ id, attributes }) => [id, attributes['name']]));
  const ports = new Map(
    reading.interfaces.map((port) => [`interface/${port.ifIndex}`, port.ifName ?? port.ifDescr]),
  );
  return [...parts].flatMap(([id, metrics]) => {
    const slash = id.indexOf('/');
    const plain = id.slice(0, slash);
    const kind = kinds[plain] ?? plain;
    const name = String(named.get(id) ?? ports.get(id) ?? id.slice(slash + 1));
    // Profiles name a part in English by its kind: `Input 1`.
    const isKind = name.toLowerCase().startsWith(plain.toLowerCase());
    const own = name === '0' ? '' : isKind ? name.slice(plain.length).trim() : name;
    const part = `${kind} ${own}`.trim();
    return metrics.map((metric, place) => ({ part: place === 0 ? part : '', metric }));
  });
}
