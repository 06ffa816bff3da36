/** Brings posts of automations to one of the operator's systems: in order, one at a time, tried again until it answers. */
import { neverHappens } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { HookJob, HookSettlement } from '../../edge/book/records.ts';
import type { Hook } from '../../edge/hooks/webhook.ts';

export interface HookTarget {
  readonly name: string;
  readonly hook: Hook;
}

const jobsAtOnce = 20;
const firstRetryMs = 2_000;
const longestRetryMs = 600_000;

/** Works off what is due; answers whether more may be. The first that is not taken ends the turn: the others would fail, too. */
export async function workHook(book: Book, { name, hook }: HookTarget, world: World): Promise<boolean> {
  const jobs = await book.dueHookJobs({ target: name, limit: jobsAtOnce, now: world.now() });
  const results: HookSettlement[] = [];
  for (const job of jobs) {
    const result = await tried(hook, job, world);
    results.push(result);
    if (result.kind === 'retry') break;
  }
  if (results.length > 0) await book.settleHooks(results);
  return results.length === jobsAtOnce && results.at(-1)?.kind !== 'retry';
}

async function tried(hook: Hook, { post, attempts }: HookJob, world: World): Promise<HookSettlement> {
  const { key } = post;
  const outcome = await hook.post(post);
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
