/** How the incidents of two runs over the same inputs differ: what appeared, what is gone, what is told otherwise. */
import type { Instant } from '../base/instant.ts';
import type { ReplayedIncident } from './stream-run.ts';

/** An incident that people were told of, as far as it is compared. */
export interface ToldIncident {
  readonly kind: string;
  readonly root: string | undefined;
  readonly startedAt: Instant;
  readonly decidedAt: Instant | undefined;
  readonly resolvedAt: Instant | undefined;
  readonly probability: number;
  readonly alarms: number;
  readonly subscribers: number;
}

type DifferentIn = 'root' | 'kind' | 'alarms' | 'subscribers';

export interface IncidentDifferences {
  readonly before: number;
  readonly after: number;
  readonly same: number;
  readonly appeared: readonly ToldIncident[];
  readonly gone: readonly ToldIncident[];
  /** In order of `in`'s first word: another root first. */
  readonly changed: readonly {
    readonly in: readonly DifferentIn[];
    readonly before: ToldIncident;
    readonly after: ToldIncident;
  }[];
}

interface Side {
  readonly told: ToldIncident;
  readonly alarms: ReadonlySet<string>;
}

interface Pair {
  readonly before: Side;
  readonly after: Side;
  readonly alike: number;
}

/** Two incidents are the same one where they share most of their alarms; each has one partner at most. */
export function incidentDifferences(
  before: readonly ReplayedIncident[],
  after: readonly ReplayedIncident[],
  since: Instant,
): IncidentDifferences {
  const [olds, news] = [sidesOf(before, since), sidesOf(after, since)];
  const pairs = pairsOf(olds, news).sort(
    (a, b) =>
      b.alike - a.alike ||
      Math.abs(a.before.told.startedAt - a.after.told.startedAt) -
        Math.abs(b.before.told.startedAt - b.after.told.startedAt),
  );
  const partners = new Map<Side, Side>();
  const taken = new Set<Side>();
  for (const pair of pairs) {
    if (partners.has(pair.before) || taken.has(pair.after)) continue;
    partners.set(pair.before, pair.after);
    taken.add(pair.after);
  }
  const compared = [...partners].map(([old, now]) => ({
    in: differentIn(old, now),
    before: old.told,
    after: now.told,
  }));
  const changed = compared.filter((one) => one.in.length > 0);
  changed.sort(
    (a, b) => order.indexOf(a.in[0]!) - order.indexOf(b.in[0]!) || a.before.startedAt - b.before.startedAt,
  );
  return {
    before: olds.length,
    after: news.length,
    same: compared.length - changed.length,
    appeared: news.filter((side) => !taken.has(side)).map(({ told }) => told),
    gone: olds.filter((side) => !partners.has(side)).map(({ told }) => told),
    changed,
  };
}

const order: readonly DifferentIn[] = ['root', 'kind', 'alarms', 'subscribers'];

function sidesOf(incidents: readonly ReplayedIncident[], since: Instant): Side[] {
  return incidents.flatMap(({ incident, subscribers }) => {
    const { kind, root, startedAt, decidedAt, resolvedAt, probability, alarms } = incident;
    if (!incident.actionable || incident.state === 'merged' || startedAt < since) return [];
    const told = { kind, root, startedAt, decidedAt, resolvedAt, probability, subscribers };
    return [{ told: { ...told, alarms: alarms.length }, alarms: new Set(alarms) }];
  });
}

function pairsOf(olds: readonly Side[], news: readonly Side[]): Pair[] {
  const holders = new Map<string, Side[]>();
  for (const side of news) {
    for (const alarm of side.alarms) {
      const known = holders.get(alarm);
      if (known === undefined) holders.set(alarm, [side]);
      else known.push(side);
    }
  }
  return olds.flatMap((before) => {
    const shared = new Map<Side, number>();
    for (const alarm of before.alarms) {
      for (const after of holders.get(alarm) ?? []) {
        if (overlap(before.told, after.told)) shared.set(after, (shared.get(after) ?? 0) + 1);
      }
    }
    return [...shared].map(([after, count]) => ({
      before,
      after,
      alike: count / (before.alarms.size + after.alarms.size - count),
    }));
  });
}

/** The same alarm is raised again another day. */
const overlap = (a: ToldIncident, b: ToldIncident): boolean =>
  a.startedAt <= (b.resolvedAt ?? Number.POSITIVE_INFINITY) &&
  b.startedAt <= (a.resolvedAt ?? Number.POSITIVE_INFINITY);

function differentIn(old: Side, now: Side): DifferentIn[] {
  const [a, b] = [old.told, now.told];
  const isSameExtent =
    old.alarms.size === now.alarms.size && [...old.alarms].every((one) => now.alarms.has(one));
  return order.filter((one) => (one === 'alarms' ? !isSameExtent : a[one] !== b[one]));
}
