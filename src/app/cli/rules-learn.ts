/** `rules learn`: which alarm brings about which in a recorded stream, proposed as a rule file for a person to judge. */
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { readAlarmStream } from '../../edge/files/alarm-stream.ts';
import { type LoggedAlarm, learnRelations, type Relation, usualBar } from '../../measure/measure.ts';
import { deviceIndexOf, neighboursOf, type Topology } from '../../topology/topology.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions } from './common-options.ts';
import { Complaints } from './complaints.ts';
import { readable, readTopology } from './stream-files.ts';
import type { Terminal } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  topology: { type: 'string' },
  alarms: { type: 'string' },
  support: { type: 'string' },
  lift: { type: 'string' },
} as const;

export const learnUsage =
  'allclear rules learn --topology FILE --alarms FILE [--support N] [--lift X] [--json] [--lang ru|en]';

export async function learnRules(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
  const say = speaker(values.lang);
  const { topology: network, alarms: stream } = values;
  if (network === undefined) throw new Fault('usage/topology', '--topology FILE is missing');
  if (stream === undefined) throw new Fault('usage/alarms', '--alarms FILE is missing');
  const bar = {
    ...usualBar,
    support: countFrom(values.support, 'support') ?? usualBar.support,
    lift: countFrom(values.lift, 'lift') ?? usualBar.lift,
  };
  const complaints = new Complaints(terminal);
  const topology = await readTopology(network, complaints);
  const alarms = readable(stream, () => raisesIn(stream, topology, complaints));
  const next = (device: string): readonly string[] =>
    neighboursOf(topology, topology.indexOf(device)).map((index) => topology.idOf(index));
  const relations = learnRelations(alarms, next, bar).filter(isWritable);
  complaints.end();
  if (values.json === true) {
    terminal.print(JSON.stringify({ format: 'rules-learned/1', alarms: alarms.length, relations }));
  } else {
    terminal.print(asRules(relations, alarms.length));
    if (values.quiet !== true)
      terminal.complain(say('learned', { relations: relations.length, alarms: alarms.length }));
  }
  return complaints.errors === 0 ? exitCodes.ok : exitCodes.problem;
}

function countFrom(written: string | undefined, name: string): number | undefined {
  if (written === undefined) return undefined;
  const count = Number(written);
  if (written.trim() !== '' && count > 0 && Number.isFinite(count)) return count;
  throw new Fault('usage/argument', `--${name} ${written}: say a number above 0`);
}

function raisesIn(file: string, topology: Topology, complaints: Complaints): readonly LoggedAlarm[] {
  const raises: LoggedAlarm[] = [];
  for (const { at, observation } of readAlarmStream(file, (problem) => complaints.add(problem))) {
    const { event, cause, resource } = observation;
    if (event !== 'raise' || cause === undefined) continue;
    const device = deviceIndexOf(topology, resource);
    raises.push({ cause, device: device < 0 ? resource : topology.idOf(device), at });
  }
  return raises;
}

/** What a rule file can name. */
const nameable = /^[\w./*-]{1,64}$/;
const isWritable = ({ cause, effect }: Relation): boolean => nameable.test(cause) && nameable.test(effect);

function asRules(relations: readonly Relation[], alarms: number): string {
  const lines = relations.flatMap(({ cause, effect, on, withinMs, share, support, lift, delayMs }, n) => {
    const seconds = Math.round(delayMs / 100) / 10;
    const rule = {
      ...{ id: `learned-${n + 1}`, cause, effect, on, within: `${Math.ceil(withinMs / 1_000)}s` },
      share: Math.max(0.001, Math.min(1, Math.round(share * 1_000) / 1_000)),
    };
    return [
      `  # ${Math.round(support)} times, ${Math.round(lift)} times as often as by chance, ${seconds} s behind it`,
      `  - ${JSON.stringify(rule)}`,
    ];
  });
  return [
    `# Proposed by \`allclear rules learn\` from ${alarms} raises: a person keeps what is true.`,
    'format: correlation/1',
    ...(lines.length === 0 ? ['follows: []'] : ['follows:', ...lines]),
  ].join('\n');
}
