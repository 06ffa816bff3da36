/** Debian's snmptrapd as the peer: takes the same traps and writes a line each, without judging any. */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Not needed for the product: measured beside it where the system has it. */
const program = 'snmptrapd';

export interface Snmptrapd {
  readonly target: { readonly host: string; readonly port: number };
  /** When each line was seen in its file, milliseconds since 1970. */
  readonly lines: readonly number[];
  stop(): Promise<void>;
}

export const hasSnmptrapd = (): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export async function startSnmptrapd(folder: string): Promise<Snmptrapd> {
  const file = join(folder, 'traps.log');
  const config = join(folder, 'snmptrapd.conf');
  writeFileSync(config, 'disableAuthorization yes\ndoNotLogTraps no\nformat2 trap %B\\n\n');
  writeFileSync(file, '');
  const port = await freePort();
  const child = spawn(
    program,
    [
      '-f',
      '-n',
      '-C',
      '-c',
      config,
      '-m',
      '',
      '-M',
      folder,
      '-Lf',
      file,
      '-p',
      join(folder, 'pid'),
      `127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const lines: number[] = [];
  const handle = openSync(file, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  const look = (): void => {
    const length = readSync(handle, buffer, 0, buffer.length, null);
    const at = performance.timeOrigin + performance.now();
    const text = buffer.toString('latin1', 0, length);
    for (const _ of text.matchAll(/^trap/gm)) lines.push(at);
  };
  const timer = setInterval(look, 2);
  while (!existsSync(join(folder, 'pid'))) await pause(20);
  await pause(300);
  return {
    target: { host: '127.0.0.1', port },
    lines,
    async stop() {
      clearInterval(timer);
      look();
      closeSync(handle);
      await new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      });
    },
  };
}

function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
