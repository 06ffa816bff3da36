/** Questions that the book does not send, though the line planned them. */
import { expect, test } from 'vitest';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  incident,
  incidentId,
  inFolder,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

test('the line hears that a question reaches nobody who withdrew since it planned, and waits for no answer', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(book, [subscriberRow(0), subscriberRow(1)]);
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    const said = { category: 'feedback', channel: '*', state: 'withdrawn', basis: 'consent' } as const;
    await book.putConsents({ subscriber: 1, consents: [{ ...said, at: t0, by: 'ann', evidence: 'call' }] });
    await book.project([tells(tell({ to: 2, type: 'ask' }))]);
    await expandAll(book);
    const { items } = await book.notices({ incident: incidentId, state: 'suppressed' });
    expect(items).toHaveLength(1);
    const receipts = await book.nextReceipts();
    expect(receipts!.unreachable).toEqual([{ incident: incidentId, type: 'ask', subscriber: 1 }]);
    await book.project([tells(tell({ to: 2, type: 'reminder', revision: 2 }))]);
    await expandAll(book);
    expect((await book.nextReceipts())!.unreachable).toHaveLength(1);
    await book.close();
  });
});

test('who withdrew and could not be reached anyway counts as having no channel, not as unwilling', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const nowhere = { phone: undefined, email: undefined };
    await importAll(book, [subscriberRow(0), subscriberRow(1, nowhere), subscriberRow(2, nowhere)]);
    await book.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    const said = { category: 'outage', channel: '*', state: 'withdrawn', basis: 'consent' } as const;
    const consents = [{ ...said, at: t0, by: 'ann', evidence: 'call' }];
    for (const subscriber of [1, 2]) await book.putConsents({ subscriber, consents });
    await book.project([tells(tell({ to: 3 }))]);
    await expandAll(book);
    expect((await book.noticesAhead(incidentId)).heldBack).toEqual([
      { reason: 'noChannel', count: 2 },
      { reason: 'optedOut', count: 1 },
    ]);
    await book.close();
  });
});
