/** How what an engine said and what another one says of the same journal differ, each difference with its reason. */
import { canonicalJson } from '../base/canonical.ts';
import type { Incident } from '../model/incident.ts';
import type { ReplayedIncident } from './stream-run.ts';

/**
 * `cause`: other root or kind; `split`, `merge`: what was one is several, and the other way round; `extent`: alarms or
 * subscribers that are in no other incident; `shown`: told of now, or kept from people now; `time`: decided, repaired or
 * begun at another time; `state`; `words`: probabilities, reasons or history alone; `only`: nothing stands on the other side.
 */
type Reason = 'cause' | 'split' | 'merge' | 'extent' | 'shown' | 'time' | 'state' | 'words' | 'only';

interface ExplainedDifference {
  readonly reason: Reason;
  /** It was judged by other rules: their versions on both sides. Absent: by the same, so it is the engine that differs. */
  readonly ruleVersion?: { readonly before: string; readonly after: string } | undefined;
  /** Of the engine that wrote the journal, and of this one. */
  readonly before: readonly BriefIncident[];
  readonly after: readonly BriefIncident[];
}

export interface BriefIncident {
  readonly incident: string;
  readonly kind: string;
  readonly root: string | undefined;
  readonly state: string;
  readonly actionable: boolean;
  readonly startedAt: number;
  readonly decidedAt: number | undefined;
  readonly resolvedAt: number | undefined;
  readonly probability: number;
  readonly alarms: number;
  readonly subscribers: number;
}

export interface ReplayDifferences {
  /** Equal to the last byte. */
  readonly same: number;
  /** Another root first. */
  readonly differences: readonly ExplainedDifference[];
}

const order: readonly Reason[] = [
  'cause',
  'split',
  'merge',
  'extent',
  'shown',
  'time',
  'state',
  'words',
  'only',
];

export function replayDifferences(
  before: readonly ReplayedIncident[],
  after: readonly ReplayedIncident[],
): ReplayDifferences {
  const [olds, news] = [before.filter(isWhole), after.filter(isWhole)];
  const [homesThen, homesNow] = [homes(olds), homes(news)];
  const byId = new Map(news.map((one) => [one.incident.id, one]));
  const differences = new Map<string, ExplainedDifference>();
  // Two that became one are found from both.
  const add = (one: ExplainedDifference): void =>
    void differences.set(`${one.reason} ${idsOf(one.before)} ${idsOf(one.after)}`, one);
  const seen = new Set<ReplayedIncident>();
  let same = 0;
  for (const old of olds) {
    const parts = sharing(old, homesNow);
    const named = byId.get(old.incident.id);
    // Ids come of the journal's sequence: where both opened with the same input it is the same one.
    const isNamed = named !== undefined && (parts.length === 0 || parts.includes(named));
    const now = isNamed ? named : parts[0];
    if (now === undefined) {
      add({ reason: 'only', ...sides([old], []) });
      continue;
    }
    seen.add(now);
    if (isEqual(old, now)) same++;
    else add({ ...compared(old, now, { parts, wholes: sharing(now, homesThen) }), ...otherRules(old, now) });
  }
  for (const now of news) {
    if (seen.has(now)) continue;
    const wholes = sharing(now, homesThen);
    // Its alarms were in one whose better part is another: that one was split.
    const split = wholes[0] === undefined ? undefined : sharing(wholes[0], homesNow);
    if (split === undefined) add({ reason: 'only', ...sides([], [now]) });
    else add({ reason: 'split', ...sides([wholes[0]!], split), ...otherRules(wholes[0]!, now) });
  }
  const found = [...differences.values()];
  return { same, differences: found.sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason)) };
}

const idsOf = (incidents: readonly BriefIncident[]): string =>
  incidents.map(({ incident }) => incident).join(' ');

/** Its alarms moved to the one it became part of. */
const isWhole = ({ incident }: ReplayedIncident): boolean => incident.state !== 'merged';

/** Which incidents an alarm's raises went to; the same alarm is raised again another day. */
type Homes = ReadonlyMap<string, readonly ReplayedIncident[]>;

function homes(incidents: readonly ReplayedIncident[]): Homes {
  const found = new Map<string, ReplayedIncident[]>();
  for (const one of incidents) {
    for (const alarm of one.incident.alarms) {
      const known = found.get(alarm);
      if (known === undefined) found.set(alarm, [one]);
      else known.push(one);
    }
  }
  return found;
}

/** Those of the other side that hold alarms of it at the same time, most of them first. */
function sharing(one: ReplayedIncident, others: Homes): readonly ReplayedIncident[] {
  const shared = new Map<ReplayedIncident, number>();
  for (const alarm of new Set(one.incident.alarms)) {
    for (const other of others.get(alarm) ?? []) {
      if (overlap(one.incident, other.incident)) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
  }
  return [...shared]
    .sort(([a, m], [b, n]) => n - m || (a.incident.id < b.incident.id ? -1 : 1))
    .map(([other]) => other);
}

const overlap = (a: Incident, b: Incident): boolean =>
  a.startedAt <= (b.resolvedAt ?? Number.POSITIVE_INFINITY) &&
  b.startedAt <= (a.resolvedAt ?? Number.POSITIVE_INFINITY);

function compared(
  old: ReplayedIncident,
  now: ReplayedIncident,
  {
    parts,
    wholes,
  }: { readonly parts: readonly ReplayedIncident[]; readonly wholes: readonly ReplayedIncident[] },
): ExplainedDifference {
  const [a, b] = [old.incident, now.incident];
  const pair = sides([old], [now]);
  // It went into one that is mostly another: that one's root says nothing of it.
  if (wholes.length > 1 && wholes[0] !== old) return { reason: 'merge', ...sides(wholes, [now]) };
  if (a.root !== b.root || a.kind !== b.kind) return { reason: 'cause', ...pair };
  if (parts.length > 1) return { reason: 'split', ...sides([old], parts) };
  if (wholes.length > 1) return { reason: 'merge', ...sides(wholes, [now]) };
  if (!isSameSet(a.alarms, b.alarms) || old.subscribers !== now.subscribers)
    return { reason: 'extent', ...pair };
  if (a.actionable !== b.actionable) return { reason: 'shown', ...pair };
  const isTimely =
    a.startedAt === b.startedAt && a.decidedAt === b.decidedAt && a.resolvedAt === b.resolvedAt;
  if (!isTimely) return { reason: 'time', ...pair };
  return { reason: a.state === b.state ? 'words' : 'state', ...pair };
}

/** Under other rules that say the same the name of the rules alone is no difference. */
const isEqual = (a: ReplayedIncident, b: ReplayedIncident): boolean =>
  a.subscribers === b.subscribers &&
  canonicalJson(unnamed(a.incident)) === canonicalJson(unnamed(b.incident));

const unnamed = (incident: Incident): unknown => ({
  ...incident,
  explanation: { ...incident.explanation, judgedBy: undefined },
});

/** What an engine before rule versions judged by is not known. */
function otherRules(
  old: ReplayedIncident,
  now: ReplayedIncident,
): Pick<ExplainedDifference, 'ruleVersion'> | undefined {
  const [before, after] = [rulesOf(old.incident), rulesOf(now.incident)];
  return before === undefined || after === undefined || before === after
    ? undefined
    : { ruleVersion: { before, after } };
}

const rulesOf = ({ explanation }: Incident): string | undefined =>
  (explanation['judgedBy'] as { readonly rules?: string | undefined } | undefined)?.rules;

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const held = new Set(a);
  return held.size === new Set(b).size && b.every((one) => held.has(one));
}

const sides = (before: readonly ReplayedIncident[], after: readonly ReplayedIncident[]) => ({
  before: before.map(brief),
  after: after.map(brief),
});

function brief({ incident, subscribers }: ReplayedIncident): BriefIncident {
  const { id, kind, root, state, actionable, startedAt, decidedAt, resolvedAt, probability, alarms } =
    incident;
  const times = { startedAt, decidedAt, resolvedAt };
  return {
    incident: id,
    kind,
    root,
    state,
    actionable,
    ...times,
    probability,
    alarms: alarms.length,
    subscribers,
  };
}
