/** What the columns of each source of subscribers mean: kept beside the data, so that it is said once. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { ListOptions } from '../../edge/files/subscriber-list.ts';

const file = 'import-mappings.json';
/** Sources kept; the one that was used longest ago makes room. */
const mostSources = 100;

type Mappings = Readonly<Record<string, Pick<ListOptions, 'mapping' | 'country'>>>;

/** `export-2026-11-01.csv` and `export-2026-12-01.csv` are one source, `export`. */
export function sourceNameOf(path: string): string {
  const name = basename(path)
    .replace(/\.[a-z]{2,6}$/i, '')
    .replace(/[\d\s_.-]+$/, '');
  return name === '' ? 'list' : name.slice(0, 100);
}

export async function readMapping(data: string, source: string): Promise<Mappings[string]> {
  const mappings = await readAll(data);
  return Object.hasOwn(mappings, source) ? mappings[source]! : {};
}

/** The file is whole at every instant. */
export async function keepMapping(data: string, source: string, kept: Mappings[string]): Promise<void> {
  const { [source]: before, ...others } = await readAll(data);
  if (JSON.stringify(before) === JSON.stringify(kept)) return;
  const entries = [...Object.entries(others), [source, kept]].slice(-mostSources);
  const path = join(data, file);
  await writeFile(`${path}.new`, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`, {
    mode: 0o600,
  });
  await rename(`${path}.new`, path);
}

async function readAll(data: string): Promise<Mappings> {
  let text: string;
  try {
    text = await readFile(join(data, file), 'utf8');
  } catch {
    return {};
  }
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Mappings) : {};
  } catch (error) {
    throw new Fault(
      'import/mapping',
      `${join(data, file)} is no JSON: mend it, or delete it and name the columns again`,
      error,
    );
  }
}
