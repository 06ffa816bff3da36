/** A log for whoever has something to say once in a month: its package is loaded with the first line. */
import type { Log } from '../base/world.ts';
import type { LogOptions } from './log.ts';

export function rareLog(options: LogOptions): Log {
  let opened: Promise<Log> | undefined;
  const write =
    (level: keyof Log) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      opened ??= import('./log.ts').then(({ openLog }) => openLog(options));
      void opened.then((log) => log[level](message, fields));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
