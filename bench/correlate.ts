/** Alarms to incidents on networks whose faults are known: figures by kind, beside four baselines, and how they bend. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runReal } from './support/real-bench.ts';
import { reporter } from './support/report.ts';

const options = {
  json: { type: 'boolean' },
  full: { type: 'boolean' },
  seeds: { type: 'string' },
  seed: { type: 'string' },
  failures: { type: 'string' },
  real: { type: 'boolean' },
} as const;

export async function run({
  json,
  args,
}: {
  readonly json: boolean;
  readonly args: readonly string[];
}): Promise<void> {
  const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
  const print = reporter('correlate', json);
  const show = (text: string): void => {
    if (!json) console.log(text);
  };
  // Fresh ones unless they are named: figures are of networks nobody has tuned on.
  const first = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
  const seeds = Array.from({ length: Number(values.seeds ?? 3) }, (_, n) => first + n);
  show(`seeds ${seeds.join(', ')}`);
  const pool = runReal({ seeds, print, show });
  if (values.failures !== undefined && pool !== undefined) {
    writeFileSync(values.failures, pool.failures.map((failure) => `${JSON.stringify(failure)}\n`).join(''));
  }
}
