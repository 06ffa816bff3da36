/** The daemon's inventory on a real disk: what was discovered outlives a restart, the configured topology is compared. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDiscovery } from '../../../src/app/center/discovery.ts';
import type { DeviceConfig } from '../../../src/app/config/config.ts';
import type { Installation } from '../../../src/app/config/installation.ts';
import { ConfiguredTopology } from '../../../src/app/config/topology-file.ts';
import { compileTopology, parseTopology } from '../../../src/topology/topology.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import { reading } from '../../topology/inventory/readings.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-discovery-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const device = (id: string, poll = true) =>
  ({ id, address: '192.0.2.1', resource: id, poll }) as DeviceConfig;
const text = JSON.stringify({
  format: 'allclear-topology/1',
  resources: [{ id: 'sw-1' }, { id: 'sw-2' }],
  links: [],
});
/** The parts of an installation that discovery reads. */
const installation = (...devices: DeviceConfig[]): Installation =>
  ({
    config: { data: folder, devices },
    topology: new ConfiguredTopology(compileTopology(parseTopology(text, 't').value).value, {
      resources: 0,
      links: 0,
    }),
  }) as unknown as Installation;

const page = { limit: 100 };
const link = { protocol: 'lldp', localPort: 'p1', remoteName: 'two', remotePort: 'p1' } as const;
const hour = 3_600_000;
const first = reading({ name: 'one', ports: { 1: 'p1' }, links: [link] });
const second = reading({ name: 'two', ports: { 1: 'p1' }, links: [{ ...link, remoteName: 'one' }] });
const both = [device('sw-1'), device('sw-2')];

test('what was discovered is there after a restart with its first sighting, and grows stale when nobody says it', async () => {
  const world = virtualWorld();
  const before = await openDiscovery({ installation: installation(...both), world });
  before.take(both[0]!, first);
  before.take(both[1]!, second);
  await world.pass(5_000);
  const { items } = before.port.facts({ device: 'sw-1', kind: 'link' }, page);
  expect(items).toMatchObject([
    { from: { device: 'sw-1' }, to: { device: 'sw-2', port: 'p1' }, isStale: false },
    { from: { device: 'sw-2' }, to: { device: 'sw-1', port: 'p1' } },
  ]);
  expect(before.port.conflicts({ device: 'sw-2' }, page)).toMatchObject({
    total: 1,
    items: [{ kind: 'linkNotConfigured' }],
  });
  expect(before.port.conflicts({ device: 'sw-9' }, page).total).toBe(0);
  before.stop();
  await before.keep();

  const after = await openDiscovery({ installation: installation(...both), world });
  await world.pass(4 * hour);
  after.take(both[0]!, first);
  await world.pass(5_000);
  const later = after.port.facts({ kind: 'link' }, page).items;
  expect(later).toMatchObject([
    { to: { device: 'sw-2' }, firstSeen: items[0]!.firstSeen, isStale: false },
    { to: { device: 'sw-1' }, isStale: true },
  ]);
  expect(later[0]!.lastSeen).toBeGreaterThan(items[0]!.lastSeen + 4 * hour - 1);
  // Who is not polled any more says nothing any more.
  after.use(installation(device('sw-1', false), device('sw-2')));
  expect(after.port.facts({}, page).items).toMatchObject([{ from: { device: 'sw-2' } }]);
  expect(after.port.facts({}, { limit: 1, words: 'nobody' }).total).toBe(0);
  after.stop();
});

test('a file that cannot be read costs first sightings and nothing else', async () => {
  await writeFile(join(folder, 'discovered.ndjson'), '{"format":"allclear-discovered/1"}\n{"device":');
  const world = virtualWorld();
  const discovery = await openDiscovery({ installation: installation(...both), world });
  expect(world.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('begun anew') }]);
  discovery.take(both[0]!, first);
  await world.pass(5_000);
  expect(discovery.counters()['discoveredFacts']).toBe(1);
  discovery.stop();
});
