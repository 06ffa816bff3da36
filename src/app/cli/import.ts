/** `import`: shows what a list of subscribers or a topology would change, then changes it when told to. */
import { accessSync, constants, createReadStream, createWriteStream, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import { type Book, openBook } from '../../edge/book/book.ts';
import type { ImportDiff } from '../../edge/book/records.ts';
import { tooMuch } from '../../edge/book/subscriber-import.ts';
import { readOrMakeKey } from '../../edge/book/vault.ts';
import { decodedText } from '../../edge/files/decoded-text.ts';
import type { ColumnMapping } from '../../edge/files/subscriber-fields.ts';
import type { ListOptions } from '../../edge/files/subscriber-list.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import { differencesOf, impliedParentIndex, type Topology } from '../../topology/topology.ts';
import type { Config } from '../config/config.ts';
import { keepMapping, readMapping, sourceNameOf } from '../config/import-mappings.ts';
import { runList } from '../config/list-run.ts';
import { readConfig } from '../config/load.ts';
import { networkOfDevices, readTopologyFile } from '../config/topology-file.ts';
import { exitCodes } from '../processes/messages.ts';
import { lockData } from '../roles/data-lock.ts';
import { machine } from '../world.ts';
import { ApiClient } from './api-client.ts';
import { commonOptions, configFile, dataFolder, verbWorld } from './common-options.ts';
import { completed, readingOf } from './import-columns.ts';
import type { Terminal, Verb } from './verb.ts';
import { type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  config: { type: 'string' },
  data: { type: 'string' },
  url: { type: 'string' },
  yes: { type: 'boolean' },
  map: { type: 'string', multiple: true },
  source: { type: 'string' },
  country: { type: 'string' },
  encoding: { type: 'string' },
  'allow-large': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const;

export const importVerb: Verb = {
  name: 'import',
  summary:
    'Prints what a list of subscribers or a topology would change; applies it when asked or with --yes.',
  usage:
    'allclear import subscribers|topology FILE [--config FILE|--data DIR|--url URL] [--map FIELD=COLUMN ..] [--source NAME] [--country CC] [--encoding E] [--yes|--dry-run] [--allow-large] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [kind, file, extra] = positionals;
    if (file === undefined || extra !== undefined) {
      throw new Fault('usage/argument', 'write what to import and one file: import subscribers FILE');
    }
    readable(file);
    const isJson = values.json === true || values.jsonl === true;
    const asking = { terminal, say: speaker(values.lang), isJson, yes: values.yes === true };
    const reading = { ...readingOf(values), source: values.source ?? sourceNameOf(file) };
    const allowLarge = values['allow-large'] === true;
    const given = { ...asking, isDry: values['dry-run'] === true, allowLarge, file, values, reading };
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
  readonly allowLarge: boolean;
  readonly reading: ListOptions & { readonly source: string };
  readonly values: { readonly data?: string | undefined; readonly config?: string | undefined };
}

type Diff = Pick<ImportDiff, 'added' | 'changed' | 'removed' | 'unchanged'> &
  Partial<ImportDiff> & { readonly mapping?: ColumnMapping };

async function importSubscribers(importing: Importing): Promise<number> {
  const { terminal, file, values } = importing;
  const data = await dataFolder(values);
  const world = verbWorld();
  const locks = [];
  const { value: config } = await readConfig({ config: configFile(values.config), override: {} });
  try {
    for (const name of ['daemon', 'center']) locks.push(await lockData(data, { name, world, patienceMs: 0 }));
    const secretKey = await readOrMakeKey(join(data, 'book.key'), world);
    const { value: book, problems } = await openBook({ folder: data, world, secretKey });
    if (book === undefined) throw new Fault(problems[0]!.code, problems.map(formatProblem).join('\n'));
    try {
      const exit = await compareAndApply(book, { ...importing, data, config });
      if (exit !== exitCodes.ok) return exit;
    } finally {
      await book.close();
    }
  } finally {
    for (const lock of locks.reverse()) await lock.release();
  }
  if (config.subscribers !== undefined && config.subscribers !== resolve(file)) {
    terminal.complain(`the next start imports ${config.subscribers} again, as the configuration says`);
  }
  return exitCodes.ok;
}

async function compareAndApply(
  book: Book,
  importing: Importing & { readonly data: string; readonly config: Config },
): Promise<number> {
  const { terminal, file, data, config, reading } = importing;
  const kept = await readMapping(data, reading.source);
  const country = reading.country ?? kept.country ?? config.country;
  let mapping: ColumnMapping = { ...kept.mapping, ...reading.mapping };
  const network = config.topology === undefined ? undefined : await currentNetwork(config.topology);
  const isResource =
    network === undefined || network.resourceCount === 0
      ? undefined
      : (id: string): boolean => network.indexOf(id) >= 0 || impliedParentIndex(network, id) >= 0;
  mapping = await completed(mapping, importing);
  const run = (mode: 'dry' | 'apply') => {
    const options = { mapping, country, encoding: reading.encoding };
    return runList(book, { source: createReadStream(file), file, options, mode, isWhole: true, isResource });
  };
  const dry = await run('dry');
  if (!isAcceptable(dry.problems, terminal)) return exitCodes.problem;
  if (isTooMuch(tooMuch(dry.diff), dry.diff, importing)) return exitCodes.problem;
  if (!(await mayApply({ ...dry.diff, mapping: dry.mapping }, importing))) return exitCodes.problem;
  if (importing.isDry) return exitCodes.ok;
  await run('apply');
  await keepMapping(data, reading.source, { mapping: dry.mapping, country: reading.country ?? kept.country });
  return exitCodes.ok;
}

/** The running daemon compares, then changes itself. */
async function importOver(url: string, importing: Importing): Promise<number> {
  const api = new ApiClient(url);
  const { reading } = importing;
  try {
    let csv = '';
    for await (const piece of decodedText(createReadStream(importing.file), reading.encoding)) csv += piece;
    const mapping = await completed(reading.mapping ?? {}, importing);
    const query = new URLSearchParams({ source: reading.source, map: JSON.stringify(mapping) });
    if (reading.country !== undefined) query.set('country', reading.country);
    if (importing.allowLarge) query.set('allowLarge', 'true');
    const path = `/subscribers/import?${query}`;
    const { problems, refused, ...diff } = (await api.postCsv(path, csv)) as unknown as ImportDiff & {
      readonly problems: readonly Problem[];
      readonly refused: 'removed' | 'reclassified' | null;
    };
    const here = problems.map((problem) => ({ ...problem, file: importing.file }));
    if (!isAcceptable(here, importing.terminal)) return exitCodes.problem;
    if (isTooMuch(refused ?? undefined, diff, importing)) return exitCodes.problem;
    if (!(await mayApply(diff, importing))) return exitCodes.problem;
    if (!importing.isDry) await api.postCsv(`${path}&apply=true`, csv);
    return exitCodes.ok;
  } finally {
    api.close();
  }
}

/** More than a tenth: somebody has to say that it is meant. */
function isTooMuch(
  refused: 'removed' | 'reclassified' | undefined,
  diff: ImportDiff,
  { terminal, say, allowLarge, isDry }: Importing,
): boolean {
  if (refused === undefined || allowLarge) return false;
  terminal.complain(
    say(refused === 'removed' ? 'manyRemoved' : 'manyReclassified', {
      ...diff,
      examples: '',
      fields: '',
    } as never),
  );
  return !isDry;
}

/** A list with a wrong line is not applied: the subscriber on it would count as gone. */
function isAcceptable(problems: readonly Problem[], terminal: Terminal): boolean {
  for (const problem of problems) terminal.complain(formatProblem(problem));
  return problems.every(({ severity }) => severity !== 'error');
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
    if (importing.yes || isDry || isEmpty || !terminal.isInteractive) printDiff(diff, importing);
    if (applied) terminal.print(say('applied'));
    if (!applies) terminal.print(say('notApplied'));
  }
  return applies;
}

async function asked(diff: Diff, importing: Importing): Promise<boolean> {
  const { terminal, say, isJson } = importing;
  if (!terminal.isInteractive || isJson) return false;
  printDiff(diff, importing);
  const questions = createInterface({ input: machine.stdin, output: machine.stdout });
  const answer = await questions.question(say('apply'));
  questions.close();
  return /^(y|yes|да|д)$/i.test(answer.trim());
}

function printDiff(diff: Diff, { terminal, say }: Importing): void {
  const { added, changed, removed, unchanged, moved = 0, fields = {}, examples = [], mapping } = diff;
  terminal.print(say('diff', { added, changed, removed, unchanged }));
  const read = Object.entries(mapping ?? {}).filter(([field, column]) => field !== column.toLowerCase());
  if (read.length > 0)
    terminal.print(
      say('mapped', { columns: read.map(([field, column]) => `${field}=${column}`).join(', ') }),
    );
  const counts = Object.entries(fields).map(([field, count]) => `${field} ${count}`);
  if (counts.length > 0) terminal.print(say('fields', { fields: counts.join(', '), moved }));
  for (const { what, id, line, fields: differing } of examples) {
    const place = line === undefined ? '' : `:${line}`;
    const changes = differing.map(
      ({ field, before, after }) => `${field}: ${before || '–'} -> ${after || '–'}`,
    );
    terminal.print(`  ${signs[what]} ${id}${place}  ${changes.join(', ')}`.trimEnd());
  }
}

const signs = { added: '+', changed: '~', removed: '-' } as const;

function readable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
    if (statSync(file).isDirectory()) throw Object.assign(new Error(file), { code: 'EISDIR' });
  } catch (error) {
    throw new Fault('import/unreadable', `${file} ${unreadableBecause(error)}`, error);
  }
}
