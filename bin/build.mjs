// Builds dist: the daemon with tsc, the pages with vite. Run as a script it always builds.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stamp = join(dist, 'built');
const require = createRequire(import.meta.url);

function run(packageName, script, args) {
  const folder = dirname(require.resolve(`${packageName}/package.json`));
  // The build's words go to standard error: standard output belongs to the product.
  execFileSync(process.execPath, [join(folder, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
}

/** Builds into a folder beside dist and swaps, so that a broken build leaves the old product as it was. */
export function build() {
  const next = join(root, `dist.next-${process.pid}`);
  rmSync(next, { recursive: true, force: true });
  try {
    run('typescript', 'bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', next]);
    run('vite', 'bin/vite.js', [
      ...['build', '--config', 'web/vite.config.ts', '--outDir', join(next, 'web')],
      ...['--emptyOutDir', '--logLevel', 'warn'],
    ]);
    const writing = `import { writeParsedProfiles } from ${JSON.stringify(join(next, 'edge/files/parsed-profiles.js'))};
      await writeParsedProfiles('collectors', ${JSON.stringify(join(next, 'profiles.json'))});`;
    execFileSync(process.execPath, ['--input-type=module', '-e', writing], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    writeFileSync(join(next, 'built'), '');
    rmSync(dist, { recursive: true, force: true });
    renameSync(next, dist);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** An installed package has no sources and is never built; a checkout is built when a source is newer than dist. */
export function buildIfStale() {
  if (!existsSync(join(root, 'src'))) return;
  if (existsSync(stamp) && newest(['src', 'web']) <= statSync(stamp).mtimeMs) return;
  process.stderr.write('building allclear ..\n');
  build();
}

function newest(folders) {
  let latest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
    }
  }
  return latest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
