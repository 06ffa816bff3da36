/** A storm of a generated network, handed to a running daemon in batches, and what a replay says of it in the end. */
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { type Daemon, runVerb } from './daemon.ts';

const batchSize = 100;

export interface Sender {
  readonly acknowledged: Set<string>;
  /** Hands in so many batches; false when the daemon died meanwhile. */
  send(daemon: Daemon, batches: number): Promise<boolean>;
}

/** What was not acknowledged is sent again, as a client does that must not lose anything. */
export function senderOf(records: readonly { readonly id: string }[]): Sender {
  const acknowledged = new Set<string>();
  let next = 0;
  return {
    acknowledged,
    async send(daemon, batches) {
      for (let n = 0; n < batches && next < records.length; n++) {
        const batch = records.slice(next, next + batchSize);
        try {
          await daemon.api.post('/alarms', batch);
        } catch {
          return false;
        }
        for (const { id } of batch) acknowledged.add(id);
        next += batch.length;
      }
      return true;
    },
  };
}

/** Makes the network in `folder`; its first lines as they come in a storm: all at once, dated by the daemon. */
export async function stormIn(
  folder: string,
  { seed, lines }: { readonly seed: number; readonly lines: number },
): Promise<readonly { readonly id: string; readonly resource: string }[]> {
  const wish = ['--seed', String(seed), '--size', 'small', '--loss', '0.05', '--out', folder];
  const made = await runVerb(['generate', ...wish]);
  expect(made.code, made.errors).toBe(0);
  const text = await readFile(`${folder}/alarms.ndjson`, 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(0, lines)
    .map((line) => {
      const {
        at: _at,
        deviceAt: _deviceAt,
        ...record
      } = JSON.parse(line) as { at: number; deviceAt?: number; id: string; resource: string };
      return record;
    });
}

/** The journal of a daemon that has ended, played once more beside its book. */
export async function replayOfBook(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const replayed = await runVerb(['replay', '--journal', '--data', `${folder}/data`, '--json']);
  expect(replayed.code, replayed.errors).toBe(0);
  return JSON.parse(replayed.output) as Readonly<Record<string, unknown>>;
}
