/** The devices and whether they answer, silent ones first; one of them with its alarms, its polling and its last reading. */
import type { DeviceJson, DnsJson } from '../../src/edge/http/contract.ts';
import { DeviceAlarms } from '../parts/device-alarms.tsx';
import { DeviceState, PollingProblems, pollingText } from '../parts/device-state.tsx';
import { DiscoveredPanels } from '../parts/discovered.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { Filter, matches } from '../parts/filter.tsx';
import { Ports } from '../parts/ports.tsx';
import { Readings } from '../parts/reading.tsx';
import { Empty, More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useFetched, useList } from '../state/api.ts';
import { alarms } from '../state/live.ts';
import { addressOf, go, route } from '../state/route.ts';
import { length, number, time, words } from '../words/speak.ts';

const freshEveryMs = 5_000;
/** With the whole reading, which may be megabytes and changes once an interval. */
const readingEveryMs = 15_000;

export function DevicesPage() {
  const say = words.value;
  const filter = route.value.query.get('q') ?? '';
  const { fetched, more } = useList<DeviceJson>('/devices', freshEveryMs);
  return (
    <Shown fetched={fetched}>
      {(list) => {
        const shown = list.items.filter((device) =>
          matches(filter, [device.id, device.address, device.profile ?? '']),
        );
        return (
          <>
            <div class="head">
              <h1>{say.pages.devices}</h1>
              <Filter shown={shown.length} total={list.items.length} />
            </div>
            {shown.length === 0 ? (
              <Empty text={list.total === 0 ? say.empty.devices : say.empty.filtered} />
            ) : (
              <DeviceTable devices={shown} />
            )}
            <More shown={list.items.length} total={list.total} onMore={more} />
          </>
        );
      }}
    </Shown>
  );
}

function DeviceTable({ devices }: { readonly devices: readonly DeviceJson[] }) {
  const say = words.value;
  const raised = new Map<string, number>();
  for (const alarm of alarms.value) {
    if (alarm.device !== null) raised.set(alarm.device, (raised.get(alarm.device) ?? 0) + 1);
  }
  const count = ({ id }: DeviceJson): number => raised.get(id) ?? 0;
  return (
    <Table
      label={say.pages.devices}
      items={[...devices].sort((a, b) => rank(a) - rank(b) || count(b) - count(a))}
      isStacked="titled"
      keyOf={(device) => device.id}
      onOpen={(device) => go(addressOf('devices', device.id))}
      columns={[
        {
          title: say.column.device,
          cell: (device) => (
            <a class="open" href={addressOf('devices', device.id)}>
              {device.id}
            </a>
          ),
        },
        { title: say.column.state, cell: (device) => <DeviceState device={device} /> },
        { title: say.pages.alarms, class: 'number', cell: (device) => number(count(device)) },
        { title: say.column.address, cell: (device) => <span class="mono">{device.address}</span> },
        { title: say.column.profile, cell: (device) => device.profile ?? '–' },
        {
          title: say.column.answered,
          class: 'fit',
          cell: (device) => (device.lastAnswerAt === null ? '–' : time(device.lastAnswerAt)),
        },
      ]}
    />
  );
}

const rank = ({ state }: DeviceJson): number => (state === 'silent' ? 0 : state === 'notPolled' ? 2 : 1);

export function DevicePage({ id }: { readonly id: string }) {
  const fetched = useFetched<DeviceJson>(`/devices/${encodeURIComponent(id)}`, readingEveryMs);
  return <Shown fetched={fetched}>{(device) => <Opened device={device} />}</Shown>;
}

function Opened({ device }: { readonly device: DeviceJson }) {
  const say = words.value;
  const own = alarms.value.filter((alarm) => alarm.device === device.id || alarm.resource === device.id);
  const { reading } = device;
  const dns = useFetched<DnsJson>('/dns');
  const isResolver =
    dns.kind === 'ready' &&
    dns.value.resolvers.some(({ id, resource }) => id === device.id || resource === device.id);
  return (
    <>
      <p class="muted">
        <a href="/devices">‹ {say.pages.devices}</a>
      </p>
      <h1>{device.id}</h1>
      <Facts facts={[...factsOf(device), ...(isResolver ? [dnsFact()] : [])]} />
      <div class="panels">
        <PollingProblems device={device} />
        <DeviceAlarms alarms={own} />
        {reading === null || reading === undefined ? (
          <Empty text={say.device.noReading} />
        ) : (
          <>
            {reading.interfaces.length > 0 && (
              <Ports device={device.id} ports={reading.interfaces} alarms={own} />
            )}
            <Readings device={device.id} reading={reading} alarms={own} />
          </>
        )}
      </div>
      {device.state !== 'notPolled' && <DiscoveredPanels device={device.id} />}
    </>
  );
}

/** Whether a resolver answers names, and rightly, is told beside the others of its platform. */
function dnsFact(): Fact {
  const say = words.value;
  return [
    say.pages.dns,
    <a key="dns" href="/dns">
      {say.device.resolver}
    </a>,
  ];
}

/** Of what it is, only what it says; whether it answers, always. */
function factsOf(device: DeviceJson): readonly Fact[] {
  const say = words.value;
  const identity = device.reading?.device;
  const ticks = identity?.sysUpTimeTicks;
  const model = [identity?.vendor, identity?.hardware].filter((text) => text !== undefined).join(' ');
  const told: readonly (readonly [string, string | undefined])[] = [
    [say.device.hardware, model === '' ? undefined : model],
    [say.device.version, identity?.version],
    [say.device.serial, identity?.serial],
    [say.device.upTime, ticks === undefined ? undefined : length(ticks * 10)],
    ['sysName', identity?.sysName],
    ['sysDescr', identity?.sysDescr],
  ];
  return [
    [say.column.state, <DeviceState key="state" device={device} />],
    [say.column.answered, device.lastAnswerAt === null ? '–' : time(device.lastAnswerAt)],
    [say.device.poll, pollingText(device)],
    [
      say.column.address,
      <span key="address" class="mono">
        {device.address}
      </span>,
    ],
    [say.column.profile, device.profile ?? '–'],
    ...told.flatMap(([name, text]): readonly Fact[] =>
      text === undefined || text === '' ? [] : [[name, text]],
    ),
  ];
}
