/** One dig through many fibres: which trench it was, however the fibres spread over cables and heads. */
import { expect, test } from 'vitest';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';
import { CityRun } from './city-run.ts';

const ports = [1, 2, 3, 4, 5, 6];
const outlets = [1, 2, 3, 4, 5, 6, 7, 8];
const feeders = { 'f-a': 'olt-a', 'f-b': 'olt-b', 'f-c': 'olt-c' };

/** Three heads, each with one feeder of six splitters; all three feeders lie in one trench, beside others in another. */
function trenchTopology(links: readonly object[] = []) {
  const resources = [
    ...(links.length === 0 ? [] : ['agg-1', 'agg-2'].map((id) => ({ id, kind: 'aggregation' }))),
    { id: 'trench', kind: 'segment' },
    ...Object.entries(feeders).flatMap(([feeder, olt]) => [
      { id: olt, kind: 'olt' },
      { id: feeder, kind: 'feeder', in: { cable: 'trench' } },
      ...ports.flatMap((port) => {
        const [on, splitter] = [`${olt}/p${port}`, `${olt}/s${port}`];
        return [
          { id: on, kind: 'pon-port', in: { access: olt } },
          { id: splitter, kind: 'splitter', in: { access: on, cable: feeder } },
          ...outlets.map((outlet) => ({
            id: `${splitter}/o${outlet}`,
            kind: 'ont',
            in: { access: splitter },
            subscribers: 1,
          })),
        ];
      }),
    ]),
  ];
  const document = JSON.stringify({ format: 'allclear-topology/1', resources, links });
  return compileTopology(parseTopology(document, 'trench.json').value).value;
}

const terminalsOn = (olt: string): string[] =>
  ports.flatMap((port) => outlets.map((outlet) => `${olt}/s${port}/o${outlet}`));

test('a trench is cut when all its feeders fall dark at once, though every feeder alone would do', () => {
  const run = new CityRun(trenchTopology());
  run.raise(0, 'LOS', Object.values(feeders).flatMap(terminalsOn)).to(60);
  expect(run.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['duct trench']);
});

test('feeders that fall dark one after the other are cut one by one', () => {
  const run = new CityRun(trenchTopology());
  run.raise(0, 'LOS', terminalsOn('olt-a')).to(600).raise(600, 'LOS', terminalsOn('olt-b')).to(700);
  expect(run.open()).toHaveLength(2);
});

test('a fibre of a cut cable whose terminals are heard a moment later is a part of the cut, for polls, too', () => {
  const all = terminalsOn('olt-a');
  const [early, late] = [all.slice(0, 40), all.slice(40)];
  const run = new CityRun(trenchTopology()).raise(0, 'LOS', early, 10).to(1.5);
  run.raise(2, 'LOS', late.slice(0, 5)).to(60).unreachable(70, late.slice(5)).to(120);
  expect(run.summary()).toEqual(['feeder f-a 48']);
});

test('fibres that polls find dark minutes after a link in their trench was cut are of that dig, unless traps tell of them', () => {
  const links = [{ id: 'l-12', ends: ['agg-1', 'agg-2'], segments: ['trench'] }];
  const cut = (): CityRun =>
    new CityRun(trenchTopology(links)).linkDown(0, 'l-12', ['agg-1', 'agg-2']).to(240);
  const found = cut().unreachable(240, terminalsOn('olt-a')).to(300);
  expect(found.open().map(({ kind, root }) => `${kind} ${root}`)).toEqual(['duct trench']);
  const told = cut().raise(240, 'LOS', terminalsOn('olt-a')).to(300);
  expect(told.open()).toHaveLength(2);
});

test('a terminal that falls dark after a link in the trench of its cable was cut is no dig: those beside it are lit', () => {
  const links = [{ id: 'l-12', ends: ['agg-1', 'agg-2'], segments: ['trench'] }];
  const cut = (): CityRun =>
    new CityRun(trenchTopology(links)).linkDown(0, 'l-12', ['agg-1', 'agg-2']).to(20);
  const [one, other] = terminalsOn('olt-a');
  for (const run of [cut().raise(20, 'LOS', [one!]), cut().unreachable(20, [one!, other!])]) {
    expect(
      run
        .to(200)
        .open()
        .map(({ kind, root }) => `${kind} ${root}`),
    ).toContain('link l-12');
  }
});

test('some fibres of a cable are stated as soon as most of their terminals have lost their light', () => {
  const run = new CityRun(trenchTopology()).raise(0, 'LOS', terminalsOn('olt-a').slice(0, 24), 40).to(2);
  expect(run.summary()).toEqual(['feeder f-a 24']);
  expect(run.open()[0]?.affected.under).toEqual(['olt-a/s1', 'olt-a/s2', 'olt-a/s3']);
});

test('one terminal that a poll finds dark on a spared fibre is told of alone, not with all on its fibre', () => {
  const cut = terminalsOn('olt-a').slice(0, 24);
  const lone = terminalsOn('olt-a')[30]!;
  const run = new CityRun(trenchTopology()).raise(0, 'LOS', cut, 40).to(2).unreachable(200, [lone]).to(300);
  const told = run.open().flatMap(({ affected }) => affected.under);
  expect(told).toEqual(expect.arrayContaining(['olt-a/s1', 'olt-a/s2', 'olt-a/s3', lone]));
  expect(told).not.toContain('olt-a/s4');
  expect(told).not.toContain('f-a');
  const most = [...terminalsOn('olt-a'), ...terminalsOn('olt-b')];
  const third = terminalsOn('olt-c')[3]!;
  const dug = new CityRun(trenchTopology()).raise(0, 'LOS', most, 10).to(2).unreachable(200, [third]).to(300);
  const all = dug.open().flatMap(({ affected }) => affected.under);
  expect(all).toEqual(expect.arrayContaining(['f-a', 'f-b']));
  expect(all).not.toContain('f-c');
  expect(all).not.toContain('trench');
});

test('a port that falls dark beside one that comes and goes is a fault of its own, though one feeder carries both', () => {
  const on = (port: number): string[] => outlets.map((outlet) => `olt-a/s${port}/o${outlet}`);
  const run = new CityRun(trenchTopology());
  for (const start of [0, 300, 600, 900]) run.raise(start, 'LOS', on(1)).clear(start + 120, 'LOS', on(1));
  run.raise(1_200, 'LOS', on(1)).raise(1_230, 'LOS', on(2)).to(1_300);
  expect(run.open().map(({ kind, alarms }) => `${kind} ${new Set(alarms).size}`)).toEqual([
    'flapping 40',
    'splitter 8',
  ]);
});
