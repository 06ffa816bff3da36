/** `check`: everything that a start would read, judged without starting; every problem in its place. */
import { parseArgs } from 'node:util';
import { formatProblem, inPlace, type Problem } from '../../base/problem.ts';
import type { NoticeTexts } from '../../edge/files/notice-texts.ts';
import { type Installation, judgeSubscribers, readInstallation } from '../config/installation.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, configFile, verbWorld } from './common-options.ts';
import { judgesShown } from './judges-shown.ts';
import { probeDevices } from './probe-devices.ts';
import { openBar } from './progress-bar.ts';
import { ignoresCollectors } from './snmp-options.ts';
import type { Verb } from './verb.ts';
import { languageFrom, speaker } from './words.ts';

const options = {
  ...commonOptions,
  config: { type: 'string' },
  probe: { type: 'boolean' },
  judges: { type: 'boolean' },
} as const;

export const checkVerb: Verb = {
  name: 'check',
  summary:
    'Checks configuration, channels, profiles, rules, topology and subscribers; each problem as file:line:column. --probe asks each device too, --judges says which rule judges what.',
  usage: 'allclear check [--config FILE] [--probe] [--judges] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    const say = speaker(values.lang);
    const file = configFile(values.config);
    const { problems, judges, installation, ...found } = await checkInstallation(file);
    const isWhole = values.json === true || values.judges === true;
    // Shipped rules and shipped profiles are of one mind: told where it is asked for.
    const checked = [...found.checked, ...judges.filter((line) => isWhole || line.startsWith('your '))];
    if (ignoresCollectors(values.config)) checked.push(say('collectorsIgnored'));
    if (values.probe === true) {
      const world = verbWorld();
      const bar = openBar(terminal, world);
      const { devices, answers, ...probed } = await probeDevices(installation, {
        ...{ file, world, language: languageFrom(values.lang) },
        onProgress: (done, of) => bar.show(done, of, say('asked', { found: done })),
      }).finally(() => bar.close());
      problems.push(...probed.problems);
      checked.push(say('probed', { devices, answers }));
    }
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const warnings = problems.length - errors;
    if (values.json === true) terminal.print(JSON.stringify({ errors, warnings, checked, problems }));
    else if (values.jsonl === true) for (const problem of problems) terminal.print(JSON.stringify(problem));
    else {
      for (const problem of problems) terminal.print(formatProblem(problem));
      if (values.quiet !== true) terminal.print(checked.join('\n'));
      terminal.print(problems.length === 0 ? say('allGood') : say('problems', { errors, warnings }));
    }
    return errors === 0 ? exitCodes.ok : exitCodes.problem;
  },
};

interface Findings {
  readonly problems: Problem[];
  /** What was looked at, a line each. */
  readonly checked: string[];
  /** Which rule judges what where several could. */
  readonly judges: readonly string[];
  readonly installation: Installation;
}

/** A line a language: how many parts each SMS takes at its longest. */
function smsLengths(texts: NoticeTexts | undefined): string[] {
  const languages = new Set(texts?.longest.map(({ language }) => language));
  return [...languages].map((language) => {
    const own = texts!.longest.filter((one) => one.language === language);
    const lengths = own.map(({ type, parts, characters }) => `${type} ${parts} (${characters})`);
    return `SMS ${language}, parts (characters): ${lengths.join(', ')}`;
  });
}

/** Without a configuration the shipped profiles and rules are checked. */
export async function checkInstallation(file: string | undefined): Promise<Findings> {
  const { value, problems } = await readInstallation({ config: file, override: {} });
  const { config, topology, profiles, rules } = value;
  const checked = [
    file === undefined ? 'no allclear.yaml: the shipped files only' : `${file}: configuration`,
  ];
  checked.push(`${value.profileFolders.join(', ')}: ${profiles.byId.size} profiles`);
  checked.push(`${value.ruleFolders.join(', ')}: ${rules.files} rule files`);
  checked.push(...smsLengths(rules.texts));
  if (topology !== undefined) {
    checked.push(`${config.topology}: ${topology.resources} resources, ${topology.links} links`);
  }
  const subscribers = await judgeSubscribers(value);
  if (config.subscribers !== undefined)
    checked.push(`${config.subscribers}: ${subscribers.value} subscribers`);
  return {
    problems: [...inPlace([...problems, ...subscribers.problems])],
    ...{ checked, judges: judgesShown(value), installation: value },
  };
}
