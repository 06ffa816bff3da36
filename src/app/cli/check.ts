/** `check`: everything that a start would read, judged without starting; every problem in its place. */
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../../base/source-document.ts';
import { loadProfiles } from '../../edge/files/profiles.ts';
import { loadRules } from '../../edge/files/rule-files.ts';
import { readSubscribers } from '../../edge/files/subscribers-csv.ts';
import { parseYaml } from '../../edge/files/yaml-document.ts';
import { compileTopology, parseTopology } from '../../topology/topology.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/load.ts';
import { exitCodes } from '../processes/messages.ts';
import { rulesFolder } from '../product-files.ts';
import { commonOptions, configFile } from './common-options.ts';
import { profileFolders } from './snmp-options.ts';
import type { Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = { ...commonOptions, config: { type: 'string' } } as const;

export const checkVerb: Verb = {
  name: 'check',
  summary:
    'Checks configuration, channels, profiles, rules, topology and subscribers; each problem as file:line:column.',
  usage: 'allclear check [--config FILE] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    const say = speaker(values.lang);
    const { problems, checked } = await checkInstallation(configFile(values.config));
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
}

/** Without a configuration the shipped profiles and rules are checked. */
export async function checkInstallation(file: string | undefined): Promise<Findings> {
  const problems: Problem[] = [];
  const checked: string[] = [];
  const config = file === undefined ? undefined : await checkConfig(file, problems);
  checked.push(config === undefined ? 'no allclear.yaml: the shipped files only' : `${file}: configuration`);
  const folders = profileFolders(file);
  const profiles = await loadProfiles(folders);
  problems.push(...profiles.problems);
  checked.push(`${folders.join(', ')}: ${profiles.value.byId.size} profiles`);
  const own = config?.value.rules;
  const rules = await loadRules(own === undefined ? [rulesFolder] : [rulesFolder, own]);
  problems.push(...rules.problems);
  checked.push(
    `${[rulesFolder, ...(own === undefined ? [] : [own])].join(', ')}: ${rules.value.files} rule files`,
  );
  if (config !== undefined) {
    problems.push(...unknownProfiles(config, profiles.value.byId));
    await checkNetwork(config.value, { problems, checked });
  }
  return { problems, checked };
}

interface ReadConfig {
  readonly value: Config;
  readonly document: SourceDocument;
}

async function checkConfig(file: string, problems: Problem[]): Promise<ReadConfig> {
  const { value, problems: found } = await readConfig({ config: file, override: {} });
  problems.push(...found);
  const document = parseYaml(file, await readText(file)).value;
  return { value, document };
}

function unknownProfiles(config: ReadConfig, known: ReadonlyMap<string, unknown>): Problem[] {
  const written =
    (config.document.value as { devices?: readonly { profile?: string }[] } | null)?.devices ?? [];
  return config.value.devices.flatMap(({ id, profile }) => {
    if (profile === 'auto' || known.has(profile)) return [];
    const index = written.findIndex((device) => (device as { id?: unknown }).id === id);
    const path: DocumentPath = ['devices', index, 'profile'];
    const message = `device "${id}": there is no profile "${profile}"`;
    return [config.document.problemAt(path, { code: 'config/unknown-profile', message })];
  });
}

async function checkNetwork(config: Config, into: Findings): Promise<void> {
  const { topology, subscribers } = config;
  let known: ReadonlySet<string> | undefined;
  if (topology !== undefined) {
    const text = await readOrReport(topology, into.problems);
    const { value, problems } = parseTopology(text ?? '{"format":"allclear-topology/1"}', topology);
    const compiled = compileTopology(value);
    // The graph does not know the file it was read from.
    into.problems.push(...problems, ...compiled.problems.map((problem) => ({ ...problem, file: topology })));
    into.checked.push(`${topology}: ${value.resources.length} resources, ${value.links.length} links`);
    if (text !== undefined) known = new Set([...value.resources, ...value.links].map(({ id }) => id));
  }
  if (subscribers === undefined) return;
  await checkSubscribers(subscribers, known, into);
}

const mostStrays = 20;

/** A subscriber of a resource that is not there is never told anything: worth knowing, no reason not to start. */
async function checkSubscribers(
  file: string,
  known: ReadonlySet<string> | undefined,
  into: Findings,
): Promise<void> {
  const about = (severity: Problem['severity'], code: string, message: string): Problem => ({
    ...{ file, line: 0, column: 0, severity, code, message },
  });
  const strays = new Map<string, number>();
  let count = 0;
  const reading = readSubscribers(createReadStream(file, { encoding: 'utf8' }), file);
  try {
    for await (const page of reading.pages()) {
      count += page.length;
      for (const { resource } of page) {
        if (known?.has(resource) === false) strays.set(resource, (strays.get(resource) ?? 0) + 1);
      }
    }
  } catch {
    into.problems.push(about('error', 'file/unreadable', 'the file cannot be read'));
  }
  into.problems.push(...reading.problems);
  into.checked.push(`${file}: ${count} subscribers`);
  const stray = (message: string): Problem => about('warning', 'subscribers/unknown-resource', message);
  for (const [resource, subscribers] of [...strays].slice(0, mostStrays)) {
    into.problems.push(
      stray(`the topology has no "${resource}", the resource of ${subscribers} subscribers`),
    );
  }
  if (strays.size > mostStrays) {
    into.problems.push(stray(`${strays.size - mostStrays} further resources are not in the topology`));
  }
}

async function readOrReport(file: string, problems: Problem[]): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    const message = existsSync(file) ? 'the file cannot be read' : 'the file is not there';
    problems.push({ ...{ file, line: 0, column: 0, severity: 'error', code: 'file/unreadable', message } });
    return undefined;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Fault('config/file-unreadable', `${file} cannot be read`, error);
  }
}
