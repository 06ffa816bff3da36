/** InfluxDB and VictoriaMetrics of Debian, each started for a test on loopback with a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type StoreKind = 'influx' | 'victoriametrics';

const programs = { influx: 'influxd', victoriametrics: 'victoria-metrics' } as const;

export const hasProgram = (kind: StoreKind): boolean => {
  try {
    execFileSync('which', [programs[kind]], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export interface StoreServer {
  readonly url: string;
  /** The process dies at once and is started again on the same folder and port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  end(): Promise<void>;
}

export async function startStore(kind: StoreKind): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), `allclear-${kind}-`));
  const [port, rpcPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const server: StoreServer = {
    url,
    async start() {
      child = spawn(programs[kind], argumentsOf(kind, { folder, port, rpcPort }), { stdio: 'ignore' });
      await answers(`${url}${kind === 'influx' ? '/ping' : '/health'}`);
    },
    async kill() {
      const dying = child;
      child = undefined;
      if (dying === undefined || dying.exitCode !== null) return;
      const gone = new Promise((resolve) => dying.once('exit', resolve));
      dying.kill('SIGKILL');
      await gone;
    },
    async end() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function argumentsOf(
  kind: StoreKind,
  { folder, port, rpcPort }: { readonly folder: string; readonly port: number; readonly rpcPort: number },
): string[] {
  if (kind === 'victoriametrics') {
    return [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
    ];
  }
  const config = join(folder, 'influxdb.conf');
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[logging]
level = "error"
`,
  );
  return ['-config', config];
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function answers(url: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await fetch(url).catch(() => undefined);
    if (found?.ok === true) return;
    if (performance.now() > deadline) throw new Error(`${url} never answered`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
