// A disk that is full or fails: no promise is given that it cannot keep, and what was promised is there afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import {
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { type Informs, openInforms } from '../support/informs.ts';
import { recordedNumbers } from '../support/recorded-informs.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

let disk: SmallDisk | undefined;
let informs: Informs | undefined;
afterEach(async () => {
  await informs?.close();
  await endAllDaemons();
  await disk?.remove();
  [disk, informs] = [undefined, undefined];
  await removeFolders();
});

const config = (data: string): string => `${freePorts}data: ${data}\nsnmp: { trapCommunities: [public] }\n`;

test('a full disk leaves informs unanswered, ends the daemon in clear words, and costs nothing that was acknowledged', async () => {
  disk = await mountSmallDisk(48);
  const data = `${disk.folder}/data`;
  const folder = await folderWith({ 'allclear.yaml': config(data) });
  const daemon = startDaemon({ folder });
  const { traps } = await daemon.ready;
  informs = openInforms(() => traps);
  const sender = informs;
  sender.start(5);
  await until('informs are acknowledged', () => sender.acknowledged.size >= 100);
  await disk.fill();
  let code: number | null | undefined;
  void daemon.ended.then((ended) => {
    code = ended.code;
  });
  await until('the daemon ends', () => code !== undefined);
  expect(code).toBe(74);
  expect(daemon.errors()).toMatch(/no space left|ENOSPC|disk is full/i);
  sender.stop();

  await disk.free();
  const again = startDaemon({ folder, args: ['start', '--traps', traps] });
  await again.ready;
  const before = sender.acknowledged.size;
  sender.start(5);
  await until('informs are acknowledged again', () => sender.acknowledged.size > before);
  sender.stop();
  expect(await again.stop()).toEqual({ code: 0, signal: null });
  const recorded = await recordedNumbers(data);
  expect([...sender.acknowledged].filter((number) => !recorded.has(number))).toEqual([]);
});

const strace = '/usr/bin/strace';
const isTraceable = existsSync(strace) || process.env['CI'] === 'true';

/** From now on every fdatasync of that process fails as on a broken disk. */
function failSyncs(pid: number): ChildProcess {
  const inject = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO'];
  return spawn(strace, ['-f', '-q', '-o', '/dev/null', '-p', String(pid), ...inject], { stdio: 'ignore' });
}

test.runIf(isTraceable)(
  `a failed sync ends the process that met it, and nothing acknowledged is lost${isTraceable ? '' : ` (left out: ${strace} is missing)`}`,
  async () => {
    const folder = await folderWith({ 'allclear.yaml': config('./data') });
    const daemon = startDaemon({ folder });
    const { traps } = await daemon.ready;
    const sender = openInforms(() => traps);
    informs = sender;
    sender.start(5);
    for (const role of ['ingest', 'center'] as const) {
      const before = sender.acknowledged.size;
      await until('informs are acknowledged', () => sender.acknowledged.size >= before + 50);
      const pid = daemon.roles().get(role)!;
      const tracer = failSyncs(pid);
      await until(
        `${role} ends and is started again`,
        () => ![undefined, pid].includes(daemon.roles().get(role)),
      );
      expect(tracer.pid).toBeTypeOf('number');
      await until('the tracer is gone with it', () => tracer.exitCode !== null || tracer.signalCode !== null);
    }
    const before = sender.acknowledged.size;
    await until('informs are acknowledged again', () => sender.acknowledged.size >= before + 50);
    sender.stop();
    expect(daemon.errors().match(/"exitCode":74/g)).toHaveLength(2);
    await until(
      'the line has all that the spool held',
      async () => (await daemon.api.counters())['spoolPending'] === 0,
    );
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
    const recorded = await recordedNumbers(`${folder}/data`);
    expect([...sender.acknowledged].filter((number) => recorded.get(number) !== 1)).toEqual([]);
  },
);
