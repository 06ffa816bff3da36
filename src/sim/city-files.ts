/** The demo city as the files an operator would write: configuration, topology, subscribers. */
import type { City } from './city.ts';
import { dnsSection } from './dns-plan.ts';

export interface DeviceAddress {
  readonly host: string;
  readonly port: number;
}

export const communityOf = (device: string): string => `demo-${device}`;

export function topologyJson(city: City): string {
  const { serviceRoots, resources, links } = city;
  return JSON.stringify({ format: 'allclear-topology/1', serviceRoots, resources, links, planned: [] });
}

export function subscribersCsv(city: City): string {
  const header = 'id,name,resource,class,language,phone,email,timezone,address,consent';
  const rows = city.households.map((home) =>
    [
      ...[home.id, home.name, home.leaf, home.subscriberClass, home.language, home.phone, home.email],
      ...['Europe/Moscow', home.address, ''],
    ]
      .map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
      .join(','),
  );
  return `${[header, ...rows].join('\n')}\n`;
}

/** `allclear.yaml` of the demo: JSON is YAML, and needs no quoting rules of its own. */
export function configurationYaml(
  city: City,
  given: {
    readonly addresses: ReadonlyMap<string, DeviceAddress>;
    readonly gateway: string;
    readonly gatewaySecret: string;
    readonly policy: string;
    /** Folder of the profiles of its cable, copper and power devices. */
    readonly profiles: string;
    readonly rules: string;
    readonly automations: string;
    readonly staff: readonly { id: string; name: string; skills: readonly string[]; limit: number }[];
  },
): string {
  const devices = city.devices.map((device) => {
    const { host, port } = given.addresses.get(device.id)!;
    return { id: device.id, address: host, port, community: communityOf(device.id), profile: 'auto' };
  });
  const configuration = {
    format: 'allclear/1',
    data: './data',
    language: 'ru',
    snmp: { interval: '10s', timeout: '1s', retries: 1 },
    devices,
    dns: dnsSection(given.addresses),
    topology: './topology.json',
    subscribers: './subscribers.csv',
    policy: given.policy,
    profiles: given.profiles,
    rules: given.rules,
    automations: given.automations,
    channels: {
      phones: {
        kind: 'webhook',
        url: given.gateway,
        secret: given.gatewaySecret,
        allowPrivate: true,
        window: 32,
        timeout: '5s',
        ratePerSecond: 500,
      },
    },
    staff: given.staff,
  };
  return `${JSON.stringify(configuration, undefined, 1)}\n`;
}
