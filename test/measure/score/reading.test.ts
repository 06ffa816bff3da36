import { expect, test } from 'vitest';
import { parseIncidents, parseTruth, scoreIncidents } from '../../../src/measure/measure.ts';
import { scored } from './paper-score.ts';

test('a truth that is no JSON is told with its line', () => {
  const { value, problems } = parseTruth('{ "faults": [\n  { "id": "f1", }\n] }', 'truth.json');
  expect(value.faults).toEqual([]);
  expect(problems).toMatchObject([{ file: 'truth.json', line: 2, severity: 'error', code: 'score/truth' }]);
  expect(parseTruth('[]', 'truth.json').problems).toMatchObject([{ line: 1, code: 'score/truth' }]);
});

test('a fault that cannot be judged is left out with its line and what is wanted, the others stay', () => {
  const text = [
    '{ "faults": [',
    '  { "id": "f1", "kind": "drop", "alarms": ["a1"] },',
    '  { "id": "f2", "alarms": ["a2"] },',
    '  { "id": "f1", "kind": "drop", "alarms": [] },',
    '  { "id": "f4", "kind": "drop", "alarms": "a4" } ],',
    '  "tolerated": ["t1"] }',
  ].join('\n');
  const { value, problems } = parseTruth(text, 'truth.json');
  expect(value.faults.map(({ id }) => id)).toEqual(['f1']);
  expect(problems.map(({ line, hint }) => [line, hint])).toEqual([
    [3, '"kind" must be a text'],
    [2, 'another fault has this "id"'],
    [5, '"alarms" must be a list of ids of raise lines'],
    [6, 'write [["id", ..], ..]'],
  ]);
});

test('a line that is no incident is told with its number and a hint', () => {
  const text = [
    '{"incident":"i1","alarms":["a1"],"unknown":1}',
    'nonsense',
    '{"alarms":[]}',
    '{"incident":"i1","alarms":[]}',
    '',
    '{"incident":"i5","alarms":"a1"}',
    '{"incident":"i6","alarms":[],"probability":1.5}',
    '{"incidents":[]}',
  ].join('\n');
  const { value, problems } = parseIncidents(text, 'incidents.jsonl');
  expect(value.map(({ id }) => id)).toEqual(['i1']);
  expect(problems.map(({ line }) => line)).toEqual([2, 3, 4, 6, 7, 8]);
  for (const { hint, code } of problems) expect([typeof hint, code]).toEqual(['string', 'score/incident']);
});

test('unknown alarms and alarms in two incidents are told and left out', () => {
  const { score, problems } = scored({
    raises: ['a1', 'b1'],
    faults: [{ alarms: ['a1', 'b1', 'gone1'] }],
    incidents: [{ alarms: ['a1', 'b1', 'what1', 'what2'] }, { alarms: ['b1'] }],
  });
  expect(score).toMatchObject({ exact: 1, overSplit: 0 });
  expect(problems.map(({ file, line, message }) => [file, line, message])).toEqual([
    [
      'truth.json',
      0,
      expect.stringContaining('names 1 alarms that the stream does not raise, the first is "gone1"'),
    ],
    ['incidents.jsonl', 1, expect.stringContaining('names 2 alarms that the stream does not raise')],
    ['incidents.jsonl', 2, expect.stringContaining('another one above has already')],
  ]);
});

test('two hundred thousand alarms in as many groups are judged in one pass', () => {
  const count = 200_000;
  const raises = new Map(Array.from({ length: count }, (_, n) => [`r${n}`, `x${n % 5000}`]));
  const ids = [...raises.keys()];
  const groups = Array.from({ length: count / 4 }, (_, n) => ids.slice(n * 4, n * 4 + 4));
  const lines = groups.map((alarms, n) =>
    JSON.stringify({ incident: `i${n}`, alarms, kind: 'drop', root: `r${n}` }),
  );
  const faults = groups.map((alarms, n) => ({ id: `f${n}`, kind: 'drop', root: `r${n}`, alarms }));
  const { score } = scoreIncidents({
    raises,
    truth: parseTruth(JSON.stringify({ faults }), 'truth.json').value,
    incidents: parseIncidents(lines.join('\n'), 'incidents.jsonl').value,
    files: { truth: 'truth.json', incidents: 'incidents.jsonl' },
  });
  expect(score).toMatchObject({ solved: 1, ari: 1, incidents: count / 4, alarms: count });
});
