/** `start` and `demo`: the daemon over a configured network, or over the demo city. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { didYouMean } from '../../base/problem.ts';
import { isScenario, scenarioNames } from '../../sim/scenarios.ts';
import { exitCodes, type ReadyFacts, type RoleName, type StartOptions } from '../processes/messages.ts';
import { prepare } from '../processes/preparation.ts';
import { supervise } from '../processes/supervisor.ts';
import { mainFile } from '../product-files.ts';
import { rareLog } from '../rare-log.ts';
import { lockData } from '../roles/data-lock.ts';
import { machine, realWorld } from '../world.ts';
import type { Terminal, Verb } from './verb.ts';

const options = {
  config: { type: 'string' },
  data: { type: 'string' },
  http: { type: 'string' },
  public: { type: 'string' },
  traps: { type: 'string' },
  syslog: { type: 'string' },
  'only-to': { type: 'string' },
  seed: { type: 'string' },
  households: { type: 'string' },
  play: { type: 'string' },
  speed: { type: 'string' },
  quiet: { type: 'boolean' },
  demo: { type: 'boolean' },
} as const;

const places =
  '[--data DIR] [--http HOST:PORT] [--public HOST:PORT] [--traps HOST:PORT] [--syslog HOST:PORT]';

export const startVerb: Verb = {
  name: 'start',
  summary: 'Runs the daemon; without allclear.yaml or --config it runs the demo city and says so.',
  usage: `allclear start [--config FILE] ${places} [--only-to ADDRESS]`,
  run: (argv, terminal) => run(argv, terminal, false),
};

export const demoVerb: Verb = {
  name: 'demo',
  summary: 'Runs the daemon over the demo city: simulated agents, faults, and subscribers who answer.',
  usage: `allclear demo [--seed N] [--households N] [--play ${scenarioNames.join('|')}] [--speed X] ${places}
allclear demo play ${scenarioNames.join('|')} [--url http://127.0.0.1:8080]`,
  run: (argv, terminal) => (argv[0] === 'play' ? play(argv.slice(1), terminal) : run(argv, terminal, true)),
};

/** On a running demo, with the key of the environment. */
async function play(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { url: { type: 'string' } } as const,
    allowPositionals: true,
  });
  const [scenario = '', ...more] = positionals;
  if (more.length > 0) throw new Fault('usage/argument', `"${more[0]}" is one argument too many`);
  if (!isScenario(scenario)) throw unknownScenario(scenario, scenarioNames);
  const { ApiClient } = await import('./api-client.ts');
  const client = new ApiClient(values.url ?? 'http://127.0.0.1:8080');
  try {
    await client.post('/demo/play', { scenario });
  } finally {
    client.close();
  }
  terminal.print(`${scenario} is played.`);
  return exitCodes.ok;
}

function unknownScenario(written: string, known: readonly string[]): Fault {
  const near = didYouMean(written, known);
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean "${near}"?`;
  return new Fault('usage/scenario', `there is no scenario "${written}"; ${hint}`);
}

async function run(argv: readonly string[], terminal: Terminal, wantsDemo: boolean): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
  const config = values.config ?? (existsSync('allclear.yaml') ? 'allclear.yaml' : undefined);
  const isDemo = wantsDemo || values.demo === true || config === undefined;
  const override = {
    data: values.data,
    http: values.http,
    public: values.public,
    traps: values.traps,
    syslog: values.syslog,
  };
  const start: StartOptions = isDemo
    ? demoStart(values, override)
    : { config: resolve(config!), override, onlyTo: values['only-to'] };
  return runDaemon(start, terminal);
}

function demoStart(
  values: {
    readonly seed?: string | undefined;
    readonly households?: string | undefined;
    readonly play?: string | undefined;
    readonly speed?: string | undefined;
    readonly data?: string | undefined;
  },
  override: StartOptions['override'],
): StartOptions {
  const seed = wholeNumber('seed', values.seed ?? '1', { least: 0, most: 2 ** 31 });
  const households = wholeNumber('households', values.households ?? '4000', { least: 100, most: 200_000 });
  const play = values.play ?? 'all';
  if (play !== 'none' && !isScenario(play)) {
    throw unknownScenario(play, [...scenarioNames, 'none']);
  }
  const speed = Number(values.speed ?? '1');
  if (!(speed > 0 && speed <= 100))
    throw new Fault('usage/speed', '--speed is a number above 0, at most 100');
  const kept = values.data === undefined ? undefined : resolve(values.data);
  return {
    override: { ...override, data: kept },
    demo: { seed, households, play, speed, folder: kept === undefined ? undefined : join(kept, 'demo') },
    demoToken: randomBytes(32).toString('base64url'),
  };
}

function wholeNumber(name: string, text: string, bounds: { least: number; most: number }): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= bounds.least && value <= bounds.most) return value;
  throw new Fault(`usage/${name}`, `--${name} is a whole number from ${bounds.least} to ${bounds.most}`);
}

async function runDaemon(asked: StartOptions, terminal: Terminal): Promise<number> {
  const world = realWorld(rareLog({ level: 'info', role: 'supervisor' }));
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) machine.on(signal, () => stopping.abort());
  // Everything is checked here, once, before a role starts: the problems then stand on the terminal.
  const prepared = await prepare({ main: mainFile, start: asked, stopping: stopping.signal });
  if (prepared === undefined) return exitCodes.ok;
  const start = withPrepared(asked, prepared);
  const lock = await lockData(prepared['data']!, { name: 'daemon', world, patienceMs: 0 });
  const roles: RoleName[] = ['ingest', 'center'];
  if (start.demo !== undefined) roles.push('simulation');
  const supervised = supervise({ main: mainFile, roles, start, world });
  stopping.signal.addEventListener('abort', () => supervised.stop());
  if (stopping.signal.aborted) supervised.stop();
  const hasTerminal = isatty(1);
  machine.on('SIGHUP', () => {
    // The same signal says that the terminal was closed; then nobody is left to stop what it shows.
    if (hasTerminal && !isatty(1)) stopping.abort();
    else supervised.reload();
  });
  supervised.ready.then(
    (facts) => {
      const { http, public: publicUrl, traps, syslog, syslogTls, signIn } = facts;
      const isDemo = start.demo !== undefined;
      const places = { http, public: publicUrl, traps, syslog, syslogTls, signIn };
      const ready = { ...places, pid: machine.pid, demo: isDemo };
      if (isDemo) terminal.print(demoWords(start));
      terminal.print(`Console: ${http}   sign in once with: ${signIn}`);
      terminal.print(`ready ${JSON.stringify(ready)}`);
    },
    (error: Error) => terminal.complain(`allclear: ${error.message}`),
  );
  const exitCode = await supervised.ended;
  await lock.release();
  // What nobody asked to keep is not left behind; after a failure it is, for whoever looks for the reason.
  if (asked.demo !== undefined && asked.demo.folder === undefined && exitCode === exitCodes.ok) {
    await rm(start.demo!.folder!, { recursive: true, force: true });
  }
  return exitCode;
}

/** A demo is a start like any other once its city is written. */
function withPrepared(asked: StartOptions, { config, folder, inForce }: ReadyFacts): StartOptions {
  const start: StartOptions = { ...asked, inForce: JSON.parse(inForce!) as StartOptions['inForce'] };
  return start.demo === undefined ? start : { ...start, config, demo: { ...start.demo, folder } };
}

const demoWords = (start: StartOptions): string =>
  `This is the demo city (${start.demo!.households} households, seed ${start.demo!.seed}): no allclear.yaml was found or the demo was asked for.\n` +
  `Its files: ${start.demo!.folder}`;
