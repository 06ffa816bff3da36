/** `doctor`: looks at this machine and this installation as the daemon will meet them, and says what repairs what. */
import { parseArgs } from 'node:util';
import { readConfig } from '../config/load.ts';
import { exitCodes } from '../processes/messages.ts';
import { machine } from '../world.ts';
import { checkInstallation } from './check.ts';
import { commonOptions, configFile, verbWorld } from './common-options.ts';
import { dataChecks } from './doctor-data.ts';
import { networkChecks } from './doctor-network.ts';
import { formatTable } from './table.ts';
import type { Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = { ...commonOptions, config: { type: 'string' }, data: { type: 'string' } } as const;

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  /** What was seen and what it means. */
  readonly meaning: string;
  /** The command or setting that repairs it. */
  readonly repair?: string | undefined;
}

export const doctorVerb: Verb = {
  name: 'doctor',
  summary: 'Checks this machine and this installation, and says which command repairs what.',
  usage: 'allclear doctor [--config FILE] [--data DIR] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    const say = speaker(values.lang);
    const file = configFile(values.config);
    const { value: config } = await readConfig({ config: file, override: { data: values.data } });
    const world = verbWorld();
    const findings = [
      nodeVersion(),
      await configuration(file),
      ...(await dataChecks(config.data, world)),
      ...(await networkChecks(config, world)),
      channels(config.channels.map(({ name }) => name)),
      bootstrapToken(),
    ];
    const failed = findings.filter(({ state }) => state === 'failed').length;
    if (values.json === true) terminal.print(JSON.stringify({ failed, checks: findings }));
    else if (values.jsonl === true) for (const finding of findings) terminal.print(JSON.stringify(finding));
    else {
      const rows = findings.map(({ check, state, meaning }) => [check, state, meaning]);
      terminal.print(formatTable(['check', 'state', 'meaning'], rows));
      for (const { check, repair } of findings) {
        if (repair !== undefined) terminal.print(`${check}: ${repair}`);
      }
      terminal.print(failed === 0 ? say('healthy') : say('unhealthy', { failed }));
    }
    return failed === 0 ? exitCodes.ok : exitCodes.problem;
  },
};

function nodeVersion(): Finding {
  const { node } = machine.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return isEnough
    ? { check: 'node', state: 'ok', meaning: `Node ${node}` }
    : {
        check: 'node',
        state: 'failed',
        meaning: `Node ${node} is too old`,
        repair: 'install Node 20.19 or newer',
      };
}

async function configuration(file: string | undefined): Promise<Finding> {
  const { problems } = await checkInstallation(file);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const name = file ?? 'no allclear.yaml, so a start runs the demo';
  if (problems.length === 0) return { check: 'configuration', state: 'ok', meaning: name };
  const repair = `allclear check${file === undefined ? '' : ` --config ${file}`}`;
  const meaning = `${name}: ${errors} errors, ${problems.length - errors} warnings`;
  return { check: 'configuration', state: errors > 0 ? 'failed' : 'warning', meaning, repair };
}

function channels(names: readonly string[]): Finding {
  if (names.length === 0) {
    const meaning = 'no channel is configured: nobody is told anything';
    return { check: 'channels', state: 'warning', meaning, repair: 'write channels: into allclear.yaml' };
  }
  const meaning = `${names.join(', ')}: not tried here`;
  return {
    check: 'channels',
    state: 'ok',
    meaning,
    repair: `allclear test channel ${names[0]} --to ADDRESS`,
  };
}

function bootstrapToken(): Finding {
  const token = machine.env['ALLCLEAR_BOOTSTRAP_TOKEN'];
  if (token === undefined || token === '')
    return { check: 'bootstrap token', state: 'ok', meaning: 'not set' };
  const isShort = token.length < 32;
  const meaning = isShort
    ? 'ALLCLEAR_BOOTSTRAP_TOKEN is shorter than 32 characters and is ignored'
    : 'ALLCLEAR_BOOTSTRAP_TOKEN is set: who has it on this machine is an administrator';
  return {
    check: 'bootstrap token',
    state: 'warning',
    meaning,
    repair: 'unset ALLCLEAR_BOOTSTRAP_TOKEN when set-up is done',
  };
}
