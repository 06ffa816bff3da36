/** The ports of a device: what is down first, then what goes through each, now and in the last hour. */
import type { AlarmRowJson, DeviceJson, ListJson, PortTrafficJson } from '../../src/edge/http/contract.ts';
import { useFetched } from '../state/api.ts';
import { amount } from '../words/amount.ts';
import { number, words } from '../words/speak.ts';
import { Folded } from './folded.tsx';
import { Table } from './table.tsx';

type Port = NonNullable<DeviceJson['reading']>['interfaces'][number];

const freshEveryMs = 60_000;
/** So many ports that are down, without a description and without an alarm, have nothing plugged in. */
const mostForgotten = 8;

interface PortsGiven {
  readonly device: string;
  readonly ports: readonly Port[];
  readonly alarms: readonly AlarmRowJson[];
}

export function Ports({ device, ports, alarms }: PortsGiven) {
  const say = words.value;
  const path = `/devices/${encodeURIComponent(device)}/traffic`;
  const fetched = useFetched<ListJson<PortTrafficJson>>(path, freshEveryMs);
  const traffic = new Map(
    fetched.kind === 'ready' ? fetched.value.items.map((one) => [one.ifIndex, one]) : [],
  );
  const sorted = inOrder({ device, ports, alarms });
  const down = ports.filter(isDown).length;
  return (
    <section class="panel whole">
      <h2>
        {say.device.interfaces} <b>{number(ports.length)}</b>
        {down > 0 && (
          <small class="inhead">{` ${say.device.states['down'] ?? 'down'}: ${number(down)}`}</small>
        )}
      </h2>
      <Folded items={sorted}>
        {(shown) => (
          <Table
            label={say.device.interfaces}
            items={shown}
            isStacked="titled"
            keyOf={(port) => String(port.ifIndex)}
            columns={[
              { title: '#', class: 'number', cell: (port) => String(port.ifIndex) },
              { title: say.column.name, cell: (port) => port.ifName ?? port.ifDescr ?? '–' },
              { title: say.column.state, cell: (port) => <PortState port={port} /> },
              { title: say.device.alias, cell: (port) => port.ifAlias ?? '' },
              {
                title: say.device.speed,
                class: 'number',
                cell: (port) => ((port.speedBps ?? 0) > 0 ? amount(port.speedBps ?? 0, 'bit/s') : ''),
              },
              {
                title: say.device.traffic,
                class: 'number',
                cell: (port) => <Rates of={traffic.get(port.ifIndex)} />,
              },
              {
                title: say.device.lastHour,
                class: 'fit',
                cell: (port) => <Sparkline of={traffic.get(port.ifIndex)} />,
              },
            ]}
          />
        )}
      </Folded>
    </section>
  );
}

const isDown = ({ adminStatus, operStatus }: Port): boolean =>
  adminStatus !== 'down' && /down/i.test(operStatus ?? '');

/** With an alarm, down, up, down with nothing plugged in, switched off. */
function inOrder({ device, ports, alarms }: PortsGiven): readonly Port[] {
  const alarmed = new Set(alarms.flatMap(({ resource, by }) => [resource, by ?? '']));
  const hasAlarm = ({ ifIndex }: Port): boolean => alarmed.has(`${device}/if/${ifIndex}`);
  const isForgotten = (port: Port): boolean => isDown(port) && (port.ifAlias ?? '') === '' && !hasAlarm(port);
  const isManyForgotten = ports.filter(isForgotten).length > mostForgotten;
  const rank = (port: Port): number => {
    if (hasAlarm(port)) return 0;
    if (port.adminStatus === 'down') return 4;
    if (isDown(port)) return isManyForgotten && isForgotten(port) ? 3 : 1;
    return 2;
  };
  return [...ports].sort((a, b) => rank(a) - rank(b) || a.ifIndex - b.ifIndex);
}

function PortState({ port }: { readonly port: Port }) {
  const { device } = words.value;
  if (port.adminStatus === 'down') return <span class="muted">{device.switchedOff}</span>;
  const state = port.operStatus ?? '–';
  const isBad = isDown(port);
  return <span class={isBad ? 'overdue' : ''}>{(isBad ? '! ' : '') + (device.states[state] ?? state)}</span>;
}

/** The newest minute in which something was measured. */
const newest = (rates: readonly (number | null)[]): number | null =>
  rates.filter((rate) => rate !== null).at(-1) ?? null;

const rateText = (bps: number | null): string => (bps === null ? '–' : amount(bps, 'bit/s'));

function Rates({ of: traffic }: { readonly of: PortTrafficJson | undefined }) {
  if (traffic === undefined) return <>–</>;
  return <>{`${rateText(newest(traffic.inBps))} / ${rateText(newest(traffic.outBps))}`}</>;
}

const box = { width: 120, height: 22 };

/** In as a line, out as a broken one; the words for whoever does not see it say the newest and the highest. */
function Sparkline({ of: traffic }: { readonly of: PortTrafficJson | undefined }) {
  if (traffic === undefined) return null;
  const { device } = words.value;
  const { inBps, outBps } = sinceMeasured(traffic);
  const highest = Math.max(1, ...inBps.map((bps) => bps ?? 0), ...outBps.map((bps) => bps ?? 0));
  const label = `${device.lastHour}: ${device.received} ${rateText(newest(inBps))}, ${device.sent} ${rateText(newest(outBps))}, ≤ ${amount(highest, 'bit/s')}`;
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${box.width} ${box.height}`}
      width={box.width}
      height={box.height}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <path d={pathOf(inBps, highest)} />
      <path class="out" d={pathOf(outBps, highest)} />
    </svg>
  );
}

const fewestMinutes = 10;

/** Of a device that is watched for less than an hour, the minutes since then. */
function sinceMeasured({ inBps, outBps }: PortTrafficJson): Pick<PortTrafficJson, 'inBps' | 'outBps'> {
  const first = inBps.findIndex((bps, minute) => bps !== null || (outBps[minute] ?? null) !== null);
  const from = Math.min(Math.max(0, first), Math.max(0, inBps.length - fewestMinutes));
  return { inBps: inBps.slice(from), outBps: outBps.slice(from) };
}

/** A minute without a measurement breaks the line; one alone is a short stroke. */
function pathOf(rates: readonly (number | null)[], highest: number): string {
  const step = box.width / Math.max(1, rates.length);
  let path = '';
  let isDrawn = false;
  for (const [minute, bps] of rates.entries()) {
    if (bps === null) {
      isDrawn = false;
      continue;
    }
    const x = (minute * step).toFixed(1);
    const y = (box.height - 1 - (bps / highest) * (box.height - 2)).toFixed(1);
    path += isDrawn ? `L${x} ${y}` : `M${x} ${y}h${step.toFixed(1)}`;
    isDrawn = true;
  }
  return path;
}
