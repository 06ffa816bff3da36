/** `score` on files: one object with the keys of the contract, and what is said of files that are wrong. */
import { afterEach, expect, test } from 'vitest';
import { replayVerb } from '../../../src/app/cli/replay.ts';
import { scoreVerb } from '../../../src/app/cli/score.ts';
import { type Folder, folderOf, json, say } from './collecting-terminal.ts';

const onts = ['ont-1', 'ont-2', 'ont-3', 'ont-4', 'ont-5', 'ont-6', 'ont-7', 'ont-8'];
const start = Date.UTC(2026, 0, 1);
const topology = JSON.stringify({
  format: 'allclear-topology/1',
  serviceRoots: ['bng-1'],
  resources: [
    { id: 'bng-1', kind: 'bng' },
    { id: 'olt-1', kind: 'olt' },
    { id: 'pon-1', kind: 'pon-port', in: { access: 'olt-1' } },
    { id: 'splitter-1', kind: 'splitter', in: { access: 'pon-1' } },
    { id: 'splitter-2', kind: 'splitter', in: { access: 'pon-1' } },
    ...onts.map((id, n) => ({
      ...{ id, kind: 'ont', subscribers: 1 },
      in: { access: n < 6 ? 'splitter-1' : 'splitter-2' },
    })),
  ],
  links: [{ id: 'link-1', ends: ['olt-1', 'bng-1'] }],
});
const dark = onts.slice(0, 6);
const alarms = dark.map((resource, n) => ({
  ...{ id: `r-${resource}`, at: start + 1_000 + n * 100, event: 'raise', resource },
  ...{ cause: 'LOS', source: 'trap' },
}));
const truth = {
  faults: [
    {
      ...{ id: 'f1', kind: 'splitter', root: 'splitter-1', alarms: alarms.map(({ id }) => id) },
      ...{ startAt: start, endAt: start + 3_600_000, decidableAt: start + 1_300, subscribers: 6 },
      affected: { under: ['splitter-1'], except: [] },
    },
  ],
  ...{ noiseGroups: [], tolerated: [], optional: [], from: start, to: start + 3_600_000 },
};
const files = {
  'topology.json': topology,
  'truth.json': JSON.stringify(truth),
  'alarms.ndjson': alarms.map((record) => JSON.stringify(record)).join('\n'),
};

let folder: Folder;
afterEach(() => folder.remove());
const score = (...more: readonly string[]) =>
  say(
    scoreVerb,
    ...['--truth', folder.file('truth.json'), '--incidents', folder.file('incidents.jsonl')],
    ...['--alarms', folder.file('alarms.ndjson'), ...more],
  );

test('what replay says of a dark splitter is judged with every figure of the contract', async () => {
  folder = await folderOf(files);
  const network = ['--topology', folder.file('topology.json'), '--alarms', folder.file('alarms.ndjson')];
  const replayed = await say(replayVerb, '--jsonl', ...network);
  const kept = folder;
  folder = await folderOf({ ...files, 'incidents.jsonl': replayed.out.join('\n') });
  await kept.remove();
  const said = await score();
  expect(said).toMatchObject({ code: 0, err: [] });
  expect(said.out).toHaveLength(1);
  const figures = json(said);
  const keys =
    'exact solved surplusIncidents jaccard overMerge overSplit largestWrongMerge rootTop1 rootTop3 kindTop1 pairPrecision pairRecall bcubedPrecision bcubedRecall bcubedF1 ari falsePerDay reduction latency ece notified faults incidents alarms';
  expect(Object.keys(figures)).toEqual(expect.arrayContaining(keys.split(' ')));
  expect(figures).toMatchObject({
    ...{ exact: 1, solved: 1, rootTop1: 1, falsePerDay: 0, faults: 1, incidents: 1, alarms: 6 },
    latency: { onset: { p50: expect.any(Number) }, evidence: { p95: expect.any(Number) } },
    notified: { precision: 1, recall: 1 },
  });
});

test('a wrong line is told with its number and a hint, and the rest is judged', async () => {
  folder = await folderOf({
    ...files,
    'incidents.jsonl': '{"incident":"i1","alarms":["r-ont-1","r-x"]}\n{}\n',
  });
  const said = await score();
  expect(said.code).toBe(1);
  expect(json(said)).toMatchObject({ faults: 1, incidents: 1, exact: 0 });
  expect(said.err.join('\n')).toMatch(/incidents\.jsonl:2:1 {2}error .*\n.*replay --jsonl/);
  expect(said.err.join('\n')).toMatch(/incidents\.jsonl:1:1 {2}error .*"r-x"/);
});

test('figures of a file that is another, or torn before its first line ends, are not printed', async () => {
  folder = await folderOf({ ...files, 'incidents.jsonl': '{"incident":"i1","alarms":["r-on' });
  const said = await score();
  expect(said).toMatchObject({ code: 1, out: [] });
  expect(said.err.join('\n')).toMatch(/incidents\.jsonl:1:28 {2}error {2}not JSON: a text that has no end/);
});

test('a file that is not there or not named is told', async () => {
  folder = await folderOf(files);
  await expect(score()).rejects.toMatchObject({ code: 'replay/unreadable' });
  await expect(say(scoreVerb, '--truth', 'x')).rejects.toMatchObject({ code: 'usage/incidents' });
  await expect(say(scoreVerb)).rejects.toMatchObject({ code: 'usage/truth' });
});
