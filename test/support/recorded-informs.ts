/** Which numbered informs a data directory holds, as `journal dump` tells it. */
import { runVerb } from './daemon.ts';
import { numberOid } from './informs.ts';

interface DumpLine {
  readonly inform?: boolean;
  readonly varbinds?: readonly { readonly oid: string; readonly value: unknown }[];
  readonly repeat?: boolean;
}

/** How often each number stands in the journal, or waits for it in the spool. */
export async function recordedNumbers(data: string): Promise<ReadonlyMap<number, number>> {
  const { output } = await runVerb(['journal', 'dump', '--data', data, '--jsonl']);
  const times = new Map<number, number>();
  for (const text of output.split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as DumpLine;
    if (line.inform !== true || line.repeat === true) continue;
    const number = Number(line.varbinds?.find(({ oid }) => oid === numberOid)?.value);
    times.set(number, (times.get(number) ?? 0) + 1);
  }
  return times;
}
