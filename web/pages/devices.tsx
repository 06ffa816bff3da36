/** The devices and whether they answer; one of them with its last full reading. */
import type { DeviceJson } from '../../src/edge/http/contract.ts';
import { DiscoveredPanels } from '../parts/discovered.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { Filter, matches } from '../parts/filter.tsx';
import { ReadingPanels } from '../parts/reading.tsx';
import { Empty, More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useFetched, useList } from '../state/api.ts';
import { alarms } from '../state/live.ts';
import { addressOf, go, route } from '../state/route.ts';
import { number, time, words } from '../words/speak.ts';

export function DevicesPage() {
  const say = words.value;
  const filter = route.value.query.get('q') ?? '';
  const { fetched, more } = useList<DeviceJson>('/devices');
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
  return (
    <Table
      label={say.pages.devices}
      items={devices}
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
        { title: say.column.address, cell: (device) => <span class="mono">{device.address}</span> },
        { title: say.column.profile, cell: (device) => device.profile ?? '–' },
        { title: say.column.state, cell: (device) => <DeviceState state={device.state} /> },
        {
          title: say.column.answered,
          class: 'fit',
          cell: (device) => (device.lastAnswerAt === null ? '–' : time(device.lastAnswerAt)),
        },
        { title: say.pages.alarms, class: 'number', cell: (device) => number(raised.get(device.id) ?? 0) },
      ]}
    />
  );
}

function DeviceState({ state }: { readonly state: DeviceJson['state'] }) {
  return (
    <span class={state === 'silent' ? 'overdue' : ''}>
      {(state === 'silent' ? '! ' : '') + words.value.state[state]}
    </span>
  );
}

export function DevicePage({ id }: { readonly id: string }) {
  const fetched = useFetched<DeviceJson>(`/devices/${encodeURIComponent(id)}`);
  return <Shown fetched={fetched}>{(device) => <Opened device={device} />}</Shown>;
}

function Opened({ device }: { readonly device: DeviceJson }) {
  const say = words.value;
  const identity = device.reading?.device;
  const facts: readonly Fact[] = [
    [say.column.state, <DeviceState key="state" state={device.state} />],
    [
      say.column.address,
      <span key="address" class="mono">
        {device.address}
      </span>,
    ],
    [say.column.profile, device.profile ?? '–'],
    [say.column.answered, device.lastAnswerAt === null ? '–' : time(device.lastAnswerAt)],
    ['sysName', identity?.sysName ?? '–'],
    ['sysDescr', identity?.sysDescr ?? '–'],
  ];
  return (
    <>
      <p class="muted">
        <a href="/devices">‹ {say.pages.devices}</a>
      </p>
      <h1>{device.id}</h1>
      <Facts facts={facts} />
      {device.state !== 'notPolled' && <DiscoveredPanels device={device.id} />}
      {device.reading === null || device.reading === undefined ? (
        <Empty text={say.device.noReading} />
      ) : (
        <ReadingPanels reading={device.reading} />
      )}
    </>
  );
}
