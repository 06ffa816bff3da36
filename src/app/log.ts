/** Structured log on stderr through pino: static messages with fields, redacted. */
import { destination, type Level, pino } from 'pino';
import type { Log } from '../base/world.ts';
import { redacted, redactedText } from './redaction.ts';

export interface LogOptions {
  readonly level: Level | 'silent';
  /** Name of the role, in every line. */
  readonly role: string;
  /** For tests: where lines go instead of stderr. */
  readonly write?: ((line: string) => void) | undefined;
}

export function openLog(options: LogOptions): Log {
  const settings = { level: options.level, base: { role: options.role } };
  const { write } = options;
  const logger =
    write === undefined ? pino(settings, destination({ fd: 2, sync: false })) : pino(settings, { write });
  const at =
    (level: keyof Log) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      // pino's own redaction knows paths of a fixed depth only.
      if (logger.isLevelEnabled(level)) logger[level](redacted(fields), redactedText(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
