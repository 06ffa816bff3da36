/** What the book remembers of outages and works for everybody: when something changed, and what was called off. */
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { worksNoticesId } from '../../../src/model/ids.ts';
import type { Etr, Impact } from '../../../src/model/incident.ts';
import { applied, bookIn, incidentId, inFolder, t0, tell } from './book-fixture.ts';

const minute = 60_000;
const at = (minutes: number) => instant(t0 + minutes * minute);

const opened = (run: (book: Book) => Promise<void>): Promise<void> =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await run(book);
    await book.close();
  });

const impact = (revision: number, to: number, etr?: Etr): Impact =>
  ({
    ...{
      incident: incidentId,
      revision,
      topologyVersion: 1,
      ranges: [{ from: 0, to }],
      subscribers: to,
      etr,
    },
  }) as unknown as Impact;
const etr = (to: number): Etr => ({ from: at(to - 10), to: at(to), source: 'table', revision: 1 });
const assessed = (minutes: number, one: Impact) => ({
  ...applied([], [{ kind: 'impact', impact: one }]),
  at: at(minutes),
});

test('a version is another set of people or another expected time, and nothing else', () =>
  opened(async (book) => {
    await book.project([
      assessed(1, impact(1, 30)),
      assessed(2, impact(1, 30)),
      assessed(3, impact(1, 30, etr(60))),
      assessed(4, impact(1, 30, { ...etr(60), revision: 2 })),
      assessed(5, impact(2, 40, etr(60))),
    ]);
    const versions = await book.impactVersions([incidentId, 'none']);
    expect(versions.get(incidentId)).toEqual([
      { at: at(1), subscribers: 30 },
      { at: at(3), subscribers: 30 },
      { at: at(5), subscribers: 40 },
    ]);
    expect(versions.get('none')).toEqual([]);
    expect((await book.impactRevisions(incidentId)).map(({ revision }) => revision)).toEqual([2, 1]);
  }));

test('only so many versions of one incident are kept, the newest', () =>
  opened(async (book) => {
    await book.project(Array.from({ length: 250 }, (_, n) => assessed(n, impact(n + 1, n + 1))));
    const versions = (await book.impactVersions([incidentId])).get(incidentId)!;
    expect([versions.length, versions[0]?.at, versions.at(-1)?.at]).toEqual([200, at(50), at(249)]);
  }));

test('works that move, are called off and put up again count each change once, however many are told of it', () =>
  opened(async (book) => {
    const told = (
      type: 'planned' | 'planned-changed' | 'planned-cancelled',
      from: number,
      people: number,
    ) => {
      const facts = { kind: 'works', startedAt: at(from), etr: etr(from + 60) };
      const to = { from: people, to: people + 10 };
      return applied([{ kind: 'tell', tell: tell({ incident: worksNoticesId('W-1'), type, facts, ...to }) }]);
    };
    await book.project([told('planned', 100, 0), told('planned', 100, 50)]);
    expect(await book.worksHistories(0)).toMatchObject([
      { works: 'W-1', changes: 0, isCancelled: false, from: at(100) },
    ]);
    await book.project([
      told('planned-changed', 200, 0),
      told('planned', 200, 70),
      told('planned-changed', 100, 0),
    ]);
    expect(await book.worksHistories(0)).toMatchObject([{ changes: 2, from: at(100) }]);
    await book.project([told('planned-cancelled', 100, 0), told('planned-cancelled', 100, 50)]);
    const [works] = await book.worksHistories(0);
    expect(works).toMatchObject({ changes: 3, isCancelled: true, to: at(160) });
    expect(works?.ranges).toEqual([
      { from: 0, to: 10 },
      { from: 50, to: 60 },
    ]);
    expect(await book.worksHistories(t0 + 1)).toEqual([]);
  }));
