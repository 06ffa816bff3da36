/** What is known of planned works from what was told of them: the newest times, those before, and that they are called off. */
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { worksNoticesId } from '../../../src/model/ids.ts';
import type { NoticeFacts, NoticeType } from '../../../src/model/notice.ts';
import { bookIn, inFolder, t0, tell, tells } from './book-fixture.ts';

const hour = 3_600_000;
const id = worksNoticesId('W-1');
const at = (hours: number) => instant(t0 + hours * hour);
const times = (from: number, to: number) => ({
  ...{ from: at(from), to: at(to), source: 'operator' as const, revision: 1 },
});
const said = (type: NoticeType, [from, to]: readonly [number, number], more: Partial<NoticeFacts> = {}) =>
  tells(
    tell({
      incident: id,
      type,
      facts: { kind: 'works', startedAt: at(from), etr: times(from, to), ...more },
    }),
  );

const opened = (run: (book: Book) => Promise<void>): Promise<void> =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await run(book);
    await book.close();
  });

test('works that nobody was told of are not known', () =>
  opened(async (book) => {
    await book.project([tells(tell({ type: 'detected' }))]);
    expect(await book.worksTold(id)).toBeUndefined();
  }));

test('the newest times count, with those before for whoever joined later as well', () =>
  opened(async (book) => {
    await book.project([said('planned', [10, 12])]);
    expect(await book.worksTold(id)).toEqual({ from: at(10), to: at(12), isCancelled: false });
    const previousEtr = times(10, 12);
    await book.project([said('planned-changed', [20, 23], { previousEtr }), said('planned', [20, 23])]);
    const moved = { from: at(20), to: at(23), isCancelled: false, before: { from: at(10), to: at(12) } };
    expect(await book.worksTold(id)).toEqual(moved);
  }));

test('called off, announced again under the old name, and over', () =>
  opened(async (book) => {
    await book.project([said('planned', [10, 12]), said('planned-cancelled', [10, 12])]);
    expect(await book.worksTold(id)).toMatchObject({ isCancelled: true, from: at(10) });
    await book.project([said('planned', [30, 31])]);
    expect(await book.worksTold(id)).toMatchObject({ isCancelled: false, from: at(30) });
    await book.project([said('planned-end', [30, 31], { restoredAt: at(30.5) })]);
    expect(await book.worksTold(id)).toMatchObject({ isCancelled: false, endedAt: at(30.5) });
  }));
