import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rulesVerb } from '../../../src/app/cli/rules.ts';
import type { Terminal } from '../../../src/app/cli/verb.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]): Promise<{ code: number; out: string }> {
  const lines: string[] = [];
  const terminal: Terminal = {
    isInteractive: false,
    print: (text) => lines.push(text),
    complain: (text) => lines.push(text),
    progress: () => undefined,
  };
  const code = await rulesVerb.run(argv, terminal);
  return { code, out: lines.join('\n') };
}

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
