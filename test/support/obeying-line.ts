/** A real line behind a daemon in memory: what operators order at the pages is done by it, and the pages see what it did. */
import { type Instant, minutes } from '../../src/base/instant.ts';
import type { Input } from '../../src/flow/input.ts';
import type { Change } from '../../src/model/change.ts';
import type { MemoryDaemon } from './front-ports.ts';
import { freshLine, LineRun } from './line-run.ts';

/** Terminals that went dark together, and others that did by themselves; all is decided when this returns. */
export const openLine = (daemon: MemoryDaemon, dark: readonly (readonly string[])[]): LineRun =>
  openLineThatHears(daemon, (run) => {
    for (const together of dark) run.observe('raise', together, { cause: 'LOS' });
  });

/** What it makes of that within a minute is what the pages see. */
export function openLineThatHears(daemon: MemoryDaemon, say: (run: LineRun) => void): LineRun {
  const started = (daemon.ports.world.now() - minutes(5)) as Instant;
  const run = new LineRun(freshLine(), started).begin();
  const since = run.applied.length;
  say(run);
  run.pass(minutes(1));
  daemon.publish(...changesSince(run, since));
  daemon.obey = (command: Extract<Input, { kind: 'command' }>) => {
    const before = run.applied.length;
    run.put(command);
    return changesSince(run, before);
  };
  return run;
}

const changesSince = (run: LineRun, from: number): readonly Change[] =>
  run.applied.slice(from).flatMap(({ changes }) => changes);
