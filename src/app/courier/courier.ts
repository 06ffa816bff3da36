/** The courier: turns what the line tells into notices, brings them out, and reports back what became of them. */
import { type DurationMs, hours, minutes, seconds } from '../../base/instant.ts';
import { seededRandom } from '../../base/random.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { ChannelFacts } from '../../edge/book/records.ts';
import type { NoticesAdded } from '../../edge/book/tells.ts';
import type { Sender } from '../../edge/hooks/webhook.ts';
import type { Input } from '../../flow/input.ts';
import type { Channel, Press, Reply } from '../../notify/channel.ts';
import type { DeskItem } from '../../ticket/desk.ts';
import { workBilling } from './billing-lane.ts';
import { type Composing, composeNotice } from './compose.ts';
import { DeskLane, type DeskLaneOptions } from './desk-lane.ts';
import { type HookTarget, workHook } from './hook-lane.ts';
import { Lane, type LaneStatus } from './lane.ts';
import { inboundOf } from './returns.ts';

export interface CourierChannel {
  readonly channel: Channel;
  /** When left out 32, or 128 where the peer drops what it has: nothing becomes uncertain there. */
  readonly window?: number | undefined;
  /** 10,000 when left out: faster than any gateway. */
  readonly ratePerSecond?: number | undefined;
  /** As in the book's facts of a channel. */
  readonly unanswered?: number | undefined;
  readonly uncertain?: ChannelFacts['uncertain'];
  /** 10 min when left out; where the channel gives no receipts it says nothing. */
  readonly receiptWithinMs?: number | 'off' | undefined;
}

export interface CourierOptions extends Composing {
  readonly book: Book;
  readonly channels: readonly CourierChannel[];
  readonly desk?: Pick<DeskLaneOptions, 'desk' | 'contacts' | 'onSaid'> | undefined;
  /** Where it is told what subscribers are owed. */
  readonly billing?: Sender | undefined;
  /** Where automations may post to. */
  readonly hooks?: readonly HookTarget[] | undefined;
  /** Stable keys of the subscribers numbered [from, to) of that topology version, less `except` (ascending). */
  readonly keysOf: (range: KeyRange) => Uint32Array | Promise<Uint32Array>;
  /** What somebody wrote to a number of ours; resolves when it is kept. Left out: channels keep what comes. */
  readonly onReply?: ((reply: Reply, channel: string) => Promise<void>) | undefined;
  /** A button under a question; false for one that is over, or was another's. */
  readonly onPress?: ((press: Press, channel: string) => Promise<boolean>) | undefined;
  /** Notices of that incident were added to the outbox. */
  readonly onPlanned?: ((incident: string) => Promise<void>) | undefined;
  /** Receipts and desk updates for the line; resolves when they are durable. */
  readonly submit: (input: Input) => Promise<unknown> | undefined;
}

export interface KeyRange {
  readonly topologyVersion: number;
  readonly from: number;
  readonly to: number;
  readonly except: Uint32Array;
}

export interface Courier {
  /** The book has something new. */
  poke(): void;
  readonly status: readonly LaneStatus[];
  /** Receipts of which no notice is known yet, or ever. */
  receiptCounters(): Readonly<Record<string, number>>;
  /** Of the ticket system; empty when there is none. */
  deskCounters(): Readonly<Record<string, number>>;
  /** What the ticket system posted; nothing: it says that there is news. */
  deskSays(items: readonly DeskItem[]): Promise<boolean>;
  /** Takes nothing more and waits up to 10 s for what is in flight. */
  close(): Promise<void>;
}

/** Subscribers a tell is expanded by at once (design L5). */
const pageSize = 500;
const pagesAtOnce = 16;
/** So many are one commit: what else wants the book waits for some 20 ms. */
const pagesOfCommit = 4;
/** Less commits for the same notices; 32 connections of 5 s each still bring out a whole window within its lease. */
const keyedWindow = 128;
const pollEvery: DurationMs = seconds(1);
const closeWithin: DurationMs = seconds(10);

/** Only one courier works on a book at a time: it begins by taking over what a dead one left in flight. */
export async function startCourier(options: CourierOptions): Promise<Courier> {
  const { book, world } = options;
  const facts = options.channels.map(factsOf);
  await book.reclaimAll(facts, world.now());
  await book.dropHookTargets((options.hooks ?? []).map(({ name }) => name));
  while ((await book.reroute({ channels: facts, now: world.now() })) > 0);
  const lanes = lanesOf(options, facts);
  const pokeLanes = (): void => {
    for (const lane of lanes) lane.poke();
  };
  const jobs = [
    repeating(world, 'planning notices', () => expandSome(options, facts, pokeLanes)),
    repeating(world, 'reporting notices', () => reportOnce(options)),
  ];
  let receipts: Readonly<Record<string, number>> = {};
  const silence = repeating(world, 'notices without a receipt', async () => {
    const looked = await book.passSilent({ channels: facts, now: world.now() });
    receipts = { ...(await book.receiptCounts()) };
    if (looked > 0) pokeLanes();
    return looked > 0;
  });
  const { hooks = [], billing } = options;
  const desking = options.desk === undefined ? undefined : startDesk(options, options.desk);
  const posting = hooks.map((target) =>
    repeating(world, `webhook ${target.name}`, () => workHook(book, target, world)),
  );
  if (billing !== undefined)
    posting.push(repeating(world, 'billing', () => workBilling(book, billing, world)));
  const tidying = world.every(hours(1), () => {
    book
      .forgetExpired(world.now())
      .catch((error: unknown) => world.log.error('the book was not tidied', { error: String(error) }));
  });
  pokeLanes();
  listen(options, facts, () => {
    pokeLanes();
    jobs[1]?.poke();
  });
  return {
    poke() {
      jobs[0]?.poke();
      desking?.poke();
      for (const job of posting) job.poke();
      pokeLanes();
    },
    get status() {
      return lanes.map((lane) => lane.status);
    },
    receiptCounters: () => receipts,
    deskCounters: () => desking?.counters() ?? {},
    deskSays: async (items) => (await desking?.says(items)) ?? false,
    async close() {
      tidying.cancel();
      await silence.close();
      await jobs[0]?.close();
      await desking?.close();
      await Promise.all(posting.map((job) => job.close()));
      for (const { hook } of hooks) hook.close();
      billing?.close();
      await Promise.all(lanes.map((lane) => lane.close(closeWithin)));
      await jobs[1]?.close();
      try {
        while (await reportOnce(options));
      } catch (error) {
        // They are still in the book and reach the line after the next start.
        world.log.warn('receipts wait for the next start', { error: String(error) });
      }
    },
  };
}

/** Where nothing is written: a mail may come twice, since its Message-ID stays; a short message waits for a person. */
function factsOf({ channel, unanswered, uncertain, receiptWithinMs }: CourierChannel): ChannelFacts {
  const { name, address, honoursKey, givesReceipts } = channel;
  return {
    ...{ name, address, honoursKey, unanswered },
    uncertain:
      uncertain ?? (honoursKey || address === 'email' ? 'resend' : address === 'chat' ? 'next' : 'hold'),
    receiptWithinMs:
      givesReceipts !== true || receiptWithinMs === 'off' ? undefined : (receiptWithinMs ?? minutes(10)),
  };
}

function startDesk(
  { book, world, submit }: CourierOptions,
  to: NonNullable<CourierOptions['desk']>,
): Repeating & {
  counters(): Readonly<Record<string, number>>;
  says(items: readonly DeskItem[]): Promise<boolean>;
} {
  const lane = new DeskLane({ book, world, submit, random: seededRandom(seedOf(world)), ...to });
  const working = repeating(world, 'ticket system', () => lane.work());
  return {
    poke: () => working.poke(),
    counters: () => lane.counters(),
    async says(items) {
      if (items.length > 0) return lane.take(items);
      lane.hurry();
      working.poke();
      return true;
    },
    async close() {
      // First: nobody waits a minute for a desk that stalls, and an answer that is lost is looked for.
      await to.desk.close();
      await working.close();
    },
  };
}

const seedOf = (world: World): number =>
  new DataView(Uint8Array.from(world.randomBytes(4)).buffer).getUint32(0);

function lanesOf(options: CourierOptions, facts: readonly ChannelFacts[]): Lane[] {
  const { book, world } = options;
  const random = seededRandom(seedOf(world));
  return options.channels.map(
    ({ channel, window, ratePerSecond }) =>
      new Lane({
        book,
        channel,
        facts,
        world,
        random,
        window: window ?? (channel.honoursKey ? keyedWindow : 32),
        ratePerSecond: ratePerSecond ?? 10_000,
        compose: (notice, tells) => composeNotice(options, channel, { notice, tells }),
      }),
  );
}

function listen(
  { book, world, channels, onReply, onPress, onlyTo }: CourierOptions,
  facts: readonly ChannelFacts[],
  onKept: () => void,
): void {
  // A first try on a real network takes nothing away from whoever does the work there.
  if (onReply === undefined || onlyTo !== undefined) return;
  for (const { channel } of channels)
    channel.listen?.(inboundOf({ book, channel: channel.name, facts, world, onKept, onReply, onPress }));
}

/**
 * The next pages of what is to be told; false when there are none. Several are under way at once: between two turns of a
 * lane that is sending, planning goes on by all of them, so that a mass notice is on disk before it is out.
 */
async function expandSome(
  { book, world, keysOf, onPlanned }: CourierOptions,
  channels: readonly ChannelFacts[],
  then: () => void,
): Promise<boolean> {
  const pages = await book.nextTellPages({ limit: pageSize, pages: pagesAtOnce });
  const planned: NoticesAdded[] = [];
  for (const page of pages) planned.push({ page, keys: await keysOf(page), channels, now: world.now() });
  const groups = Array.from({ length: Math.ceil(planned.length / pagesOfCommit) }, (_, n) =>
    planned.slice(n * pagesOfCommit, (n + 1) * pagesOfCommit),
  );
  await Promise.all(groups.map((group) => book.addNotices(...group)));
  for (const incident of new Set(pages.map((page) => page.incident))) await onPlanned?.(incident);
  if (pages.length > 0) then();
  return pages.length > 0;
}

/** One batch of receipts, dropped only after the line has it: told twice rather than never. True when more wait. */
async function reportOnce({ book, submit }: CourierOptions): Promise<boolean> {
  const batch = await book.nextReceipts();
  if (batch === undefined) return false;
  await submit({ kind: 'receipts', counts: batch.counts, unreachable: batch.unreachable });
  await book.dropReceipts(batch.upTo);
  return batch.isFull;
}

export interface Repeating {
  poke(): void;
  close(): Promise<void>;
}

/** Runs `once` as long as it finds work, then each second or when poked; an error is logged and waits for the next second. */
export function repeating(world: World, what: string, once: () => Promise<boolean>): Repeating {
  let running: Promise<void> | undefined;
  let isPoked = false;
  let isClosed = false;
  let timer: Wake | undefined;
  const run = async (): Promise<void> => {
    try {
      do isPoked = false;
      while (((await once()) || isPoked) && !isClosed);
    } catch (error) {
      world.log.error('the courier failed and tries again', { what, error: String(error) });
    }
  };
  const poke = (): void => {
    isPoked = true;
    if (isClosed) return;
    timer?.cancel();
    running ??= run().finally(() => {
      running = undefined;
      if (!isClosed) timer = world.after(pollEvery, poke);
    });
  };
  poke();
  return {
    poke,
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
    },
  };
}
