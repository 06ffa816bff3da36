// `npm start`: builds what is not built, then runs the daemon in this process, so that signals reach it directly.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.mjs';

buildIfStale();
// npm passes SIGTERM and SIGINT on; killed by SIGKILL it passes nothing, and nobody would stop the daemon any more.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === 'start') {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}
process.argv.splice(2, 0, 'start');
await import(join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'app', 'main.js'));
