/** Structured log on stderr through pino: static messages with fields; secrets by name are cut as a second fence. */
import { destination, type Level, pino } from 'pino';
import type { Log } from '../base/world.ts';

/** Names under which a secret could slip in; values of type Secret print as `***` by themselves. */
const secretFields = [
  'community',
  'password',
  'secret',
  'token',
  'authKey',
  'privKey',
  'authorization',
  'cookie',
  'phone',
  'email',
];

export interface LogOptions {
  readonly level: Level | 'silent';
  /** Name of the role, in every line. */
  readonly role: string;
  /** For tests: where lines go instead of stderr. */
  readonly write?: ((line: string) => void) | undefined;
}

export function openLog(options: LogOptions): Log {
  const paths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const settings = {
    level: options.level,
    base: { role: options.role },
    redact: { paths, censor: '***' },
  };
  const { write } = options;
  const logger =
    write === undefined ? pino(settings, destination({ fd: 2, sync: false })) : pino(settings, { write });
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
  };
}
