import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/canonical.ts';
import { milliseconds } from '../../../src/base/instant.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { openJournal } from '../../../src/edge/journal/segments.ts';
import type { Applied } from '../../../src/flow/applied.ts';
import type { Input } from '../../../src/flow/input.ts';
import { Line } from '../../../src/flow/line.ts';
import type { LineSnapshot } from '../../../src/flow/line-snapshot.ts';
import { decodeInput } from '../../../src/flow/record.ts';
import { recoverLine } from '../../../src/flow/recovery.ts';
import { buildSources } from '../../support/built-sources.ts';
import { cityContents, cityTable } from '../../support/line-city.ts';
import { realWorld } from '../../support/real-world.ts';
import { shippedRules } from '../../support/shipped-rules.ts';
import { smallCityDocument } from '../../support/small-city.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-line-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const segmentBytes = 50_000;
const contents = cityContents({ crowd: cityTable({ each: 85 }) });
/** Causes are found within a pause of the child, so that notices and questions leave in slices while it dies. */
const timing = {
  quietMs: milliseconds(20),
  maxWaitMs: milliseconds(40),
  lookEveryMs: milliseconds(5),
  earlyAfterMs: milliseconds(10),
  resolveQuietMs: milliseconds(10),
};

/** A line that recovers, then cuts and mends the whole city again and again; prints sequence, record and digest of what was delivered. */
const centre = `
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
const [built, folder] = process.argv.slice(1);
const load = (file) => import(built + '/' + file);
const [{ openJournal }, { Line }, { Running }, { recoverLine }, topology, { canonicalJson }] = await Promise.all(
  ['edge/journal/segments.js', 'flow/line.js', 'flow/running.js', 'flow/recovery.js', 'topology/topology.js', 'base/canonical.js'].map(load));
const city = JSON.parse(readFileSync(folder + '/city.json', 'utf8'));
const table = { ...city.table };
for (const [name, form] of Object.entries({ key: Uint32Array, resource: Uint32Array, subscriberClass: Uint8Array,
  language: Uint8Array, channelMask: Uint8Array, zone: Uint16Array, optedOut: Uint8Array })) table[name] = form.from(table[name]);
const compiled = topology.compileTopology(topology.parseTopology(city.document, 'city').value).value;
const contents = { topology: () => compiled, subscribers: () => table, policy: () => city.policy, calendar: () => ({ zones: {} }), rules: () => city.rules };
const quiet = () => {};
const world = {
  now: () => Date.now(), monotonicMs: () => performance.now(), randomBytes,
  after: (ms, run) => { const timer = setTimeout(run, ms); return { cancel: () => clearTimeout(timer) }; },
  log: { debug: quiet, info: quiet, warn: quiet, error: (...words) => console.error(...words) },
};
const { value: journal } = await openJournal({ folder: folder + '/journal', world, segmentBytes: ${segmentBytes}, windowMs: 1 });
const line = new Line({ name: 'l', epoch: 1, contents, timing: city.timing });
const { rest } = await recoverLine({ line, journal, load: async () => {}, deliver: async () => {} });
const running = new Running({ line, journal, world, rest, deliver: async () => {}, onFailure: (error) => { throw error; } });
running.start();
if (line.sequence === 0) {
  running.offer({ kind: 'policy', policy: 'hasty' });
  running.offer({ kind: 'topologyVersion', version: 1, topology: 'city', subscribers: 'crowd' });
} else running.offer({ kind: 'resumed', stoppedMs: 1 });
let made = line.sequence * 1000;
const terminals = city.table.resources;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
for (;;) for (const event of ['raise', 'clear']) {
  await Promise.all(terminals.map(async (resource) => {
    const record = 'r' + ++made;
    const observation = { event, resource, cause: 'LOS', source: 'trap', record };
    const applied = await running.submit({ kind: 'observation', observation });
    const digest = createHash('sha256').update(canonicalJson(applied)).digest('hex').slice(0, 16);
    process.stdout.write(applied.sequence + ' ' + record + ' ' + digest + '\\n');
  }));
  await pause();
}
`;

test('kill -9 of the centre, 10 times: what was acknowledged is there, and a restart is a replay', {
  timeout: 600_000,
}, async () => {
  const built = buildSources([
    ...['src/edge/journal/segments.ts', 'src/flow/running.ts', 'src/flow/recovery.ts'],
    ...['src/flow/line.ts', 'src/topology/topology.ts', 'src/base/canonical.ts'],
  ]);
  writeCity();
  const random = seededRandom(10);
  const said: string[] = [];
  let snapshot: LineSnapshot | undefined;
  let slices = 0;
  try {
    for (let round = 1; round <= 10; round++) {
      const heard = await linesUntilKilled(built.folder, 2_000 + random.below(12_000));
      said.push(...heard);
      const whole = await recovered(undefined);
      const shorter = await recovered(snapshot);
      expect(canonicalJson(shorter.line.snapshot())).toBe(canonicalJson(whole.line.snapshot()));
      expect(whole.line.kpis()['failedInputs']).toBe(0);
      expect(heard.filter((line) => line !== acknowledgement(whole, Number.parseInt(line, 10)))).toEqual([]);
      slices = whole.inputs.filter(({ kind }) => kind === 'continue').length;
      snapshot = JSON.parse(JSON.stringify(whole.line.snapshot())) as LineSnapshot;
    }
    expect(new Set(said).size).toBe(said.length);
    expect(said.length).toBeGreaterThan(1_000);
    expect(slices).toBeGreaterThan(0);
  } finally {
    built.remove();
  }
});

/** Whole lines that the centre printed before it died. */
async function linesUntilKilled(built: string, afterBytes: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', centre, built, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('latin1');
    if (out.length >= afterBytes) child.kill('SIGKILL');
  });
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  return out.slice(0, out.lastIndexOf('\n')).split('\n');
}

interface Recovered {
  readonly line: Line;
  /** Of the whole journal. */
  readonly inputs: readonly Input[];
  /** Of what was replayed. */
  readonly applied: ReadonlyMap<number, Applied>;
}

/** The line that the journal on disk makes. */
async function recovered(snapshot: LineSnapshot | undefined): Promise<Recovered> {
  const opened = await openJournal({ folder: join(folder, 'journal'), world: realWorld(), segmentBytes });
  expect(opened.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const journal = opened.value;
  const applied = new Map<number, Applied>();
  const line = new Line({ name: 'l', epoch: 1, contents, timing });
  const deliver = async (batch: readonly Applied[]): Promise<void> => {
    for (const one of batch) applied.set(one.sequence, one);
  };
  await recoverLine({ line, journal, snapshot, load: async () => {}, deliver });
  expect(line.sequence).toBe(journal.lastSequence);
  const inputs: Input[] = [];
  for await (const { bytes } of journal.read(1)) inputs.push(decodeInput(bytes).input);
  await journal.close();
  return { line, inputs, applied };
}

/** What the centre says of that input when it is durable and delivered. */
function acknowledgement({ inputs, applied }: Recovered, sequence: number): string {
  const input = inputs[sequence - 1];
  const record = input?.kind === 'observation' ? input.observation.record : undefined;
  const digest = createHash('sha256')
    .update(canonicalJson(applied.get(sequence)))
    .digest('hex');
  return `${sequence} ${record} ${digest.slice(0, 16)}`;
}

/** What the inputs of the child name, as a file. */
function writeCity(): void {
  const table = contents.subscribers('crowd');
  const columns = Object.entries(table).map(([name, column]) => [
    name,
    ArrayBuffer.isView(column) ? [...(column as Uint8Array)] : column,
  ]);
  const policy = contents.policy('hasty');
  const city = {
    document: smallCityDocument(),
    table: Object.fromEntries(columns),
    policy,
    rules: shippedRules,
    timing,
  };
  writeFileSync(join(folder, 'city.json'), JSON.stringify(city));
}
