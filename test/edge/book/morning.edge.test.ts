import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { Tell } from '../../../src/model/notice.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const morning = instant(t0 + 8 * 3_600_000);
const facts = (hours: number) => {
  const to = instant(t0 + hours * 3_600_000);
  return {
    ...({ kind: 'feeder', startedAt: t0 } as const),
    etr: { from: t0, to, source: 'operator', revision: hours } as const,
  };
};

test('what waits for the morning says the newest time, and nobody hears of the times between', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      [0, 1, 2].map((n) => subscriberRow(n)),
    );
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    const plan = async (...some: readonly Tell[]) => {
      await book.project([tells(...some)]);
      await expandAll(book, [sms]);
    };
    // The third one lives where it is day, and has heard of it.
    await plan(
      tell({ to: 2, notBefore: morning, facts: facts(3) }),
      tell({ from: 2, to: 3, facts: facts(3) }),
    );
    const settling = { channels: [sms], now: t0 };
    const [early] = (await book.takeDue({ channel: sms, limit: 9, now: t0 })).notices;
    await book.settle([{ kind: 'sent', row: early!.row }], settling);
    for (const revision of [2, 3]) {
      const changed = { type: 'etr-changed', revision, facts: facts(revision * 3) } as const;
      await plan(tell({ ...changed, to: 2, notBefore: morning }), tell({ ...changed, from: 2, to: 3 }));
    }
    const due = await book.takeDue({ channel: sms, limit: 9, now: morning });
    const tellOf = new Map(due.tells.map(({ job, tell: one }) => [job, one]));
    expect(
      due.notices
        .map(({ subscriber, type, job }) => [subscriber - 1, type, tellOf.get(job)!.facts.etr!.revision])
        .sort(),
    ).toEqual([
      [0, 'detected', 9],
      [1, 'detected', 9],
      [2, 'etr-changed', 6],
    ]);
    const { heldBack } = await book.noticesAhead(incidentId);
    expect(heldBack).toEqual([{ reason: 'saidInMorning', count: 4 }]);
    await book.close();
  });
});
