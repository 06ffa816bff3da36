/** The line's name and epochs as its data folder keeps them: the beginning of every id it makes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { LineOptions } from '../../flow/line-options.ts';

type LineIdentity = Pick<LineOptions, 'name' | 'epoch' | 'later'>;

/** A further epoch is written `2@512`: its inputs are those after the 512th. */
const written = /^([a-z][0-9a-f]{4}) (\d+)((?: \d+@\d+)*)\n$/;

/** Undefined for a text that holds none. */
export function lineIdentity(text: string): LineIdentity | undefined {
  const [, name, first, rest = ''] = written.exec(text) ?? [];
  if (name === undefined || Number(first) <= 0) return undefined;
  const later = rest
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [epoch, after] = part.split('@').map(Number);
      return { epoch: epoch!, after: after! };
    });
  return later.length === 0 ? { name, epoch: Number(first) } : { name, epoch: Number(first), later };
}

/** Of a data folder; the file's own error where it has none yet. */
export async function readLineIdentity(folder: string): Promise<LineIdentity> {
  const path = join(folder, 'line');
  const identity = lineIdentity(await readFile(path, 'utf8'));
  if (identity === undefined) throw new Fault('start/line-unreadable', `${path} holds no name and epoch`);
  return identity;
}

/** With one epoch more, for the inputs after that sequence. */
export function raised({ name, epoch, later = [] }: LineIdentity, after: number): LineIdentity {
  const newest = later.at(-1)?.epoch ?? epoch;
  return { name, epoch, later: [...later, { epoch: newest + 1, after }] };
}

export const identityText = ({ name, epoch, later = [] }: LineIdentity): string =>
  `${[`${name} ${epoch}`, ...later.map((one) => `${one.epoch}@${one.after}`)].join(' ')}\n`;
