/** `test profile`: the tests inside device profiles, run against a simulated agent over real UDP. */
import { existsSync, statSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import {
  detectionOids,
  judgeTest,
  type Profile,
  type Profiles,
  type ProfileTest,
} from '../../collect/collect.ts';
import { openAgent, recordedRows } from '../../edge/snmp/agent.ts';
import { pollDevice } from '../../edge/snmp/poll.ts';
import { parseSnmprec, type Recording, recordingOf } from '../../edge/snmp/snmprec.ts';
import { openTransport, type Transport } from '../../edge/snmp/transport.ts';
import { installedProfiles } from '../config/installed-profiles.ts';
import { exitCodes } from '../processes/messages.ts';
import { verbWorld } from './common-options.ts';
import { openBar } from './progress-bar.ts';
import { profileFoldersOf } from './snmp-options.ts';
import { printable } from './table.ts';
import type { Terminal } from './verb.ts';
import type { Say } from './words.ts';

interface Wanted {
  /** A profile's file, or a folder of them. */
  readonly path: string;
  readonly recordings?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

interface Tally {
  profiles: number;
  tests: number;
  failed: number;
  readonly problems: Problem[];
  /** Recordings that are not there. */
  readonly leftOut: string[];
}

/** Exit 1 when an expectation fails or a profile cannot be read. */
export async function testProfiles(wanted: Wanted, terminal: Terminal, say: Say): Promise<number> {
  if (!existsSync(wanted.path)) throw new Fault('usage/file', `${wanted.path} is not there`);
  if (!isFolder(wanted.path) && !/\.ya?ml$/.test(wanted.path))
    throw new Fault('usage/file', `${wanted.path} is no profile: its name ends in neither .yaml nor .yml`);
  const { recordings } = wanted;
  if (recordings !== undefined && !isFolder(recordings))
    throw new Fault('usage/recordings', `--recordings: ${recordings} is no folder`);
  const path = await realpath(wanted.path);
  const isInside = (file: string): boolean => file === path || file.startsWith(path + sep);
  const folders = await Promise.all((await profileFoldersOf(wanted.config)).map(realPath));
  const isKnown = folders.some((folder) => path === folder || path.startsWith(folder + sep));
  // What is tested goes before a shipped profile of the same id.
  const loaded = await installedProfiles(isKnown ? folders : [path, ...folders]);
  const tally: Tally = { profiles: 0, tests: 0, failed: 0, problems: [], leftOut: [] };
  tally.problems.push(...loaded.problems.filter(({ file }) => isInside(resolve(file))));
  const unreadable = new Set(tally.problems.map(({ file }) => file)).size;
  const world = verbWorld();
  const transport = await openTransport(world);
  const bar = openBar(terminal, world);
  const wantedProfiles = [...loaded.value.byId.values()].filter(({ file }) => isInside(resolve(file)));
  try {
    for (const profile of wantedProfiles) {
      bar.show(tally.profiles++, wantedProfiles.length, printable(profile.id));
      for (const test of profile.tests) {
        await runTest(test, { profile, profiles: loaded.value, world, transport, wanted, tally });
      }
    }
  } finally {
    bar.close();
    transport.close();
  }
  if (tally.profiles === 0 && tally.problems.length === 0)
    throw new Fault('profile/none', `${wanted.path} holds no device profile (.yaml with an id)`);
  return report({ ...tally, unreadable }, wanted, { terminal, say });
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A folder that is not there stays as it is written, to be reported. */
const realPath = (folder: string): Promise<string> => realpath(folder).catch(() => resolve(folder));

interface Running {
  readonly profile: Profile;
  readonly profiles: Profiles;
  readonly world: World;
  readonly transport: Transport;
  readonly wanted: Wanted;
  readonly tally: Tally;
}

async function runTest(test: ProfileTest, running: Running): Promise<void> {
  const { profile, profiles, world, transport, wanted, tally } = running;
  const recording = await recordingFor(test, wanted.recordings);
  if (recording === undefined) {
    tally.leftOut.push(`${profile.id}: ${test.recording}`);
    return;
  }
  tally.tests++;
  const rows = recordedRows(recording);
  const agent = await openAgent(world, { host: '127.0.0.1', port: 0, rowsOf: () => rows });
  try {
    const isChosen =
      profile.match.sysObjectID.length > 0 && rows.get(detectionOids.sysObjectID) !== undefined;
    const credentials = { version: 'v2c', community: new Secret('test') } as const;
    const target = { host: agent.host, port: agent.port, credentials };
    const chosen = isChosen ? 'auto' : profile.id;
    const outcome = await pollDevice({ world, transport, profiles, target, profile: chosen });
    const found = outcome.kind === 'reading' ? judgeTest(test, outcome.reading) : [];
    if (outcome.kind !== 'reading') found.push(aboutTest(test, profile, `it was not read: ${outcome.kind}`));
    else if (outcome.reading.profile !== profile.id)
      found.push(aboutTest(test, profile, `the device is taken for ${outcome.reading.profile}`));
    if (found.length > 0) tally.failed++;
    tally.problems.push(...found);
  } finally {
    await agent.close();
  }
}

async function recordingFor(test: ProfileTest, folder: string | undefined): Promise<Recording | undefined> {
  if (test.recording === undefined) return recordingOf(test.rows ?? []);
  const file = folder === undefined ? undefined : join(folder, `${test.recording}.snmprec`);
  return file !== undefined && existsSync(file) ? parseSnmprec(await readFile(file, 'latin1')) : undefined;
}

function aboutTest(test: ProfileTest, profile: Profile, message: string): Problem {
  const finding = { code: 'profile/test', message };
  const whole = { file: profile.file, line: 0, column: 0, severity: 'error' as const, ...finding };
  return test.expectations[0]?.problemAt(finding) ?? whole;
}

function report(
  { problems, leftOut, profiles, tests, failed, unreadable }: Tally & { readonly unreadable: number },
  { json, quiet }: Wanted,
  { terminal, say }: { readonly terminal: Terminal; readonly say: Say },
): number {
  if (json === true)
    terminal.print(JSON.stringify({ profiles, tests, failed, unreadable, leftOut, problems }));
  else {
    for (const problem of problems) terminal.print(formatProblem(problem));
    if (quiet !== true)
      for (const one of leftOut) terminal.print(`${one}: left out, the recording is not there`);
    if (unreadable > 0) terminal.print(say('profilesUnreadable', { files: unreadable }));
    terminal.print(say('profilesTested', { profiles, tests, failed }));
  }
  return problems.length === 0 ? exitCodes.ok : exitCodes.problem;
}
