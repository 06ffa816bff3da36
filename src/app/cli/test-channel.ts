/** `test`: sends one real test notice through a configured channel, tries the ticket system, or runs the tests inside device profiles. */
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { didYouMean, formatProblem } from '../../base/problem.ts';
import { openChannel } from '../../edge/channels/index.ts';
import type { Channel, OutgoingNotice, SendOutcome } from '../../notify/channel.ts';
import type { ChannelConfig, Config } from '../config/config.ts';
import { readConfig } from '../config/load.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, configFile, verbWorld } from './common-options.ts';
import { testDesk } from './test-desk.ts';
import { testProfiles } from './test-profile.ts';
import type { Terminal, Verb } from './verb.ts';
import { type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  config: { type: 'string' },
  to: { type: 'string' },
  recordings: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

export const testVerb: Verb = {
  name: 'test',
  summary:
    'Sends one test notice through a configured channel, tries the ticket system, or runs the tests inside device profiles.',
  usage:
    'allclear test channel NAME --to ADDRESS [--dry-run] | desk [--dry-run] | profile FILE|DIR [--recordings DIR] [--config FILE] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const [what, name, extra] = positionals;
    if (what === 'profile' && name !== undefined && extra === undefined)
      return testProfiles({ path: name, ...values }, terminal, say);
    if (what === 'desk' && name === undefined) return testDesk(values, terminal, say);
    if (what !== 'channel' || name === undefined || extra !== undefined) {
      throw new Fault(
        'usage/argument',
        'write: test channel NAME --to ADDRESS, test desk, or: test profile FILE|DIR',
      );
    }
    if (values.to === undefined) throw new Fault('usage/to', '--to ADDRESS is missing');
    const file = configFile(values.config);
    if (file === undefined)
      throw new Fault('usage/config', 'there is no allclear.yaml here; name one with --config');
    const { value: config, problems } = await readConfig({ config: file, override: {} });
    for (const problem of problems) terminal.complain(formatProblem(problem));
    if (problems.some(({ severity }) => severity === 'error')) return exitCodes.problem;
    const chosen = channelNamed(config, name);
    const world = verbWorld();
    const settings = { ...chosen.settings, kind: chosen.kind };
    const channel = openChannel(name, settings, world);
    if (channel === undefined) throw new Fault('channel/kind', `${name}: there is no kind "${chosen.kind}"`);
    try {
      checkAddress(channel, values.to);
      const key = `test-${Buffer.from(world.randomBytes(12)).toString('hex')}`;
      const notice = testNotice({ key, to: values.to, language: values.lang === 'ru' ? 'ru' : 'en' });
      const outcome = values['dry-run'] === true ? undefined : await channel.send(notice);
      return report(outcome, {
        name,
        key,
        terminal,
        say,
        isJson: values.json === true || values.jsonl === true,
      });
    } finally {
      await channel.close();
    }
  },
};

function channelNamed(config: Config, name: string): ChannelConfig {
  const found = config.channels.find((channel) => channel.name === name);
  if (found !== undefined) return found;
  const names = config.channels.map((channel) => channel.name);
  const near = didYouMean(name, names);
  const hint = near === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
  throw new Fault('usage/channel', `the configuration has no channel "${name}"; ${hint}`);
}

function checkAddress(channel: Channel, to: string): void {
  const isRight =
    channel.address === 'phone' ? /^\+[1-9]\d{6,14}$/.test(to) : /^[^\s@<>]+@[^\s@<>]+$/.test(to);
  if (isRight) return;
  const wanted =
    channel.address === 'phone' ? 'a telephone number such as +79991234567' : 'an e-mail address';
  throw new Fault('usage/to', `the channel "${channel.name}" needs ${wanted}`);
}

const texts = {
  en: {
    subject: 'Test of a notice channel',
    text: 'A test of allclear: this channel works. Nothing has happened.',
  },
  ru: {
    subject: 'Проверка канала сообщений',
    text: 'Проверка allclear: канал работает. Ничего не случилось.',
  },
} as const;

const testNotice = (given: { key: string; to: string; language: 'ru' | 'en' }): OutgoingNotice => ({
  ...given,
  ...texts[given.language],
  subscriber: 'test',
  incident: 'test',
  type: 'detected',
});

interface Reporting {
  readonly name: string;
  readonly key: string;
  readonly terminal: Terminal;
  readonly say: Say;
  readonly isJson: boolean;
}

function report(outcome: SendOutcome | undefined, { name, key, terminal, say, isJson }: Reporting): number {
  if (isJson) terminal.print(JSON.stringify({ channel: name, key, outcome: outcome ?? { kind: 'dry-run' } }));
  if (outcome === undefined) {
    if (!isJson) terminal.print(`${name}: ready, nothing was sent`);
    return exitCodes.ok;
  }
  if (outcome.kind === 'sent') {
    const id = outcome.externalId === undefined ? '' : ` (${outcome.externalId})`;
    if (!isJson) terminal.print(`${say('sent', { channel: name })}${id}`);
    return exitCodes.ok;
  }
  if (!isJson) {
    const hint = outcome.kind === 'failed' ? 'it was refused for good' : 'it could be tried again';
    terminal.print(`${name}: ${outcome.reason}; ${hint}`);
  }
  return exitCodes.problem;
}
