/** The courier with what the configuration gives it: channels, ticket system, texts, and the way from numbers to people. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { IncidentRecord } from '../../edge/book/records.ts';
import { type ChannelSettings, lengthMs } from '../../edge/channels/channel-kind.ts';
import { openChannel } from '../../edge/channels/index.ts';
import { openDesk } from '../../edge/desks/index.ts';
import { openHook, openSender } from '../../edge/hooks/webhook.ts';
import type { AnswersPort, FrontPorts } from '../../edge/http/ports.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { Address, Posted, PostedAnswer } from '../../notify/channel.ts';
import type { Config } from '../config/config.ts';
import type { Installation } from '../config/installation.ts';
import { type Courier, type CourierChannel, type CourierOptions, startCourier } from '../courier/courier.ts';
import type { LaneStatus } from '../courier/lane.ts';
import { hostZone } from './host-zone.ts';
import type { LineHost } from './line-host.ts';
import { Replies } from './replies.ts';
import { SubscriberVersions } from './subscriber-versions.ts';

export interface CourierHost {
  /** Names and needs of the open channels, for the columns of subscribers. */
  readonly channels: readonly { readonly name: string; readonly address: Address }[];
  wake(): void;
  counters(): Readonly<Record<string, number>>;
  /** Hands on what a gateway posted to one of the channels. */
  posted(channel: string, post: Posted): Promise<PostedAnswer>;
  lanes(): readonly LaneStatus[];
  /** User names of bots. */
  bots(): readonly string[];
  /** By which somebody shows a bot that the chat is this subscriber's. */
  chatCode(subscriber: SubscriberKey): Promise<string>;
  stop(): Promise<void>;
}

export async function startCourierHost(options: {
  readonly installation: Installation;
  readonly book: Book;
  readonly line: LineHost;
  readonly world: World;
  readonly publicUrl: string;
  readonly onlyTo: string | undefined;
  readonly answers: Pick<AnswersPort, 'read'>;
  /** New counts of an incident's notices, for those who look at it. */
  readonly onCounts: (incident: string, counts: Pick<IncidentRecord, 'notices' | 'told'>) => void;
}): Promise<CourierHost> {
  const { installation, book, line, world, publicUrl, onlyTo, onCounts } = options;
  const { config } = installation;
  const { texts } = installation.rules;
  if (texts === undefined) throw new Fault('config/notice-texts', 'no texts of notices can be read');
  const channels = openChannels(config, world);
  const versions = new SubscriberVersions(line);
  const count = counter(book, onCounts);
  const replies = new Replies({
    ...{ book, world, read: options.answers.read, country: config.country },
    submit: (input) => line.submit(input),
  });
  const desk = onlyTo !== undefined ? undefined : openedDesk(config, world, replies);
  const courier = await startCourier({
    ...{ book, channels, world, publicUrl },
    onlyTo,
    texts,
    language: config.language,
    zone: hostZone(),
    // A first try on a real network reaches one address and nobody's ticket system.
    desk,
    hooks:
      onlyTo !== undefined
        ? []
        : config.webhooks.map(({ name, settings }) => ({ name, hook: openHook(settings, world) })),
    billing: onlyTo !== undefined ? undefined : billingOf(config, world),
    keysOf: (range) => versions.keysOf(range),
    onReply: (reply, channel) => replies.take(reply, channel),
    onPress: (press, channel) => replies.press(press, channel),
    submit: async (input) => {
      await line.submit(input);
      if (input.kind !== 'receipts') return;
      for (const incident of new Set(input.counts.map((count) => count.incident))) await count(incident);
    },
    // What is held has no receipt: who looks at it must see that it waits for a person.
    onPlanned: count,
  });
  return {
    channels: channels.map(({ channel: { name, address } }) => ({ name, address })),
    wake: () => courier.poke(),
    counters: () => ({
      ...named('replies', replies.counters()),
      ...countersOf(channels, courier),
      ...courier.receiptCounters(),
      ...named('desk', courier.deskCounters()),
    }),
    async posted(name, post) {
      if (name === 'desk' && desk !== undefined) return deskPosted(desk, config, courier, post);
      const found = channels.find(({ channel }) => channel.name === name)?.channel;
      return found?.posted?.(post) ?? 'unknown';
    },
    lanes: () => courier.status,
    bots: () => channels.flatMap(({ channel }) => channel.bot ?? []),
    chatCode: (subscriber) => newChatCode(book, world, subscriber),
    async stop() {
      await courier.close();
      await Promise.all(channels.map(({ channel }) => channel.close()));
    },
  };
}

function billingOf({ policy, webhooks }: Config, world: World): CourierOptions['billing'] {
  // In a dry run nobody gets anything, nor does the billing system.
  const to = policy.notify.dryRun === true ? undefined : policy.compensation?.to;
  const settings = webhooks.find(({ name }) => name === to)?.settings;
  return settings === undefined ? undefined : openSender(settings, world);
}

async function newChatCode(book: Book, world: World, subscriber: SubscriberKey): Promise<string> {
  const code = Buffer.from(world.randomBytes(16)).toString('base64url');
  await book.putChatCode({ subscriber, code, now: world.now() });
  return code;
}

/** What the fronts ask of the courier; before there is one, everything may come again. */
export const courierPorts = (
  courier: () => CourierHost | undefined,
  answers: AnswersPort,
): Pick<FrontPorts, 'posted' | 'answers' | 'chats'> => ({
  answers,
  chats: {
    bots: () => courier()?.bots() ?? [],
    code: async (subscriber) => {
      const code = await courier()?.chatCode(subscriber);
      if (code === undefined) throw new Fault('book/closed', 'the courier is not there yet');
      return code;
    },
  },
  posted: async (channel, post) => courier()?.posted(channel, post) ?? 'later',
});

const countersOf = (
  channels: readonly CourierChannel[],
  courier: Courier,
): Readonly<Record<string, number>> =>
  Object.assign(
    {},
    ...channels.map(({ channel }) => named(`channel_${channel.name}`, channel.counters?.() ?? {})),
    ...courier.status.map(({ channel, inFlight, sent, failed, retried, linkOnly }) =>
      named(`notices_${channel}`, { inFlight, sent, failed, retried, linkOnly }),
    ),
  );

/** Those who look at an incident see how its notices stand; works have none. */
const counter =
  (book: Book, onCounts: (incident: string, counts: IncidentRecord) => void) =>
  async (incident: string): Promise<void> => {
    const known = await book.incident(incident);
    if (known !== undefined) onCounts(incident, known);
  };

const named = (front: string, counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${front}_${name}`, count]));

/** A post that is signed brings what it says; one with the secret in its address says only that there is news. */
async function deskPosted(
  { desk }: NonNullable<CourierOptions['desk']>,
  { desk: settings }: Config,
  courier: Courier,
  post: Posted,
): Promise<PostedAnswer> {
  if (desk.read !== undefined) {
    const items = desk.read(post);
    if (items === undefined) return 'unknown';
    return (await courier.deskSays(items)) ? 'kept' : 'noTicket';
  }
  const secret = settings !== undefined && 'newsSecret' in settings ? settings.newsSecret : undefined;
  if (secret === undefined || !isSame(secret.reveal(), post.path)) return 'unknown';
  await courier.deskSays([]);
  return 'kept';
}

const isSame = (right: string, given: string): boolean =>
  timingSafeEqual(createHash('sha256').update(right).digest(), createHash('sha256').update(given).digest());

function openedDesk({ desk }: Config, world: World, replies: Replies): CourierOptions['desk'] {
  if (desk === undefined) return undefined;
  return {
    desk: openDesk('desk', desk, world),
    contacts: desk.kind !== 'none' && desk.contacts === true,
    onSaid: (subscriber, text) => replies.said(subscriber, text),
  };
}

function openChannels(config: Config, world: World): CourierChannel[] {
  return config.channels.map(({ name, kind, settings }) => {
    const channel = openChannel(name, { ...settings, kind }, world);
    if (channel === undefined) throw new Fault('config/unknown-channel', `no channel of kind "${kind}"`);
    const { receiptWithin, ...pace } = settings as unknown as ChannelSettings;
    const { window, ratePerSecond, unanswered, uncertain } = pace;
    const receiptWithinMs = receiptWithin === 'off' ? ('off' as const) : lengthMs(receiptWithin, 600_000);
    return { channel, window, ratePerSecond, unanswered, uncertain, receiptWithinMs };
  });
}

/** What the courier is made from. */
export const forCourier = ({ channels, desk, webhooks, language, publicUrl, policy }: Config): unknown => ({
  billing: [policy.compensation?.to, policy.notify.dryRun],
  channels,
  desk,
  webhooks,
  language,
  publicUrl,
});
