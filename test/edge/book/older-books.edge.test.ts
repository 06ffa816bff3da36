/** A book that an earlier version of the program left is opened by this one, with what it has. */
import { expect, test } from 'vitest';
import { bookVersion, migrate } from '../../../src/edge/book/migrations.ts';
import { openSql } from '../../../src/edge/book/sql.ts';
import { bookIn, inFolder, t0 } from './book-fixture.ts';

/** The version in which waiting tickets got their order. */
const orderedSince = 17;
const earlier = Array.from({ length: bookVersion - 1 }, (_, n) => n + 1);

test.each(earlier)('a book of version %i', async (version) => {
  await inFolder(async (folder) => {
    const sql = openSql(`${folder}/book.sqlite`);
    expect(migrate(sql, 'book.sqlite', version)).toBeUndefined();
    const subscriber = { c: 7, p: undefined } as const;
    for (const id of ['c', 'p'] as const) {
      const record = {
        id,
        kind: id === 'p' ? 'incident' : 'subscriber',
        status: 'inProgress',
        attached: 0,
        loops: 0,
        history: [],
      };
      sql.run(
        'INSERT INTO tickets (id, status, subscriber, record) VALUES (?, ?, ?, ?)',
        ...[id, 'inProgress', subscriber[id], JSON.stringify({ ...record, openedAt: t0 })],
      );
      sql.run(
        "INSERT INTO desk_jobs (ticket, state, version, attempts, due_at) VALUES (?, 'queued', 1, 0, ?)",
        ...[id, t0],
      );
      // A program that knew of the order wrote it.
      if (version >= orderedSince && id === 'c') sql.run("UPDATE desk_jobs SET below = 1 WHERE ticket = 'c'");
    }
    // From then on they are written with their order.
    if (version >= 17) sql.run("UPDATE desk_jobs SET below = 1 WHERE ticket = 'c'");
    sql.close();
    const book = await bookIn(folder);
    // Incidents' tickets go first, also those that waited before there was an order of them.
    const due = await book.dueDeskJobs({ limit: 10, now: t0, contacts: false });
    expect(due.map(({ ticket }) => ticket.id)).toEqual(['p', 'c']);
    await book.close();
  });
});
