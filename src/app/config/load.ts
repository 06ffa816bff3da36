/** The configuration of a start: the file, with the command line's values over it. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Parsed } from '../../base/problem.ts';
import type { StartOptions } from '../processes/messages.ts';
import { machine } from '../world.ts';
import { type Config, defaultConfig, parseConfig } from './config.ts';
import { parsePolicy } from './policy.ts';
import { parseHostPort } from './values.ts';

/** Rejects with `config/invalid` that lists every problem in its place. */
export async function loadConfig(start: StartOptions): Promise<Config> {
  const { value, problems } = await readConfig(start);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new Fault('config/invalid', `\n${errors.map(formatProblem).join('\n')}`);
  return value;
}

export async function readConfig(start: StartOptions): Promise<Parsed<Config>> {
  const read =
    start.config === undefined
      ? { value: defaultConfig(machine.cwd()), problems: [] }
      : parseConfig(start.config, await readText(start.config));
  const config = override(read.value, start);
  if (config.policyFile === undefined) return { value: config, problems: read.problems };
  const names = config.channels.map(({ name }) => name);
  const policy = parsePolicy(config.policyFile, await readText(config.policyFile), names);
  return { value: { ...config, policy: policy.value }, problems: [...read.problems, ...policy.problems] };
}

function override(config: Config, { override: given, config: file }: StartOptions): Config {
  const port = (name: 'http' | 'public' | 'traps' | 'syslog') => {
    const written = given[name];
    if (written === undefined) return config[name];
    const parsed = parseHostPort(written);
    if (parsed === undefined) throw new Fault('usage/host-port', `--${name} ${written} is no HOST:PORT`);
    return parsed;
  };
  return {
    ...config,
    folder: file === undefined ? config.folder : dirname(resolve(file)),
    data: given.data === undefined ? config.data : resolve(given.data),
    ...{ http: port('http'), public: port('public'), traps: port('traps'), syslog: port('syslog') },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Fault('config/file-unreadable', `${path} cannot be read`, error);
  }
}
