import { expect, test } from 'vitest';
import { Replies } from '../../../src/app/center/replies.ts';
import { composeNotice } from '../../../src/app/courier/compose.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import type { Input } from '../../../src/flow/input.ts';
import type { Confirmation } from '../../../src/model/confirmation.ts';
import { confirmationId, type IncidentId, type SubscriberKey } from '../../../src/model/ids.ts';
import type { SubscriberRow } from '../../../src/model/subscriber.ts';
import { shippedTexts, testChannel } from '../../app/courier/courier-fixture.ts';
import { answerReader } from '../../support/answer-reader.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import {
  applied,
  bookIn,
  expandAll,
  importAll,
  inFolder,
  sms,
  subscriberRow,
  t0,
  tell,
} from './book-fixture.ts';

const family = '+79001112233';
const one = 'l.1.1' as IncidentId;
const two = 'l.1.2' as IncidentId;

interface Family {
  readonly book: Book;
  /** Asks subscriber `n` about that incident and answers the text of the SMS. */
  readonly asks: (n: number, incident: IncidentId, type?: 'ask' | 'reminder') => Promise<string>;
  readonly settles: (n: number, incident: IncidentId) => Promise<void>;
  readonly writes: (text: string) => Promise<unknown[]>;
}

const sharing = (n: number) => subscriberRow(n, { phone: family, language: 'en' });

async function withFamily(
  run: (family: Family) => Promise<void>,
  rowOf: (n: number) => SubscriberRow = sharing,
  count = 3,
): Promise<void> {
  await inFolder(async (folder) => {
    const world = virtualWorld();
    const book = await bookIn(folder, world);
    await importAll(
      book,
      Array.from({ length: count }, (_, n) => rowOf(n)),
    );
    const texts = await shippedTexts();
    const state = (n: number, incident: IncidentId, state: Confirmation['state']) => {
      const subscriber = (n + 1) as SubscriberKey;
      const id = confirmationId(incident, subscriber);
      const confirmation = { id, incident, subscriber, state, loop: 0, askedAt: t0, answers: [] };
      return applied([], [{ kind: 'confirmation', confirmation } as const]);
    };
    let revision = 1;
    let now = t0 + 3_600_000;
    const inputs: Input[] = [];
    const replies = new Replies({
      ...{ book, world },
      read: (text, asked) => answerReader.read(text, asked),
      submit: async (input) => inputs.push(input),
    });
    await run({
      book,
      async asks(n, incident, type = 'ask') {
        await book.project([state(n, incident, type === 'ask' ? 'ASKED' : 'REMINDED')]);
        const told = [{ type: 'detected', revision: 1 } as const, { type, revision: ++revision } as const];
        await book.project([
          applied(
            told.map((what) => ({ kind: 'tell', tell: tell({ incident, from: n, to: n + 1, ...what }) })),
          ),
        ]);
        await expandAll(book);
        const late = now + 20_000;
        for (;;) {
          now += 2_000;
          const due = await book.takeDue({ channel: sms, limit: 1, now });
          const [notice] = due.notices;
          if (now > late) throw new Error('nothing is asked');
          // What this phone was told already is not told again; the question then comes by itself.
          if (notice === undefined) continue;
          const settling = { channels: [sms], now: t0 };
          await book.settle([{ kind: 'sent', row: notice.row }], settling);
          if (notice.type !== type) continue;
          const composing = {
            texts,
            publicUrl: 'https://a.example',
            language: 'en',
            zone: 'UTC',
            world,
          } as const;
          return composeNotice(composing, testChannel(), {
            notice,
            tells: new Map([[notice.job, due.tells[0]!.tell]]),
          })!.text;
        }
      },
      settles: async (n, incident) => {
        await book.project([state(n, incident, 'CONFIRMED')]);
      },
      async writes(text) {
        inputs.length = 0;
        await replies.take({ from: family, to: '1234', text }, 'sms');
        return inputs.map((input) =>
          input.kind === 'subscriberReply'
            ? [input.confirmation, 'answer' in input.reply && input.reply.answer]
            : input,
        );
      },
    });
    await book.close();
  });
}

const id = (n: number, incident: IncidentId) => confirmationId(incident, (n + 1) as SubscriberKey);

test('an SMS says how to answer, and one that comes while another waits has a number of its own and its address', async () => {
  await withFamily(async ({ asks, writes }) => {
    expect(await asks(0, one)).toContain('Does it work for you? Reply 1 yes, 2 no, 3 call me, or https://');
    expect(await asks(1, one)).toContain('work at Street 1? Reply 21 yes, 22 no, 23 call me');
    expect(await asks(0, two)).toContain('work at Street 0? Reply 31 yes, 32 no, 33 call me');
    expect(await writes('2')).toEqual([[id(0, one), 'notFixed']]);
    expect(await writes('21')).toEqual([[id(1, one), 'fixed']]);
    expect(await writes('33')).toEqual([[id(0, two), 'contactMe']]);
    expect(await writes('yes')).toEqual([[id(0, two), false]]);
  });
});

test('a number once printed stays what it was, whatever becomes of the others', async () => {
  await withFamily(async ({ asks, settles, writes }) => {
    await asks(0, one);
    await asks(1, one);
    await settles(0, one);
    expect(await writes('22')).toEqual([[id(1, one), 'notFixed']]);
    expect(await writes('1')).toEqual([[id(1, one), 'fixed']]);
    expect(await asks(1, one, 'reminder')).toContain('Reply 21 yes');
    expect(await asks(2, two)).toContain('Reply 11 yes');
    expect(await writes('12')).toEqual([[id(2, two), 'notFixed']]);
    // "1" was printed by a question that is settled: which one is meant nobody can tell.
    expect(await writes('1')).toEqual([[id(2, two), false]]);
  });
});

test('questions are told apart at every phone of everybody, not only at the first one', async () => {
  const other = '+79004445566';
  const phones = [
    { phone: family, further: [{ kind: 'phone', address: other }] },
    { phone: other },
    { phone: '+79007778899', further: [{ kind: 'phone', address: family }] },
  ] as const;
  const rowOf = (n: number) => subscriberRow(n, { language: 'en', ...phones[n]! });
  await withFamily(async ({ asks, writes }) => {
    expect(await asks(0, one)).toContain('Reply 1 yes');
    // The first one may answer from here as well; the second and the third share no phone.
    expect(await asks(1, one)).toContain('Reply 21 yes');
    expect(await asks(2, one)).toContain('Reply 21 yes');
    expect(await writes('21')).toEqual([[id(2, one), 'fixed']]);
    expect(await writes('1')).toEqual([[id(0, one), 'fixed']]);
  }, rowOf);
});

test('where ten wait the tenth is answered by its link alone, and its reminder says the same', async () => {
  const wait = async (run: Family): Promise<void> => {
    for (let n = 0; n < 9; n++) await run.asks(n, one);
    expect(await run.asks(9, one)).not.toContain('Reply');
    expect(await run.asks(9, one, 'reminder')).not.toContain('Reply');
    expect(await run.writes('92')).toEqual([[id(8, one), 'notFixed']]);
  };
  await withFamily(wait, sharing, 10);
});

test('at a number that stands with very many no digits are printed', async () => {
  await withFamily(
    async ({ asks }) => {
      expect(await asks(0, one)).not.toContain('Reply');
      expect(await asks(0, one, 'reminder')).not.toContain('Reply');
    },
    sharing,
    501,
  );
});
