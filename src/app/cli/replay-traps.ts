/** `replay --traps`: reads the kept traps and syslog again with the rules of now; what they mean, or what incidents they would make. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical.ts';
import { Fault } from '../../base/fault.ts';
import { type Instant, instant } from '../../base/instant.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import { Detection } from '../../detect/detect.ts';
import { loadRules } from '../../edge/files/rule-files.ts';
import { readSpool } from '../../edge/journal/spool.ts';
import type { StreamRecord } from '../../flow/replay.ts';
import { knownEngines, placesAmong } from '../center/detection-memory.ts';
import { deviceIndex } from '../center/device-index.ts';
import { evidenceOfSpooled, meaningOfSpooled } from '../center/spooled.ts';
import { readConfig } from '../config/load.ts';
import { shippedRuleFolders } from '../product-files.ts';
import { dataFolder, drained } from './common-options.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './verb.ts';

export interface TrapReplay {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
  /** Added to the shipped rules in place of those that the configuration names. */
  readonly rules?: string | undefined;
  readonly since: Instant | undefined;
  readonly until: Instant | undefined;
  readonly complain: (problem: Problem) => void;
}

/** Every kept notification, oldest first, as the observations that the rules of now make of it. */
export async function* replayedTraps(
  replay: TrapReplay,
): AsyncGenerator<StreamRecord & { readonly from: string }> {
  const data = await dataFolder(replay);
  const folder = join(data, 'spool', 'traps');
  if (!existsSync(folder)) throw new Fault('replay/no-spool', `${data} holds no spool of traps`);
  const { value: config, problems } = await readConfig({ config: replay.config, override: {} });
  const own = replay.rules ?? config.rules;
  const rules = await loadRules({ shipped: shippedRuleFolders, own: own === undefined ? [] : [own] });
  refuseWrongRules(rules.problems);
  for (const problem of [...problems, ...rules.problems]) replay.complain(problem);
  const detection = new Detection(rules.value.detection);
  const deviceOf = deviceIndex(config.devices, placesAmong(await knownEngines(data)));
  let last = instant(0);
  for await (const { bytes } of readSpool(folder, { onProblem: replay.complain })) {
    const { at, evidence } = evidenceOfSpooled(bytes);
    if (replay.since !== undefined && at < replay.since) continue;
    if (replay.until !== undefined && at > replay.until) break;
    // What is kept was taken in this order; a clock that was set back must not turn the line's back.
    last = instant(Math.max(last, at));
    for (const observation of detection.wake(last)) yield { at: last, from: '', observation };
    for (const observation of meaningOfSpooled(bytes, { detection, deviceOf }).observations) {
      yield { at: last, from: evidence.from, observation };
    }
  }
}

/** With every mistake in its place. */
export function refuseWrongRules(problems: readonly Problem[]): void {
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) throw new Fault('replay/rules', `\n${wrong.map(formatProblem).join('\n')}`);
}

/** As records of an alarm stream, one a line: `replay --alarms` and the API take them. */
export async function printTraps(replay: TrapReplay, terminal: Terminal): Promise<void> {
  let number = 0;
  for await (const { at, observation } of replayedTraps(replay)) {
    const { event, resource, by, cause, severity, source, below, deviceAt } = observation;
    const record = { id: `t${++number}`, at, deviceAt, event, resource, by, below, cause, severity, source };
    terminal.print(canonicalJson(record));
    await drained();
  }
}

/** How many notifications mean what; those that no rule knows by their OID. */
export async function summarizeTraps(replay: TrapReplay, terminal: Terminal): Promise<void> {
  const counts = new Map<
    string,
    { event: string; cause: string; trap: string; count: number; last: Instant }
  >();
  for await (const { at, observation } of replayedTraps(replay)) {
    const cause = observation.cause ?? '-';
    const trap = cause === 'TRAP' ? String(observation.attributes?.['trapOid'] ?? '') : '';
    const key = `${observation.event} ${cause} ${trap}`;
    const known = counts.get(key);
    if (known !== undefined) {
      known.count++;
      known.last = at;
    } else if (counts.size < mostKinds)
      counts.set(key, { event: observation.event, cause, trap, count: 1, last: at });
  }
  const rows = [...counts.values()]
    .sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1))
    .map(({ event, cause, trap, count, last }) => [count, event, cause, trap, new Date(last).toISOString()]);
  terminal.print(formatTable(['count', 'event', 'cause', 'unknown trap', 'last'], rows));
}

/** Senders may make up as many OIDs as they like. */
const mostKinds = 10_000;
