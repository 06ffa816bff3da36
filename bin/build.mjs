// Builds dist: the daemon with tsc, the pages with vite. Called by npm start when dist is missing or stale.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

function run(packageName, script, args) {
  const folder = dirname(require.resolve(`${packageName}/package.json`));
  execFileSync(process.execPath, [join(folder, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
run('typescript', 'bin/tsc', ['-p', 'tsconfig.build.json']);
if (existsSync(join(root, 'web/vite.config.ts'))) {
  run('vite', 'bin/vite.js', ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
}
