/** A list of subscribers on its way into the book: compared, or brought in, with all that is wrong with it. */
import type { Problem } from '../../base/problem.ts';
import type { Book } from '../../edge/book/book.ts';
import type { ImportDiff } from '../../edge/book/records.ts';
import { endImport } from '../../edge/book/subscriber-import.ts';
import type { ColumnMapping } from '../../edge/files/subscriber-fields.ts';
import { type ListOptions, readSubscribers } from '../../edge/files/subscriber-list.ts';

export interface ListRun {
  readonly source: AsyncIterable<Uint8Array> | Iterable<string>;
  readonly file: string;
  readonly options: ListOptions;
  readonly mode: 'dry' | 'apply';
  /** False: who is not in it stays. */
  readonly isWhole: boolean;
  /** Whether the network has that resource; absent where none is known. */
  readonly isResource?: ((id: string) => boolean) | undefined;
}

export interface ListOutcome {
  readonly diff: ImportDiff;
  readonly problems: readonly Problem[];
  readonly mapping: ColumnMapping;
}

const mostStrays = 20;

export async function runList(book: Book, run: ListRun): Promise<ListOutcome> {
  const reading = readSubscribers(run.source, run.file, run.options);
  const strays: { id: string; line: number }[] = [];
  let further = 0;
  await book.beginImport(run.mode);
  for await (const rows of reading.pages()) {
    for (const { resource, services = [], line = 0 } of rows) {
      for (const id of [resource, ...services.map((service) => service.resource ?? resource)]) {
        if (run.isResource?.(id) !== false) continue;
        if (strays.length < mostStrays) strays.push({ id, line });
        else further++;
      }
    }
    await book.importPage(rows);
  }
  const diff = await endImport(book, run.isWhole ? 'all' : 'none');
  const warn = (line: number, message: string): Problem => ({
    ...{ file: run.file, line, column: 1, severity: 'warning', code: 'subscribers/not-valid', message },
  });
  const unknown = strays.map(({ id, line }) => ({
    ...warn(line, `the topology has no "${id}": nobody there is ever told anything`),
    code: 'subscribers/unknown-resource',
  }));
  const problems = [
    ...reading.problems,
    ...diff.repeatedAt.map((line) => warn(line, 'the id stands in an earlier line: this one is left out')),
    ...diff.erasedAt.map((line) =>
      warn(
        line,
        'this subscriber was erased for good and is left out; give whoever comes back an id of their own',
      ),
    ),
    ...unknown,
    ...(further === 0 ? [] : [warn(0, `${further} further resources are not in the topology`)]),
  ];
  return { diff, problems, mapping: reading.mapping };
}
