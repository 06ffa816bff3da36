// `npm run bench -- NAME [--json]`: builds sources and measurements into a folder of their own and runs one of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(`npm run bench -- ${names.join('|')} [--json]\n`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'allclear-bench-'));
try {
  const config = join(folder, 'tsconfig.json');
  const extended = { extends: join(root, 'tsconfig.build.json') };
  const compilerOptions = {
    rootDir: root,
    outDir: folder,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(
    config,
    JSON.stringify({ ...extended, compilerOptions, include: [join(root, 'src'), join(root, 'bench')] }),
  );
  for (const shared of ['node_modules', 'package.json', 'collectors', 'rules', 'automations', 'demo']) {
    symlinkSync(join(root, shared), join(folder, shared));
  }
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', config], { stdio: ['ignore', 2, 2] });
  const { run } = await import(join(folder, 'bench', `${name}.js`));
  await run({ json: rest.includes('--json'), full: rest.includes('--full'), args: rest });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
