/** Callers are found by a connection of its own: by each of their numbers, while the book is being written, and never by name. */
import { expect, test } from 'vitest';
import { openCallers } from '../../../src/edge/book/callers.ts';
import { endImport } from '../../../src/edge/book/subscriber-import.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import { bookIn, inFolder, secretKey, subscriberRow, t0 } from './book-fixture.ts';

test('a caller is found by number with language and zone as soon as the import is in the book, and no more once erased', () =>
  inFolder(async (folder) => {
    const book = await bookIn(folder);
    const callers = openCallers({ folder, world: virtualWorld(), secretKey });
    const rows = [1, 2, 3].map((n) =>
      subscriberRow(n, {
        phone: n < 3 ? '+79005550101' : '+79005550103',
        language: 'ru',
        timezone: 'Asia/Omsk',
      }),
    );
    expect(callers.of('+79005550101')).toEqual([]);
    await book.beginImport('apply');
    await book.importPage(rows);
    await endImport(book);
    const household = callers.of('+79005550101');
    expect(household.map(({ language, zone }) => [language, zone])).toEqual([
      ['ru', 'Asia/Omsk'],
      ['ru', 'Asia/Omsk'],
    ]);
    expect(callers.of('+79005550199')).toEqual([]);
    expect(callers.of("' OR 1=1 --")).toEqual([]);
    await book.eraseSubscriber({ key: household[0]!.key, at: t0, by: 'ann' });
    expect(callers.of('+79005550101')).toHaveLength(1);
    callers.close();
    await book.close();
  }));
