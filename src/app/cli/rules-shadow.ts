/** `rules shadow`: plays the recorded journal under the rules in force and under changed ones, and prints how incidents differ. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { days, type Instant, instant } from '../../base/instant.ts';
import type { Problem } from '../../base/problem.ts';
import type { CorrelationRules } from '../../correlate/correlate.ts';
import { openContents } from '../../edge/disk/contents.ts';
import { realFiles, writeWhole } from '../../edge/disk/file-system.ts';
import { type LoadedRules, loadRules } from '../../edge/files/rule-files.ts';
import type { ShadowJson } from '../../edge/http/contract.ts';
import { readJournal } from '../../edge/journal/segments.ts';
import { openSnapshots } from '../../edge/journal/snapshots.ts';
import type { IncidentDifferences, ToldIncident } from '../../flow/incident-differences.ts';
import type { Input } from '../../flow/input.ts';
import type { LineSnapshot } from '../../flow/line-snapshot.ts';
import { decodeInput } from '../../flow/record.ts';
import type { NamedContents } from '../../flow/rooms.ts';
import { Shadow } from '../../flow/shadow.ts';
import { ContentStore } from '../center/content-store.ts';
import { shadowFile } from '../center/rule-board.ts';
import { ownRuleFolders } from '../config/installation.ts';
import { readConfig } from '../config/load.ts';
import { parseDuration } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import { shippedRuleFolders } from '../product-files.ts';
import { type ChangedDetection, changedDetection } from './changed-detection.ts';
import { commonOptions, configFile, dataFolder, instantFrom, verbWorld } from './common-options.ts';
import { Complaints } from './complaints.ts';
import { openBar } from './progress-bar.ts';
import { automationsPlayed, type WouldHave } from './rules-shadow-automations.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './verb.ts';
import { type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  config: { type: 'string' },
  data: { type: 'string' },
  rules: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const;

export const shadowUsage =
  'allclear rules shadow [--since 30d|T] [--until T] [--rules DIR] [--data DIR] [--config FILE] [--json] [--lang ru|en]';

/** What stands before it only tells what was raised then; alarms older than this are not known to either side. */
const leadIn = days(1);

export async function shadowRules(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
  const say = speaker(values.lang);
  const world = verbWorld();
  const data = await dataFolder(values);
  const journal = join(data, 'journal');
  if (!existsSync(journal)) throw new Fault('journal/missing', `${data} holds no journal`);
  const span = {
    since: sinceFrom(values.since ?? '30d', world.now()),
    until: values.until === undefined ? undefined : instant(instantFrom(values.until, 'until')),
  };
  const complaints = new Complaints(terminal);
  const shipped = (await loadRules({ shipped: shippedRuleFolders })).value.correlation;
  const { changed, loaded } = await changedRules(values, complaints);
  if (changed === undefined || shipped === undefined || complaints.errors > 0) return exitCodes.problem;
  const contents = new ContentStore(await openContents({ folder: join(data, 'contents') }), data, shipped);
  const inForce = await rulesInForce(journal, contents);
  const shadow = new Shadow(contents, { present: inForce.rules, changed });
  const bar = openBar(terminal, world);
  const { records, last } = await played({
    ...{ shadow, contents, data, span, onProblem: (problem) => complaints.add(problem) },
    onProgress: (done, count) =>
      bar.show(done, inForce.lastSequence, say('shadowPlayed', { records: count })),
  }).finally(() => bar.close());
  complaints.end();
  const differences = shadow.end(span.until ?? last, span.since);
  const detection = detectionThatDiffers(inForce.files, loaded);
  const notJudged = detection.length > 0 ? ['detection'] : [];
  const playing = { data, contents, automations: loaded.automations, span };
  const automations = await automationsPlayed(playing);
  if (automations === undefined) notJudged.push('automations');
  await keep({ data, at: world.now(), since: span.since, records, differences }).catch((error: Error) =>
    terminal.complain(`allclear: the result is not kept for the page Rules: ${error.message}`),
  );
  const told = { notJudged, detection, differences, automations: automations ?? [] };
  const report = { since: span.since, until: last, records, ...told };
  if (values.json === true) terminal.print(JSON.stringify({ format: 'rules-shadow/1', ...report }));
  else terminal.print(asText(report, say));
  return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
}

/** The daemon's page shows the last result; nothing else is written. */
async function keep(run: {
  readonly data: string;
  readonly at: Instant;
  readonly since: Instant;
  readonly records: number;
  readonly differences: IncidentDifferences;
}): Promise<void> {
  const { before, after, same, appeared, gone, changed } = run.differences;
  const counts = { appeared: appeared.length, gone: gone.length, changed: changed.length };
  const iso = (at: Instant): string => new Date(at).toISOString();
  const result: ShadowJson = {
    ...{ at: iso(run.at), since: iso(run.since), records: run.records, before, after, same, ...counts },
  };
  const folder = join(run.data, 'rules');
  await mkdir(folder, { recursive: true });
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  await writeWhole(realFiles, { folder, name: shadowFile }, [bytes]);
}

interface Playing {
  readonly shadow: Shadow;
  readonly contents: ContentStore;
  readonly data: string;
  readonly span: { readonly since: Instant; readonly until: Instant | undefined };
  readonly onProblem: (problem: Problem) => void;
  readonly onProgress: (sequence: number, records: number) => void;
}

/** Hands over what the journal keeps of the span, with what was in force before. */
async function played(playing: Playing): Promise<{ readonly records: number; readonly last: Instant }> {
  const { shadow, contents, data, span, onProblem } = playing;
  let [records, last] = [0, span.since];
  for await (const { bytes, sequence } of readJournal(join(data, 'journal'), { onProblem })) {
    const { at, input } = decodeInput(bytes, sequence);
    if (records === 0 && last === span.since && sequence > 1) await beginCut(playing, at);
    if (span.until !== undefined && at > span.until) break;
    const named = namedIn(input);
    if (at < span.since - leadIn && named === undefined) continue;
    if (named !== undefined) await contents.loadNamed({ topologyVersion: 0, ...named });
    shadow.take(input, at);
    last = instant(Math.max(last, at));
    if (++records % 1_000 === 0) playing.onProgress(sequence, records);
  }
  return { records, last };
}

/** What an input brings into force, as far as rules are judged by it. */
function namedIn(input: Input): Partial<NamedContents> | undefined {
  switch (input.kind) {
    case 'topologyVersion':
      return { topology: input.topology };
    case 'policy':
      return { policy: input.policy };
    case 'calendar':
      return { calendar: input.calendar };
    default:
      return undefined;
  }
}

/** The front of the journal was cut off, and with it what was in force: what the newest snapshot names stands for it. */
async function beginCut({ shadow, contents, data }: Playing, at: Instant): Promise<void> {
  const { snapshot } = await (await openSnapshots({ folder: join(data, 'snapshots') })).latestSnapshot();
  if (snapshot === undefined) return;
  const { rooms } = JSON.parse(new TextDecoder().decode(snapshot.bytes)) as LineSnapshot;
  const { policy, calendar, topology } = rooms.named;
  await contents.loadNamed({ topologyVersion: 0, policy, calendar, topology });
  if (policy !== undefined) shadow.take({ kind: 'policy', policy }, at);
  if (calendar !== undefined) shadow.take({ kind: 'calendar', calendar }, at);
  if (topology !== undefined)
    shadow.take({ kind: 'topologyVersion', version: 1, topology, subscribers: '' }, at);
}

function sinceFrom(written: string, now: Instant): Instant {
  const length = parseDuration(written);
  return instant(length === undefined ? instantFrom(written, 'since') : now - length);
}

async function changedRules(
  values: { readonly rules?: string | undefined; readonly config?: string | undefined },
  complaints: Complaints,
): Promise<{ readonly changed: CorrelationRules | undefined; readonly loaded: LoadedRules }> {
  const config = configFile(values.config);
  const configured =
    config === undefined ? [] : ownRuleFolders((await readConfig({ config, override: {} })).value);
  const named = values.rules === undefined ? configured : [values.rules];
  const { value, problems } = await loadRules({ shipped: shippedRuleFolders, own: named });
  for (const problem of problems) complaints.add(problem);
  return { changed: value.correlation, loaded: value };
}

type RuleText = LoadedRules['inForce'][number];

/** The set that the journal named last, and how far the journal goes. */
async function rulesInForce(
  journal: string,
  contents: ContentStore,
): Promise<{
  readonly rules: CorrelationRules;
  readonly files: readonly RuleText[];
  readonly lastSequence: number;
}> {
  let [hash, lastSequence]: [string | undefined, number] = [undefined, 0];
  for await (const { bytes, sequence } of readJournal(journal)) {
    lastSequence = sequence;
    const { input } = decodeInput(bytes, sequence);
    if (input.kind === 'ruleSet') hash = input.rules;
  }
  if (hash === undefined) return { rules: contents.rules(undefined), files: [], lastSequence };
  await contents.loadNamed({ topologyVersion: 0, rules: hash });
  return { rules: contents.rules(hash), files: await contents.ruleFiles(hash), lastSequence };
}

/** The journal holds what detection made of readings, not the readings; one that names no rules was made by the shipped ones. */
const detectionThatDiffers = (inForce: readonly RuleText[], { documents }: LoadedRules) =>
  inForce.length === 0
    ? []
    : changedDetection(
        inForce,
        documents.flatMap(({ format, document }) => (format === 'detection/1' ? [document] : [])),
      );

interface Report {
  readonly since: Instant;
  readonly until: Instant;
  readonly records: number;
  readonly notJudged: readonly string[];
  readonly detection: readonly ChangedDetection[];
  readonly differences: IncidentDifferences;
  readonly automations: readonly WouldHave[];
}

const mostRows = 100;

const asRow = ({ automation, would, stopped, first }: WouldHave) => [
  ...[automation, would, stopped],
  first[0] === undefined ? '' : new Date(first[0].at).toISOString(),
];

function asText({ records, notJudged, detection, differences, automations }: Report, say: Say): string {
  const { before, after, same, appeared, gone, changed } = differences;
  const rows = [
    ...gone.map((one) => ['-', ...cells(one), '']),
    ...appeared.map((one) => ['+', ...cells(one), '']),
    ...changed.flatMap((one) => [
      ['<', ...cells(one.before), one.in.join(', ')],
      ['>', ...cells(one.after), ''],
    ]),
  ];
  const head = ['', 'started', 'kind', 'root', 'p', 'alarms', 'subscribers', 'other'];
  const counts = { appeared: appeared.length, gone: gone.length, changed: changed.length };
  return [
    ...(rows.length === 0 ? [] : [formatTable(head, rows.slice(0, mostRows))]),
    ...(rows.length > mostRows ? [say('shadowMore', { more: rows.length - mostRows })] : []),
    say('shadow', { records, before, after, same, ...counts }),
    ...(detection.length === 0 ? [] : [say('shadowDetection'), ...notJudgedLines(detection, say)]),
    ...(notJudged.includes('automations') ? [say('shadowAutomations')] : []),
    ...(automations.length === 0
      ? []
      : [formatTable(['automation', 'would have', 'stopped', 'first'], automations.map(asRow))]),
  ].join('\n');
}

/** Each in its place, then what judges it instead. */
function notJudgedLines(detection: readonly ChangedDetection[], say: Say): readonly string[] {
  const lines = detection.map(
    ({ place, part, rule, change }) =>
      `${place}  ${rule === undefined ? part : `${part} ${rule}`}: ${change}`,
  );
  const isJudgedBy = (what: ChangedDetection['judgedBy']): boolean =>
    detection.some(({ judgedBy }) => judgedBy === what);
  return [
    ...lines.slice(0, mostRows),
    ...(lines.length > mostRows ? [say('shadowMore', { more: lines.length - mostRows })] : []),
    ...(isJudgedBy('replay --traps') ? [say('shadowTraps')] : []),
    ...(isJudgedBy('rules test') ? [say('shadowExamples')] : []),
  ];
}

const cells = ({ startedAt, kind, root, probability, alarms, subscribers }: ToldIncident) => [
  new Date(startedAt).toISOString(),
  ...[kind, root ?? '', probability.toFixed(2), alarms, subscribers],
];
