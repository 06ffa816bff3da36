/** Starts Debian's snmpd on a free loopback port with a v1/v2c community and a v3 user; ends it by its process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/sbin/snmpd';
/** `allclear` under the enterprise number of Net-SNMP (RFC 3411 section 5). */
const ENGINE_ID = '0x80001f8804616c6c636c656172';
const FIRST_BOOTS = 40;
export const isSnmpdInstalled = existsSync(program);

export interface RunningSnmpd {
  readonly port: number;
  readonly authKey: string;
  readonly privKey: string;
  /** Ends it and starts it anew on its port, with this number of boots behind it. */
  restart(boots: number): Promise<void>;
  stop(): Promise<void>;
}

/** With more lines of configuration, when given. */
export async function startSnmpd(lines: readonly string[] = []): Promise<RunningSnmpd> {
  const folder = await mkdtemp(join(tmpdir(), 'snmpd-'));
  const port = await freePort();
  const authKey = 'auth-key-for-tests';
  const privKey = 'priv-key-for-tests';
  const configuration = join(folder, 'snmpd.conf');
  const configure = (boots: number): Promise<void> => {
    const written = [
      ...['rocommunity reading 127.0.0.1', `createUser reader SHA-256 "${authKey}" AES "${privKey}"`],
      ...['rouser reader priv', 'sysName test-host', ...lines],
      // A boot counts on only for an engine that was this one before.
      ...[`exactEngineID ${ENGINE_ID}`, `oldEngineID ${ENGINE_ID}`, `engineBoots ${boots}`, ''],
    ];
    return writeFile(configuration, written.join('\n'));
  };
  await configure(FIRST_BOOTS);
  const options = ['-f', '-Lo', '-C', '-c', configuration, `udp:127.0.0.1:${port}`];
  const run = async (): Promise<ChildProcess> => {
    const child = spawn(program, options, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SNMP_PERSISTENT_DIR: folder, MIBS: '' },
    });
    await started(child);
    return child;
  };
  let child = await run();
  return {
    port,
    authKey,
    privKey,
    async restart(boots) {
      await ended(child);
      await configure(boots);
      child = await run();
    },
    async stop() {
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await end;
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
