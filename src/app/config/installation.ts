/** Everything a start, a reload or a check reads: configuration, profiles, rules and topology, judged together. */
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileProblem, type Parsed, type Problem } from '../../base/problem.ts';
import type { Profiles } from '../../collect/collect.ts';
import { type LoadedRules, loadRules } from '../../edge/files/rule-files.ts';
import { readSubscribers } from '../../edge/files/subscribers-csv.ts';
import { parseYaml } from '../../edge/files/yaml-document.ts';
import type { StartOptions } from '../processes/messages.ts';
import { collectorsFolder, rulesFolder } from '../product-files.ts';
import type { Config } from './config.ts';
import { installedProfiles } from './installed-profiles.ts';
import { type ReadConfig, readWhole } from './load.ts';
import { exampleProblems } from './rule-examples.ts';
import type { ConfiguredTopology } from './topology-file.ts';
import { readTopologyBeside } from './topology-thread.ts';

export interface Installation extends ReadConfig {
  readonly profileFolders: readonly string[];
  readonly profiles: Profiles;
  /** Of the texts of the profiles: another one when any of them changed. */
  readonly profilesDigest: string;
  readonly ruleFolders: readonly string[];
  readonly rules: LoadedRules;
  /** undefined: no topology is configured, or its file holds none that can be read. */
  readonly topology: ConfiguredTopology | undefined;
}

/** The sound part with every problem. Rejects as `readWhole` does. */
export async function readInstallation(start: StartOptions): Promise<Parsed<Installation>> {
  const read = await readWhole(start);
  const { value, problems } = await readBeside(read.value, start.config);
  return { value, problems: [...read.problems, ...problems] };
}

/** What belongs to a configuration that was read: a mistake there leaves out its own part alone. */
export async function readBeside(read: ReadConfig, file: string | undefined): Promise<Parsed<Installation>> {
  const { config } = read;
  const folders = profileFoldersBeside(file, config.profiles);
  const profiles = await installedProfiles(folders);
  const ruleFolders = config.rules === undefined ? [rulesFolder] : [rulesFolder, config.rules];
  const rules = await loadRules(ruleFolders);
  const topology = await readTopology(config);
  return {
    value: {
      ...read,
      profileFolders: folders,
      profiles: profiles.value,
      profilesDigest: profiles.digest,
      ruleFolders,
      rules: rules.value,
      topology: topology.value,
    },
    problems: [
      ...unknownProfiles(read, file, profiles.value),
      ...unknownResources(read, file, topology.value),
      ...[...profiles.problems, ...rules.problems, ...topology.problems].map((problem) =>
        whereNamed(problem, read),
      ),
      ...exampleProblems(rules.value, 'own'),
    ],
  };
}

/** A file or folder that cannot be read is shown where the configuration names it. */
function whereNamed(problem: Problem, { config, inForce }: ReadConfig): Problem {
  const key = (['topology', 'subscribers', 'rules', 'profiles'] as const).find((name) =>
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

/** A device whose profile is not there would never be polled. */
function unknownProfiles(read: ReadConfig, file: string | undefined, known: Profiles): Problem[] {
  const strays = read.config.devices.filter(({ profile }) => profile !== 'auto' && !known.byId.has(profile));
  if (strays.length === 0 || file === undefined) return [];
  const { value: document } = parseYaml(file, read.inForce.files[file] ?? '');
  const written = (document.value as { devices?: readonly { id?: unknown }[] } | null)?.devices ?? [];
  return strays.map(({ id, profile }) =>
    document.problemAt(['devices', written.findIndex((device) => device.id === id), 'profile'], {
      code: 'config/unknown-profile',
      message: `device "${id}": there is no profile "${profile}"`,
    }),
  );
}

/** A probe of a resource that is not there still raises alarms, but nothing is known of what stands on it. */
function unknownResources(
  { config, inForce }: ReadConfig,
  file: string | undefined,
  topology: ConfiguredTopology | undefined,
): Problem[] {
  if (topology === undefined || file === undefined) return [];
  const isKnown = (id: string): boolean => topology.network.indexOf(id) >= 0;
  const { value: document } = parseYaml(file, inForce.files[file] ?? '');
  const written = (document.value as { probes?: readonly { id?: unknown }[] } | null)?.probes ?? [];
  const strays = config.probes.flatMap(({ id, resource }) =>
    isKnown(resource)
      ? []
      : [
          {
            path: ['probes', written.findIndex((probe) => probe.id === id)],
            what: `probe "${id}"`,
            resource,
          },
        ],
  );
  const resolvers = (config.dns?.resolvers ?? []).flatMap(({ id, resource }, index) =>
    isKnown(resource) ? [] : [{ path: ['dns', 'resolvers', index], what: `resolver "${id}"`, resource }],
  );
  return [...strays, ...resolvers].map(({ path, what, resource }) => ({
    ...document.problemAt(path, {
      code: 'config/unknown-resource',
      message: `${what}: the topology has no "${resource}"`,
    }),
    severity: 'warning',
  }));
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
  const reading = readSubscribers(createReadStream(file, { encoding: 'utf8' }), file);
  try {
    for await (const page of reading.pages()) {
      count += page.length;
      for (const { resource } of page) {
        if (topology?.network.indexOf(resource) === -1) strays.set(resource, (strays.get(resource) ?? 0) + 1);
      }
    }
  } catch {
    problems.push(whereNamed(fileProblem(file, 'file/unreadable', 'the file cannot be read'), installation));
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
