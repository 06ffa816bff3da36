import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ContentStore } from '../../../src/app/center/content-store.ts';
import { rulesVerb } from '../../../src/app/cli/rules.ts';
import { defaultPolicy } from '../../../src/app/config/policy.ts';
import { shippedRuleFolders } from '../../../src/app/product-files.ts';
import { instant, minutes } from '../../../src/base/instant.ts';
import { openContents } from '../../../src/edge/disk/contents.ts';
import { loadRules } from '../../../src/edge/files/rule-files.ts';
import { openJournal } from '../../../src/edge/journal/segments.ts';
import type { Input } from '../../../src/flow/input.ts';
import { encodeInput } from '../../../src/flow/record.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { applied, bookIn, incident } from '../../edge/book/book-fixture.ts';
import { realWorld } from '../../support/real-world.ts';
import { shippedRules } from '../../support/shipped-rules.ts';
import { smallCity } from '../../support/small-city.ts';
import { say } from './collecting-terminal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = async (...argv: string[]): Promise<{ code: number; out: string }> => {
  const { code, out, err } = await say(rulesVerb, ...argv);
  return { code, out: [...out, ...err].join('\n') };
};

const example = (kind: string) => `format: correlation/1
symptoms: { RX_LOST: los }
examples:
  - name: our cause darkens a branch
    topology: { access: { olt o: { pon-port p: { splitter s: [ont a, ont b, ont c, ont d], splitter t: [ont e] } } } }
    script: [{ at: 0s, raise: RX_LOST, on: [a, b, c, d] }]
    expect:
      - { by: 30s, incident: { kind: ${kind}, root: s } }
`;

test("rules test plays all examples, shipped and one's own", async () => {
  writeFileSync(join(folder, 'own.yaml'), example('splitter'));
  const { code, out } = await run('test', folder, '--json');
  const { examples, failed, problems } = JSON.parse(out) as Record<string, unknown>;
  expect({ code, failed, problems }).toEqual({ code: 0, failed: 0, problems: [] });
  expect(examples).toBeGreaterThan(400);
});

test('an example that does not hold is shown in its place and is exit code 1', async () => {
  writeFileSync(join(folder, 'own.yaml'), example('cable'));
  const { code, out } = await run('test', folder);
  expect(code).toBe(1);
  expect(out).toContain(`${join(folder, 'own.yaml')}:8:9  error  "our cause darkens a branch", by 30s`);
  expect(out).toContain('"kind":"splitter"');
});

test("a shipped example that one's own rules make untrue is a warning", async () => {
  writeFileSync(
    join(folder, 'own.yaml'),
    'format: correlation/1\nupkeep: [CARD_FAIL]\ntiming: { quiet: 30s, earlyAfter: 40s }\n',
  );
  const { code, out } = await run('test', folder);
  expect(code).toBe(0);
  expect(out).toContain('  warning  "terminals of one splitter that lose light are one broken splitter"');
});

/** A data directory in which a branch went dark an hour before `at`. */
async function recorded(at: number, inForce: readonly { path: string; text: string }[]): Promise<void> {
  const contents = new ContentStore(
    await openContents({ folder: join(folder, 'contents') }),
    folder,
    shippedRules,
  );
  const rules = await contents.putRules(shippedRules, inForce);
  const policy = await contents.putJson(defaultPolicy);
  const { sha256: topology } = await contents.putTopology(smallCity());
  const dark = ['1', '2', '3', '4', '5', '6', '7', '8'].map((place): Input => {
    const resource = resourceId(`ont-1-1-1-${place}`);
    return { kind: 'observation', observation: { event: 'raise', cause: 'LOS', resource, source: 'trap' } };
  });
  const inputs: Input[] = [
    { kind: 'policy', policy },
    { kind: 'ruleSet', rules },
    { kind: 'topologyVersion', version: 1, topology, subscribers: 'none' },
    ...dark,
  ];
  const { value: journal } = await openJournal({ folder: join(folder, 'journal'), world: realWorld() });
  await journal.append(inputs.map((input) => encodeInput(instant(at - minutes(60)), input)));
  for (const minute of [59, 0])
    await journal.append([encodeInput(instant(at - minutes(minute)), { kind: 'tick' })]);
  await journal.close();
}

describe('rules shadow', () => {
  const at = realWorld().now();
  const own = (): string => {
    const rules = join(folder, 'own');
    mkdirSync(rules);
    writeFileSync(
      join(rules, 'own.yaml'),
      'format: correlation/1\nresources: { splitter: { fault: cable } }\n',
    );
    return rules;
  };
  const shadow = (...more: string[]) => run('shadow', '--data', folder, '--rules', own(), ...more);

  test('says what the changed rules would have told otherwise', async () => {
    await recorded(at, []);
    const { code, out } = await shadow('--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: 'rules-shadow/1',
      notJudged: [],
      differences: { before: 1, after: 1, same: 0, changed: [{ in: ['kind'], after: { kind: 'cable' } }] },
    });
  });

  test('says what automations of the files would have done, and does none of it', async () => {
    await recorded(at, []);
    const rules = own();
    const act = 'do: [{ task: { skill: care, due: 1h, text: { en: "{root}", ru: "{root}" } } }]';
    writeFileSync(
      join(rules, 'automations.yaml'),
      `format: automations/1\nautomations:\n  - { id: opened, on: incidentOpened, ${act} }\n  - { id: waits, on: incidentOpened, after: 10m, ${act} }\n  - { id: never, on: rated, ${act} }\n`,
    );
    const { code, out } = await run('shadow', '--data', folder, '--rules', rules, '--json');
    expect(code).toBe(0);
    const { automations } = JSON.parse(out) as { automations: { automation: string }[] };
    const of = (id: string) => automations.find(({ automation }) => automation === id);
    expect(of('opened')).toMatchObject({ would: 1, stopped: 0, first: [{ action: 'task' }] });
    // The next record of the journal is an hour younger: what waited is looked at then.
    expect(of('waits')).toMatchObject({ would: 1, first: [{ at, words: { en: 's1-1-1' } }] });
    expect(of('never')).toMatchObject({ would: 0, first: [] });
    const shown = await run('shadow', '--data', folder, '--rules', rules);
    expect(shown.out).toMatch(/automation +would have +stopped +first/);
  });

  test('what lies before the span is not compared, and what cannot be judged is said', async () => {
    await recorded(at, [{ path: 'detection.yaml', text: 'format: detection/1\n' }]);
    const { code, out } = await shadow('--since', '10m');
    expect(code).toBe(0);
    expect(out).toContain('0 incidents with the rules in force');
    expect(out).toContain('Rules of detection differ, too');
  });

  test('names each rule of detection that differs, where it stands and what judges it', async () => {
    const limit = (at: number, id = 'load') =>
      `  - { id: ${id}, metric: pump.load, unit: "%", above: { major: ${at} }, hysteresis: 5, for: 2, cause: PUMP_LOAD }\n`;
    const before = `format: detection/1\nthresholds:\n${limit(80)}${limit(90, 'gone')}${limit(70, 'same')}`;
    const shipped = (await loadRules({ shipped: shippedRuleFolders })).value.inForce;
    await recorded(at, [...shipped, { path: 'limits.yaml', text: before }]);
    const rules = own();
    const now = `format: detection/1\nthresholds:\n${limit(70, 'same')}${limit(85)}traps: [{ id: pump, oid: 1.3.6.1.4.1.99999.0.1, raise: PUMP, severity: minor }]\n`;
    writeFileSync(join(rules, 'limits.yaml'), now);
    const { out } = await run('shadow', '--data', folder, '--rules', rules, '--json');
    expect(JSON.parse(out)).toMatchObject({
      notJudged: ['detection'],
      detection: [
        { part: 'thresholds', rule: 'load', change: 'changed', judgedBy: 'rules test' },
        { part: 'traps', rule: 'pump', change: 'added', judgedBy: 'replay --traps' },
        { part: 'thresholds', rule: 'gone', change: 'removed', place: 'limits.yaml' },
      ],
    });
    const shown = (await run('shadow', '--data', folder, '--rules', rules)).out;
    expect(shown).toContain(`${join(rules, 'limits.yaml')}:4:5  thresholds load: changed`);
    expect(shown).toMatch(/"allclear replay --traps" plays/);
    expect(shown).toMatch(/"allclear rules test" plays/);
  });

  test('rules that do not compile are shown, and nothing is played', async () => {
    await recorded(at, []);
    const rules = own();
    writeFileSync(join(rules, 'own.yaml'), 'format: correlation/1\nresource: {}\n');
    const { code, out } = await run('shadow', '--data', folder, '--rules', rules);
    expect(code).toBe(1);
    expect(out).toContain('did you mean "resources"?');
  });
});

describe('rules learn', () => {
  const devices = ['r-1', 'r-2', 'r-3'];
  const network = JSON.stringify({
    ...{ format: 'allclear-topology/1', serviceRoots: [] },
    resources: devices.map((id) => ({ id, kind: 'router' })),
    links: [{ id: 'l-1', ends: ['r-1', 'r-2'] }],
  });
  const start = Date.UTC(2026, 0, 1);
  const raises = Array.from({ length: 90 }, (_, n) => {
    const at = start + n * 3_600_000;
    const said = { event: 'raise', resource: devices[n % 3], source: 'trap' };
    return [
      { id: `a${n}`, at, cause: 'PUMP_STOPPED', ...said },
      { id: `b${n}`, at: at + 4_000, cause: 'OIL_HOT', ...said },
    ];
  }).flat();
  const learn = (...more: readonly string[]) => {
    writeFileSync(join(folder, 'topology.json'), network);
    writeFileSync(join(folder, 'alarms.ndjson'), raises.map((raise) => JSON.stringify(raise)).join('\n'));
    const files = ['--topology', join(folder, 'topology.json'), '--alarms', join(folder, 'alarms.ndjson')];
    return say(rulesVerb, 'learn', ...files, ...more);
  };

  test('what it proposes is a rule file that passes its own check', async () => {
    const { code, out } = await learn();
    expect(code).toBe(0);
    expect(out.join('\n')).toContain('"cause":"PUMP_STOPPED","effect":"OIL_HOT","on":"same"');
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own', 'learned.yaml'), out.join('\n'));
    expect((await run('test', join(folder, 'own'), '--quiet')).code).toBe(0);
  });

  test('as JSON it holds the counts behind every relation', async () => {
    const { out } = await learn('--json', '--support', '20');
    const { format, alarms, relations } = JSON.parse(out.join('')) as Record<string, unknown>;
    expect({ format, alarms }).toEqual({ format: 'rules-learned/1', alarms: 180 });
    expect(relations).toMatchObject([{ cause: 'PUMP_STOPPED', effect: 'OIL_HOT', on: 'same' }]);
  });

  test('files that are missing and counts that are none are wrong usage', async () => {
    await expect(run('learn', '--alarms', 'x')).rejects.toThrow('--topology FILE is missing');
    await expect(learn('--support', 'many')).rejects.toThrow('say a number above 0');
  });
});

describe('rules revise', () => {
  const over = (n: number, more: Partial<Incident>): Incident =>
    incident({
      ...{ id: `l.1.${n}` as Incident['id'], state: 'closed', probability: 0.97, kind: 'splitter' },
      explanation: { rule: 'tree', population: 'down', symptoms: { los: 3, gasp: 5 }, spoken: 8, silent: 0 },
      ...more,
    });

  test('what closed incidents say is a rule file that passes its own check, with what operators put right', async () => {
    const network = {
      ...{ format: 'allclear-topology/1', serviceRoots: [] },
      resources: Array.from({ length: 40 }, (_, n) => ({
        id: `x-${n}`,
        kind: n < 20 ? 'splitter' : 'feeder',
      })),
    };
    writeFileSync(join(folder, 'topology.json'), JSON.stringify(network));
    const operators = [{ at: 1, by: 'olga', said: 'tookOut' }];
    const incidents = Array.from({ length: 60 }, (_, n) =>
      over(n, {
        root: `x-${n % 20}` as Incident['root'],
        ...(n === 7 ? { explanation: { operators } } : {}),
      }),
    );
    const book = await bookIn(folder);
    await book.project([
      applied(
        [],
        incidents.map((one) => ({ kind: 'incident', incident: one })),
      ),
    ]);
    await book.close();
    const revise = (...more: readonly string[]) =>
      say(rulesVerb, 'revise', '--topology', join(folder, 'topology.json'), '--data', folder, ...more);
    const { code, out } = await revise();
    expect(code).toBe(0);
    expect(out.join('\n')).toContain('splitter: 1 of 60 (tookOut 1)');
    expect(out.join('\n')).toContain('"feeder": { prior:');
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own', 'revised.yaml'), out.join('\n'));
    const { out: checked } = await run('test', join(folder, 'own'), '--json');
    const { problems } = JSON.parse(checked) as { problems: { severity: string }[] };
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { format, faults } = JSON.parse((await revise('--json')).out.join('')) as Record<string, unknown>;
    expect({ format, faults }).toEqual({ format: 'rules-revised/1', faults: 59 });
  });

  test('a folder without a book, and no topology, are wrong usage', async () => {
    await expect(run('revise', '--data', folder)).rejects.toThrow('--topology FILE is missing');
    await expect(run('revise', '--topology', 'x', '--data', folder)).rejects.toThrow('holds no book');
  });
});

test('rules without a word says which there are, and so does one that there is not', async () => {
  const said = async (...argv: string[]): Promise<string> =>
    run(...argv).then(
      ({ out }) => out,
      (error: Error) => error.message,
    );
  expect(await said()).toBe('what to do is missing: say test or shadow or rollback or learn or revise');
  expect(await said('tset')).toBe('there is no "tset": say test or shadow or rollback or learn or revise');
});
