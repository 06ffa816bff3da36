/** `journal verify` and `journal dump` on folders as the daemon leaves them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalVerb } from '../../../src/app/cli/journal.ts';
import { instant } from '../../../src/base/instant.ts';
import { openJournal } from '../../../src/edge/journal/segments.ts';
import { openSpool } from '../../../src/edge/journal/spool.ts';
import { encodeTrap, type TrapRecord } from '../../../src/edge/trap/trap.ts';
import type { Input } from '../../../src/flow/input.ts';
import { encodeInput } from '../../../src/flow/record.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { realWorld } from '../../support/real-world.ts';
import { type Folder, folderOf, json, jsonLines, say } from './collecting-terminal.ts';

const at = instant(Date.UTC(2026, 0, 1));
const iso = '2026-01-01T00:00:00.000Z';
const trapOid = '1.3.6.1.6.3.1.1.5.3';
const trap = (value: number): TrapRecord => ({
  at,
  from: '192.0.2.1:50000',
  address: '192.0.2.1',
  version: 'v2c',
  inform: true,
  trapOid,
  varbinds: [{ oid: '1.3.6.1.2.1.2.2.1.1.1', type: 'integer', value }],
});
const trapInput = (value: number, spool: { id: string; offset: number }): Input => {
  const { from, inform, varbinds } = trap(value);
  return {
    kind: 'observation',
    observation: { event: 'raise', resource: resourceId('r-1/if/1'), cause: 'LINK_DOWN', source: 'trap' },
    evidence: { from, inform, trapOid, varbinds },
    spool,
  };
};

let folder: Folder;
beforeEach(async () => {
  folder = await folderOf({});
});
afterEach(() => folder.remove());

async function writeJournal(inputs: readonly Input[]): Promise<void> {
  const { value: journal } = await openJournal({ folder: folder.file('journal'), world: realWorld() });
  await journal.append(inputs.map((input) => encodeInput(at, input)));
  await journal.close();
}

/** Three informs in the spool; answers its id. */
async function writeSpool(): Promise<string> {
  const options = {
    folder: folder.file('spool/traps'),
    world: realWorld(),
    segmentBytes: 65_536,
    capBytes: 1_000_000,
  };
  const { value: spool } = await openSpool(options);
  await spool.append([1, 2, 3].map((value) => encodeTrap(trap(value))));
  await spool.close();
  return spool.id;
}

test('inputs are printed one a line in order, then what only the spool holds, marked as pending', async () => {
  const id = await writeSpool();
  await writeJournal([
    { kind: 'policy', policy: 'abc' },
    trapInput(1, { id, offset: 1 }),
    { kind: 'receipts', counts: [], unreachable: [] },
    { kind: 'tick' },
    trapInput(2, { id, offset: 2 }),
    trapInput(2, { id, offset: 2 }),
  ]);
  const said = await say(journalVerb, 'dump', '--data', folder.path, '--jsonl');
  expect(said).toMatchObject({ code: 0, err: [] });
  const lines = jsonLines(said);
  expect(lines.map(({ seq, kind }) => [seq, kind])).toEqual([
    ...[
      [1, 'policy'],
      [2, 'trap'],
      [3, 'receipt'],
      [4, 'tick'],
      [5, 'trap'],
      [6, 'trap'],
    ],
    [null, 'trap'],
  ]);
  expect(lines[1]).toMatchObject({ at: iso, from: '192.0.2.1:50000', inform: true, trapOid });
  expect(lines[1]?.['varbinds']).toEqual([{ oid: '1.3.6.1.2.1.2.2.1.1.1', type: 'integer', value: 1 }]);
  expect(lines[5]?.['repeat']).toBe(true);
  expect(lines[6]).toMatchObject({ at: iso, pending: true, varbinds: [{ value: 3 }] });
  const later = await say(journalVerb, 'dump', '--data', folder.path, '--jsonl', '--from', '5');
  expect(later.out).toEqual(said.out.slice(4));
});

test('it reads beside a writer, and lines for people carry the same facts', async () => {
  const { value: journal } = await openJournal({ folder: folder.file('journal'), world: realWorld() });
  await journal.append([encodeInput(at, { kind: 'tick' })]);
  const said = await say(journalVerb, 'dump', '--data', folder.path);
  expect(said.out).toEqual([expect.stringContaining(`1  ${iso}  tick`)]);
  await journal.close();
});

test('a sound journal verifies; a changed byte is damage and exits 1', async () => {
  await writeSpool();
  await writeJournal([{ kind: 'tick' }, { kind: 'policy', policy: 'abc' }, { kind: 'tick' }]);
  const sound = await say(journalVerb, 'verify', '--data', folder.path, '--json');
  expect(sound.code).toBe(0);
  expect(json(sound)).toMatchObject({
    sound: true,
    journal: { records: 3, lastSequence: 3 },
    spool: { records: 3 },
  });
  const [segment] = (await readdir(folder.file('journal'))).filter((name) => name.endsWith('.log'));
  const path = join(folder.file('journal'), segment!);
  const bytes = await readFile(path);
  bytes[bytes.indexOf('"policy"') + 2] = 0x58;
  await writeFile(path, bytes);
  const damaged = await say(journalVerb, 'verify', '--data', folder.path);
  expect(damaged.code).toBe(1);
  expect(damaged.out.at(-2)).toContain('damage was found');
  const dumped = await say(journalVerb, 'dump', '--data', folder.path, '--jsonl');
  expect(dumped.code).toBe(1);
  expect(dumped.err.length).toBeGreaterThan(0);
});

test('a folder without a journal and an unknown deed are refused', async () => {
  await expect(say(journalVerb, 'dump', '--data', folder.path)).rejects.toMatchObject({
    code: 'journal/missing',
  });
  await writeJournal([{ kind: 'tick' }]);
  await expect(say(journalVerb, 'burn', '--data', folder.path)).rejects.toMatchObject({
    code: 'usage/argument',
  });
});
