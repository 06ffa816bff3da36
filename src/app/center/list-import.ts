/** A list of subscribers handed in to the running daemon: what it would change, or the change, in force at once. */
import type { Book } from '../../edge/book/book.ts';
import { readSubscribers } from '../../edge/files/subscribers-csv.ts';
import type { ImportOutcome } from '../../edge/http/ports.ts';
import { renewSubscribers, type Setup } from './setup.ts';

interface ListImport extends Pick<Setup, 'host' | 'book' | 'channels' | 'world'> {
  readonly language: 'ru' | 'en';
  readonly csv: string;
  readonly apply: boolean;
}

/** A list with a wrong line is not applied: the subscriber on it would count as gone. */
export async function importList(given: ListImport): Promise<ImportOutcome> {
  const { book, csv } = given;
  const dry = await run(book, csv, 'dry');
  const isSound = dry.problems.every(({ severity }) => severity !== 'error');
  if (!isSound || !given.apply) return { ...dry, applied: false };
  const done = await run(book, csv, 'apply');
  await renewSubscribers(given);
  return { ...done, applied: true };
}

async function run(
  book: Book,
  csv: string,
  mode: 'dry' | 'apply',
): Promise<Pick<ImportOutcome, 'diff' | 'problems'>> {
  const { pages, problems } = readSubscribers([csv], 'the list');
  await book.beginImport(mode);
  for await (const rows of pages()) await book.importPage(rows);
  return { diff: await book.endImport(), problems };
}
