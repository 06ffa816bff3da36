/** Everything a start, a reload or a check reads: configuration, profiles, rules and topology, judged together. */
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileProblem, inPlace, type Parsed, type Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import type { Profiles } from '../../collect/collect.ts';
import { type LoadedRules, loadRules } from '../../edge/files/rule-files.ts';
import { readSubscribers } from '../../edge/files/subscriber-list.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import { parseYaml } from '../../edge/files/yaml-document.ts';
import type { StartOptions } from '../processes/messages.ts';
import { collectorsFolder, shippedRuleFolders } from '../product-files.ts';
import { withTargets } from './automation-targets.ts';
import type { Config } from './config.ts';
import { readMapping, sourceNameOf } from './import-mappings.ts';
import { installedProfiles } from './installed-profiles.ts';
import { type ReadConfig, readWhole } from './load.ts';
import { profileHint } from './profile-hint.ts';
import { exampleProblems } from './rule-examples.ts';
import { RuleHistory } from './rule-history.ts';
import type { ConfiguredTopology } from './topology-file.ts';
import { readTopologyBeside } from './topology-thread.ts';

export interface Installation extends ReadConfig {
  readonly profileFolders: readonly string[];
  readonly profiles: Profiles;
  /** Of the texts of the profiles: another one when any of them changed. */
  readonly profilesDigest: string;
  readonly ruleFolders: readonly string[];
  /** Of them those that are the operator's own. */
  readonly ownRuleFolders: readonly string[];
  readonly rules: LoadedRules;
  /** What is to be said of the rules alone. */
  readonly ruleProblems: readonly Problem[];
  /** undefined: no topology is configured, or its file holds none that can be read. */
  readonly topology: ConfiguredTopology | undefined;
}

interface Reading {
  /** Rules that were rolled back are not read; whoever judges files reads them all the same. */
  readonly isDaemon?: boolean | undefined;
  readonly hasMistakes?: boolean | undefined;
}

/** The sound part with every problem. Rejects as `readWhole` does. */
export async function readInstallation(
  start: StartOptions,
  reading: Reading = {},
): Promise<Parsed<Installation>> {
  const read = await readWhole(start);
  const hasMistakes = read.problems.length > 0;
  const { value, problems } = await readBeside(read.value, start.config, { ...reading, hasMistakes });
  return { value, problems: inPlace([...read.problems, ...problems]) };
}

/** What belongs to a configuration that was read: a mistake there leaves out its own part alone. */
export async function readBeside(
  read: ReadConfig,
  file: string | undefined,
  { isDaemon = false, hasMistakes = false }: Reading = {},
): Promise<Parsed<Installation>> {
  const { config } = read;
  const folders = profileFoldersBeside(file, config.profiles);
  const profiles = await installedProfiles(folders);
  const written = ownRuleFolders(config);
  const standing = isDaemon
    ? await new RuleHistory(config.data).standing(written)
    : { folders: written, problems: [] };
  const own = standing.folders;
  const loaded = await loadRules({ shipped: shippedRuleFolders, own });
  const rules = withTargets(loaded, config);
  const examples = exampleProblems(rules.value, 'own');
  const topology = await readTopology(config);
  const text = file === undefined ? undefined : read.inForce.files[file];
  // Another reading of a long file, so only where something is wrong.
  const isSound =
    !hasMistakes && hasKnownNames(config, { profiles: profiles.value, network: topology.value?.network });
  const document =
    file === undefined || text === undefined || isSound ? undefined : parseYaml(file, text).value;
  return {
    value: {
      ...read,
      profileFolders: folders,
      profiles: profiles.value,
      profilesDigest: profiles.digest,
      ruleFolders: [...shippedRuleFolders, ...own],
      ownRuleFolders: own,
      rules: rules.value,
      ruleProblems: [...standing.problems, ...rules.problems, ...examples],
      topology: topology.value,
    },
    problems: [
      ...standing.problems,
      ...unknownProfiles(document, profiles.value),
      ...unknownResources(document, topology.value),
      ...[...profiles.problems, ...rules.problems, ...topology.problems].map((problem) =>
        whereNamed(problem, read),
      ),
      ...examples,
    ],
  };
}

/** Folders of rules and automations of the operator's own. */
export const ownRuleFolders = ({ rules, automations }: Config): readonly string[] =>
  [rules, automations].filter((folder) => folder !== undefined);

/** A file or folder that cannot be read is shown where the configuration names it. */
function whereNamed(problem: Problem, { config, inForce }: ReadConfig): Problem {
  const key = (['topology', 'subscribers', 'rules', 'automations', 'profiles'] as const).find((name) =>
    ([] as unknown[]).concat(config[name]).includes(problem.file),
  );
  if (problem.code !== 'file/unreadable' || problem.line !== 0 || key === undefined) return problem;
  for (const [file, text] of Object.entries(inForce.files)) {
    const { value: document } = parseYaml(file, text);
    if ((document.value as Readonly<Record<string, unknown>> | null)?.[key] === undefined) continue;
    return document.problemAt([key], { code: problem.code, message: `${problem.file}: ${problem.message}` });
  }
  return problem;
}

/** Shipped profiles, those in `collectors` beside the configuration and those that it names. */
export function profileFoldersBeside(
  config: string | undefined,
  named: readonly string[],
): readonly string[] {
  const own = config === undefined ? undefined : join(dirname(resolve(config)), 'collectors');
  const beside = own !== undefined && existsSync(own) ? [own] : [];
  return [collectorsFolder, ...new Set([...beside, ...named])].filter(
    (folder, place) => place === 0 || resolve(folder) !== resolve(collectorsFolder),
  );
}

function hasKnownNames(
  { devices, probes, dns }: Config,
  known: { readonly profiles: Profiles; readonly network: ConfiguredTopology['network'] | undefined },
): boolean {
  const { profiles, network } = known;
  const isProfile = ({ profile }: Config['devices'][number]): boolean =>
    profile === 'auto' || profiles.byId.has(profile);
  const isResource = ({ resource }: { readonly resource: string }): boolean =>
    network === undefined || network.indexOf(resource) >= 0;
  return devices.every(isProfile) && [...probes, ...(dns?.resolvers ?? [])].every(isResource);
}

interface Written {
  readonly id?: unknown;
  readonly profile?: unknown;
  readonly resource?: unknown;
}

/** The things of a list as they are written, those with mistakes too. */
function listed(document: SourceDocument, ...path: readonly string[]): readonly Written[] {
  let found: unknown = document.value;
  for (const key of path) found = (found as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  const isThing = (one: unknown): one is Written => typeof one === 'object' && one !== null;
  return Array.isArray(found) ? found.map((one: unknown) => (isThing(one) ? one : {})) : [];
}

/** A device whose profile is not there would never be polled. */
function unknownProfiles(document: SourceDocument | undefined, known: Profiles): Problem[] {
  if (document === undefined) return [];
  return listed(document, 'devices').flatMap(({ id, profile }, index) =>
    typeof profile !== 'string' || profile === 'auto' || known.byId.has(profile)
      ? []
      : document.problemAt(['devices', index, 'profile'], {
          code: 'config/unknown-profile',
          message: `device "${String(id)}": there is no profile "${profile}"`,
          hint: profileHint(profile, known),
        }),
  );
}

/** A probe of a resource that is not there still raises alarms, but nothing is known of what stands on it. */
function unknownResources(
  document: SourceDocument | undefined,
  topology: ConfiguredTopology | undefined,
): Problem[] {
  if (topology === undefined || document === undefined) return [];
  const lists = [
    { path: ['probes'], what: 'probe' },
    { path: ['dns', 'resolvers'], what: 'resolver' },
  ];
  return lists.flatMap(({ path, what }) =>
    listed(document, ...path).flatMap(({ id, resource = id }, index) => {
      if (typeof resource !== 'string' || topology.network.indexOf(resource) >= 0) return [];
      const message = `${what} "${String(id)}": the topology has no "${resource}"`;
      const finding = { code: 'config/unknown-resource', message, severity: 'warning' } as const;
      return document.problemAt([...path, index], finding);
    }),
  );
}

async function readTopology({ topology, devices }: Config): Promise<Parsed<ConfiguredTopology | undefined>> {
  if (topology === undefined) return { value: undefined, problems: [] };
  return readTopologyBeside(topology, devices);
}

const mostStrays = 20;

/** Reads the list of subscribers through without keeping it: its problems, and whose resource the topology does not hold. */
export async function judgeSubscribers(installation: Installation): Promise<Parsed<number>> {
  const { config, topology } = installation;
  const { subscribers: file } = config;
  if (file === undefined) return { value: 0, problems: [] };
  const strays = new Map<string, number>();
  const problems: Problem[] = [];
  let count = 0;
  const kept = await readMapping(config.data, sourceNameOf(file));
  const reading = readSubscribers(createReadStream(file), file, { country: config.country, ...kept });
  try {
    for await (const page of reading.pages()) {
      count += page.length;
      for (const { resource } of page) {
        if (topology?.network.indexOf(resource) === -1) strays.set(resource, (strays.get(resource) ?? 0) + 1);
      }
    }
  } catch (error) {
    const message = `the file ${unreadableBecause(error)}`;
    problems.push(whereNamed(fileProblem(file, 'file/unreadable', message), installation));
  }
  return { value: count, problems: [...problems, ...reading.problems, ...strayProblems(file, strays)] };
}

/** A subscriber of a resource that is not there is never told anything: worth knowing, no reason not to start. */
function strayProblems(file: string, strays: ReadonlyMap<string, number>): Problem[] {
  const stray = (message: string): Problem => ({
    ...fileProblem(file, 'subscribers/unknown-resource', message),
    severity: 'warning',
  });
  const told = [...strays]
    .slice(0, mostStrays)
    .map(([resource, subscribers]) =>
      stray(`the topology has no "${resource}", the resource of ${subscribers} subscribers`),
    );
  const further = strays.size - told.length;
  return further === 0 ? told : [...told, stray(`${further} further resources are not in the topology`)];
}
