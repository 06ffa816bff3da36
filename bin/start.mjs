// `npm start`: builds what is not built, then runs the daemon in this process, so that signals reach it directly.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.mjs';

buildIfStale();
process.argv.splice(2, 0, 'start');
await import(join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'app', 'main.js'));
