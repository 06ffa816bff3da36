/** Channels in memory and a courier over a book, with waiting on a condition instead of sleeping. */
import { readFile } from 'node:fs/promises';
import { type Courier, type CourierOptions, startCourier } from '../../../src/app/courier/courier.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { type NoticeTexts, parseNoticeTexts } from '../../../src/edge/files/notice-texts.ts';
import type { Channel, OutgoingNotice, SendOutcome } from '../../../src/notify/channel.ts';
import { realWorld } from '../../support/real-world.ts';

export interface TestChannel extends Channel {
  readonly received: OutgoingNotice[];
  /** Called for each send; default sent. */
  answer: (notice: OutgoingNotice, nth: number) => SendOutcome | Promise<SendOutcome>;
}

export function testChannel(
  change: Partial<Pick<Channel, 'name' | 'address' | 'honoursKey'>> = {},
): TestChannel {
  const received: OutgoingNotice[] = [];
  return {
    ...{
      name: 'sms',
      address: 'phone',
      honoursKey: true,
      received,
      answer: () => ({ kind: 'sent' }),
      ...change,
    },
    async send(notice) {
      received.push(notice);
      return this.answer(notice, received.length);
    },
    close: async () => {},
  };
}

export async function shippedTexts(): Promise<NoticeTexts> {
  const files = await Promise.all(
    ['ru', 'en'].map(async (language) => {
      const file = `rules/texts/${language}.yaml`;
      return { file, text: await readFile(file, 'utf8') };
    }),
  );
  const parsed = parseNoticeTexts(files);
  if (parsed.value === undefined) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

export async function courierOver(
  book: Book,
  channels: readonly (Channel | CourierOptions['channels'][number])[],
  change: Partial<CourierOptions> = {},
): Promise<Courier> {
  return startCourier({
    ...{
      book,
      world: realWorld(),
      texts: await shippedTexts(),
      publicUrl: 'https://status.example/',
      language: 'ru',
      zone: 'UTC',
    },
    channels: channels.map((one) => ('channel' in one ? one : { channel: one })),
    keysOf: ({ from, to, except }) => {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i).filter(
        (n) => !except.includes(n),
      );
      return Uint32Array.from(numbers, (n) => n + 1);
    },
    submit: () => undefined,
    ...change,
  });
}

/** Polls until the condition holds; fails after 20 s. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come about in 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
