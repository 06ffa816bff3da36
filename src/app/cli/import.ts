/** `import`: shows what a list of subscribers or a topology would change, then changes it when told to. */
import { accessSync, constants, createReadStream, createWriteStream, statSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import { type Book, openBook } from '../../edge/book/book.ts';
import { readOrMakeKey } from '../../edge/book/vault.ts';
import { readSubscribers } from '../../edge/files/subscribers-csv.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import { differencesOf, type Topology } from '../../topology/topology.ts';
import { readConfig } from '../config/load.ts';
import { networkOfDevices, readTopologyFile } from '../config/topology-file.ts';
import { exitCodes } from '../processes/messages.ts';
import { lockData } from '../roles/data-lock.ts';
import { machine } from '../world.ts';
import { ApiClient } from './api-client.ts';
import { commonOptions, configFile, dataFolder, verbWorld } from './common-options.ts';
import type { Terminal, Verb } from './verb.ts';
import { type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  config: { type: 'string' },
  data: { type: 'string' },
  url: { type: 'string' },
  yes: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const;

export const importVerb: Verb = {
  name: 'import',
  summary:
    'Prints what a list of subscribers or a topology would change; applies it when asked or with --yes.',
  usage:
    'allclear import subscribers|topology FILE [--config FILE|--data DIR|--url URL] [--yes|--dry-run] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [kind, file, extra] = positionals;
    if (file === undefined || extra !== undefined) {
      throw new Fault('usage/argument', 'write what to import and one file: import subscribers FILE');
    }
    readable(file);
    const isJson = values.json === true || values.jsonl === true;
    const asking = { terminal, say: speaker(values.lang), isJson, yes: values.yes === true };
    const given = { ...asking, isDry: values['dry-run'] === true, file, values };
    if (kind === 'subscribers' && values.url !== undefined) return importOver(values.url, given);
    if (values.url !== undefined) {
      throw new Fault('usage/url', 'over the address of a daemon only subscribers are imported');
    }
    if (kind === 'subscribers') return importSubscribers(given);
    if (kind === 'topology') return importTopology(given);
    throw new Fault('usage/argument', `"${kind}" is neither subscribers nor topology`);
  },
};

interface Importing {
  readonly terminal: Terminal;
  readonly say: Say;
  readonly isJson: boolean;
  readonly yes: boolean;
  readonly isDry: boolean;
  readonly file: string;
  readonly values: { readonly data?: string | undefined; readonly config?: string | undefined };
}

interface Diff {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

async function importSubscribers(importing: Importing): Promise<number> {
  const { terminal, file, values } = importing;
  const data = await dataFolder(values);
  const world = verbWorld();
  const locks = [];
  try {
    for (const name of ['daemon', 'center']) locks.push(await lockData(data, { name, world, patienceMs: 0 }));
    const secretKey = await readOrMakeKey(join(data, 'book.key'), world);
    const { value: book, problems } = await openBook({ folder: data, world, secretKey });
    if (book === undefined) throw new Fault(problems[0]!.code, problems.map(formatProblem).join('\n'));
    try {
      const dry = await runImport(book, file, 'dry');
      if (!isAcceptable(dry.problems, terminal)) return exitCodes.problem;
      if (!(await mayApply(dry.diff, importing))) return exitCodes.problem;
      if (!importing.isDry) await runImport(book, file, 'apply');
    } finally {
      await book.close();
    }
  } finally {
    for (const lock of locks.reverse()) await lock.release();
  }
  const { value: config } = await readConfig({ config: configFile(values.config), override: {} });
  if (config.subscribers !== undefined && config.subscribers !== resolve(file)) {
    terminal.complain(`the next start imports ${config.subscribers} again, as the configuration says`);
  }
  return exitCodes.ok;
}

/** The running daemon compares, then changes itself. */
async function importOver(url: string, importing: Importing): Promise<number> {
  const api = new ApiClient(url);
  try {
    const csv = await readFile(importing.file, 'utf8');
    const path = '/subscribers/import';
    const { problems, ...diff } = (await api.postCsv(path, csv)) as unknown as Diff & {
      readonly problems: readonly Problem[];
    };
    const here = problems.map((problem) => ({ ...problem, file: importing.file }));
    if (!isAcceptable(here, importing.terminal)) return exitCodes.problem;
    if (!(await mayApply(diff, importing))) return exitCodes.problem;
    if (!importing.isDry) await api.postCsv(`${path}?apply=true`, csv);
    return exitCodes.ok;
  } finally {
    api.close();
  }
}

/** A list with a wrong line is not applied: the subscriber on it would count as gone. */
function isAcceptable(problems: readonly Problem[], terminal: Terminal): boolean {
  for (const problem of problems) terminal.complain(formatProblem(problem));
  return problems.every(({ severity }) => severity !== 'error');
}

async function runImport(
  book: Book,
  file: string,
  mode: 'dry' | 'apply',
): Promise<{ readonly diff: Diff; readonly problems: readonly Problem[] }> {
  const reading = readSubscribers(createReadStream(file, { encoding: 'utf8' }), file);
  await book.beginImport(mode);
  for await (const rows of reading.pages()) await book.importPage(rows);
  return { diff: await book.endImport(), problems: reading.problems };
}

/** The topology is the file that the configuration names: an import replaces it, whole. */
async function importTopology(importing: Importing): Promise<number> {
  const { terminal, file, values } = importing;
  const { value: config } = await readConfig({ config: configFile(values.config), override: {} });
  const target = config.topology;
  if (target === undefined) {
    throw new Fault(
      'usage/topology',
      'the configuration names no file: write topology: ./topology.json into it',
    );
  }
  const { value: next, problems } = await readTopologyFile(file, []);
  if (!isAcceptable(problems, terminal)) return exitCodes.problem;
  const diff = differencesOf(await currentNetwork(target), next?.network ?? networkOfDevices([]));
  if (!(await mayApply(diff, importing))) return exitCodes.problem;
  if (!importing.isDry && target !== resolve(file)) {
    await pipeline(createReadStream(file), createWriteStream(`${target}.new`, { flush: true }));
    await rename(`${target}.new`, target);
  }
  return exitCodes.ok;
}

/** What cannot be read is replaced as if nothing were there. */
async function currentNetwork(path: string): Promise<Topology> {
  const { value } = await readTopologyFile(path, []);
  return value?.network ?? networkOfDevices([]);
}

/** Prints the diff; false when there is something to apply and nobody said yes. */
async function mayApply(diff: Diff, importing: Importing): Promise<boolean> {
  const { terminal, say, isJson, isDry } = importing;
  const isEmpty = diff.added + diff.changed + diff.removed === 0;
  const applies = isEmpty || isDry || importing.yes || (await asked(diff, importing));
  const applied = applies && !isDry && !isEmpty;
  if (isJson) terminal.print(JSON.stringify({ ...diff, applied }));
  else {
    if (importing.yes || isDry || isEmpty || !terminal.isInteractive)
      terminal.print(say('diff', { ...diff }));
    if (applied) terminal.print(say('applied'));
    if (!applies) terminal.print(say('notApplied'));
  }
  return applies;
}

async function asked(diff: Diff, { terminal, say, isJson }: Importing): Promise<boolean> {
  if (!terminal.isInteractive || isJson) return false;
  terminal.print(say('diff', { ...diff }));
  const questions = createInterface({ input: machine.stdin, output: machine.stdout });
  const answer = await questions.question(say('apply'));
  questions.close();
  return /^(y|yes|да|д)$/i.test(answer.trim());
}

function readable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
    if (statSync(file).isDirectory()) throw Object.assign(new Error(file), { code: 'EISDIR' });
  } catch (error) {
    throw new Fault('import/unreadable', `${file} ${unreadableBecause(error)}`, error);
  }
}
