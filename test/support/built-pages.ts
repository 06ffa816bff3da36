/** The console built into a temporary folder, and a folder with a page that stands for it where no browser looks. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, mergeConfig } from 'vite';
import config from '../../web/vite.config.ts';

export interface Pages {
  readonly folder: string;
  remove(): Promise<void>;
}

async function temporaryFolder(): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-pages-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function buildPages(): Promise<Pages> {
  const pages = await temporaryFolder();
  const root = fileURLToPath(new URL('../../web', import.meta.url));
  await build(
    mergeConfig(config, {
      root,
      configFile: false,
      logLevel: 'error',
      build: { outDir: pages.folder, emptyOutDir: true },
    }),
  );
  return pages;
}

export async function emptyPages(): Promise<Pages> {
  const pages = await temporaryFolder();
  await writeFile(join(pages.folder, 'index.html'), '<!doctype html><title>console</title>');
  return pages;
}
