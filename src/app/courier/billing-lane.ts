/** Brings what subscribers are owed to the billing system: events of many in one signed post, tried until they are taken. */
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { CreditPost, CreditRecord } from '../../edge/book/records.ts';
import type { Sender } from '../../edge/hooks/webhook.ts';
import { workPosts } from './hook-lane.ts';

/** Answers whether more may be due. Nothing of billing is written here: what it does with an event is its own. */
export function workBilling(book: Book, billing: Sender, world: World): Promise<boolean> {
  return workPosts(
    {
      due: (limit) => book.dueCreditPosts({ limit, now: world.now() }),
      send: ({ key, credits }: CreditPost) => billing.send({ key, value: bodyOf(credits) }),
      async settle(results) {
        for (const result of results)
          if (result.kind === 'refused')
            world.log.warn('the billing system refused what is owed', {
              key: result.key,
              reason: result.reason,
            });
        await book.settleCreditPosts(results, world.now());
      },
    },
    world,
  );
}

const bodyOf = (credits: readonly CreditRecord[]): object => ({
  format: 'allclear-compensation/1',
  events: credits.map(eventOf),
});

/** `amount` is what is owed now for that service and incident, `change` by how much that differs from what it replaces. */
function eventOf(credit: CreditRecord): object {
  const { key, at, incident, subscriberId, service, rule, version, revision, replaces } = credit;
  const { amount, change, currency, minutes, from, to, class: of, kind } = credit;
  const sums =
    currency === undefined
      ? { dayFees: amount / 1_000, change: change / 1_000 }
      : { amount: amount / 1_000, change: change / 1_000, currency };
  return {
    ...{ type: 'CompensationDue', id: key, at: new Date(at).toISOString() },
    ...{ incident, subscriber: subscriberId ?? null, service, rule, version },
    ...{ revision, replaces: replaces ?? null, minutes, ...sums },
    evidence: { from: timeOf(from), to: timeOf(to), class: of, kind },
  };
}

/** Undefined where an outage turned out to be none. */
const timeOf = (at: number): string | null => (at === 0 ? null : new Date(at).toISOString());
