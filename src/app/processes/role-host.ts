/** The inside of one process of the daemon: takes orders from the supervisor, ends when it is gone. */
import { Fault } from '../../base/fault.ts';
import { milliseconds, seconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { formatHostPort } from '../config/values.ts';
import { openLog } from '../log.ts';
import { machine, realWorld } from '../world.ts';
import {
  exitCodes,
  type FromRole,
  type InForce,
  type ReadyFacts,
  type RoleName,
  type StartOptions,
  type ToRole,
} from './messages.ts';

/** What a role is given to live in. */
export interface RoleHost {
  readonly world: World;
  readonly start: StartOptions;
  /** Facts of the roles that are up before it. */
  readonly facts: ReadyFacts;
  relay(to: RoleName, message: unknown): void;
  onRelay(take: (message: unknown) => void): void;
  /** Roles that are started again begin with this. */
  inForce(inForce: InForce): void;
  /** Ends this process at once with that code: crash-only, its start is its recovery. */
  fail(exitCode: number, error: unknown): void;
}

export interface StartedRole {
  readonly facts: ReadyFacts;
  stop(): Promise<void>;
}

export type StartRole = (host: RoleHost) => Promise<StartedRole>;

/** Runs the role in this process until it is told to stop. */
export function hostRole(name: RoleName, startRole: StartRole): void {
  const log = openLog({ level: machine.env['ALLCLEAR_LOG'] === 'debug' ? 'debug' : 'info', role: name });
  const world = realWorld(log);
  let role: StartedRole | undefined;
  let take: ((message: unknown) => void) | undefined;
  const early: unknown[] = [];
  const send = (message: FromRole): void => {
    if (machine.connected) machine.send?.(message);
  };
  const fail = (exitCode: number, error: unknown): void => {
    log.error('the process ends', { error: describe(error), exitCode });
    machine.exit(exitCode);
  };
  machine.on('uncaughtException', (error) => fail(exitCodes.problem, error));
  machine.on('unhandledRejection', (error) => fail(exitCodes.problem, error));
  // The supervisor is gone, by SIGKILL too: nobody would restart or stop this process any more.
  machine.on('disconnect', () => machine.exit(exitCodes.problem));
  // A terminal sends SIGINT and SIGHUP to the whole group; the supervisor alone decides what follows.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) machine.on(signal, () => undefined);

  const begin = async (start: StartOptions, facts: ReadyFacts): Promise<void> => {
    const host: RoleHost = {
      world,
      start,
      facts,
      relay: (to, message) => send({ kind: 'relay', to, message }),
      onRelay: (taker) => {
        take = taker;
        for (const message of early.splice(0)) taker(message);
      },
      inForce: (inForce) => send({ kind: 'inForce', inForce }),
      fail,
    };
    try {
      role = await startRole(host);
      send({ kind: 'ready', facts: role.facts });
      world.every(aliveEveryMs, () => send({ kind: 'alive' }));
    } catch (thrown) {
      const error = listenFault(thrown) ?? thrown;
      const fault = error instanceof Fault ? { code: error.code, message: error.message } : undefined;
      send({ kind: 'failed', exitCode: startExitCode(error), message: describe(error), fault });
      world.after(milliseconds(100), () => machine.exit(startExitCode(error)));
    }
  };
  const stop = async (): Promise<void> => {
    await role?.stop();
    machine.exit(exitCodes.ok);
  };
  machine.on('message', (message: ToRole) => {
    if (message.kind === 'start') void begin(message.start, message.facts);
    else if (message.kind === 'stop') void stop();
    else if (take !== undefined) take(message.message);
    else if (early.length < 1_000) early.push(message.message);
  });
}

const describe = (error: unknown): string =>
  error instanceof Fault
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);

/** Far below the patience of the supervisor's watchdog. */
const aliveEveryMs = seconds(5);

const diskErrors = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'];

/** What a start needs and another process has. */
const unreachableStarts = [
  'start/locked',
  'start/port-taken',
  'start/port-refused',
  'trap/listen-failed',
  'syslog/listen-failed',
];

/** A start fails with the code of the contract: 3 for what is locked or unreachable, 2 for wrong usage, else 1. */
function startExitCode(error: unknown): number {
  if (diskErrors.includes(String((error as { readonly code?: unknown }).code))) return exitCodes.disk;
  if (!(error instanceof Fault)) return exitCodes.problem;
  if (unreachableStarts.includes(error.code)) return exitCodes.unreachable;
  if (error.code.startsWith('disk/')) return exitCodes.disk;
  return exitCodes.problem;
}

/** An address that cannot be listened on, in words that name it; undefined for any other error. */
function listenFault(error: unknown): Fault | undefined {
  const { code, address, port } = error as {
    readonly code?: string;
    readonly address?: string;
    readonly port?: number;
  };
  if (address === undefined || port === undefined) return undefined;
  const at = formatHostPort({ host: address, port });
  if (code === 'EADDRINUSE') {
    return new Fault(
      'start/port-taken',
      `${at} is taken by another program: stop that or choose another port`,
      error,
    );
  }
  if (code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return undefined;
  const why = code === 'EACCES' ? 'this user may not listen there' : 'this machine has no such address';
  return new Fault('start/port-refused', `${at} cannot be listened on: ${why}`, error);
}
