/** Alarms to incidents on networks whose faults are known: figures by kind, beside four baselines, and how they bend. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AlarmCase } from './support/alarm-case.ts';
import { caseFrom } from './support/case-files.ts';
import { type Condition, curves, rings, stated } from './support/conditions.ts';
import { type CurveRun, runCurves } from './support/curve-bench.ts';
import { runDamages } from './support/damage-bench.ts';
import { damages } from './support/damages.ts';
import { runGenerated, runPace, runRepeats } from './support/generated-bench.ts';
import { generatedCase, type Wanted } from './support/generated-case.ts';
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
  hours: { type: 'string' },
  kind: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const conditions: readonly Condition[] = [...stated, rings, ...curves];
const namesOf = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(' ');

const usage = `npm run bench -- correlate [--seeds N] [--seed FIRST] [--size small|city|metro]
  [--only NAME,..] of
    ${namesOf(stated)}     stated conditions; without --only all three and pace
    ${rings.name}                    rings cut twice and nothing else
    curves                   one table of how the figures bend, on small networks unless --size says otherwise, and one city; or one of its points:
                             ${namesOf(curves)}
    damages                  bad input, each beside the same network without it, on small networks unless --size says otherwise; or one of:
                             ${namesOf(damages)}
    pace repeats             how fast it is; whether restarts change anything
  [--faults N of each kind]  [--hours H of each stream]  [--kind KIND,..] only these are shown   [--alone] without baselines
  [--full] all of them   [--in DIR ..] what \`generate\` wrote, instead of fresh networks   [--real] the recorded networks
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
  const mistake = mistakeIn(values);
  const size = sizes.find((one) => one === (values.size ?? 'city'));
  if (mistake !== undefined || size === undefined) {
    process.exitCode = 2;
    return console.error(`${mistake}\n${usage}`);
  }
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
  const named = values.only?.split(',') ?? [];
  const faultsPerKind = values.faults === undefined ? undefined : Number(values.faults);
  const isWanted = (name: string): boolean =>
    values.in === undefined && (values.full === true || named.includes(name));
  const hours = values.hours === undefined ? undefined : Number(values.hours);
  const network = { faultsPerKind, hours, ...(values.size === undefined ? undefined : { size }) };
  const asStated = values.in !== undefined ? [asGiven] : statedWanted(named, values.full === true);
  const cases = function* (condition: Condition): Generator<AlarmCase> {
    for (const folder of values.in ?? []) yield caseFrom(folder);
    if (values.in !== undefined) return;
    for (const seed of seeds) yield generatedCase({ ...network, seed, size, condition });
  };
  const kinds = values.kind?.split(',');
  keep(
    runGenerated({ cases, kinds, conditions: asStated, withBaselines: values.alone !== true, print, show }),
  );
  if (isWanted('curves')) bend({ seeds, network, print, show });
  const wrongs = damages.filter(({ name }) => isWanted('damages') || named.includes(name));
  const networks = seeds.map((seed) => ({ size: 'small' as const, ...network, seed }));
  if (wrongs.length > 0) runDamages({ damages: wrongs, networks, print, show });
  if (isWanted('pace') || named.length === 0) {
    const [sample] = cases(asStated[0] ?? stated[0]!);
    if (sample !== undefined) await runPace(sample, print);
  }
  if (isWanted('repeats')) {
    const [sample] = cases(stated[0]!);
    if (sample !== undefined) runRepeats(sample, { print, show });
  }
}

function mistakeIn({
  only = '',
  size = 'city',
  ...numbers
}: Partial<Readonly<Record<'only' | 'size' | 'seeds' | 'seed' | 'faults' | 'hours', string>>>):
  | string
  | undefined {
  const unknown = only.split(',').find((name) => name !== '' && !known.has(name));
  if (unknown !== undefined) return `--only ${unknown}: there is none of this name`;
  if (!sizes.some((one) => one === size)) return `--size ${size}: small, city or metro`;
  for (const name of ['seeds', 'seed', 'faults', 'hours'] as const) {
    const written = numbers[name];
    if (written !== undefined && !/^\d{1,10}$/.test(written)) return `--${name} ${written}: a whole number`;
  }
  return undefined;
}

interface Bending extends Pick<CurveRun, 'print' | 'show'> {
  readonly seeds: readonly number[];
  /** Without a size small networks, and two points on a city of the first seed. */
  readonly network: Pick<Wanted, 'faultsPerKind' | 'hours'> & Partial<Pick<Wanted, 'size'>>;
}

function bend({ seeds, network, print, show }: Bending): void {
  const pointsOf = (conditions: readonly Condition[], size: Wanted['size'], of: readonly number[]) =>
    conditions.map((condition) => ({ condition, size, seeds: of }));
  const points = [
    ...pointsOf(curves, network.size ?? 'small', seeds),
    ...(network.size === undefined ? pointsOf(inCity, 'city', seeds.slice(0, 1)) : []),
  ];
  runCurves({ points, caseOf: (wanted) => generatedCase({ ...network, ...wanted }), print, show });
}

/** Points of curves, one by one, are judged like the stated conditions, with all tables. */
function statedWanted(named: readonly string[], isFull: boolean): readonly Condition[] {
  if (isFull) return [...stated, rings];
  return named.length === 0 ? stated : conditions.filter(({ name }) => named.includes(name));
}

const inCity = curves.filter(({ name }) => name === 'usual' || name === 'errors2');
const known = new Set([
  'curves',
  'damages',
  'pace',
  'repeats',
  ...[...conditions, ...damages].map(({ name }) => name),
]);

const sizes = ['small', 'city', 'metro'] as const;
const asGiven: Condition = { name: 'given', title: 'as given', loss: 0, noise: 1 };
