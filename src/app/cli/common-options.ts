/** Options that every verb knows, and the small values that several verbs read from the command line. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import { readConfig } from '../config/load.ts';
import { parseDuration } from '../config/values.ts';
import { openLog } from '../log.ts';
import { machine, realWorld } from '../world.ts';

export const commonOptions = {
  json: { type: 'boolean' },
  jsonl: { type: 'boolean' },
  lang: { type: 'string' },
  quiet: { type: 'boolean' },
} as const;

/** The world of a verb: it speaks through its terminal, not through a log. */
export const verbWorld = (): World => realWorld(openLog({ level: 'silent', role: 'cli' }));

/** The file named, else `allclear.yaml` of the working directory where there is one. */
export const configFile = (named: string | undefined): string | undefined =>
  named ?? (existsSync('allclear.yaml') ? 'allclear.yaml' : undefined);

/**
 * `@FILE` is the file's first line, `-` the first line of standard input, anything else itself: what stands on the
 * command line can be read by everybody on the machine.
 */
export async function secretFrom(written: string, name: string): Promise<Secret> {
  const secret = await secretText(written, name);
  if (secret !== '') return new Secret(secret);
  const where = written === '-' ? 'standard input' : written.startsWith('@') ? written.slice(1) : 'it';
  throw new Fault(`usage/${name}`, `--${name}: ${where} is empty`);
}

async function secretText(written: string, name: string): Promise<string> {
  if (written === '-') return firstLine(await standardInput());
  if (!written.startsWith('@')) return written;
  try {
    return firstLine(await readFile(written.slice(1), 'utf8'));
  } catch (error) {
    throw new Fault(`usage/${name}`, `--${name}: ${written.slice(1)} ${unreadableBecause(error)}`, error);
  }
}

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';
const longestInput = 64 * 1024;

async function standardInput(): Promise<string> {
  let text = '';
  for await (const part of machine.stdin.setEncoding('utf8')) {
    text += String(part);
    if (text.includes('\n') || text.length > longestInput) break;
  }
  return text;
}

export function durationFrom(written: string | undefined, name: string, otherwise: number): number {
  if (written === undefined) return otherwise;
  const length = parseDuration(written);
  if (length === undefined) {
    throw new Fault(
      `usage/${name}`,
      `--${name} is a length of time such as 500ms, 2s or 1m, not "${written}"`,
    );
  }
  return length;
}

export function wholeFrom(
  written: string | undefined,
  name: string,
  bounds: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  if (written === undefined) return bounds.otherwise;
  const value = Number(written);
  if (/^\d+$/.test(written) && value >= bounds.least && value <= bounds.most) return value;
  throw new Fault(`usage/${name}`, `--${name} is a whole number from ${bounds.least} to ${bounds.most}`);
}

/** Milliseconds since 1970 or an ISO time. */
export function instantFrom(written: string, name: string): number {
  const at = /^\d+$/.test(written) ? Number(written) : Date.parse(written);
  if (Number.isSafeInteger(at)) return at;
  throw new Fault(`usage/${name}`, `--${name} is an ISO time or milliseconds since 1970, not "${written}"`);
}

/** Exactly one argument that is no option. */
export function onlyPositional(given: readonly string[], what: string): string {
  const [first, second] = given;
  if (first === undefined) throw new Fault('usage/argument', `${what} is missing`);
  if (second !== undefined) throw new Fault('usage/argument', `"${second}" is one argument too many`);
  return first;
}

/** Waits for a slow reader of standard output, so that what he has not read yet does not fill the memory. */
export async function drained(): Promise<void> {
  if (machine.stdout.writableNeedDrain) await once(machine.stdout, 'drain');
}

/** The data directory named, else that of the configuration. */
export async function dataFolder(values: {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
}): Promise<string> {
  if (values.data !== undefined) return resolve(values.data);
  return (await readConfig({ config: configFile(values.config), override: {} })).value.data;
}
