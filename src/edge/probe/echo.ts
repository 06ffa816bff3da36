/** Echo requests through fping, which has the right to send them; where it is not installed, connections over TCP. */
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import type { DurationMs } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { ProbeOutcome } from '../../model/probe.ts';

export interface EchoTarget {
  /** An address, never a name: it becomes an argument of a program. */
  readonly address: string;
  /** For TCP. */
  readonly port: number;
  readonly count: number;
  readonly timeoutMs: DurationMs;
  readonly from?: string | undefined;
}

/** Between two requests to one target. */
const periodMs = 200;

/** True when fping is there and may send. */
export const hasFping = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile('fping', ['-q', '-c1', '-t200', '127.0.0.1'], { timeout: 5_000 }, (error) =>
      resolve(error === null),
    );
  });

/** Round trips in milliseconds, undefined where none came back, or why nothing could be sent. */
type Echoes = readonly (number | undefined)[] | { readonly reason: string };

export async function echo(world: World, target: EchoTarget, byPing: boolean): Promise<ProbeOutcome> {
  const echoes = byPing ? await ping(target) : await connections(world, target);
  if ('reason' in echoes) return { fault: 'refused', detail: echoes.reason };
  return echoOutcome(echoes);
}

/** Loss, mean round trip, and jitter as the mean difference of neighbours (RFC 3393 section 4.2, without its sign). */
export function echoOutcome(echoes: readonly (number | undefined)[]): ProbeOutcome {
  const back = echoes.filter((one) => one !== undefined);
  const loss = echoes.length === 0 ? 1 : 1 - back.length / echoes.length;
  if (back.length === 0) return { fault: 'noAnswer', loss };
  const latencyMs = back.reduce((sum, one) => sum + one, 0) / back.length;
  const steps = back.slice(1).map((one, index) => Math.abs(one - back[index]!));
  const jitterMs = steps.length === 0 ? undefined : steps.reduce((sum, one) => sum + one, 0) / steps.length;
  return { loss, latencyMs, jitterMs };
}

function ping({ address, count, timeoutMs, from }: EchoTarget): Promise<Echoes> {
  const source = from === undefined ? [] : [`-S${from}`];
  const wanted = [
    `-C${count}`,
    '-q',
    `-p${periodMs}`,
    `-t${Math.round(timeoutMs)}`,
    ...source,
    '--',
    address,
  ];
  const patienceMs = count * periodMs + timeoutMs + 2_000;
  return new Promise((resolve) => {
    const options = { timeout: patienceMs, maxBuffer: 65_536, windowsHide: true };
    // Without an answer fping ends with 1; what counts is what it wrote.
    execFile('fping', wanted, options, (_error, _said, complained) => resolve(fpingEchoes(complained)));
  });
}

/** `ADDRESS : 0.05 - 0.04` as fping -C -q writes it to its standard error. */
export function fpingEchoes(text: string): Echoes {
  const line = text.split('\n').find((one) => / : +(-|\d+\.?\d*)( |$)/.test(one));
  if (line === undefined) return { reason: text.trim().slice(0, 200) || 'fping said nothing' };
  const parts = line
    .slice(line.lastIndexOf(' : ') + 3)
    .trim()
    .split(/\s+/);
  return parts.map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : undefined));
}

async function connections(world: World, target: EchoTarget): Promise<Echoes> {
  const echoes: (number | undefined)[] = [];
  for (let left = target.count; left > 0; left--) echoes.push(await connection(world, target));
  return echoes;
}

/** A refused connection is an echo, too: the address lives. */
function connection(world: World, target: EchoTarget): Promise<number | undefined> {
  return new Promise((resolve) => {
    const beganAt = world.monotonicMs();
    const socket = connect({ host: target.address, port: target.port, localAddress: target.from });
    const done = (isBack: boolean): void => {
      const latencyMs = world.monotonicMs() - beganAt;
      deadline.cancel();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(isBack ? latencyMs : undefined);
    };
    const deadline = world.after(target.timeoutMs, () => done(false));
    socket.on('connect', () => done(true));
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED'));
  });
}
