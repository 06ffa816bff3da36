/** `generate`: writes a made-up network, its alarm stream and the labels of its faults, the same for the same options. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { type Generated, type GenerateOptions, generate } from '../../sim/faults/generate.ts';
import { topologyJson, topologyLines } from '../../sim/faults/plant/document.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, verbWorld, wholeFrom } from './common-options.ts';
import { type Bar, openBar } from './progress-bar.ts';
import type { Verb } from './verb.ts';
import { speaker } from './words.ts';

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
    let made: Generated;
    try {
      made = generate(asked);
      if (values['dry-run'] !== true) await writeAll(made, { folder, files, bar });
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
    else if (values.quiet !== true)
      terminal.print(say(values['dry-run'] === true ? 'wouldGenerate' : 'generated', counts));
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

async function writeAll(
  { topology, alarms, alarmCount, truth }: Generated,
  place: {
    readonly folder: string;
    readonly files: { readonly topology: string; readonly alarms: string; readonly truth: string };
    readonly bar: Bar;
  },
): Promise<void> {
  const { folder, files, bar } = place;
  try {
    await mkdir(folder, { recursive: true });
    await write(
      files.topology,
      files.topology.endsWith('.ndjson') ? topologyLines(topology) : topologyJson(topology),
    );
    const lines = function* (): Generator<string> {
      let done = 0;
      for (const line of alarms) {
        if (done++ % 10_000 === 0) bar.show(done, alarmCount, files.alarms);
        yield `${JSON.stringify(line)}\n`;
      }
    };
    await write(files.alarms, lines());
    await write(files.truth, [`${JSON.stringify(truth)}\n`]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Fault('usage/out', `--out: ${folder} cannot be written: ${reason}`, error);
  }
}

/** In pieces of a few hundred kilobytes, waiting for the disk. */
async function write(file: string, pieces: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(gathered(pieces)), createWriteStream(file));
}

function* gathered(pieces: Iterable<string>): Generator<string> {
  let held: string[] = [];
  let size = 0;
  for (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < 1 << 18) continue;
    yield held.join('');
    held = [];
    size = 0;
  }
  yield held.join('');
}
