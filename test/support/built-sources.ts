/** A private build of a few source files, for tests that need the daemon's code in a process of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BuiltSources {
  /** `src/edge/disk/lock.ts` is here as `edge/disk/lock.js`. */
  readonly folder: string;
  remove(): void;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Compiles the files, given relative to the project, with all they import. */
export function buildSources(sources: readonly string[]): BuiltSources {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-built-'));
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      compilerOptions: {
        rootDir: join(root, 'src'),
        outDir: folder,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [],
      files: sources.map((source) => join(root, source)),
    }),
  );
  execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-p', folder], { stdio: 'inherit' });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
