// The daemon is killed again and again in the midst of a storm: nothing that was acknowledged is lost, and what its book says
// in the end is what a replay of its whole journal says, byte for byte.
import { afterEach, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import {
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  runVerb,
  startDaemon,
} from '../support/daemon.ts';
import { replayOfBook, senderOf, stormIn } from '../support/storm-sender.ts';

const rounds = Number(process.env['ALLCLEAR_ROUNDS'] ?? 3);
const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

test(`${rounds} rounds of SIGKILL in mid-storm lose no alarm that was acknowledged, and the book is the journal's replay`, {
  timeout: 240_000 + rounds * 60_000,
}, async () => {
  const random = seededRandom(seed);
  const folder = await folderWith({
    'allclear.yaml': `${freePorts}topology: ./network/topology.json\nnotify: { hold: 1s }\n`,
  });
  const sender = senderOf(await stormIn(`${folder}/network`, { seed, lines: 6_000 }));
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
  const report = await replayOfBook(folder);
  console.log(
    `${rounds} rounds, seed ${seed}: ${sender.acknowledged.size} acknowledged, ${lost.length} lost, ` +
      `${String(report['records'])} inputs, ${String(report['before'])} incidents, ${String(report['same'])} equal`,
  );
  expect(report).toMatchObject({ from: 1, failed: 0, before: report['after'], differences: [] });
  // How many depends on how far each round came before its kill.
  expect(report['before']).toBeGreaterThan(0);
});
