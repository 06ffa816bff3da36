/** Brings posts to one system: in order, one at a time, tried again until it answers. */
import { neverHappens } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { HookSettlement } from '../../edge/book/records.ts';
import type { Hook, HookOutcome } from '../../edge/hooks/webhook.ts';

export interface HookTarget {
  readonly name: string;
  readonly hook: Hook;
}

const jobsAtOnce = 20;
const firstRetryMs = 2_000;
const longestRetryMs = 600_000;

/** What waits for one system. */
export interface PostLane<Job extends Posted> {
  due(limit: number): Promise<readonly Job[]>;
  send(job: Job): Promise<HookOutcome>;
  settle(results: readonly HookSettlement[]): Promise<unknown>;
}

interface Posted {
  readonly key: string;
  readonly attempts: number;
}

/** Posts of automations to a system that the configuration names. */
export function workHook(book: Book, { name, hook }: HookTarget, world: World): Promise<boolean> {
  return workPosts(
    {
      async due(limit) {
        const jobs = await book.dueHookJobs({ target: name, limit, now: world.now() });
        return jobs.map(({ post, attempts }) => ({ key: post.key, attempts, post }));
      },
      send: ({ post }) => hook.post(post),
      settle: (results) => book.settleHooks(results),
    },
    world,
  );
}

/** Works off what is due; answers whether more may be. The first that is not taken ends the turn: the others would fail, too. */
export async function workPosts<Job extends Posted>(lane: PostLane<Job>, world: World): Promise<boolean> {
  const jobs = await lane.due(jobsAtOnce);
  const results: HookSettlement[] = [];
  for (const job of jobs) {
    const result = settlementOf(job, await lane.send(job), world);
    results.push(result);
    if (result.kind === 'retry') break;
  }
  if (results.length > 0) await lane.settle(results);
  return results.length === jobsAtOnce && results.at(-1)?.kind !== 'retry';
}

function settlementOf({ key, attempts }: Posted, outcome: HookOutcome, world: World): HookSettlement {
  switch (outcome.kind) {
    case 'taken':
      return { kind: 'taken', key };
    case 'refused':
      return { kind: 'refused', key, reason: outcome.reason };
    case 'retry': {
      const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
      return { kind: 'retry', key, reason: outcome.reason, at: instant(world.now() + wait) };
    }
    default:
      return neverHappens(outcome);
  }
}
