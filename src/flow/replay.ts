/** Runs an alarm stream through a fresh line, with the timers of the stream's own clock: the `replay` verb's heart. */
import { type Instant, instant, minutes } from '../base/instant.ts';
import type { Observation } from '../model/observation.ts';
import { contentsOfStream, type ReplayedIncident, type StreamContents, StreamRun } from './stream-run.ts';

export type { ReplayedIncident } from './stream-run.ts';

export interface StreamRecord {
  readonly at: Instant;
  readonly observation: Observation;
}

export interface ReplayOptions extends StreamContents {
  readonly records: Iterable<StreamRecord>;
  /** The clock stops here and no later record is read; without it the clock runs on 30 minutes after the last record. */
  readonly until?: Instant | undefined;
}

export function replayStream(options: ReplayOptions): readonly ReplayedIncident[] {
  const run = new StreamRun(contentsOfStream(options));
  let last: Instant | undefined;
  for (const { at, observation } of options.records) {
    if (options.until !== undefined && at > options.until) break;
    if (last === undefined) run.begin(at);
    run.observe(observation, at);
    last = at;
  }
  if (last !== undefined) run.to(options.until ?? instant(last + minutes(30)));
  return run.incidents;
}
