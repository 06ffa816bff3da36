/** `restore` on a copy of a data directory: what was undecided waits, ids get a new epoch, and nothing of the copy changes. */
import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lineIdentity } from '../../../src/app/center/line-identity.ts';
import { restoreVerb } from '../../../src/app/cli/restore.ts';
import { type Book, openBook } from '../../../src/edge/book/book.ts';
import { readOrMakeKey } from '../../../src/edge/book/vault.ts';
import { openJournal } from '../../../src/edge/journal/segments.ts';
import { epochOf } from '../../../src/flow/line-options.ts';
import { encodeInput } from '../../../src/flow/record.ts';
import {
  expandAll,
  importAll,
  incidentId,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from '../../edge/book/book-fixture.ts';
import { realWorld } from '../../support/real-world.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

let folder: Folder;
let copy: string;
let data: string;
const world = realWorld();

const opened = async (at: string): Promise<Book> => {
  const secretKey = await readOrMakeKey(join(at, 'book.key'), world);
  return (await openBook({ folder: at, world, secretKey })).value!;
};

/** Ten notices waiting, ten more for whom none was made yet, and a journal of three inputs. */
beforeEach(async () => {
  folder = await folderOf({});
  copy = folder.file('copy');
  data = folder.file('data');
  const { value: journal } = await openJournal({ folder: join(copy, 'journal'), world });
  await journal.append([1, 2, 3].map(() => encodeInput(t0, { kind: 'tick' })));
  await journal.close();
  await writeFile(join(copy, 'line'), 'a12cd 1\n');
  const book = await opened(copy);
  await importAll(
    book,
    Array.from({ length: 20 }, (_, n) => subscriberRow(n)),
  );
  await book.project([tells(tell({ from: 0, to: 10 }))]);
  await expandAll(book, [sms]);
  await book.project([tells(tell({ from: 10, to: 20, revision: 2 }))]);
  await book.close();
});
afterEach(() => folder.remove());

const hashOfLine = async (at: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(at, 'line')))
    .digest('hex');

test('what was undecided waits for a person, also what no notice was made for; a release lets it go', async () => {
  const before = await hashOfLine(copy);
  const done = json(await say(restoreVerb, copy, '--data', data, '--json'));
  expect(done).toMatchObject({ held: 10, epoch: 2, dryRun: false });
  expect(await hashOfLine(copy)).toBe(before);
  const book = await opened(data);
  await expandAll(book, [sms]);
  expect(await book.notices({ state: 'held', limit: 100 })).toMatchObject({ total: 20 });
  expect(await book.notices({ state: 'queued', limit: 100 })).toMatchObject({ total: 0 });
  const release = { kind: 'release', incident: incidentId } as const;
  await book.project([{ sequence: 1_000_000, at: t0, effects: [release], changes: [], rest: [] }]);
  expect(await book.notices({ state: 'queued', limit: 100 })).toMatchObject({ total: 20 });
  await book.close();
});

test('ids of the inputs before keep their epoch, those after get the next, however often it is restored', async () => {
  await say(restoreVerb, copy, '--data', data);
  await say(restoreVerb, data, '--data', data);
  const identity = lineIdentity(await readFile(join(data, 'line'), 'utf8'))!;
  expect(identity).toEqual({
    name: 'a12cd',
    epoch: 1,
    later: [
      { epoch: 2, after: 3 },
      { epoch: 3, after: 3 },
    ],
  });
  expect([1, 3, 4, 900].map((sequence) => epochOf(identity, sequence))).toEqual([1, 1, 3, 3]);
});

test('nothing is written for a trial, over another data directory, or from what is no copy', async () => {
  expect(json(await say(restoreVerb, copy, '--data', data, '--dry-run', '--json'))).toMatchObject({
    dryRun: true,
    epoch: 2,
  });
  await expect(readFile(join(data, 'line'))).rejects.toThrow();
  await expect(say(restoreVerb, folder.file('nothing'), '--data', data)).rejects.toThrow(
    /no data directory of allclear/,
  );
  await cp(copy, data, { recursive: true });
  await expect(say(restoreVerb, copy, '--data', data)).rejects.toThrow(/is not empty/);
  await writeFile(join(data, 'line'), 'a12cd 1 2@3 x\n');
  await expect(say(restoreVerb, data, '--data', data)).rejects.toThrow(/no name and epoch/);
});
