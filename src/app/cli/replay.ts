/** `replay`: runs a recorded alarm stream through a fresh line and prints what incidents it made of it. */
import { parseArgs } from 'node:util';
import { canonicalJson } from '../../base/canonical.ts';
import { Fault } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import type { Problem } from '../../base/problem.ts';
import type { CorrelationRules } from '../../correlate/correlate.ts';
import { readAlarmStream } from '../../edge/files/alarm-stream.ts';
import { loadRules } from '../../edge/files/rule-files.ts';
import { type ReplayedIncident, replayStream, type StreamRecord } from '../../flow/replay.ts';
import { defaultPolicy } from '../config/policy.ts';
import { exitCodes } from '../processes/messages.ts';
import { shippedRuleFolders } from '../product-files.ts';
import { commonOptions, configFile, dataFolder, instantFrom } from './common-options.ts';
import { Complaints } from './complaints.ts';
import { incidentLine } from './incident-line.ts';
import { replayJournal } from './replay-journal.ts';
import { printTraps, refuseWrongRules, replayedTraps, summarizeTraps } from './replay-traps.ts';
import { readable, readTopology } from './stream-files.ts';
import { formatTable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  topology: { type: 'string' },
  alarms: { type: 'string' },
  traps: { type: 'boolean' },
  journal: { type: 'boolean' },
  data: { type: 'string' },
  config: { type: 'string' },
  since: { type: 'string' },
  rules: { type: 'string' },
  until: { type: 'string' },
} as const;

export const replayVerb: Verb = {
  name: 'replay',
  summary: 'Runs an alarm stream through the line; --jsonl prints one line an incident in its last state.',
  usage: [
    'allclear replay --topology FILE --alarms FILE [--rules DIR] [--until T] [--jsonl|--json] [--lang ru|en]',
    'allclear replay --journal [--data DIR] [--config FILE] [--rules DIR] [--json|--jsonl]',
    'allclear replay --traps [--data DIR] [--config FILE] [--rules DIR] [--topology FILE] [--since T] [--until T] [--jsonl|--json]',
  ].join('\n'),
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    if (values.traps === true) return replayTraps(values, terminal);
    if (values.journal === true) return replayOwnJournal(values, terminal);
    const { topology: network, alarms } = values;
    if (network === undefined) throw new Fault('usage/topology', '--topology FILE is missing');
    if (alarms === undefined) throw new Fault('usage/alarms', '--alarms FILE is missing');
    const until = values.until === undefined ? undefined : instant(instantFrom(values.until, 'until'));
    const complaints = new Complaints(terminal);
    const rules = await readRules(values.rules, complaints);
    const topology = await readTopology(network, complaints);
    let records = 0;
    const counted = function* (): Generator<StreamRecord> {
      for (const record of readAlarmStream(alarms, (problem) => complaints.add(problem))) {
        records++;
        yield record;
      }
    };
    const replayed = readable(alarms, () =>
      replayStream({ topology, policy: defaultPolicy, rules, records: counted(), until }),
    );
    complaints.end();
    show(replayed, { values, terminal, records });
    return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
  },
};

/** What this engine makes of the journal, beside what the engines that wrote it made of it. */
async function replayOwnJournal(
  values: Partial<Record<'data' | 'config' | 'rules' | 'lang', string>> & {
    readonly json?: boolean;
    readonly jsonl?: boolean;
  },
  terminal: Terminal,
): Promise<number> {
  const complaints = new Complaints(terminal);
  const replaying = {
    data: await dataFolder(values),
    rules: await readRules(values.rules, complaints),
    isOtherRules: values.rules !== undefined,
    complain: (problem: Problem) => complaints.add(problem),
  };
  await replayJournal(replaying, { terminal, say: speaker(values.lang), values });
  complaints.end();
  return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
}

/** With a topology the kept notifications run through a fresh line, else they are shown as what they mean. */
async function replayTraps(
  values: Partial<Record<'topology' | 'data' | 'config' | 'rules' | 'since' | 'until' | 'lang', string>> & {
    readonly json?: boolean;
    readonly jsonl?: boolean;
  },
  terminal: Terminal,
): Promise<number> {
  const complaints = new Complaints(terminal);
  const moment = (name: 'since' | 'until') =>
    values[name] === undefined ? undefined : instant(instantFrom(values[name], name));
  const replay = {
    data: values.data,
    config: configFile(values.config),
    rules: values.rules,
    since: moment('since'),
    until: moment('until'),
    complain: (problem: Problem) => complaints.add(problem),
  };
  if (values.topology !== undefined) {
    const rules = await readRules(values.rules, new Complaints(terminal));
    const topology = await readTopology(values.topology, complaints);
    const records: StreamRecord[] = [];
    for await (const record of replayedTraps(replay)) records.push(record);
    const replayed = replayStream({
      ...{ topology, policy: defaultPolicy, rules },
      ...{ records, until: replay.until },
    });
    show(replayed, { values, terminal, records: records.length });
  } else if (values.jsonl === true || values.json === true) await printTraps(replay, terminal);
  else await summarizeTraps(replay, terminal);
  complaints.end();
  return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
}

function show(
  replayed: readonly ReplayedIncident[],
  {
    values,
    terminal,
    records,
  }: {
    readonly values: { readonly json?: boolean; readonly jsonl?: boolean; readonly lang?: string };
    readonly terminal: Terminal;
    readonly records: number;
  },
): void {
  const say = speaker(values.lang);
  if (values.jsonl === true) for (const one of replayed) terminal.print(canonicalJson(incidentLine(one)));
  else if (values.json === true) terminal.print(canonicalJson({ incidents: replayed.map(incidentLine) }));
  else terminal.print(`${table(replayed)}\n\n${say('incidents', { count: replayed.length, records })}`);
}

/**
 * The lines of a stream are observations already: of the rules those count by which causes are found. What ran without the
 * rules that were asked for would look like a result of them.
 */
async function readRules(own: string | undefined, complaints: Complaints): Promise<CorrelationRules> {
  const { value, problems } = await loadRules({
    shipped: shippedRuleFolders,
    own: own === undefined ? [] : [own],
  });
  refuseWrongRules(problems);
  for (const problem of problems) complaints.add(problem);
  if (value.correlation !== undefined) return value.correlation;
  throw new Fault('start/rules', 'the rules say too little to find causes by');
}

function table(replayed: readonly ReplayedIncident[]): string {
  const rows = replayed.map((one) => {
    const { incident, startedAt, state, actionable, kind, root, probability, subscribers, alarms } =
      incidentLine(one);
    const started = new Date(startedAt).toISOString();
    const facts = [incident, started, state, actionable ? '' : 'noise', kind, root, probability.toFixed(2)];
    return [...facts, subscribers, alarms.length];
  });
  const head = ['incident', 'started', 'state', '', 'kind', 'root', 'p', 'subscribers', 'alarms'];
  return formatTable(head, rows);
}
