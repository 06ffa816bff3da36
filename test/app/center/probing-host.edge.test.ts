// What was probed is remembered: an alarm does not outlive a probe that was taken out while the daemon stood still.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openProbing } from '../../../src/app/center/probing-host.ts';
import { parseConfig } from '../../../src/app/config/config.ts';
import type { SeriesStore } from '../../../src/flow/series.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-probed-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const config = (...resources: readonly string[]) => {
  const probes = resources.map((id) => `  - { id: ${id}, kind: tcp, target: "192.0.2.1:1" }\n`).join('');
  return parseConfig('allclear.yaml', `probes:\n${probes}dns: { resolvers: [] }\n`).value;
};
const open = () =>
  openProbing({ world: virtualWorld(), series: {} as SeriesStore, offer: () => true, folder });

test('the next life answers what the last one probed and this one does not', async () => {
  const first = await open();
  expect(first.use(config('crm', 'mail'))).toEqual([]);
  await vi.waitFor(async () => {
    expect(await readFile(join(folder, 'probed.json'), 'utf8')).toContain('mail');
  }, 60_000);
  expect((await open()).use(config('crm'))).toEqual(['mail']);
});

test('a file that cannot be read is begun anew', async () => {
  await writeFile(join(folder, 'probed.json'), '{"format":');
  expect((await open()).use(config('crm'))).toEqual([]);
});
