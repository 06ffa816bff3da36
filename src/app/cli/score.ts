/** `score`: the metrics of the alarm-stream contract for what was said of a stream whose faults are known. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { readAlarmStream } from '../../edge/files/alarm-stream.ts';
import { parseIncidents, parseTruth, type Score, scoreIncidents } from '../../measure/measure.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions } from './common-options.ts';
import { Complaints } from './complaints.ts';
import { readable, readText, readTopology } from './stream-files.ts';
import type { Verb } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  truth: { type: 'string' },
  incidents: { type: 'string' },
  alarms: { type: 'string' },
  topology: { type: 'string' },
} as const;

export const scoreVerb: Verb = {
  name: 'score',
  summary:
    'Prints one JSON object: what `replay --jsonl` said of a stream against what happened. Who was told is judged on the network; without --topology that is the topology.json beside the truth.',
  usage:
    'allclear score --truth FILE --incidents FILE --alarms FILE [--topology FILE] [--json] [--quiet] [--lang ru|en]',
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    const say = speaker(values.lang);
    const files = {
      truth: required(values.truth, 'usage/truth'),
      incidents: required(values.incidents, 'usage/incidents'),
    };
    const alarms = required(values.alarms, 'usage/alarms');
    const complaints = new Complaints(terminal);
    const truth = parseTruth(await readText(files.truth), files.truth);
    const incidents = parseIncidents(await readText(files.incidents), files.incidents);
    for (const problem of [...truth.problems, ...incidents.problems]) complaints.add(problem);
    const isUnusable = (list: readonly unknown[], { length }: readonly unknown[]): boolean =>
      list.length === 0 && length > 0;
    if (isUnusable(truth.value.faults, truth.problems) || isUnusable(incidents.value, incidents.problems)) {
      // Figures of a file that is another would look like a result.
      complaints.end();
      return exitCodes.problem;
    }
    const raises = readable(alarms, () => readRaises(alarms, complaints));
    const network = values.topology ?? besideOf(files.truth);
    const topology = network === undefined ? undefined : await readTopology(network, complaints);
    const claims = { truth: truth.value, incidents: incidents.value, raises, files };
    const { score, problems } = scoreIncidents(claims, topology);
    for (const problem of problems) complaints.add(problem);
    complaints.end();
    const isForPeople = terminal.isInteractive && values.json !== true;
    terminal.print(JSON.stringify(rounded(score), undefined, isForPeople ? 2 : undefined));
    if (isForPeople && values.quiet !== true) {
      const { faults, incidents: presented, alarms: count } = score;
      terminal.complain(say('scored', { faults, incidents: presented, alarms: count }));
    }
    return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
  },
};

function required(value: string | undefined, code: string): string {
  if (value === undefined) throw new Fault(code, `--${code.slice('usage/'.length)} FILE is missing`);
  return value;
}

/** What `generate` writes into one folder belongs together. */
function besideOf(truth: string): string | undefined {
  return ['topology.json', 'topology.ndjson']
    .map((name) => join(dirname(truth), name))
    .find((file) => existsSync(file));
}

function readRaises(file: string, complaints: Complaints): ReadonlyMap<string, string> {
  const raises = new Map<string, string>();
  for (const { observation } of readAlarmStream(file, (problem) => complaints.add(problem))) {
    const { event, record, resource } = observation;
    if (event === 'raise' && record !== undefined) raises.set(record, resource);
  }
  return raises;
}

/** To six digits behind the point, so that a figure reads as one. */
function rounded(score: Score): unknown {
  return JSON.parse(
    JSON.stringify(score, (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(6)) : value,
    ),
  );
}
