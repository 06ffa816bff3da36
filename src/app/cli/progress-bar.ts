/** A bar on standard error while something long goes on; nothing where that is no terminal. */
import { milliseconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import type { Terminal } from './verb.ts';

export interface Bar {
  show(done: number, of: number, words: string): void;
  /** Where nobody knows how much there is: the words of each moment. */
  begin(words: () => string): void;
  /** Takes the line away; twice is harmless. */
  close(): void;
}

const width = 24;
const everyMs = 500;

/** The seconds go on while nothing else does, so that whoever waits sees that it lives. */
export function openBar(terminal: Terminal, world: World): Bar {
  const startedMs = world.monotonicMs();
  let line: (() => string) | undefined;
  let wake: Wake | undefined;
  const draw = (): void => {
    const seconds = Math.floor((world.monotonicMs() - startedMs) / 1_000);
    if (line !== undefined) terminal.progress(`${line()}  ${seconds} s`);
  };
  const begin = (words: () => string): void => {
    line = words;
    wake ??= world.every(milliseconds(everyMs), draw);
    draw();
  };
  return {
    show(done, of, words) {
      const filled = of === 0 ? 0 : Math.round((Math.min(done, of) / of) * width);
      begin(() => `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${of}  ${words}`);
    },
    begin,
    close() {
      if (line !== undefined) terminal.progress('');
      line = undefined;
      wake?.cancel();
      wake = undefined;
    },
  };
}
