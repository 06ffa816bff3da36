/** Where one confirmation stands, as the machine wants to know it. */
import { spreadHash } from '../base/random.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import { batchOf, type Inquiry } from './inquiry.ts';
import { isTerminal, type Standing } from './machine.ts';

export function standingOf(
  of: Inquiry,
  row: number,
  { columns, policy }: { readonly columns: SubscriberColumns | undefined; readonly policy: Policy },
): Standing {
  const key = of.sheet.keyOf(row);
  const state = of.sheet.stateOf(row);
  const detail = of.details.get(row);
  const number = columns?.numberOf(key) ?? -1;
  const subscriberClass = number < 0 ? undefined : columns!.classOf(number);
  const { sampleShare, expireAfterMs } = policy.confirm;
  // Without a note of its own a row was settled by silence, at the latest when its batch expired.
  const silentAt = batchOf(of, row)?.askedAt ?? of.facts.restoredAt;
  const settledAt = detail?.settledAt ?? (silentAt === undefined ? undefined : silentAt + expireAfterMs);
  const { count = 0, firstDay = 0, lastDay = 0 } = detail?.tries ?? {};
  return {
    state,
    loop: of.sheet.loopOf(row),
    isActedOn: of.sheet.has(row, 'actedOn'),
    isProbedGood: of.sheet.has(row, 'probedGood'),
    isUrgent: subscriberClass === 'vip' || subscriberClass === 'priority',
    // Drawn by name: the same ones in every replay, others for every incident.
    isSampled: !of.sheet.has(row, 'stopped') && spreadHash(`${of.incident} ${key}`) / 2 ** 32 < sampleShare,
    isClarified: of.sheet.has(row, 'clarified'),
    tries: count,
    triedDays: count === 0 ? 0 : lastDay > firstDay ? 2 : 1,
    answeredAt: detail?.answers.at(-1)?.at,
    settledAt: isTerminal(state) ? (settledAt as Standing['settledAt']) : undefined,
  };
}
