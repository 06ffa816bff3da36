/** `replay` on a small network: the fields of the contract, the same bytes each time, bad lines passed over. */
import { afterEach, expect, test } from 'vitest';
import { replayVerb } from '../../../src/app/cli/replay.ts';
import { type Folder, folderOf, jsonLines, say } from './collecting-terminal.ts';

const onts = Array.from({ length: 12 }, (_, i) => `ont-${String(i + 1).padStart(2, '0')}`);
const topology = JSON.stringify({
  format: 'allclear-topology/1',
  serviceRoots: ['bng-1'],
  resources: [
    { id: 'bng-1', kind: 'bng' },
    { id: 'olt-1', kind: 'olt' },
    { id: 'card-1', kind: 'card', in: { access: 'olt-1' } },
    { id: 'pon-1', kind: 'pon-port', in: { access: 'card-1' } },
    { id: 'splitter-1', kind: 'splitter', in: { access: 'pon-1' } },
    { id: 'splitter-2', kind: 'splitter', in: { access: 'pon-1' } },
    ...onts.map((id, i) => ({
      id,
      kind: 'ont',
      subscribers: 1,
      order: i,
      in: { access: i < 8 ? 'splitter-1' : 'splitter-2' },
    })),
  ],
  links: [{ id: 'link-1', ends: ['olt-1', 'bng-1'] }],
});
const start = Date.UTC(2026, 0, 1);
const raise = (id: string, at: number) => ({
  id: `r-${id}`,
  at,
  event: 'raise',
  resource: id,
  cause: 'LOS',
  severity: 'critical',
  source: 'trap',
});
const alarms = [
  ...onts.slice(0, 8).map((id, i) => raise(id, start + i * 200)),
  ...onts.slice(0, 8).map((id, i) => ({ ...raise(id, start + 600_000 + i), id: `c-${id}`, event: 'clear' })),
];
const stream = (records: readonly unknown[]): string => records.map((one) => JSON.stringify(one)).join('\n');

const fields = [
  ...[
    'actionable',
    'affected',
    'alarms',
    'candidates',
    'decidedAt',
    'explanation',
    'history',
    'incident',
    'into',
  ],
  ...[
    'kind',
    'parent',
    'planned',
    'probability',
    'resolvedAt',
    'root',
    'startedAt',
    'state',
    'subscribers',
    'works',
  ],
];

let folder: Folder;
afterEach(() => folder.remove());

const replay = (...more: readonly string[]) =>
  say(replayVerb, '--topology', folder.file('t.json'), '--alarms', folder.file('a.ndjson'), ...more);

test('a dark splitter is one incident with the fields of the contract and every raise in it', async () => {
  folder = await folderOf({ 't.json': topology, 'a.ndjson': stream(alarms) });
  const said = await replay('--jsonl');
  expect(said).toMatchObject({ code: 0, err: [] });
  const incidents = jsonLines(said).filter((one) => one['actionable'] === true && one['state'] !== 'merged');
  expect(incidents).toHaveLength(1);
  expect(Object.keys(incidents[0]!)).toEqual(fields);
  expect(incidents[0]).toMatchObject({
    root: 'splitter-1',
    kind: 'splitter',
    state: 'resolved',
    subscribers: 8,
  });
  expect([...(incidents[0]!['alarms'] as string[])].sort()).toEqual(onts.slice(0, 8).map((id) => `r-${id}`));
});

test('the same inputs give the same bytes, also with the topology as ndjson', async () => {
  const whole = JSON.parse(topology) as { serviceRoots: string[]; resources: unknown[]; links: unknown[] };
  const lines = stream([
    { format: 'allclear-topology/2', serviceRoots: whole.serviceRoots },
    ...whole.resources.map((resource) => ({ resource })),
    ...whole.links.map((link) => ({ link })),
  ]);
  folder = await folderOf({ 't.json': topology, 't.ndjson': lines, 'a.ndjson': stream(alarms) });
  const first = await replay('--jsonl');
  expect((await replay('--jsonl')).out).toEqual(first.out);
  const other = ['--topology', folder.file('t.ndjson'), '--alarms', folder.file('a.ndjson'), '--jsonl'];
  expect((await say(replayVerb, ...other)).out).toEqual(first.out);
});

test('with --until no later line is read, and the time may be written either way', async () => {
  folder = await folderOf({ 't.json': topology, 'a.ndjson': stream(alarms) });
  const until = start + 120_000;
  const said = await replay('--jsonl', '--until', String(until));
  expect(jsonLines(said).filter(({ state }) => state === 'resolved')).toEqual([]);
  expect((await replay('--jsonl', '--until', new Date(until).toISOString())).out).toEqual(said.out);
  await expect(replay('--until', 'tomorrow')).rejects.toMatchObject({ code: 'usage/until' });
});

test('lines that are no records are named and passed over, the rest gives what it gave before', async () => {
  folder = await folderOf({ 't.json': topology, 'a.ndjson': stream(alarms) });
  const sound = await replay('--jsonl');
  await folder.remove();
  const [first, ...rest] = alarms;
  const broken = [
    ...['\ufeffnot json', stream([first]), '', '[1]', '{"event":"raise","resource":"ont-01","cause":"LOS"}'],
    ...[stream([{ ...first, at: 1 }]), stream([{ ...first, event: 'explode' }]), stream(rest)],
    ...[`"${'x'.repeat(3 * 1024 * 1024)}"`, ''],
  ].join('\r\n');
  folder = await folderOf({ 't.json': topology, 'a.ndjson': broken });
  const said = await replay('--jsonl');
  expect(said.code).toBe(1);
  expect(said.out).toEqual(sound.out);
  expect(said.err.map((line) => line.slice(folder.path.length).split('  ')[0])).toEqual(
    [1, 4, 5, 6, 7, 23].map((line) => `/a.ndjson:${line}:1`),
  );
});

test('lines from the future are named and cost none of those that follow; a pause in the stream is none', async () => {
  folder = await folderOf({ 't.json': topology, 'a.ndjson': stream(alarms) });
  const sound = await replay('--jsonl');
  await folder.remove();
  const [first, second, ...rest] = alarms;
  const future = [31_536_000_000, 31_536_000_001].map((ahead, i) => ({
    ...first,
    id: `f-${i}`,
    at: start + ahead,
  }));
  folder = await folderOf({ 't.json': topology, 'a.ndjson': stream([first, second, ...future, ...rest]) });
  const said = await replay('--jsonl');
  expect(said.code).toBe(1);
  expect(said.out).toEqual(sound.out);
  expect(said.err.map((line) => line.slice(folder.path.length).split('  ')[0])).toEqual(
    [3, 4].map((line) => `/a.ndjson:${line}:1`),
  );
  await folder.remove();
  const later = alarms.map((one) => ({ ...one, id: `l-${one.id}`, at: one.at + 31_536_000_000 }));
  folder = await folderOf({ 't.json': topology, 'a.ndjson': stream([...alarms, ...later]) });
  const paused = await replay('--jsonl');
  expect(paused).toMatchObject({ code: 0, err: [] });
  expect(jsonLines(paused)).toHaveLength(2);
});

test('a stream that was copied by half is replayed as far as it goes, and where it is torn is said', async () => {
  const lines = stream(alarms)
    .split('\n')
    .filter((line) => line !== '');
  const whole = lines.slice(0, -1).join('\n');
  folder = await folderOf({ 't.json': topology, 'a.ndjson': whole });
  const sound = await replay('--jsonl');
  await folder.remove();
  folder = await folderOf({ 't.json': topology, 'a.ndjson': `${whole}\n${lines.at(-1)!.slice(0, 20)}` });
  const said = await replay('--jsonl');
  expect(said.code).toBe(1);
  expect(said.out).toEqual(sound.out);
  expect(said.err.join('\n')).toMatch(
    new RegExp(`/a\\.ndjson:${lines.length}:\\d+ {2}error .*\\n.*the file ends within this line`),
  );
});

test('files that are not there or are no topology end the run with a reason', async () => {
  folder = await folderOf({ 'a.ndjson': '', 't.json': '{"format":"something/1"}' });
  await expect(replay()).rejects.toMatchObject({ code: 'replay/topology' });
  await expect(say(replayVerb, '--topology', 'none', '--alarms', 'none')).rejects.toMatchObject({
    code: 'replay/unreadable',
  });
  await expect(say(replayVerb, '--alarms', 'none')).rejects.toMatchObject({ code: 'usage/topology' });
});

test('an empty stream has no incidents', async () => {
  folder = await folderOf({ 't.json': topology, 'a.ndjson': '' });
  expect(await replay('--jsonl')).toEqual({ code: 0, out: [], err: [] });
});

test('rules that cannot be read end a replay with their place: what ran without them would look like their result', async () => {
  const files = { 't.json': topology, 'a.ndjson': stream(alarms) };
  folder = await folderOf({
    ...files,
    'rules/own.yaml': 'format: detection/1\n',
    'bad/own.yaml': 'format: x\n',
    'broken/own.yaml': 'format: [\n',
  });
  const plain = await replay('--jsonl');
  expect(await replay('--jsonl', '--rules', folder.file('rules'))).toEqual(plain);
  for (const [name, place] of [
    ['bad', 'bad/own.yaml:1:9'],
    ['broken', 'broken/own.yaml:2:1'],
    ['none', 'none'],
  ] as const) {
    const refused = replay('--jsonl', '--rules', folder.file(name));
    await expect(refused).rejects.toMatchObject({ code: 'replay/rules' });
    await expect(refused).rejects.toThrow(folder.file(place));
  }
});

test('a line that is no JSON is told with the column where it ends to be some', async () => {
  folder = await folderOf({ 't.json': topology, 'a.ndjson': `${stream(alarms)}\n{"id": "x" "at": 1}\n` });
  const said = await replay('--jsonl');
  expect(said.code).toBe(1);
  expect(said.err[0]).toMatch(
    /a\.ndjson:\d+:12 {2}error {2}not JSON: "\\"" where "," or the closing bracket/,
  );
});
