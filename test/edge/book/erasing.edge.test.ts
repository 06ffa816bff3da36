/** What waits to be told to somebody who is erased: it is withdrawn, and what is on its way is not tried again. */
import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import type { SubscriberKey } from '../../../src/model/ids.ts';
import {
  bookIn,
  expandAll,
  importAll,
  incidentId,
  inFolder,
  mail,
  sms,
  subscriberRow,
  t0,
  tell,
  tells,
} from './book-fixture.ts';

const erasing = (key: number) => ({ key: key as SubscriberKey, at: t0, by: 'ann' });
const taking = { channel: sms, limit: 10, now: t0 };

test('a notice that waits, is held or is tried again never leaves once its subscriber is erased', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    await importAll(
      book,
      [0, 1, 2].map((n) => subscriberRow(n)),
    );
    await book.project([tells(tell({ to: 3 }), tell({ type: 'planned', to: 3, revision: 2, held: true }))]);
    await expandAll(book);
    // The first is on its way when all are erased but the last.
    const { notices } = await book.takeDue({ ...taking, limit: 1 });
    expect(notices).toMatchObject([{ subscriber: 1 }]);
    expect(await book.eraseSubscriber(erasing(1))).toMatchObject({ withdrawn: 1 });
    expect(await book.eraseSubscriber(erasing(2))).toMatchObject({ withdrawn: 2 });
    expect(await book.eraseSubscriber(erasing(2))).toBeUndefined();
    expect(await book.eraseSubscriber(erasing(77))).toBeUndefined();
    const late = instant(t0 + 60_000);
    const again = {
      kind: 'retry',
      row: notices[0]!.row,
      reason: 'busy',
      at: late,
      uncertain: false,
    } as const;
    await book.settle([again], { channels: [sms, mail], now: t0 });
    const left = await book.takeDue({ ...taking, now: instant(t0 + 3_600_000) });
    expect(left.notices).toMatchObject([{ subscriber: 3 }]);
    const { items } = await book.notices({ incident: incidentId });
    const of = (key: number) =>
      items.filter(({ subscriber }) => subscriber === key).map(({ state }) => state);
    expect(of(1).sort()).toEqual(['expired', 'suppressed']);
    expect(of(2)).toEqual(['suppressed', 'suppressed']);
    await book.close();
  }));

test('parts of a message that wait for their others go with whoever sent them', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const [from, other] = ['+79007778899', '+79007778800'];
    await importAll(book, [subscriberRow(0, { phone: from }), subscriberRow(1, { phone: other })]);
    for (const of of [from, other]) {
      const part = { message: `${of} 1`, part: 1, total: 2, from: of, to: '1234', text: 'the red door' };
      await book.keepReplyPart({ channel: 'sms', part, at: t0 });
    }
    expect(await book.eraseSubscriber(erasing(1))).toMatchObject({ strangers: 1 });
    expect(await book.replyParts('sms')).toMatchObject([{ from: other }]);
    await book.close();
  }));
