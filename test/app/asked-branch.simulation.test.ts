/**
 * The started daemon asks the network before it names a cause: some terminals are told dark by a system beside it, the line
 * terminal answers over UDP how the others stand, and that answer says which branch it was.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import type { DeviceJson, IncidentJson } from '../../src/edge/http/contract.ts';
import { type Agent, openAgent } from '../../src/edge/snmp/agent.ts';
import {
  type Daemon,
  dist,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { numbers, ont, portNetwork, portProfile, rowsOf } from '../support/one-port.ts';
import { realWorld } from '../support/real-world.ts';

const run = promisify(execFile);
const agents: Agent[] = [];
afterEach(async () => {
  await endAllDaemons();
  for (const agent of agents.splice(0)) await agent.close();
  await removeFolders();
});

/** A whole branch and two lines of the other: without an answer it looks like what is above both. */
const heard = [...numbers.slice(0, 8), 9, 10];

async function portWith(down: ReadonlySet<number>): Promise<Daemon> {
  const agent = await openAgent(realWorld(), { host: '127.0.0.1', port: 0, rowsOf: () => rowsOf(down) });
  agents.push(agent);
  const folder = await folderWith({
    'allclear.yaml': `format: allclear/1
${freePorts}snmp: { interval: 10m }
devices: [{ id: olt-1, address: 127.0.0.1, port: ${agent.port}, community: reading, profile: test/olt }]
topology: ./port.json
`,
    'port.json': portNetwork,
    'collectors/test/olt.yaml': portProfile,
  });
  const daemon = startDaemon({ folder });
  await until('the line terminal was read', async () => {
    const { state } = await daemon.api.get<DeviceJson>('/devices/olt-1');
    return state === 'answers';
  });
  return daemon;
}

const tellDark = (daemon: Daemon): Promise<unknown> =>
  daemon.api.post(
    '/alarms',
    heard.map((number) => ({ event: 'raise', resource: ont(number), cause: 'LOS', source: 'trap' })),
  );

/** `splitter branch-1` for each open incident. */
const causes = async (daemon: Daemon): Promise<readonly string[]> =>
  (await daemon.api.list<IncidentJson>('/incidents?state=open'))
    .map(({ kind, root }) => `${kind} ${root}`)
    .sort();

async function answersIn(daemon: Daemon): Promise<readonly unknown[]> {
  const argv = ['journal', 'dump', '--data', join(daemon.folder, 'data'), '--jsonl'];
  const { stdout } = await run(process.execPath, [join(dist, 'app', 'main.js'), ...argv]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; bitmap?: unknown })
    .flatMap(({ kind, bitmap }) => (kind === 'fullBitmap' ? [bitmap] : []));
}

test('the terminals that said nothing are asked for, prove to be alive, and the cause is the one branch', async () => {
  const down = new Set<number>();
  const daemon = await portWith(down);
  for (const number of heard) down.add(number);
  await tellDark(daemon);
  await until(
    'the branch and the two lines are told apart',
    async () =>
      (await causes(daemon)).join() === [`drop ${ont(10)}`, `drop ${ont(9)}`, 'splitter branch-1'].join(),
  );
  expect(await daemon.api.counters()).toMatchObject({ asks: 1, asksAnswered: 1, asksRefused: 0 });
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  expect(await answersIn(daemon)).toMatchObject([
    {
      ...{ owner: 'olt-1/pon-port/1', device: 'olt-1', counts: { down: 10, alive: 6, unknown: 0 } },
      alive: numbers.slice(10).map((number) => `ont/1.${number}`),
    },
  ]);
});

test('where the answer says that all of them are dark, the cause is what is above both branches', async () => {
  const down = new Set<number>();
  const daemon = await portWith(down);
  for (const number of numbers) down.add(number);
  await tellDark(daemon);
  await until('the question came back', async () => (await daemon.api.counters())['asksAnswered'] === 1);
  await until('the wide fault is told', async () => (await causes(daemon)).join() === 'splitter splitter');
  const [incident] = await daemon.api.list<IncidentJson>('/incidents?state=open');
  expect(incident?.subscribers).toBe(16);
});
