/**
 * The first process: starts the others, passes their messages on, starts again what dies, and stops them in order.
 *
 * Invariants: it does no work of its own; a process that dies more than 5 times in 60 s ends the daemon, so that the
 * system's own supervision acts (restart intensity of Erlang/OTP's supervisors).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { milliseconds, seconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { machine } from '../world.ts';
import { heapFlags } from './heap-flags.ts';
import {
  exitCodes,
  type FromRole,
  type ReadyFacts,
  type RoleName,
  type StartOptions,
  type ToRole,
} from './messages.ts';

export interface Supervised {
  /** Resolves with all facts when every role is up; rejects with the exit code when one cannot start. */
  readonly ready: Promise<ReadyFacts>;
  /** Resolves with the exit code when all is over. */
  readonly ended: Promise<number>;
  /** The configuration is to be read again. */
  reload(): void;
  stop(): void;
}

interface Role {
  readonly name: RoleName;
  child: ChildProcess | undefined;
  facts: ReadyFacts | undefined;
  /** Of its last life: a port that was taken free is taken again. */
  lastFacts: ReadyFacts;
  /** Monotonic ms of its last word while it is up. */
  heardAtMs: number;
  readonly deaths: number[];
}

const intensity = { deaths: 5, withinMs: 60_000 };
/** Longer than any pause of a sound process, a stopped virtual machine included. */
const silencePatienceMs = 60_000;
const watchEveryMs = seconds(5);
/** Shorter than the 15 s the contract gives, so that killing what hangs still fits. */
const stopPatienceMs = seconds(10);

export function supervise(options: {
  readonly main: string;
  /** In order of starting; each gets the facts of those before it. */
  readonly roles: readonly RoleName[];
  readonly start: StartOptions;
  readonly world: World;
}): Supervised {
  const supervisor = new Supervisor(options);
  supervisor.startNext();
  return supervisor;
}

class Supervisor implements Supervised {
  readonly ready: Promise<ReadyFacts>;
  readonly ended: Promise<number>;
  readonly #main: string;
  readonly #world: World;
  #start: StartOptions;
  readonly #roles: readonly Role[];
  #resolveReady: (facts: ReadyFacts) => void = () => undefined;
  #rejectReady: (error: Error) => void = () => undefined;
  #resolveEnded: (exitCode: number) => void = () => undefined;
  #stopping = false;
  #exitCode: number = exitCodes.ok;

  constructor(options: Parameters<typeof supervise>[0]) {
    this.#main = options.main;
    this.#world = options.world;
    this.#start = options.start;
    this.#roles = options.roles.map((name) => ({
      name,
      child: undefined,
      facts: undefined,
      lastFacts: {},
      heardAtMs: 0,
      deaths: [],
    }));
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // Whoever only waits for the end must not see an unhandled rejection.
    this.ready.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    const watchdog = this.#world.every(watchEveryMs, () => this.#endHanging());
    void this.ended.then(() => watchdog.cancel());
  }

  /** Starts the first role that is not up; all up means ready. */
  startNext(): void {
    if (this.#stopping) return;
    const next = this.#roles.find((role) => role.facts === undefined);
    if (next === undefined) return this.#resolveReady(this.#facts());
    if (next.child === undefined) this.#fork(next);
  }

  reload(): void {
    const center = this.#roles.find(({ name }) => name === 'center');
    if (center !== undefined) this.#send(center, { kind: 'relay', message: { kind: 'reload' } });
  }

  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    const alive = this.#roles.filter((role) => role.child !== undefined);
    if (alive.length === 0) return this.#resolveEnded(this.#exitCode);
    for (const role of alive) this.#send(role, { kind: 'stop' });
    const patience = this.#world.after(stopPatienceMs, () => {
      for (const role of this.#roles) role.child?.kill('SIGKILL');
    });
    // A timer that is left would keep this process for its whole length.
    void this.ended.then(() => patience.cancel());
  }

  /** A process whose event loop stands still looks alive from outside: it is killed, and its death starts it again. */
  #endHanging(): void {
    const now = this.#world.monotonicMs();
    for (const role of this.#roles) {
      if (role.child === undefined || role.facts === undefined) continue;
      if (now - role.heardAtMs <= silencePatienceMs) continue;
      this.#world.log.error('a process hangs and is killed', { role: role.name });
      role.heardAtMs = now;
      role.child.kill('SIGKILL');
    }
  }

  #facts(): ReadyFacts {
    return Object.assign({}, ...this.#roles.map((role) => role.facts ?? role.lastFacts)) as ReadyFacts;
  }

  #fork(role: Role): void {
    const child = fork(this.#main, ['role', role.name], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...heapFlags[role.name]],
      // Each thread of Node's takes an arena of its own from glibc, and what it frees there stays there.
      env: { MALLOC_ARENA_MAX: '2', ...machine.env },
    });
    role.child = child;
    child.on('message', (message: FromRole) => this.#take(role, message));
    child.on('error', (error) => {
      this.#world.log.error('a process could not be started or spoken to', {
        role: role.name,
        error: error.message,
      });
    });
    child.on('exit', (code, signal) => this.#exited(role, code ?? (signal === null ? 1 : 128)));
    this.#send(role, { kind: 'start', start: this.#start, facts: this.#facts() });
  }

  #send(role: Role, message: ToRole): void {
    if (role.child?.connected === true) role.child.send(message);
  }

  #take(role: Role, message: FromRole): void {
    role.heardAtMs = this.#world.monotonicMs();
    switch (message.kind) {
      case 'alive':
        return;
      case 'ready':
        role.facts = message.facts;
        role.lastFacts = message.facts;
        return this.startNext();
      case 'relay': {
        const to = this.#roles.find((other) => other.name === message.to);
        if (to !== undefined) this.#send(to, { kind: 'relay', message: message.message });
        return;
      }
      case 'inForce':
        this.#start = { ...this.#start, inForce: message.inForce };
        return;
      case 'failed':
        this.#exitCode = message.exitCode;
        // A first start is waited for and its failure told; after that only the log can say why all ends.
        if (role.deaths.length > 0) {
          this.#world.log.error('a process cannot be started again: the daemon ends', {
            role: role.name,
            reason: message.message,
          });
        }
        this.#rejectReady(new Error(message.message));
        return this.stop();
    }
  }

  #exited(role: Role, code: number): void {
    role.child = undefined;
    const wasUp = role.facts !== undefined;
    if (this.#stopping) {
      if (this.#roles.every((other) => other.child === undefined)) this.#resolveEnded(this.#exitCode);
      return;
    }
    this.#world.log.warn('a process ended and is started again', { role: role.name, code });
    const now = this.#world.monotonicMs();
    role.deaths.push(now);
    while (role.deaths[0] !== undefined && role.deaths[0] < now - intensity.withinMs) role.deaths.shift();
    if (role.deaths.length > intensity.deaths) {
      this.#world.log.error('a process dies too often: the daemon ends', { role: role.name });
      this.#exitCode = code === 0 ? exitCodes.problem : code;
      this.#rejectReady(new Error(`${role.name} dies too often`));
      return this.stop();
    }
    // The first restart is at once: every second without an ear for traps loses some.
    const pauseMs = wasUp && role.deaths.length === 1 ? 0 : 200 * 2 ** role.deaths.length;
    role.facts = undefined;
    this.#world.after(milliseconds(pauseMs), () => {
      if (!this.#stopping) this.#fork(role);
    });
  }
}
