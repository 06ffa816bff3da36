// The daemon is killed again and again in the midst of a storm: nothing that was acknowledged is lost, and what its book says
// in the end is what a replay of its whole journal says, byte for byte.
import { readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  runVerb,
  startDaemon,
} from '../support/daemon.ts';

const rounds = Number(process.env['ALLCLEAR_ROUNDS'] ?? 3);
const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);
const batchSize = 100;

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

interface Sender {
  readonly acknowledged: Set<string>;
  /** Hands in so many batches; false when the daemon died meanwhile. */
  send(daemon: Daemon, batches: number): Promise<boolean>;
}

/** What was not acknowledged is sent again, as a client does that must not lose anything. */
function senderOf(records: readonly { readonly id: string }[]): Sender {
  const acknowledged = new Set<string>();
  let next = 0;
  return {
    acknowledged,
    async send(daemon, batches) {
      for (let n = 0; n < batches && next < records.length; n++) {
        const batch = records.slice(next, next + batchSize);
        try {
          await daemon.api.post('/alarms', batch);
        } catch {
          return false;
        }
        for (const { id } of batch) acknowledged.add(id);
        next += batch.length;
      }
      return true;
    },
  };
}

/** As they come in a storm: all at once, dated by the daemon. */
async function stormRecords(folder: string): Promise<readonly { readonly id: string }[]> {
  const lines = (await readFile(`${folder}/alarms.ndjson`, 'utf8')).trim().split('\n');
  return lines.slice(0, 6_000).map((line) => {
    const {
      at: _at,
      deviceAt: _deviceAt,
      ...record
    } = JSON.parse(line) as { at: number; deviceAt?: number; id: string };
    return record;
  });
}

test(`${rounds} rounds of SIGKILL in mid-storm lose no alarm that was acknowledged, and the book is the journal's replay`, {
  timeout: 120_000 + rounds * 30_000,
}, async () => {
  const random = seededRandom(seed);
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}topology: ./network/topology.json\nnotify: { hold: 1s }\n`,
  });
  const made = await runVerb([
    ...[
      'generate',
      '--seed',
      String(seed),
      '--size',
      'small',
      '--loss',
      '0.05',
      '--out',
      `${folder}/network`,
    ],
  ]);
  expect(made.code, made.errors).toBe(0);
  const sender = senderOf(await stormRecords(`${folder}/network`));
  let interrupted = 0;
  for (let round = 1; round <= rounds; round++) {
    const daemon = startDaemon({ folder });
    await daemon.ready;
    await sender.send(daemon, 1 + random.below(6));
    // While the next batches are under way; the second round ends as an orderly stop does, with a snapshot.
    const underWay = sender.send(daemon, 50);
    await new Promise((resolve) => setImmediate(resolve));
    if (round === 2) await daemon.stop();
    else await daemon.kill(round % 2 === 0 ? 'all' : 'center');
    if (!(await underWay)) interrupted++;
    await daemon.kill('all');
  }
  const daemon = startDaemon({ folder });
  await daemon.ready;
  await sender.send(daemon, 10);
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  expect(interrupted).toBeGreaterThan(0);

  const dump = await runVerb(['journal', 'dump', '--data', `${folder}/data`, '--jsonl']);
  const lost = [...sender.acknowledged].filter((id) => !dump.output.includes(`"${id}"`));
  expect(lost).toEqual([]);
  const replayed = await runVerb(['replay', '--journal', '--data', `${folder}/data`, '--json']);
  expect(replayed.code, replayed.errors).toBe(0);
  const report = JSON.parse(replayed.output) as Readonly<Record<string, unknown>>;
  console.log(
    `${rounds} rounds, seed ${seed}: ${sender.acknowledged.size} acknowledged, ${lost.length} lost, ` +
      `${String(report['records'])} inputs, ${String(report['before'])} incidents, ${String(report['same'])} equal`,
  );
  expect(report).toMatchObject({ from: 1, failed: 0, before: report['after'], differences: [] });
  expect(report['before']).toBeGreaterThan(3);
});
