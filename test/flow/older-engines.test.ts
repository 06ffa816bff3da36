import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { noAutomations } from '../../src/automate/automate.ts';
import { JournalReplay } from '../../src/flow/journal-replay.ts';
import { Line } from '../../src/flow/line.ts';
import { decodeInput } from '../../src/flow/record.ts';
import { replayDifferences } from '../../src/flow/replay-differences.ts';
import type { ReplayedIncident } from '../../src/flow/stream-run.ts';
import type { Incident } from '../../src/model/incident.ts';
import { compileTopology, noSubscribers, parseTopology } from '../../src/topology/topology.ts';
import { shippedRules } from '../support/shipped-rules.ts';

// Journals of a storm over the small city, each written by an earlier engine, with the incidents that engine made of it:
// cut branch, dark house, dead port, ring cut, flapping terminal, dead head, mains, a blind collector, an operator's words.
// A file here is never changed.

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'journals', 'engines');
const city = compileTopology(
  parseTopology(readFileSync(join(folder, 'city.json'), 'utf8'), 'city.json').value,
).value;

interface Recorded {
  readonly name: string;
  readonly epoch: number;
  readonly records: readonly Uint8Array[];
  readonly said: readonly ReplayedIncident[];
}

function recordedIn(file: string): Recorded {
  const [head, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  const { name, epoch } = JSON.parse(head!) as { name: string; epoch: number };
  const parsed = lines.map(
    (line) => JSON.parse(line) as { record?: string; said?: Incident & { subscribers: number } },
  );
  return {
    ...{ name, epoch },
    records: parsed.flatMap(({ record }) => (record === undefined ? [] : [new TextEncoder().encode(record)])),
    said: parsed.flatMap(({ said }) =>
      said === undefined ? [] : [{ incident: said, subscribers: said.subscribers }],
    ),
  };
}

function played({ name, epoch, records }: Recorded): JournalReplay {
  const contents = {
    topology: () => city,
    subscribers: () => noSubscribers,
    policy: () => defaultPolicy,
    calendar: () => ({ zones: {} }),
    rules: () => shippedRules,
    automations: () => noAutomations,
  };
  const replay = new JournalReplay(new Line({ name, epoch, contents }));
  for (const [n, bytes] of records.entries()) {
    const { at, input } = decodeInput(bytes, n + 1);
    replay.take(n + 1, at, input);
  }
  return replay;
}

const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));

describe.each(files)('the journal of the %s engine', (file) => {
  const recorded = recordedIn(file);
  const replay = played(recorded);
  const now = replay.incidents;

  test('is read to its end, and no room trips over it', () => {
    expect([replay.records, replay.failed]).toEqual([recorded.records.length, 0]);
    expect(recorded.records.length).toBeGreaterThan(300);
  });

  test('tells of what cannot be mistaken as it was told of then', () => {
    for (const root of ['olt-2/c1/p2', 'l-12', 'mains-2', 'ont-2-1-2-5']) {
      const shown = (incidents: readonly ReplayedIncident[]) =>
        incidents.filter(({ incident }) => incident.root === root && incident.actionable).length;
      expect([root, shown(now), shown(recorded.said)]).toEqual([root, 1, 1]);
    }
  });

  test('differs in incidents that are each named once with a reason', () => {
    const { same, differences } = replayDifferences(recorded.said, now);
    const [before, after] = [
      differences.flatMap((one) => one.before),
      differences.flatMap((one) => one.after),
    ];
    const whole = (incidents: readonly ReplayedIncident[]) =>
      incidents.filter(({ incident }) => incident.state !== 'merged').length;
    expect(new Set(before.map(({ incident }) => incident)).size + same).toBe(whole(recorded.said));
    expect(new Set(after.map(({ incident }) => incident)).size + same).toBe(whole(now));
    // The probabilities of then were kept without their reasons, so nothing is equal to the last byte.
    expect(differences.length).toBeGreaterThan(0);
  });

  test('gives the same again', () => {
    expect(replayDifferences(now, played(recorded).incidents)).toEqual({
      same: now.filter(({ incident }) => incident.state !== 'merged').length,
      differences: [],
    });
  });
});

describe('why two engines say different things', () => {
  const told = (id: string, alarms: string, more: Partial<Incident> = {}): ReplayedIncident => ({
    subscribers: 1,
    incident: {
      ...{ id, kind: 'splitter', root: 's1', state: 'resolved', actionable: true, planned: false },
      ...{ probability: 0.9, candidates: [], startedAt: 1_000, decidedAt: 2_000, resolvedAt: 9_000 },
      ...{ alarms: alarms.split(''), suppressed: 0, affected: { under: [], except: [] } },
      ...{ explanation: {}, history: [] },
      ...more,
    } as unknown as Incident,
  });
  const reasons = (before: readonly ReplayedIncident[], after: readonly ReplayedIncident[]) =>
    replayDifferences(before, after).differences.map((one) => [
      one.reason,
      one.before.map(({ incident }) => incident).join(' '),
      one.after.map(({ incident }) => incident).join(' '),
    ]);
  const by = (rules: string): Partial<Incident> =>
    ({ explanation: { judgedBy: { rules } } }) as Partial<Incident>;

  test('what other rules judged otherwise says between which versions, and their name alone is no difference', () => {
    const old = [told('a', 'abcd', by('r1')), told('b', 'xy', by('r1'))];
    const now = [told('a', 'abcd', { ...by('r2'), probability: 0.4 }), told('b', 'xy', by('r2'))];
    expect(replayDifferences(old, now)).toMatchObject({
      same: 1,
      differences: [{ reason: 'words', ruleVersion: { before: 'r1', after: 'r2' } }],
    });
    const engine = [told('a', 'abcd', { ...by('r1'), probability: 0.4 }), old[1]!];
    expect(replayDifferences(old, engine).differences[0]?.ruleVersion).toBeUndefined();
  });

  const then = [told('a', 'abcd'), told('b', 'xy', { root: 's2' as Incident['root'] })];
  const b = then[1]!;

  test.each<[string, readonly ReplayedIncident[], readonly string[][]]>([
    ['nothing', [...then], []],
    ['another root', [told('a', 'abcd', { root: 's9' as Incident['root'] }), b], [['cause', 'a', 'a']]],
    ['two that were one', [told('a', 'ab'), told('c', 'cd'), b], [['split', 'a', 'a c']]],
    ['one that was two', [told('a', 'abcdxy')], [['merge', 'a b', 'a']]],
    ['fewer alarms', [told('a', 'abc'), b], [['extent', 'a', 'a']]],
    ['kept from people', [told('a', 'abcd', { actionable: false }), b], [['shown', 'a', 'a']]],
    [
      'decided later',
      [told('a', 'abcd', { decidedAt: 3_000 as Incident['startedAt'] }), b],
      [['time', 'a', 'a']],
    ],
    ['still open', [told('a', 'abcd', { state: 'open' }), b], [['state', 'a', 'a']]],
    ['less sure', [told('a', 'abcd', { probability: 0.8 }), b], [['words', 'a', 'a']]],
    ['one that was not there', [...then, told('c', 'q')], [['only', '', 'c']]],
    ['one that is gone', [b], [['only', 'a', '']]],
    ['another id', [told('z', 'abcd'), b], [['words', 'a', 'z']]],
    [
      'the same alarms another day',
      [b, told('z', 'abcd', { startedAt: 90_000 as Incident['startedAt'] })],
      [
        ['only', 'a', ''],
        ['only', '', 'z'],
      ],
    ],
  ])('%s', (_, after, expected) => {
    expect(reasons(then, after)).toEqual(expected);
  });
});
