/** Bad input at scale: each damage beside the same network without it, with what must not happen counted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTable } from '../../src/app/cli/table.ts';
import { seededRandom } from '../../src/base/random.ts';
import { readAlarmStream } from '../../src/edge/files/alarm-stream.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { type AlarmCase, judged, type Statement, statedByUs } from './alarm-case.ts';
import { Pool } from './alarm-pool.ts';
import { presentedByFault } from './alarm-table.ts';
import type { Condition } from './conditions.ts';
import { type Damage, type Drawn, written } from './damages.ts';
import { generatedFor, type Wanted } from './generated-case.ts';
import type { Measured } from './report.ts';

interface DamageRun extends Damaging {
  readonly print: (line: Measured) => void;
}

interface Damaging {
  readonly damages: readonly Damage[];
  readonly networks: readonly Omit<Wanted, 'condition'>[];
  readonly show: (text: string) => void;
}

const usual: Condition = { name: 'usual', title: 'nothing damaged', loss: 0.05, noise: 1 };
/** An incident is over before its fault is when it ends so much sooner: nobody's round of polls takes longer. */
const earlyMs = 300_000;

/** What came of one kind of input over all networks. */
interface Outcome {
  readonly pool: Pool;
  /** What a reader should have named, and what it named. */
  toName: number | undefined;
  named: number;
  lost: number;
  twice: number;
  early: number;
  differing: number;
}

const fresh = (): Outcome => ({
  ...{ pool: new Pool(), toName: undefined, named: 0 },
  ...{ lost: 0, twice: 0, early: 0, differing: 0 },
});

export function runDamages({ print, ...damaging }: DamageRun): void {
  const { clean, outcomes } = damaged(damaging);
  const rows = outcomes.map(({ damage: { title }, outcome }) => ({ title, outcome }));
  damaging.show(`\n${table([{ title: usual.title, outcome: clean }, ...rows])}\n`);
  for (const { damage, outcome } of outcomes) printOutcome(damage, { outcome, clean, print });
}

interface Damaged {
  readonly clean: Outcome;
  readonly outcomes: readonly { readonly damage: Damage; readonly outcome: Outcome }[];
}

export function damaged({ damages, networks, show }: Damaging): Damaged {
  const clean = fresh();
  const outcomes = damages.map((damage) => ({ damage, outcome: fresh() }));
  for (const network of networks) {
    const whole = read(drawnFor(network, undefined), `seed ${network.seed}`);
    const said = statedByUs(whole.one);
    note(clean, whole, said);
    for (const { damage, outcome } of outcomes) {
      const hurt = read(drawnFor(network, damage), `seed ${network.seed}, ${damage.name}`);
      const now = statedByUs(hurt.one);
      note(outcome, hurt, now);
      const isSame = now.lines.join('\n') === said.lines.join('\n');
      if (damage.changesNothing === true && !isSame) outcome.differing++;
      show(`${hurt.one.name}: ${hurt.one.records.length} lines, ${hurt.named} mistakes named`);
    }
  }
  return { clean, outcomes };
}

function drawnFor(network: Omit<Wanted, 'condition'>, damage: Damage | undefined): Drawn {
  const made = generatedFor({ ...network, condition: { ...usual, ...damage?.condition } });
  const whole = { topology: made.topology, lines: [...made.alarms], truth: made.truth };
  return damage === undefined ? written(whole) : damage.apply(whole, seededRandom(network.seed));
}

interface Read {
  readonly one: AlarmCase;
  readonly drawn: Drawn;
  /** By the readers of the two files. */
  readonly named: number;
}

/** As `replay` reads them. */
function read(drawn: Drawn, name: string): Read {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-damage-'));
  try {
    const file = join(folder, 'alarms.ndjson');
    writeFileSync(file, drawn.alarms.map((line) => `${line}\n`).join(''));
    let named = 0;
    const records = [...readAlarmStream(file, () => named++)];
    const parsed = parseTopology(drawn.topology, 'topology.json');
    const { value: topology, problems } = compileTopology(parsed.value);
    named += parsed.problems.length + problems.length;
    return { one: { name, topology, records, truth: drawn.truth }, drawn, named };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function note(into: Outcome, { one, drawn, named }: Read, said: Statement): void {
  into.pool.add(one, said);
  if (drawn.toName !== undefined) into.toName = (into.toName ?? 0) + drawn.toName;
  into.named += named;
  const stated = said.lines.map((line) => JSON.parse(line) as Stated);
  const held = new Map<string, number>();
  for (const { alarms } of stated) for (const id of alarms) held.set(id, (held.get(id) ?? 0) + 1);
  for (const count of held.values()) if (count > 1) into.twice++;
  const heard = new Set(one.records.map(({ observation }) => observation.record));
  // Noise that is over before anybody would look is in no incident, and nobody misses it.
  for (const id of raisesOfFaults(one)) if (heard.has(id) && !held.has(id)) into.lost++;
  into.early += endedEarly(one, said, stated);
}

interface Stated {
  readonly incident: string;
  readonly alarms: readonly string[];
  readonly resolvedAt: number | null;
}

function raisesOfFaults({ truth }: AlarmCase): readonly string[] {
  const { faults } = truth as { readonly faults: readonly { readonly alarms: readonly string[] }[] };
  return faults.flatMap(({ alarms }) => alarms);
}

function endedEarly(one: AlarmCase, said: Statement, stated: readonly Stated[]): number {
  const endOf = new Map(stated.map(({ incident, resolvedAt }) => [incident, resolvedAt]));
  const { faults } = one.truth as {
    readonly faults: readonly { readonly id: string; readonly endAt: number }[];
  };
  const faultEnds = new Map(faults.map(({ id, endAt }) => [id, endAt]));
  return judged(one, said).outcomes.filter(({ fault, incident }) => {
    const resolvedAt = incident === undefined ? null : (endOf.get(incident) ?? null);
    return resolvedAt !== null && resolvedAt < faultEnds.get(fault)! - earlyMs;
  }).length;
}

function table(rows: readonly { readonly title: string; readonly outcome: Outcome }[]): string {
  const head = ['damage', 'put in', 'named', 'lost', 'in two', 'worst merge', 'ended early'];
  return formatTable(
    [...head, 'faults', 'exact', 'root', 'shown', 'false/day'],
    rows.map(({ title, outcome }) => {
      const { toName, named, lost, twice, early, pool } = outcome;
      const { score } = pool.result();
      return [
        ...[title, toName ?? '-', named, lost, twice, score.largestWrongMerge, early],
        ...[
          score.faults,
          score.exact?.toFixed(3),
          score.rootTop1?.toFixed(3),
          presentedByFault(score).toFixed(3),
        ],
        score.falsePerDay?.toFixed(1) ?? '-',
      ];
    }),
  );
}

function printOutcome(
  { title, changesNothing }: Damage,
  {
    outcome,
    clean,
    print,
  }: Pick<Damaged, 'clean'> & Pick<DamageRun, 'print'> & { readonly outcome: Outcome },
): void {
  const { toName, named, lost, twice, early, differing, pool } = outcome;
  const line = (name: string, ours: number, wanted: Pick<Measured, 'unit' | 'atLeast' | 'atMost'>): void =>
    print({ case: `${title}: ${name}`, ours, ...wanted });
  if (toName !== undefined) line(`mistakes named of ${toName}`, named, { unit: 'mistakes', atLeast: toName });
  line('raises of faults that stand in no incident', lost, { unit: 'raises', atMost: 0 });
  line('raises that stand in two', twice, { unit: 'raises', atMost: 0 });
  const { score } = pool.result();
  line('largest wrong merge', score.largestWrongMerge, { unit: 'alarms', atMost: 10 });
  // One in a hundred faults may have ended for other reasons.
  const most = clean.early + Math.ceil(score.faults / 100);
  line('incidents over long before their fault', early, { unit: 'incidents', atMost: most });
  if (changesNothing === true) line('networks told of otherwise', differing, { unit: 'networks', atMost: 0 });
  const { score: without } = clean.pool.result();
  for (const figure of ['exact', 'rootTop1'] as const) {
    const [ours, peer] = [score[figure], without[figure]];
    if (ours !== null && peer !== null)
      print({ case: `${title}: ${figure}, all faults; peer: ${usual.title}`, ours, peer, unit: 'share' });
  }
}
