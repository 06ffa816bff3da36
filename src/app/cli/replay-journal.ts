/** `replay --journal`: plays the recorded journal through the engine of now and says how its incidents differ from those of then. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical.ts';
import { Fault } from '../../base/fault.ts';
import type { Problem } from '../../base/problem.ts';
import type { CorrelationRules } from '../../correlate/correlate.ts';
import { type RecordedIncidents, recordedIncidents } from '../../edge/book/recorded.ts';
import { hashOf, openContents } from '../../edge/disk/contents.ts';
import { readJournal } from '../../edge/journal/segments.ts';
import { openSnapshots } from '../../edge/journal/snapshots.ts';
import { JournalReplay, type RecordedEngine } from '../../flow/journal-replay.ts';
import { Line } from '../../flow/line.ts';
import type { LineSnapshot } from '../../flow/line-snapshot.ts';
import { decodeInput } from '../../flow/record.ts';
import {
  type BriefIncident,
  type ReplayDifferences,
  replayDifferences,
} from '../../flow/replay-differences.ts';
import { ContentStore } from '../center/content-store.ts';
import { readLineIdentity } from '../center/line-identity.ts';
import { version } from '../version.ts';
import { incidentLine } from './incident-line.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './verb.ts';
import type { Say } from './words.ts';

export interface JournalReplaying {
  readonly data: string;
  /** Of the program, or those to be judged by in place of the journal's own. */
  readonly rules: CorrelationRules;
  readonly isOtherRules: boolean;
  readonly complain: (problem: Problem) => void;
}

interface Report {
  readonly records: number;
  /** First input that was played. */
  readonly from: number;
  readonly failed: number;
  readonly engines: readonly RecordedEngine[];
  readonly rules: 'recorded' | 'given';
  readonly before: number;
  readonly after: number;
  readonly found: ReplayDifferences;
}

interface Shown {
  readonly terminal: Terminal;
  readonly say: Say;
  readonly values: { readonly json?: boolean | undefined; readonly jsonl?: boolean | undefined };
}

/** The data folder is only read, also beside a running daemon. */
export async function replayJournal(replaying: JournalReplaying, shown: Shown): Promise<void> {
  const { data, isOtherRules } = replaying;
  if (!existsSync(join(data, 'journal'))) throw new Fault('journal/missing', `${data} holds no journal`);
  const recorded = recordedIncidents(data);
  const { replay, from } = await played(replaying, recorded);
  const known = new Set(replay.incidents.map(({ incident }) => incident.id));
  // What did not change after the journal's beginning is not judged.
  const before =
    from === 1 ? recorded.incidents : recorded.incidents.filter(({ incident }) => known.has(incident.id));
  const report: Report = {
    ...{ records: replay.records, from, failed: replay.failed, engines: replay.engines },
    rules: isOtherRules ? 'given' : 'recorded',
    ...{ before: before.length, after: replay.incidents.length },
    found: replayDifferences(before, replay.incidents),
  };
  const { terminal, values } = shown;
  if (values.jsonl === true) {
    for (const one of replay.incidents) terminal.print(canonicalJson(incidentLine(one)));
  } else if (values.json === true) {
    const { found, ...facts } = report;
    terminal.print(JSON.stringify({ format: 'journal-replay/1', version, ...facts, ...found }));
  } else terminal.print(asText(report, shown.say));
}

/** As far as the book goes, which follows the journal. */
async function played(
  { data, rules, isOtherRules, complain }: JournalReplaying,
  { applied }: RecordedIncidents,
): Promise<{ readonly replay: JournalReplay; readonly from: number }> {
  const contents = new ContentStore(await openContents({ folder: join(data, 'contents') }), data, rules);
  const identity = await readLineIdentity(data);
  const judging = isOtherRules ? judgedBy(contents, rules) : contents;
  const given = isOtherRules ? hashOf([new TextEncoder().encode(JSON.stringify(rules))]) : undefined;
  const line = new Line({ ...identity, contents: judging });
  const replay = new JournalReplay(line);
  let from: number | undefined;
  for await (const { sequence, bytes } of readJournal(join(data, 'journal'), { onProblem: complain })) {
    if (sequence > applied) break;
    if (from === undefined && sequence > 1)
      await restoredLine(line, { contents, data, first: sequence, given });
    from ??= line.sequence + 1;
    if (sequence <= line.sequence) continue;
    const { at, input } = decodeInput(bytes, sequence);
    await contents.loadRecorded(input);
    // What is judged by other rules says so.
    const isNamed = given !== undefined && input.kind === 'ruleSet';
    replay.take(sequence, at, isNamed ? { ...input, rules: given } : input);
  }
  return { replay, from: from ?? 1 };
}

const judgedBy = (contents: ContentStore, rules: CorrelationRules) => ({
  topology: (sha256: string) => contents.topology(sha256),
  subscribers: (sha256: string) => contents.subscribers(sha256),
  policy: (sha256: string) => contents.policy(sha256),
  calendar: (sha256: string) => contents.calendar(sha256),
  rules: () => rules,
  automations: (sha256: string) => contents.automations(sha256),
});

/** The front of the journal was cut off: the line begins where its snapshot stands. */
export async function restoredLine(
  line: Line,
  {
    contents,
    data,
    first,
    given,
  }: {
    readonly contents: ContentStore;
    readonly data: string;
    readonly first: number;
    /** The name of rules that stand in for those it was judged by. */
    readonly given?: string | undefined;
  },
): Promise<void> {
  const { snapshot } = await (await openSnapshots({ folder: join(data, 'snapshots') })).latestSnapshot();
  if (snapshot === undefined || snapshot.sequence < first - 1)
    throw new Fault('replay/cut', `the journal begins with input ${first} and no snapshot stands there`);
  const held = JSON.parse(new TextDecoder().decode(snapshot.bytes)) as LineSnapshot;
  await contents.loadNamed(held.rooms.named);
  const named = given === undefined ? held.rooms.named : { ...held.rooms.named, rules: given };
  line.restore({ ...held, rooms: { ...held.rooms, named } });
}

const mostRows = 100;

function asText({ records, from, failed, engines, rules, before, after, found }: Report, say: Say): string {
  const rows = found.differences.flatMap(({ reason, ruleVersion, before: then, after: now }) => {
    const because = ruleVersion === undefined ? '' : say('ruleVersion', ruleVersion);
    const first = [reason, because];
    return [
      ...then.map((one, n) => ['<', ...(n === 0 ? first : ['', '']), ...cells(one)]),
      ...now.map((one, n) => ['>', ...(n === 0 && then.length === 0 ? first : ['', '']), ...cells(one)]),
    ];
  });
  const head = [
    '',
    'reason',
    'because of',
    'incident',
    'started',
    'decided',
    'state',
    'kind',
    'root',
    'p',
    'alarms',
    'subscribers',
  ];
  const counts = new Map<string, number>();
  for (const { reason } of found.differences) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const byRules = found.differences.filter(({ ruleVersion }) => ruleVersion !== undefined).length;
  const byReason = [...counts].map(([reason, count]) => `${reason} ${count}`).join(', ');
  const writers = engines.map(({ version: name, from: first }) => `${name} (${first})`).join(', ');
  return [
    ...(rows.length === 0 ? [] : [formatTable(head, rows.slice(0, mostRows))]),
    ...(rows.length > mostRows ? [say('shadowMore', { more: rows.length - mostRows })] : []),
    say('journalReplayed', {
      records,
      from,
      before,
      after,
      same: found.same,
      engines: writers || '?',
      version,
    }),
    ...(byReason === '' ? [] : [say('journalDifferences', { reasons: byReason })]),
    ...(byRules === 0 ? [] : [say('journalRuleVersion', { count: byRules })]),
    ...(rules === 'given' ? [say('journalOtherRules')] : []),
    ...(failed === 0 ? [] : [say('journalFailed', { failed })]),
  ].join('\n');
}

const time = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

const cells = (one: BriefIncident) => [
  ...[one.incident, time(one.startedAt), time(one.decidedAt), one.actionable ? one.state : 'noise', one.kind],
  ...[one.root ?? '', one.probability.toFixed(2), one.alarms, one.subscribers],
];
