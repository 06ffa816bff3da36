/** Every recording of a real device, served by our agent, read over UDP and compared with its truth file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verbWorld } from '../src/app/cli/common-options.ts';
import { formatTable } from '../src/app/cli/table.ts';
import { formatProblem } from '../src/base/problem.ts';
import { Secret } from '../src/base/secret.ts';
import { loadProfiles } from '../src/edge/files/profiles.ts';
import { pollDevice } from '../src/edge/snmp/poll.ts';
import { serveRecordings } from '../src/edge/snmp/recordings.ts';
import { openTransport } from '../src/edge/snmp/transport.ts';
import { compareSections, type Sections } from './support/device-sections.ts';
import { compareBasics, Tally, type Truth } from './support/device-truth.ts';

/** The project's folder: the measurement runs from a compiled copy elsewhere. */
const root = process.cwd();
const recordings = join(root, '../shared/data/devices');

interface Options {
  readonly json: boolean;
  /** `--device NAME`: that one alone, with each miss. */
  readonly args?: readonly string[];
}

interface Scored {
  readonly name: string;
  readonly profile: string;
  readonly tally: Tally;
  readonly failure: string | undefined;
}

export async function run({ json, args = [] }: Options): Promise<void> {
  if (!existsSync(recordings)) throw new Error(`the folder ${recordings} is missing`);
  const loaded = await loadProfiles([join(root, 'collectors')]);
  for (const problem of loaded.problems) console.log(formatProblem(problem));
  const at = args.indexOf('--device');
  const only = at < 0 ? undefined : args[at + 1];
  const world = verbWorld();
  const served = await serveRecordings(world, recordings, { host: '127.0.0.1', port: 0 });
  const transport = await openTransport(world, { sockets: 1 });
  const scored: Scored[] = [];
  try {
    for (const name of served.names) {
      if (only !== undefined && name !== only) continue;
      const credentials = { version: 'v2c', community: new Secret(name) } as const;
      const target = { host: '127.0.0.1', port: served.agent.port, credentials };
      const outcome = await pollDevice({ world, transport, profiles: loaded.value, profile: 'auto', target });
      const truth = JSON.parse(readFileSync(join(recordings, `${name}.truth.json`), 'utf8')) as Truth;
      const tally = new Tally();
      let failure = outcome.kind === 'reading' ? undefined : JSON.stringify(outcome);
      if (outcome.kind === 'reading') {
        compareBasics(truth, outcome.reading, tally);
        compareSections(truth as unknown as Sections, outcome.reading, tally);
        if (outcome.incomplete.length > 0)
          failure = `incomplete: ${outcome.incomplete.map(({ table }) => table).join(', ')}`;
      }
      const profile = outcome.kind === 'reading' ? outcome.reading.profile : '';
      scored.push({ name, profile, tally, failure });
    }
  } finally {
    transport.close();
    await served.agent.close();
  }
  report(scored, { json, withMisses: only !== undefined });
}

const columns = [
  'interfaces',
  'sensors',
  'null rows',
  'not invented',
  'processors',
  'memory',
  'os',
  'hardware',
].concat(['version', 'pon', 'docsis', 'dsl', 'bgpPeers', 'ospfNeighbours', 'isisAdjacencies', 'links']);

function report(
  scored: readonly Scored[],
  { json, withMisses }: { json: boolean; withMisses: boolean },
): void {
  const total = new Tally();
  for (const { tally } of scored) total.add(tally);
  if (json) {
    const lines = scored.map(({ name, profile, tally, failure }) => ({
      name,
      profile,
      failure,
      counts: Object.fromEntries(tally.counts),
      misses: tally.misses,
    }));
    for (const line of lines) console.log(JSON.stringify(line));
    console.log(JSON.stringify({ total: Object.fromEntries(total.counts), sensors: sensorsOf(total) }));
    return;
  }
  const rows = scored.map(({ name, profile, tally }) => [
    name,
    profile,
    linesOf(profile),
    ...columns.map((column) => share(tally, column)),
  ]);
  rows.push(['all', '', '', ...columns.map((column) => share(total, column))]);
  console.log(formatTable(['device', 'profile', 'lines', ...columns], rows));
  const classes = [...total.counts].filter(([subject]) => subject.startsWith('sensor '));
  console.log(
    formatTable(
      ['sensor class', 'right', 'of'],
      classes.map(([subject, { right, total: of }]) => [subject.slice(7), right, of]),
    ),
  );
  const { right, total: of } = sensorsOf(total);
  console.log(`sensors: ${right} of ${of}, ${((100 * right) / Math.max(of, 1)).toFixed(2)} %`);
  for (const { name, failure } of scored) if (failure !== undefined) console.log(`${name}: ${failure}`);
  if (!withMisses) return;
  for (const { tally } of scored) {
    for (const { subject, place, expected, got } of tally.misses)
      console.log(`${subject} | ${place} | expected ${expected} | got ${got}`);
  }
}

function sensorsOf({ counts }: Tally): { readonly right: number; readonly total: number } {
  const classes = [...counts].filter(([subject]) => subject.startsWith('sensor ')).map(([, count]) => count);
  return {
    right: classes.reduce((sum, { right }) => sum + right, 0),
    total: classes.reduce((sum, { total }) => sum + total, 0),
  };
}

function share(tally: Tally, column: string): string {
  const count = column === 'sensors' ? sensorsOf(tally) : tally.counts.get(column);
  return count === undefined || count.total === 0 ? '' : `${count.right}/${count.total}`;
}

/** Lines of the family's own file: what its makers wrote beyond the bases. */
function linesOf(profile: string): string {
  const file = join(root, 'collectors', `${profile}.yaml`);
  return profile !== '' && existsSync(file) ? String(readFileSync(file, 'utf8').split('\n').length - 1) : '';
}
