/** The configuration of a start: the file, with the command line's values over it, and what of it is in force. */
import { dirname, resolve } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Parsed } from '../../base/problem.ts';
import { sourceText } from '../../edge/files/source-text.ts';
import type { InForce, StartOptions } from '../processes/messages.ts';
import { machine } from '../world.ts';
import { type Config, defaultConfig, parseConfig } from './config.ts';
import { parsePolicy } from './policy.ts';
import { formatHostPort, parseHostPort } from './values.ts';

/** The configuration and what a role that is started again is given of it. */
export interface ReadConfig {
  readonly config: Config;
  readonly inForce: InForce;
}

/** Rejects with `config/invalid` that lists every problem in its place. */
export async function loadConfig(start: StartOptions): Promise<Config> {
  return (await loadWhole(start)).config;
}

/** As `loadConfig`, with what is then in force. */
export async function loadWhole(start: StartOptions): Promise<ReadConfig> {
  const { value, problems } = await readWhole(start);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new Fault('config/invalid', `\n${errors.map(formatProblem).join('\n')}`);
  return value;
}

export async function readConfig(start: StartOptions): Promise<Parsed<Config>> {
  const { value, problems } = await readWhole(start);
  return { value: value.config, problems };
}

/** Rejects with `config/file-unreadable`, or `usage/host-port` for an address of the command line. */
export async function readWhole(start: StartOptions): Promise<Parsed<ReadConfig>> {
  const files: Record<string, string> = {};
  const text = async (path: string): Promise<string> => {
    files[path] = start.inForce?.files[path] ?? (await readText(path));
    return files[path];
  };
  const read =
    start.config === undefined
      ? { value: defaultConfig(machine.cwd()), problems: [] }
      : parseConfig(start.config, await text(start.config));
  const config = override(read.value, start);
  const whole = (value: Config): ReadConfig => ({
    config: value,
    inForce: { files, places: placesOf(value) },
  });
  if (config.policyFile === undefined) return { value: whole(config), problems: read.problems };
  const policy = parsePolicy(config.policyFile, await text(config.policyFile), {
    channels: config.channels.map(({ name }) => name),
    webhooks: config.webhooks.map(({ name }) => name),
  });
  return {
    // How many share the work is no matter of that file.
    value: whole({ ...config, policy: { ...policy.value, positions: config.policy.positions } }),
    problems: [...read.problems, ...policy.problems],
  };
}

function placesOf(config: Config): InForce['places'] {
  const [http, open, traps, syslog] = [config.http, config.public, config.traps, config.syslog].map(
    formatHostPort,
  );
  return { data: config.data, http, public: open, traps, syslog };
}

function override(config: Config, start: StartOptions): Config {
  const given = { ...start.override, ...start.inForce?.places };
  const port = (name: 'http' | 'public' | 'traps' | 'syslog') => {
    const written = given[name];
    if (written === undefined) return config[name];
    const parsed = parseHostPort(written);
    if (parsed === undefined) throw new Fault('usage/host-port', `--${name} ${written} is no HOST:PORT`);
    return parsed;
  };
  return {
    ...config,
    folder: start.config === undefined ? config.folder : dirname(resolve(start.config)),
    data: given.data === undefined ? config.data : resolve(given.data),
    http: port('http'),
    public: port('public'),
    traps: port('traps'),
    syslog: port('syslog'),
  };
}

async function readText(path: string): Promise<string> {
  const {
    value,
    problems: [problem],
  } = await sourceText(path, { mayBePipe: true });
  if (value !== undefined || problem === undefined) return value ?? '';
  const { line, column, message, hint } = problem;
  const place = line > 0 ? `${path}:${line}:${column}` : path;
  const words = message.replace(/^the file /, '');
  throw new Fault('config/file-unreadable', `${place} ${words}${hint === undefined ? '' : `: ${hint}`}`);
}
