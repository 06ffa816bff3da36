/**
 * `restore`: a data directory from a copy of one. Nobody knows what was sent after the copy was made: what was undecided
 * then waits for a person, and the line makes its ids under a new epoch, so that no key is used a second time (design L9).
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import { openBook } from '../../edge/book/book.ts';
import { readOrMakeKey } from '../../edge/book/vault.ts';
import { verifyJournal } from '../../edge/journal/segments.ts';
import { identityText, raised, readLineIdentity } from '../center/line-identity.ts';
import { exitCodes } from '../processes/messages.ts';
import { lockData } from '../roles/data-lock.ts';
import { commonOptions, dataFolder, onlyPositional, verbWorld } from './common-options.ts';
import type { Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  data: { type: 'string' },
  config: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

/** Without these a folder is no data directory of ours. */
const needed = ['line', 'book.sqlite', 'book.key', 'journal'];
/** Of whoever ran on it when it was copied. */
const isLock = (name: string): boolean => /\.(?:lock|pid)(?:-journal|-wal|-shm)?$/.test(name);

export const restoreVerb: Verb = {
  name: 'restore',
  summary:
    'Makes a data directory of a copy of one: notices that were undecided wait for a person, ids get a new epoch.',
  usage: 'allclear restore DIR [--data DIR|--config FILE] [--dry-run] [--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const copy = resolve(onlyPositional(positionals, 'the folder of the copy'));
    const data = await dataFolder(values);
    const missing = needed.filter((name) => !existsSync(join(copy, name)));
    if (missing.length > 0)
      throw new Fault(
        'restore/no-copy',
        `${copy} holds no ${missing.join(', ')}: it is no data directory of allclear`,
      );
    if (data.startsWith(copy + sep) || copy.startsWith(data + sep))
      throw new Fault('restore/nested', `${copy} and ${data} lie in each other`);
    const isInPlace = copy === data;
    if (!isInPlace && existsSync(data) && (await readdir(data)).some((name) => !isLock(name)))
      throw new Fault('restore/not-empty', `${data} is not empty; name a folder that is, or the copy itself`);
    const done = await restore({ copy, data, isInPlace, isDry: values['dry-run'] === true });
    if (values.json === true || values.jsonl === true) terminal.print(JSON.stringify(done));
    else
      terminal.print(
        say(done.dryRun ? 'wouldRestore' : 'restored', { data, held: done.held, epoch: done.epoch }),
      );
    return exitCodes.ok;
  },
};

interface Restoring {
  readonly copy: string;
  readonly data: string;
  readonly isInPlace: boolean;
  readonly isDry: boolean;
}

async function restore({ copy, data, isInPlace, isDry }: Restoring) {
  const identity = await readLineIdentity(copy);
  const { lastSequence } = await verifyJournal(join(copy, 'journal'));
  const next = raised(identity, lastSequence);
  const epoch = next.later!.at(-1)!.epoch;
  if (isDry) return { data, held: 0, epoch, dryRun: true };
  const world = verbWorld();
  await mkdir(data, { recursive: true, mode: 0o700 });
  const locks = [];
  try {
    for (const name of ['daemon', 'center']) locks.push(await lockData(data, { name, world, patienceMs: 0 }));
    if (!isInPlace)
      for (const name of await readdir(copy))
        if (!isLock(name))
          await cp(join(copy, name), join(data, name), { recursive: true, errorOnExist: true });
    // The epoch first: were the rest not done, no id would be made twice all the same.
    await writeFile(join(data, 'line'), identityText(next), { flush: true });
    const secretKey = await readOrMakeKey(join(data, 'book.key'), world);
    const { value: book, problems } = await openBook({ folder: data, world, secretKey });
    if (book === undefined) throw new Fault(problems[0]!.code, problems.map(formatProblem).join('\n'));
    try {
      const held = await book.holdUndecided();
      await book.audit([
        { at: world.now(), actor: 'allclear', action: 'restore', target: 'data', detail: { held, epoch } },
      ]);
      return { data, held, epoch, dryRun: false };
    } finally {
      await book.close();
    }
  } finally {
    for (const lock of locks.reverse()) await lock.release();
  }
}
