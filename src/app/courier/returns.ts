/** What comes back from one channel: receipts into the book, as many at once as came meanwhile, and replies to whoever reads them. */
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { ChannelFacts } from '../../edge/book/records.ts';
import type { Inbound, Press, Receipt, Reply } from '../../notify/channel.ts';

export interface ReturnsOptions {
  readonly book: Book;
  readonly channel: string;
  /** All channels, for what follows a failure. */
  readonly facts: readonly ChannelFacts[];
  readonly world: World;
  /** A failed receipt may have queued a notice on the next channel. */
  readonly onKept: () => void;
  readonly onReply: (reply: Reply, channel: string) => Promise<void>;
  readonly onPress?: ((press: Press, channel: string) => Promise<boolean>) | undefined;
}

interface Waiting {
  readonly receipt: Receipt;
  readonly kept: () => void;
  readonly refused: (error: unknown) => void;
}

const receiptsAtOnce = 500;

export function inboundOf(options: ReturnsOptions): Inbound {
  const { book, channel, facts, world } = options;
  // As many as the channel lets in at once.
  const waiting: Waiting[] = [];
  let isWriting = false;
  const write = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, receiptsAtOnce);
      try {
        const receipts = batch.map(({ receipt }) => receipt);
        await book.noteDeliveries(receipts, { channels: facts, channel, now: world.now() });
        for (const { kept } of batch) kept();
      } catch (error) {
        world.log.error('the book did not take receipts', { channel, error: String(error) });
        for (const { refused } of batch) refused(error);
      }
      options.onKept();
    }
    isWriting = false;
  };
  return {
    receipt: (receipt) =>
      new Promise((kept, refused) => {
        waiting.push({ receipt, kept, refused });
        if (!isWriting) void write();
      }),
    reply: (reply) => options.onReply(reply, channel),
    chats: {
      bind: (chat, code) => book.bindChat({ channel, chat, code, now: world.now() }),
      unbind: (chat) => book.unbindChat({ channel, chat }),
      press: async (press) => (await options.onPress?.(press, channel)) === true,
    },
    parts: {
      keep: (part) => book.keepReplyPart({ channel, part, at: world.now() }),
      all: () => book.replyParts(channel),
      drop: (message) => book.dropReplyParts({ channel, message }),
    },
    memory: {
      load: () => book.channelMemory(channel),
      keep: (value) => book.keepChannelMemory(channel, value),
    },
  };
}
