/** A small network of simulated agents that know each other, surveyed over real UDP. */
import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { discoverVerb } from '../../../src/app/cli/discover.ts';
import { type Agent, openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { parseSnmprec } from '../../../src/edge/snmp/snmprec.ts';
import type { Conflict, Fact } from '../../../src/model/discovered.ts';
import { parseTopology } from '../../../src/topology/topology.ts';
import { realWorld } from '../../support/real-world.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

const agents: Agent[] = [];
let folder: Folder | undefined;
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
  await folder?.remove();
  folder = undefined;
});

const routerOs = '1.3.6.1.4.1.14988.1';
const bridge = '1.3.6.1.2.1.17';
const lldp = '1.0.8802.1.1.2.1';
const hex = (text: string): string => Buffer.from(text).toString('hex');
const dotted = (mac: string): string =>
  mac
    .split(':')
    .map((octet) => Number.parseInt(octet, 16))
    .join('.');
const packed = (mac: string): string => mac.replaceAll(':', '');

/** Ports are numbered from 1; the address of a port is that of the device with its number at the end. */
const device = (name: string, mac: string, ports: readonly string[]): string[] => [
  `1.3.6.1.2.1.1.1.0|4|RouterOS ${name}`,
  `1.3.6.1.2.1.1.2.0|6|${routerOs}`,
  '1.3.6.1.2.1.1.3.0|67|4711',
  `1.3.6.1.2.1.1.5.0|4|${name}`,
  ...ports.flatMap((port, i) => [
    `1.3.6.1.2.1.2.2.1.2.${i + 1}|4|${port}`,
    `1.3.6.1.2.1.2.2.1.6.${i + 1}|4x|${packed(mac).slice(0, 10)}0${i + 1}`,
    `1.3.6.1.2.1.31.1.1.1.1.${i + 1}|4|${port}`,
    `${bridge}.1.4.1.2.${i + 1}|2|${i + 1}`,
    `${lldp}.3.7.1.2.${i + 1}|2|5`,
    `${lldp}.3.7.1.3.${i + 1}|4|${port}`,
  ]),
  `${bridge}.1.1.0|4x|${packed(mac)}`,
  `${lldp}.3.1.0|2|4`,
  `${lldp}.3.2.0|4x|${packed(mac)}`,
];

/** What LLDP says of the neighbour at a port: its address, its port, and where it is managed. */
const neighbour = (port: number, mac: string, far: string, address?: string): string[] => [
  `${lldp}.4.1.1.4.0.${port}.1|2|4`,
  `${lldp}.4.1.1.5.0.${port}.1|4x|${packed(mac)}`,
  `${lldp}.4.1.1.6.0.${port}.1|2|5`,
  `${lldp}.4.1.1.7.0.${port}.1|4x|${hex(far)}`,
  ...(address === undefined ? [] : [`${lldp}.4.2.1.3.0.${port}.1.1.4.${address}|2|2`]),
];
const learned = (port: number, mac: string): string[] => [
  `${bridge}.4.3.1.2.${dotted(mac)}|2|${port}`,
  `${bridge}.4.3.1.3.${dotted(mac)}|2|3`,
];
const resolved = (address: string, mac: string): string[] => [
  `1.3.6.1.2.1.4.22.1.2.1.${address}|4x|${packed(mac)}`,
  `1.3.6.1.2.1.4.22.1.4.1.${address}|2|3`,
];

const mac = {
  r: '02:00:00:00:01:00',
  a: '02:00:00:00:0a:00',
  b: '02:00:00:00:0b:00',
  ap: '02:00:00:00:0c:00',
};
const [home, roof, stranger] = ['02:00:00:00:ee:01', '02:00:00:00:ee:02', '02:00:00:00:dd:00'];

/** The router and switch a speak LLDP; switch b and the radio behind it do not. */
const network: Readonly<Record<string, readonly string[]>> = {
  '127.77.0.1': [
    ...device('r-1', mac.r, ['ether1']),
    ...neighbour(1, mac.a, 'p1'),
    ...resolved('192.0.2.50', home!),
  ],
  '127.77.0.2': [
    ...device('sw-a', mac.a, ['p1', 'p2', 'p3']),
    ...neighbour(1, mac.r, 'ether1'),
    ...neighbour(3, stranger!, 'wan', '192.0.2.99'),
    ...[mac.b, mac.ap, home!, roof!].flatMap((one) => learned(2, one)),
  ],
  '127.77.0.3': [
    ...device('sw-b', mac.b, ['q1', 'q2', 'q3']),
    ...[mac.a, mac.r].flatMap((one) => learned(1, one)),
    ...learned(2, home!),
    ...[mac.ap, roof!].flatMap((one) => learned(3, one)),
  ],
  '127.77.0.4': [
    ...device('ap', mac.ap, ['ether1', 'wlan1']),
    ...[mac.b, mac.a, mac.r].flatMap((one) => learned(1, one)),
    `1.3.6.1.4.1.14988.1.1.1.3.1.4.2|4|north`,
    `1.3.6.1.4.1.14988.1.1.1.3.1.6.2|66|1`,
    `1.3.6.1.4.1.14988.1.1.1.2.1.3.${dotted(roof!)}.2|2|-61`,
  ],
};

test('two switches, a router and a radio that see each other become facts, conflicts and a topology file', async () => {
  let port = 0;
  for (const [host, rows] of Object.entries(network)) {
    const recorded = recordedRows(parseSnmprec(`${rows.join('\n')}\n`));
    const agent = await openAgent(realWorld(), { host, port, rowsOf: () => recorded });
    agents.push(agent);
    port = agent.port;
  }
  folder = await folderOf({});
  const file = folder.file('topology.json');
  const asked = ['127.77.0.0/29', '--port', String(port), '--timeout', '300ms', '--retries', '0'];
  const said = await say(discoverVerb, ...asked, '--topology', file, '--json');
  const found = json<{ asked: number; found: number; silent: number; facts: Fact[]; conflicts: Conflict[] }>(
    said,
  );
  expect(found).toMatchObject({ asked: 6, found: 4, silent: 2 });
  const links = found.facts.filter(({ kind, to }) => kind === 'link' && to.device !== undefined);
  expect(
    links.map(({ source, from, to }) => `${source} ${from.device} ${from.port} ${to.device} ${to.port}`),
  ).toEqual([
    'lldp r-1 ether1 sw-a p1',
    'lldp sw-a p1 r-1 ether1',
    'fdb sw-a p2 sw-b q1',
    'fdb sw-b q1 sw-a p2',
    'fdb sw-b q3 ap ether1',
    'fdb ap ether1 sw-b q3',
  ]);
  expect(found.conflicts).toEqual([
    {
      kind: 'notPolled',
      at: [{ device: 'sw-a', port: 'p3' }],
      seen: [{ mac: stranger, address: '192.0.2.99' }],
    },
  ]);
  const station = { mac: home, address: '192.0.2.50' };
  expect(found.facts.filter(({ kind }) => kind === 'forwards')).toMatchObject([
    { source: 'arp', from: { device: 'r-1' }, to: station },
    { source: 'fdb', from: { device: 'sw-b', port: 'q2' }, to: station },
  ]);
  const { value, problems } = parseTopology(await readFile(file, 'utf8'), file);
  expect(problems).toEqual([]);
  const { topology } = json<{ topology: unknown }>(said);
  expect(parseTopology(JSON.stringify(topology), 'said').problems).toEqual([]);
  expect(value.resources.map(({ id, kind, in: { access } }) => `${kind} ${id} ${access ?? '-'}`)).toEqual([
    'router r-1 -',
    'switch sw-a -',
    'switch sw-b -',
    'switch ap -',
    'radio-sector ap/radio/2 ap',
    `cpe ap/radio-client/${dotted(roof!)}.2 ap/radio/2`,
    'port sw-b/if/2 sw-b',
    `cpe sw-b/if/2/${home!.replaceAll(':', '-')} sw-b/if/2`,
  ]);
  expect(value.links).toHaveLength(3);

  const dry = await say(
    discoverVerb,
    ...asked,
    '--topology',
    folder.file('none.json'),
    '--dry-run',
    '--lang',
    'ru',
  );
  expect(dry.out.join('\n')).toMatch(/Никто не опрашивает[\s\S]*молчат: 2[\s\S]*не записан/);
  await expect(readFile(folder.file('none.json'))).rejects.toThrow('ENOENT');
});
