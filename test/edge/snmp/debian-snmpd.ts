/** Starts Debian's snmpd on a free loopback port with a v1/v2c community and a v3 user; ends it by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/sbin/snmpd';
export const isSnmpdInstalled = existsSync(program);

export interface RunningSnmpd {
  readonly port: number;
  readonly authKey: string;
  readonly privKey: string;
  stop(): Promise<void>;
}

export async function startSnmpd(): Promise<RunningSnmpd> {
  const folder = await mkdtemp(join(tmpdir(), 'snmpd-'));
  const port = await freePort();
  const authKey = 'auth-key-for-tests';
  const privKey = 'priv-key-for-tests';
  const configuration = join(folder, 'snmpd.conf');
  await writeFile(
    configuration,
    [
      ...['rocommunity reading 127.0.0.1', `createUser reader SHA-256 "${authKey}" AES "${privKey}"`],
      ...['rouser reader priv', 'sysName test-host', ''],
    ].join('\n'),
  );
  const options = ['-f', '-Lo', '-C', '-c', configuration, `udp:127.0.0.1:${port}`];
  const child = spawn(program, options, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SNMP_PERSISTENT_DIR: folder, MIBS: '' },
  });
  await started(child);
  return {
    port,
    authKey,
    privKey,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('NET-SNMP version')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`snmpd ended: ${output}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
