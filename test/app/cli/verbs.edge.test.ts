/** The table of verbs, and the completion scripts that real shells read. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { verbs } from '../../../src/app/cli/verbs.ts';
import { type Folder, folderOf, say } from './collecting-terminal.ts';

const run = promisify(execFile);
let folder: Folder | undefined;
afterEach(() => folder?.remove());

const completion = verbs.find(({ name }) => name === 'completion')!;

test('every verb has a name of its own, a sentence and a usage that begins with it', () => {
  expect(new Set(verbs.map(({ name }) => name)).size).toBe(verbs.length);
  for (const { name, summary, usage } of verbs) {
    expect(summary, name).toMatch(/\.$/);
    expect(usage, name).toMatch(new RegExp(`^allclear ${name}\\b`));
  }
});

test('bash completes verbs and the options of a verb', async () => {
  const { out } = await say(completion, 'bash');
  folder = await folderOf({ 'allclear.bash': `${out[0]}\n` });
  const ask = async (...words: readonly string[]): Promise<string[]> => {
    const line = words.map((word) => `'${word}'`).join(' ');
    const script = `source ${folder!.file('allclear.bash')}; COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _allclear; echo "\${COMPREPLY[*]}"`;
    return (await run('bash', ['-c', script])).stdout.trim().split(' ');
  };
  expect(await ask('allclear', 'disc')).toEqual(['discover']);
  expect(await ask('allclear', 'replay', '--top')).toEqual(['--topology']);
});

test('zsh and fish get scripts with every verb, another shell is refused', async () => {
  for (const shell of ['zsh', 'fish']) {
    const { out } = await say(completion, shell);
    for (const { name } of verbs) expect(out[0]).toContain(name);
  }
  await expect(say(completion, 'cmd')).rejects.toMatchObject({ code: 'usage/argument' });
});
