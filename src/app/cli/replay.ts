/** `replay`: runs a recorded alarm stream through a fresh line and prints what incidents it made of it. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { canonicalJson } from '../../base/canonical.ts';
import { Fault } from '../../base/fault.ts';
import { instant } from '../../base/instant.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import { readAlarmStream } from '../../edge/files/alarm-stream.ts';
import { loadRules } from '../../edge/files/rule-files.ts';
import { type ReplayedIncident, replayStream, type StreamRecord } from '../../flow/replay.ts';
import { compileTopology, parseTopology, type Topology } from '../../topology/topology.ts';
import { defaultPolicy } from '../config/policy.ts';
import { exitCodes } from '../processes/messages.ts';
import { rulesFolder } from '../product-files.ts';
import { commonOptions, configFile, instantFrom } from './common-options.ts';
import { incidentLine } from './incident-line.ts';
import { printTraps, replayedTraps, summarizeTraps } from './replay-traps.ts';
import { formatTable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  topology: { type: 'string' },
  alarms: { type: 'string' },
  traps: { type: 'boolean' },
  data: { type: 'string' },
  config: { type: 'string' },
  since: { type: 'string' },
  rules: { type: 'string' },
  until: { type: 'string' },
} as const;

/** Problems shown one by one; the rest is counted. */
const mostShown = 100;

export const replayVerb: Verb = {
  name: 'replay',
  summary: 'Runs an alarm stream through the line; --jsonl prints one line an incident in its last state.',
  usage: [
    'allclear replay --topology FILE --alarms FILE [--rules DIR] [--until T] [--jsonl|--json] [--lang ru|en]',
    'allclear replay --traps [--data DIR] [--config FILE] [--rules DIR] [--topology FILE] [--since T] [--until T] [--jsonl|--json]',
  ].join('\n'),
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    if (values.traps === true) return replayTraps(values, terminal);
    const { topology: network, alarms } = values;
    if (network === undefined) throw new Fault('usage/topology', '--topology FILE is missing');
    if (alarms === undefined) throw new Fault('usage/alarms', '--alarms FILE is missing');
    const until = values.until === undefined ? undefined : instant(instantFrom(values.until, 'until'));
    const complaints = new Complaints(terminal);
    const topology = await readTopology(network, complaints);
    if (values.rules !== undefined) await judgeRules(values.rules, complaints);
    let records = 0;
    const counted = function* (): Generator<StreamRecord> {
      for (const record of readAlarmStream(alarms, (problem) => complaints.add(problem))) {
        records++;
        yield record;
      }
    };
    const replayed = readable(alarms, () =>
      replayStream({ topology, policy: defaultPolicy, records: counted(), until }),
    );
    complaints.end();
    show(replayed, { values, terminal, records });
    return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
  },
};

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
    const topology = await readTopology(values.topology, complaints);
    const records: StreamRecord[] = [];
    for await (const record of replayedTraps(replay)) records.push(record);
    const replayed = replayStream({ topology, policy: defaultPolicy, records, until: replay.until });
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

async function readTopology(file: string, complaints: Complaints): Promise<Topology> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Fault('replay/unreadable', `${file} cannot be read`, error);
  }
  const { value, problems } = parseTopology(text, file);
  const unusable = problems.find(({ code }) => code === 'topology/format' || code === 'topology/syntax');
  if (value.resources.length === 0 && unusable !== undefined) {
    throw new Fault('replay/topology', `\n${formatProblem(unusable)}`);
  }
  const compiled = compileTopology(value);
  for (const problem of problems) complaints.add(problem);
  for (const problem of compiled.problems) complaints.add({ ...problem, file });
  return compiled.value;
}

/** Rules make observations; the lines of a stream are observations already, so these are only read and judged. */
async function judgeRules(folder: string, complaints: Complaints): Promise<void> {
  const { problems } = await loadRules([rulesFolder, folder]);
  for (const problem of problems) complaints.add(problem);
}

function readable<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw error;
    throw new Fault('replay/unreadable', `${file} cannot be read`, error);
  }
}

class Complaints {
  readonly #terminal: Terminal;
  #count = 0;
  errors = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  add(problem: Problem): void {
    if (problem.severity === 'error') this.errors++;
    if (this.#count++ < mostShown) this.#terminal.complain(formatProblem(problem));
  }

  end(): void {
    const more = this.#count - mostShown;
    if (more > 0) this.#terminal.complain(`${more} further problems are not shown`);
  }
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
