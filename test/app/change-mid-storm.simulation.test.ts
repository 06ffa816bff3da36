// In the midst of a storm the rules and the topology are read anew, and what takes notifications is killed: nothing that was
// acknowledged is lost, and the book is what a replay of the journal says. What a port is for follows the topology at once.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  runVerb,
  startDaemon,
  token,
  until,
} from '../support/daemon.ts';
import { replayOfBook, senderOf, stormIn } from '../support/storm-sender.ts';

const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

async function reload(daemon: Daemon): Promise<number> {
  const { http } = await daemon.ready;
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${http}/api/v1/reload`, { method: 'POST', headers })).status;
}

test('rules and topology are replaced again and again in a storm: no alarm is lost, and the replay says the same', {
  timeout: 240_000,
}, async () => {
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}topology: ./network/topology.json\nrules: ./rules\nnotify: { hold: 1s }\n`,
    'rules/own.yaml': 'format: correlation/1\n',
  });
  const sender = senderOf(await stormIn(`${folder}/network`, { seed, lines: 2_200 }));
  const file = `${folder}/network/topology.json`;
  const papers = await readFile(file, 'utf8');
  // Splitters of all levels have other names; what hangs on them keeps its own.
  const network = JSON.parse(papers) as { readonly resources: readonly { id: string; kind: string }[] };
  const splitters = new Set(network.resources.flatMap(({ id, kind }) => (kind === 'splitter' ? [id] : [])));
  const renewed = JSON.stringify(network, (_key, value: unknown) =>
    typeof value === 'string' && splitters.has(value) ? `${value}-renewed` : value,
  );
  expect(renewed).not.toBe(papers);
  const daemon = startDaemon({ folder });
  await daemon.ready;
  expect(await sender.send(daemon, 2)).toBe(true);
  const answers: number[] = [];
  for (let round = 1; round <= 4; round++) {
    await writeFile(
      `${folder}/rules/own.yaml`,
      round === 3
        ? 'format: correlation/1\nresource: {}\n'
        : `format: correlation/1\ntiming: { quiet: ${2 + round}s }\n`,
    );
    await writeFile(file, round === 2 ? papers : renewed);
    const [answer, isTaken] = await Promise.all([reload(daemon), sender.send(daemon, 4)]);
    expect(isTaken).toBe(true);
    answers.push(answer);
  }
  expect(await sender.send(daemon, 4)).toBe(true);
  expect(answers).toEqual([200, 200, 422, 200]);
  const counters = await daemon.api.counters();
  expect(counters).toMatchObject({ failedInputs: 0, inputsRefused: 0 });
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });

  const dump = await runVerb(['journal', 'dump', '--data', `${folder}/data`, '--jsonl']);
  expect([...sender.acknowledged].filter((id) => !dump.output.includes(`"${id}"`))).toEqual([]);
  const kinds: readonly string[] = dump.output.match(/"kind":"(ruleSet|topologyVersion|alarm)"/g) ?? [];
  const between = kinds.slice(kinds.indexOf('"kind":"alarm"'), kinds.lastIndexOf('"kind":"alarm"'));
  const count = (all: readonly string[], kind: string): number =>
    all.filter((one) => one.includes(kind)).length;
  // One at the start, and the three that were sound; how many alarms came between which of them depends on the machine.
  expect([count(kinds, 'ruleSet'), count(kinds, 'topologyVersion')]).toEqual([4, 4]);
  expect(count(between, 'ruleSet')).toBeGreaterThan(0);
  expect(count(between, 'topologyVersion')).toBeGreaterThan(0);
  const report = await replayOfBook(folder);
  expect(report).toMatchObject({ from: 1, failed: 0, before: report['after'], differences: [] });
});

const run = promisify(execFile);

test('a port is as grave as the topology of now says, also when what takes notifications died meanwhile', async () => {
  const devices = ['r-1', 'r-2'].map((id) => ({ id, kind: 'switch' }));
  const topologyOf = (linked: number, served: number): string =>
    JSON.stringify({
      ...{ format: 'allclear-topology/1', serviceRoots: ['r-2'] },
      resources: [...devices, { id: `r-1/if/${served}`, kind: 'port', subscribers: 3 }],
      links: [{ id: 'l-1', ends: [`r-1/if/${linked}`, 'r-2/if/1'] }],
    });
  const device = '{ id: r-1, address: 127.0.0.1, port: 9, community: word, poll: false }';
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}topology: ./topology.json\ndevices:\n  - ${device}\n`,
    'topology.json': topologyOf(1, 2),
  });
  const daemon = startDaemon({ folder });
  const { traps } = await daemon.ready;
  const goesDown = async (port: number): Promise<readonly unknown[]> => {
    const told = [`1.3.6.1.2.1.2.2.1.1.${port}`, 'i', String(port)];
    return await until(`port ${port} is an alarm`, async () => {
      // A datagram may come while nobody listens.
      await run('snmptrap', ['-v2c', '-c', 'word', traps, '', '1.3.6.1.6.3.1.1.5.3', ...told]);
      const alarms = await daemon.api.list<{
        readonly resource: string;
        readonly perceivedSeverity: string;
        readonly attributes: { readonly portRole?: string };
      }>('/alarms?state=raised');
      const alarm = alarms.find(({ resource }) => resource === `r-1/if/${port}`);
      return alarm && [alarm.perceivedSeverity, alarm.attributes.portRole];
    });
  };
  expect(await goesDown(1)).toEqual(['major', 'link']);
  expect(await goesDown(2)).toEqual(['warning', 'access']);
  await writeFile(`${folder}/topology.json`, topologyOf(3, 4));
  expect(await reload(daemon)).toBe(200);
  await daemon.kill('ingest');
  expect(await goesDown(3)).toEqual(['major', 'link']);
  expect(await goesDown(4)).toEqual(['warning', 'access']);
  expect(await goesDown(5)).toEqual(['minor', undefined]);
});
