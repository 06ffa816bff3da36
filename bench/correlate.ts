/** Alarms to incidents on networks whose faults are known: figures by kind, beside four baselines, and how they bend. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AlarmCase } from './support/alarm-case.ts';
import { caseFrom } from './support/case-files.ts';
import {
  type Condition,
  curves,
  runGenerated,
  runPace,
  runRepeats,
  stated,
} from './support/generated-bench.ts';
import { generatedCase } from './support/generated-case.ts';
import { runReal } from './support/real-bench.ts';
import { reporter } from './support/report.ts';

const options = {
  json: { type: 'boolean' },
  full: { type: 'boolean' },
  seeds: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  in: { type: 'string', multiple: true },
  alone: { type: 'boolean' },
  failures: { type: 'string' },
  real: { type: 'boolean' },
  size: { type: 'string' },
  faults: { type: 'string' },
  kind: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const usage = `npm run bench -- correlate [--seeds N] [--seed FIRST] [--size small|city|metro]
  [--only ${[...stated, ...curves].map(({ name }) => name).join('|')}|pace|repeats, with commas between]
  [--faults N of each kind]  [--kind KIND,..] only these are shown   [--alone] without baselines   [--full] also the curves
  [--in DIR ..] what \`generate\` wrote, instead of fresh networks   [--real] the recorded networks
  [--failures FILE] a line for each fault that was not told right`;

export async function run({
  json,
  args,
}: {
  readonly json: boolean;
  readonly args: readonly string[];
}): Promise<void> {
  const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
  if (values.help === true) return console.log(usage);
  const print = reporter('correlate', json);
  const show = (text: string): void => {
    if (!json) console.log(text);
  };
  // Fresh ones unless they are named: figures are of networks nobody has tuned on.
  const first = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
  const seeds = Array.from({ length: Number(values.seeds ?? 3) }, (_, n) => first + n);
  show(`seeds ${seeds.join(', ')}`);
  const keep = (failures: readonly unknown[]): void => {
    if (values.failures === undefined) return;
    writeFileSync(values.failures, failures.map((failure) => `${JSON.stringify(failure)}\n`).join(''));
  };
  if (values.real === true) return keep(runReal({ seeds, print, show })?.failures ?? []);
  const named = values.only?.split(',');
  const wanted = values.in === undefined ? [...stated, ...(values.full === true ? curves : [])] : [asGiven];
  const conditions =
    named === undefined ? wanted : [...stated, ...curves].filter(({ name }) => named.includes(name));
  const size = sizes.find((one) => one === (values.size ?? 'city'));
  if (size === undefined) throw new Error(usage);
  const faultsPerKind = values.faults === undefined ? undefined : Number(values.faults);
  const cases = function* (condition: Condition): Generator<AlarmCase> {
    for (const folder of values.in ?? []) yield caseFrom(folder);
    if (values.in !== undefined) return;
    for (const seed of seeds) yield generatedCase({ seed, size, faultsPerKind, condition });
  };
  const kinds = values.kind?.split(',');
  keep(runGenerated({ cases, kinds, conditions, withBaselines: values.alone !== true, print, show }));
  const [sample] = cases(conditions[0] ?? stated[0]!);
  if (sample !== undefined && (named ?? ['pace']).includes('pace')) await runPace(sample, print);
  if (sample !== undefined && (named?.includes('repeats') ?? values.full === true)) runRepeats(sample, print);
}

const sizes = ['small', 'city', 'metro'] as const;
const asGiven: Condition = { name: 'given', title: 'as given', loss: 0, noise: 1 };
