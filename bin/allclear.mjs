#!/usr/bin/env node
// The command `allclear`: runs the built product.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'app', 'main.js');
if (!existsSync(main)) {
  const { build } = await import('./build.mjs');
  build();
}
await import(main);
