import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { openJournal, readJournal, verifyJournal } from '../../../src/edge/journal/segments.ts';
import { buildSources } from '../../support/built-sources.ts';
import { realWorld } from '../../support/real-world.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const segmentBytes = 20_000;
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Appends groups of 1 to 5 inputs, eight at a time, and prints each acknowledged sequence. */
const writer = `
import { randomBytes } from 'node:crypto';
const { openJournal } = await import(process.argv[1] + '/edge/journal/segments.js');
const after = (ms, run) => { const timer = setTimeout(run, ms); return { cancel: () => clearTimeout(timer) }; };
const world = { after, randomBytes };
const { value: journal } = await openJournal({ folder: process.argv[2], world, segmentBytes: ${segmentBytes}, windowMs: 1 });
let next = journal.lastSequence + 1;
const write = async () => {
  for (;;) {
    const records = Array.from({ length: 1 + (next % 5) }, () => Buffer.from('input ' + next++ + ' '.repeat(next % 300)));
    process.stdout.write(await journal.append(records) + '\\n');
  }
};
for (let n = 0; n < 8; n++) write();
`;

test('kill -9 of the writer, 20 times: every acknowledged input is there and in its place', async () => {
  const built = buildSources(['src/edge/journal/segments.ts']);
  const random = seededRandom(20);
  let acknowledged = 0;
  try {
    for (let round = 1; round <= 20; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', writer, built.folder, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      const killAfterBytes = 1 + random.below(2_000);
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString('latin1');
        if (out.length >= killAfterBytes) child.kill('SIGKILL');
      });
      await ended;
      // The last line may be cut in the middle: only whole lines were said.
      const last = Number(out.slice(0, out.lastIndexOf('\n')).split('\n').at(-1));
      expect(last).toBeGreaterThan(acknowledged);
      acknowledged = last;

      const { value: journal, problems } = await openJournal({ folder, world: realWorld(), segmentBytes });
      expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
      expect(journal.lastSequence).toBeGreaterThanOrEqual(acknowledged);
      await journal.close();
    }
    let sequence = 0;
    for await (const record of readJournal(folder)) {
      expect(record.sequence).toBe(++sequence);
      expect(textOf(record.bytes).trimEnd()).toBe(`input ${sequence}`);
    }
    expect(sequence).toBeGreaterThanOrEqual(acknowledged);
    expect((await verifyJournal(folder)).problems).toEqual([]);
    expect(readdirSync(folder).length).toBeGreaterThan(3);
  } finally {
    built.remove();
  }
});

test('a journal on a real disk is trimmed, torn, cut and goes on', async () => {
  const world = realWorld();
  const first = await openJournal({ folder, world, segmentBytes: 1_000 });
  for (let n = 1; n <= 30; n += 3) {
    const records = [n, n + 1, n + 2].map((sequence) =>
      new TextEncoder().encode(`input ${sequence}`.padEnd(100)),
    );
    expect(await first.value.append(records)).toBe(n + 2);
  }
  expect(await first.value.trim(20)).toBeGreaterThan(0);
  await first.value.close();

  const newest = join(folder, readdirSync(folder).sort().at(-1) ?? '');
  truncateSync(newest, 3 * 120 - 50);
  const { value: journal, problems } = await openJournal({ folder, world, segmentBytes: 1_000 });
  expect(problems).toMatchObject([{ file: newest, code: 'disk/torn-tail', severity: 'warning' }]);
  expect(await journal.append([new TextEncoder().encode('again')])).toBe(journal.lastSequence);
  const last: string[] = [];
  for await (const { bytes } of journal.read(journal.lastSequence)) last.push(textOf(bytes));
  expect(last).toEqual(['again']);
  await journal.close();
  await expect(journal.append([new Uint8Array(1)])).rejects.toMatchObject({ code: 'disk/closed' });
});
