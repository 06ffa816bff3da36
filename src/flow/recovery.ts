/** Brings a line back to where the journal ends: newest snapshot first, then every record behind it. */
import type { Applied } from './applied.ts';
import type { Input } from './input.ts';
import type { Journal } from './journal.ts';
import type { Line } from './line.ts';
import type { LineSnapshot } from './line-snapshot.ts';
import { decodeInput } from './record.ts';

export interface RecoveryOptions {
  readonly line: Line;
  readonly journal: Journal;
  readonly snapshot?: LineSnapshot | undefined;
  /** Loads what an input names by hash before it is applied. */
  readonly load: (input: Input) => Promise<void>;
  /** Gets what each record causes, in order; it decides what is already known (the book's `applied`). */
  readonly deliver: (batch: readonly Applied[]) => Promise<void>;
}

/** Work that the last applied input left over: it has to be put in front of new inputs. */
export interface Recovered {
  readonly records: number;
  readonly rest: Applied['rest'];
}

const batchSize = 500;

export async function recoverLine(options: RecoveryOptions): Promise<Recovered> {
  const { line, journal, snapshot } = options;
  if (snapshot !== undefined) line.restore(snapshot);
  // A rest is open until the `continue` that names it has been journaled.
  const open = new Map<string, Applied['rest'][number]>();
  let records = 0;
  let batch: Applied[] = [];
  for await (const { sequence, bytes } of journal.read(line.sequence + 1)) {
    const { at, input } = decodeInput(bytes, sequence);
    await options.load(input);
    if (input.kind === 'continue') open.delete(`${input.rest.room} ${input.rest.token}`);
    const applied = line.apply(sequence, at, input);
    for (const rest of applied.rest) open.set(`${rest.room} ${rest.token}`, rest);
    batch.push(applied);
    records++;
    if (batch.length >= batchSize) {
      await options.deliver(batch);
      batch = [];
    }
  }
  if (batch.length > 0) await options.deliver(batch);
  return { records, rest: [...open.values()] };
}
