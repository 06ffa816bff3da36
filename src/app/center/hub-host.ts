/** Tells the hubs of the TM Forum APIs: news of the book become events, and each hub gets its own in order. */
import { Fault } from '../../base/fault.ts';
import { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { HubEventJob } from '../../edge/book/records.ts';
import { openSender, type Sender } from '../../edge/hooks/webhook.ts';
import type { FrontPorts } from '../../edge/http/ports.ts';
import { eventsOf, type HubEvent } from '../../edge/http/tmf/events.ts';
import type { HubRecord } from '../../model/outside.ts';
import { type Repeating, repeating } from '../courier/courier.ts';
import { workPosts } from '../courier/hook-lane.ts';

export interface HubHost {
  counters(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const newsAtOnce = 200;
/** What a sender says beyond our own record is kept right after it: the event tells of both. */
const settlingMs = 250;

interface HubOptions {
  readonly book: Book;
  readonly world: World;
  readonly ports: FrontPorts;
  /** Nobody outside is told, as on a first try on a real network. */
  readonly isSilent: boolean;
}

export function startHubs(options: HubOptions): HubHost {
  const { book, world, isSilent } = options;
  const lanes = new Map<string, { readonly job: Repeating; readonly sender: Sender }>();
  let counts: Readonly<Record<string, number>> = {};
  let failed = 0;
  const follow = async (): Promise<boolean> => {
    const all = await book.hubs();
    const hubs = isSilent ? [] : all;
    for (const hub of hubs) if (!lanes.has(hub.id)) lanes.set(hub.id, openLane(options, hub));
    const known = new Set(hubs.map(({ id }) => id));
    for (const [id, lane] of lanes) {
      if (known.has(id)) continue;
      lanes.delete(id);
      await closeLane(lane);
    }
    const made = all.length === 0 ? { isMore: false, failed: 0 } : await makeEvents(options, hubs);
    failed += made.failed;
    counts = { hubs: hubs.length, hubNewsFailed: failed, ...(await book.hubCounts()) };
    for (const { job } of lanes.values()) job.poke();
    return made.isMore;
  };
  const following = repeating(world, 'hubs', follow);
  return {
    counters: () => counts,
    async stop() {
      await following.close();
      await Promise.all([...lanes.values()].map(closeLane));
    },
  };
}

async function closeLane({
  job,
  sender,
}: {
  readonly job: Repeating;
  readonly sender: Sender;
}): Promise<void> {
  const closed = job.close();
  // What a slow hub has not answered counts as not sent, and is sent with the same key after the next start.
  sender.close();
  await closed;
}

/** News of which no event can be made is left out: it would be so each time, and all that comes after would wait for it. */
async function makeEvents(
  { book, world, ports }: HubOptions,
  hubs: readonly HubRecord[],
): Promise<{ readonly isMore: boolean; readonly failed: number }> {
  const upTo = world.now() - settlingMs;
  const news = await book.hubNews({ limit: newsAtOnce, upTo });
  const last = news.at(-1);
  if (last === undefined) return { isMore: false, failed: 0 };
  let failed = 0;
  const events: HubEvent[] = [];
  for (const one of news) {
    try {
      events.push(...(await eventsOf([one], hubs, ports)));
    } catch (error) {
      if (isPassing(error)) throw error;
      failed++;
      world.log.error('no event could be made of a change', {
        kind: one.kind,
        id: one.id,
        error: String(error),
      });
    }
  }
  const posts = events.map(({ event, ...post }) => ({ ...post, event: JSON.stringify(event) }));
  await book.addHubEvents({ upTo: last.row, at: world.now(), posts });
  return { isMore: news.length === newsAtOnce, failed };
}

/** The next try may go well: the news stays where it is. */
const isPassing = (error: unknown): boolean =>
  error instanceof Fault && (/^(disk|line)\//.test(error.code) || passing.includes(error.code));
const passing: readonly string[] = ['book/closed', 'book/overloaded'];

function openLane({ book, world }: HubOptions, hub: HubRecord): { job: Repeating; sender: Sender } {
  const secret = new Secret(hub.secret);
  const sender = openSender({ url: hub.callback, secret, allowPrivate: hub.isLocal }, world);
  const lane = {
    due: (limit: number) => book.dueHubEvents({ hub: hub.id, limit, now: world.now() }),
    send: ({ key, event }: HubEventJob) => {
      const value = JSON.parse(event) as Readonly<Record<string, unknown>>;
      return sender.send({ key, value, headers: cloudEvent(value, hub) });
    },
    settle: (results: Parameters<Book['settleHubEvents']>[0]) => book.settleHubEvents(results),
  };
  return { job: repeating(world, 'hub', () => workPosts(lane, world)), sender };
}

/** CloudEvents 1.0, HTTP binding 3.1 (binary mode): what the event is about stands in headers, the body is TM Forum's. */
function cloudEvent(value: Readonly<Record<string, unknown>>, { base }: HubRecord): Record<string, string> {
  const header = (name: string): string => encodeURI(String(value[name]));
  return {
    'ce-specversion': '1.0',
    'ce-id': header('eventId'),
    'ce-source': encodeURI(base),
    'ce-type': header('eventType'),
    'ce-time': header('eventTime'),
    'ce-subject': header('correlationId'),
  };
}
