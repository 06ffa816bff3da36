// Whatever is killed at whatever moment: an inform that was acknowledged is in the journal, once.
import { afterEach, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { type Informs, openInforms } from '../support/informs.ts';
import { recordedNumbers } from '../support/recorded-informs.ts';

const rounds = Number(process.env['ALLCLEAR_ROUNDS'] ?? 10);
const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);

let informs: Informs | undefined;
afterEach(async () => {
  await informs?.close();
  await endAllDaemons();
  await removeFolders();
});

const config = `${freePorts}snmp: { trapCommunities: [public] }\n`;

test(`${rounds} rounds of SIGKILL while informs arrive lose none that was acknowledged`, {
  timeout: 120_000 + rounds * 60_000,
}, async () => {
  const random = seededRandom(seed);
  const folder = await folderWith({ 'allclear.yaml': config });
  let daemon: Daemon = startDaemon({ folder });
  const { traps } = await daemon.ready;
  const sender = openInforms(() => traps);
  informs = sender;
  sender.start(5);
  for (let round = 1; round <= rounds; round++) {
    const before = sender.acknowledged.size;
    const enough = 1 + Math.floor(random.next() * 150);
    await until(
      `informs are acknowledged in round ${round} (seed ${seed})`,
      () => sender.acknowledged.size >= before + enough,
    );
    const victim = (['ingest', 'center', 'all'] as const)[round % 3]!;
    await daemon.kill(victim);
    // Without waiting: the next kill may fall into a start.
    if (victim === 'all') daemon = startDaemon({ folder, args: ['start', '--traps', traps] });
  }
  await daemon.ready;
  sender.stop();
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  const times = await recordedNumbers(`${folder}/data`);
  const acknowledged = [...sender.acknowledged];
  const lost = acknowledged.filter((number) => !times.has(number));
  const twice = [...times].filter(([, count]) => count !== 1);
  console.log(
    `${rounds} rounds, seed ${seed}: ${sender.sent} informs sent, ${acknowledged.length} acknowledged, ` +
      `${lost.length} lost, ${times.size} recorded, ${twice.length} recorded twice`,
  );
  expect(lost).toEqual([]);
  expect(twice).toEqual([]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(rounds);
});
