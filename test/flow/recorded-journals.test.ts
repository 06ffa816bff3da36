import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { instant } from '../../src/base/instant.ts';
import type { Input } from '../../src/flow/input.ts';
import { decodeInput } from '../../src/flow/record.ts';

// Records as engines of each schema wrote them, beside what they mean. A file here is never changed: when the form of
// records changes, `schema` rises, an upcaster lifts the old form, and a new file joins.

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'journals');
const writtenAt = instant(Date.UTC(2026, 0, 1, 12));

interface Line {
  readonly record: string;
  readonly input: Input;
}

const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
const linesOf = (file: string): readonly Line[] =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

test('together they hold every kind of input', () => {
  const kinds = new Set(files.flatMap((file) => linesOf(file).map(({ input }) => input.kind)));
  expect(kinds.size).toBe(22);
});

test('together they hold every kind of order', () => {
  const orders = files
    .flatMap((file) => linesOf(file).map(({ input }) => input))
    .flatMap((input) => (input.kind === 'command' ? [input.command.kind] : []));
  expect(new Set(orders).size).toBe(21);
});

describe.each(files)('%s', (file) => {
  test.each(linesOf(file))('$input.kind is read as it was meant', ({ record, input }) => {
    const read = decodeInput(new TextEncoder().encode(record));
    expect(canonicalJson(read)).toBe(canonicalJson({ at: writtenAt, input }));
  });
});
