/** A terminal that keeps what a verb says, and a folder of files for it to work on. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Terminal, Verb } from '../../../src/app/cli/verb.ts';

export interface Said {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

export function collectingTerminal(): {
  readonly terminal: Terminal;
  readonly out: string[];
  readonly err: string[];
} {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    isInteractive: false,
    print: (text) => void out.push(text),
    complain: (text) => void err.push(text),
    progress: () => {},
  };
  return { terminal, out, err };
}

export async function say(verb: Verb, ...argv: readonly string[]): Promise<Said> {
  const { terminal, out, err } = collectingTerminal();
  const code = await verb.run(argv, terminal);
  return { code, out, err };
}

/** The JSON of the only line. */
export const json = <T = Record<string, unknown>>({ out }: Said): T => JSON.parse(out.join('\n')) as T;

export const jsonLines = <T = Record<string, unknown>>({ out }: Said): T[] =>
  out.map((line) => JSON.parse(line) as T);

export interface Folder {
  readonly path: string;
  file(name: string): string;
  remove(): Promise<void>;
}

export async function folderOf(files: Readonly<Record<string, string>>): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'allclear-cli-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, file: (name) => join(path, name), remove: () => rm(path, { recursive: true, force: true }) };
}
