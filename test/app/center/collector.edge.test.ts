/** The collector on real sockets: what the line asks about is polled at once, and the answer is one input. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startCollector } from '../../../src/app/center/collector.ts';
import { DeviceBoard } from '../../../src/app/center/device-board.ts';
import type { Installation } from '../../../src/app/config/installation.ts';
import { loadWhole } from '../../../src/app/config/load.ts';
import { shippedRuleFolders } from '../../../src/app/product-files.ts';
import { compileProfiles } from '../../../src/collect/collect.ts';
import { loadRules } from '../../../src/edge/files/rule-files.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import { openAgent } from '../../../src/edge/snmp/agent.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { SeriesId, SeriesStore } from '../../../src/flow/series.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { numbers, portProfile, portTopology, rowsOf } from '../../support/one-port.ts';
import { realWorld } from '../../support/real-world.ts';
import { until } from '../../support/until.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('terminals beside a branch in doubt are asked for over SNMP and named by how they stand', async () => {
  const world = realWorld();
  const down = new Set([1, 2, 9]);
  const agent = await openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: () => rowsOf(down) });
  ends.push(() => agent.close());
  const folder = await mkdtemp(join(tmpdir(), 'allclear-collector-'));
  ends.push(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'data'));
  const config = join(folder, 'allclear.yaml');
  await writeFile(
    config,
    `format: allclear/1
data: ./data
snmp: { interval: 10m }
devices: [{ id: olt-1, address: 127.0.0.1, port: ${agent.port}, community: c, profile: test/olt }]
`,
  );
  const installation: Installation = {
    ...(await loadWhole({ config, override: {} })),
    ...{ profiles: compileProfiles([parseYaml('olt.yaml', portProfile).value]).value, profilesDigest: 'one' },
    ...{
      rules: (await loadRules({ shipped: shippedRuleFolders })).value,
      profileFolders: [],
      ruleFolders: [],
      ruleProblems: [],
      ownRuleFolders: [],
    },
    topology: undefined,
  };
  const inputs: Input[] = [];
  const series = {
    register: async (names: readonly unknown[]) => names.map((_, i) => i as SeriesId),
    append: async () => undefined,
  } as unknown as SeriesStore;
  const collector = await startCollector({
    ...{ installation, world, series },
    devices: new DeviceBoard(installation.config.devices),
    offer: (input) => inputs.push(input) > 0,
  });
  ends.push(() => collector.stop().then(() => collector.keep()));
  collector.suspect('olt-1');
  await until(() => collector.counters()['polls']! > 0);
  const between = [resourceId('splitter'), resourceId('branch-1')] as const;
  const measurement = { between, resources: [resourceId('branch-2')], why: 'outsideNarrower' } as const;
  collector.observe(measurement, portTopology);
  await until(() => inputs.some(({ kind }) => kind === 'fullBitmap'));
  const answers = inputs.flatMap((input) => (input.kind === 'fullBitmap' ? [input.bitmap] : []));
  expect(answers).toMatchObject([
    {
      ...{ owner: 'olt-1/pon-port/1', device: 'olt-1', counts: { down: 3, alive: 13, unknown: 0 } },
      down: [{ cause: 'LOS', objects: ['ont/1.1', 'ont/1.2', 'ont/1.9'] }],
      alive: numbers.filter((number) => !down.has(number)).map((number) => `ont/1.${number}`),
    },
  ]);
  expect(collector.counters()).toMatchObject({ asks: 1, asksAnswered: 1, asksRefused: 0 });
});
