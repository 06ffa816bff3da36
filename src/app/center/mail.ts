/** The courier with what the configuration gives it: channels, ticket system, texts, and the way from numbers to people. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { ChannelSettings } from '../../edge/channels/channel-kind.ts';
import { openChannel } from '../../edge/channels/index.ts';
import { openDesk } from '../../edge/desks/index.ts';
import { type NoticeTexts, parseNoticeTexts } from '../../edge/files/notice-texts.ts';
import type { NoticeCounts } from '../../model/notice.ts';
import type { Config } from '../config/config.ts';
import { type CourierChannel, startCourier } from '../courier/courier.ts';
import { rulesFolder } from '../product-files.ts';
import type { LineHost } from './line-host.ts';
import { SubscriberVersions } from './subscriber-versions.ts';

export interface Mail {
  /** Names and needs of the open channels, for the columns of subscribers. */
  readonly channels: readonly { readonly name: string; readonly address: 'phone' | 'email' }[];
  wake(): void;
  counters(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

export async function startMail(options: {
  readonly config: Config;
  readonly book: Book;
  readonly line: LineHost;
  readonly world: World;
  readonly publicUrl: string;
  readonly onlyTo: string | undefined;
  /** New counts of an incident's notices, for those who look at it. */
  readonly onCounts: (incident: string, notices: NoticeCounts) => void;
}): Promise<Mail> {
  const { config, book, line, world, publicUrl, onlyTo, onCounts } = options;
  const channels = openChannels(config, world);
  const versions = new SubscriberVersions(line);
  const courier = await startCourier({
    ...{ book, channels, world, publicUrl, onlyTo },
    texts: await loadTexts(rulesFolder),
    language: config.language,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    desk: config.desk === undefined ? undefined : openDesk('desk', config.desk, world),
    keysOf: (range) => versions.keysOf(range),
    submit: async (input) => {
      await line.submit(input);
      if (input.kind !== 'receipts') return;
      for (const incident of new Set(input.counts.map((count) => count.incident))) {
        const known = await book.incident(incident);
        if (known !== undefined) onCounts(incident, known.notices);
      }
    },
  });
  return {
    channels: channels.map(({ channel: { name, address } }) => ({ name, address })),
    wake: () => courier.poke(),
    counters: () =>
      Object.fromEntries(
        courier.status.flatMap(({ channel, inFlight, sent, failed, retried }) =>
          Object.entries({ inFlight, sent, failed, retried }).map(([name, value]) => [
            `notices_${channel}_${name}`,
            value,
          ]),
        ),
      ),
    async stop() {
      await courier.close();
      await Promise.all(channels.map(({ channel }) => channel.close()));
    },
  };
}

function openChannels(config: Config, world: World): CourierChannel[] {
  return config.channels.map(({ name, kind, settings }) => {
    const channel = openChannel(name, { ...settings, kind }, world);
    if (channel === undefined) throw new Fault('config/unknown-channel', `no channel of kind "${kind}"`);
    const { window, ratePerSecond } = settings as unknown as ChannelSettings;
    return { channel, window, ratePerSecond };
  });
}

/** The shipped texts; a mistake in them is a failed start, because nobody could be told anything. */
export async function loadTexts(folder: string): Promise<NoticeTexts> {
  const files = await Promise.all(
    ['ru.yaml', 'en.yaml'].map(async (name) => {
      const file = join(folder, 'texts', name);
      return { file, text: await readFile(file, 'utf8') };
    }),
  );
  const { value, problems } = parseNoticeTexts(files);
  if (value === undefined) {
    throw new Fault('config/notice-texts', problems.map(formatProblem).join('\n'));
  }
  return value;
}
