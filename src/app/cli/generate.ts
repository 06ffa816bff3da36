/** `generate`: writes a made-up network, its alarm stream and the labels of its faults, the same for the same options. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { type Generated, type GenerateOptions, generate } from '../../sim/faults/generate.ts';
import { topologyJson, topologyLines } from '../../sim/faults/plant/document.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, verbWorld, wholeFrom } from './common-options.ts';
import { type Bar, openBar } from './progress-bar.ts';
import type { Verb } from './verb.ts';
import { speaker } from './words.ts';
import { readyFolder, unwritableBecause, writeTogether } from './written-files.ts';

const options = {
  ...commonOptions,
  seed: { type: 'string' },
  size: { type: 'string' },
  loss: { type: 'string' },
  noise: { type: 'string' },
  skew: { type: 'string' },
  'topology-error': { type: 'string' },
  'faults-per-kind': { type: 'string' },
  'double-cuts': { type: 'string' },
  blind: { type: 'string' },
  hours: { type: 'string' },
  format: { type: 'string' },
  out: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

type Written = Partial<Record<Exclude<keyof typeof options, keyof typeof commonOptions | 'dry-run'>, string>>;

export const generateVerb: Verb = {
  name: 'generate',
  summary:
    'Makes a network of a size and a seed, plays labelled faults in it and writes topology, alarms and truth.',
  usage:
    'allclear generate --seed N --size small|city|metro --out DIR [--loss 0.05] [--noise 1] [--skew 2000] [--topology-error 0.02] [--faults-per-kind N] [--double-cuts N] [--blind 0.5] [--hours H] [--format json|ndjson] [--dry-run] [--json] [--quiet] [--lang ru|en]',
  async run(argv, terminal) {
    const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
    const say = speaker(values.lang);
    const asked = optionsFrom(values);
    const format = values.format ?? (asked.size === 'metro' ? 'ndjson' : 'json');
    if (format !== 'json' && format !== 'ndjson') {
      throw new Fault('usage/format', `--format is json or ndjson, not "${format}"`);
    }
    const folder = values.out;
    if (folder === undefined) throw new Fault('usage/out', '--out DIR is missing');
    const bar = openBar(terminal, verbWorld());
    bar.begin(() => say('generating'));
    const files = { topology: join(folder, `topology.${format}`), ...streamFiles(folder) };
    const isDry = values['dry-run'] === true;
    let made: Generated;
    try {
      refuseOtherForm(folder, format);
      if (!isDry) await orRefused(folder, () => readyFolder(folder));
      made = generate(asked);
      if (!isDry) await orRefused(folder, () => writeAll(made, { files, bar }));
    } finally {
      bar.close();
    }
    const { resources, links } = made.topology;
    const refused = Object.values(made.refused).reduce((sum, one) => sum + one, 0);
    const counts = {
      ...{ resources: resources.length, links: links.length, alarms: made.alarmCount },
      ...{ faults: made.truth.faults.length, refused, folder },
    };
    if (values.json === true) terminal.print(JSON.stringify({ ...asked, ...counts, files }));
    else if (values.quiet !== true) terminal.print(say(isDry ? 'wouldGenerate' : 'generated', counts));
    if (refused > 0 && values.quiet !== true)
      terminal.complain(say('refusedFaults', { refused, kinds: kindsOf(made.refused) }));
    // How many are played is the generator's choice until somebody says a number.
    const isAsked = asked.faultsPerKind !== undefined || asked.doubleCuts !== undefined;
    return refused > 0 && isAsked ? exitCodes.problem : exitCodes.ok;
  },
};

const kindsOf = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');

function optionsFrom(values: Written): GenerateOptions {
  const { size } = values;
  if (size !== 'small' && size !== 'city' && size !== 'metro') {
    const given = size === undefined ? 'it is missing' : `not "${size}"`;
    throw new Fault('usage/size', `--size is small, city or metro, ${given}`);
  }
  if (values.seed === undefined) throw new Fault('usage/seed', '--seed N is missing');
  const perKind = values['faults-per-kind'];
  return {
    seed: wholeFrom(values.seed, 'seed', { least: 0, most: 0xffff_ffff, otherwise: 0 }),
    size,
    loss: numberFrom(values.loss, 'loss', { most: 0.6, otherwise: 0.05 }),
    noise: numberFrom(values.noise, 'noise', { most: 100, otherwise: 1 }),
    skewMs: numberFrom(values.skew, 'skew', { most: 86_400_000, otherwise: 2_000 }),
    topologyError: numberFrom(values['topology-error'], 'topology-error', { most: 0.5, otherwise: 0 }),
    ...(perKind !== undefined && {
      faultsPerKind: wholeFrom(perKind, 'faults-per-kind', { least: 0, most: 2_000, otherwise: 0 }),
    }),
    ...(values['double-cuts'] !== undefined && {
      doubleCuts: wholeFrom(values['double-cuts'], 'double-cuts', { least: 0, most: 2_000, otherwise: 0 }),
    }),
    ...(values.blind !== undefined && {
      blind: numberFrom(values.blind, 'blind', { most: 1, otherwise: 0 }),
    }),
    ...(values.hours !== undefined && {
      hours: wholeFrom(values.hours, 'hours', { least: 1, most: 1_000, otherwise: 24 }),
    }),
  };
}

function numberFrom(
  written: string | undefined,
  name: string,
  { most, otherwise }: { readonly most: number; readonly otherwise: number },
): number {
  const value = Number(written ?? otherwise);
  if (written !== '' && value >= 0 && value <= most) return value;
  throw new Fault(`usage/${name}`, `--${name} is a number from 0 to ${most}, not "${written}"`);
}

const streamFiles = (folder: string) => ({
  alarms: join(folder, 'alarms.ndjson'),
  truth: join(folder, 'truth.json'),
});

interface Writing {
  readonly files: { readonly topology: string; readonly alarms: string; readonly truth: string };
  readonly bar: Bar;
}

function writeAll(
  { topology, alarms, alarmCount, truth }: Generated,
  { files, bar }: Writing,
): Promise<void> {
  const lines = function* (): Generator<string> {
    let done = 0;
    for (const line of alarms) {
      if (done++ % 10_000 === 0) bar.show(done, alarmCount, files.alarms);
      yield `${JSON.stringify(line)}\n`;
    }
  };
  const isLines = files.topology.endsWith('.ndjson');
  return writeTogether([
    { file: files.topology, pieces: () => (isLines ? topologyLines(topology) : topologyJson(topology)) },
    { file: files.alarms, pieces: lines },
    { file: files.truth, pieces: () => [`${JSON.stringify(truth)}\n`] },
  ]);
}

/** What is wrong with the folder is said before a network is made for minutes. */
async function orRefused(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('usage/out', `--out: ${folder} ${unwritableBecause(error)}`, error);
  }
}

/** A network in the other form beside this one would be taken for that of the stream. */
function refuseOtherForm(folder: string, format: 'json' | 'ndjson'): void {
  const other = join(folder, `topology.${format === 'json' ? 'ndjson' : 'json'}`);
  if (existsSync(other))
    throw new Fault('usage/out', `--out: ${other} is of another run; remove it or name another folder`);
}
