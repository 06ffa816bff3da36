/** Work on many confirmations at once, done 5,000 subscribers a call (design L5). */
import type { Instant } from '../base/instant.ts';
import { holds } from '../base/ranges.ts';
import type { IncidentId, SubscriberRange } from '../model/ids.ts';
import type { Asker, Out } from './asker.ts';
import type { Inquiry } from './inquiry.ts';
import { isTerminal } from './machine.ts';

type Job =
  | { readonly kind: 'ask'; readonly incident: IncidentId }
  | { readonly kind: 'due'; readonly incident: IncidentId; readonly batch: number }
  | { readonly kind: 'supersede'; readonly incident: IncidentId; readonly from: number }
  | {
      readonly kind: 'cover';
      readonly incident: IncidentId;
      readonly from: number;
      readonly ranges: readonly SubscriberRange[];
    };

const sliceSize = 5_000;

export class Backlog {
  jobs: Job[] = [];
  /** When the work that is left was last taken up; undefined when none is left. */
  since: Instant | undefined;
  readonly #asker: Asker;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  drop(isMeant: (job: Job) => boolean): void {
    this.jobs = this.jobs.filter((job) => !isMeant(job));
    if (this.jobs.length === 0) this.since = undefined;
  }

  /** One slice of what is to do; the incidents worked on are added to `touched`. */
  run(inquiries: ReadonlyMap<IncidentId, Inquiry>, touched: Set<IncidentId>, at: Instant, out: Out): void {
    let left = sliceSize;
    while (left > 0) {
      const job = this.jobs.shift();
      if (job === undefined) break;
      const known = inquiries.get(job.incident);
      if (known === undefined) continue;
      touched.add(job.incident);
      left -= this.#work(job, known, { limit: left, at, out });
    }
    this.since = this.jobs.length > 0 ? at : undefined;
  }

  snapshot(): { readonly jobs: readonly Job[]; readonly since: Instant | undefined } {
    return { jobs: [...this.jobs], since: this.since };
  }

  restore({ jobs, since }: ReturnType<Backlog['snapshot']>): void {
    this.jobs = [...jobs];
    this.since = since;
  }

  /** What is left of the job goes back to the front; answers how many subscribers were looked at. */
  #work(job: Job, known: Inquiry, { limit, at, out }: Slice): number {
    if (job.kind === 'ask') {
      const looked = this.#asker.askSlice(known, limit, at, out);
      if (leftToAsk(known) > 0) this.jobs.unshift(job);
      else if (known.phase === 'asking') known.phase = 'open';
      return looked;
    }
    if (job.kind === 'due') {
      const batch = known.batches[job.batch - 1]!;
      // A batch is never cut: one that does not fit waits for the next slice.
      if (batch.to - batch.from <= limit) return this.#asker.due(known, batch, at, out);
      this.jobs.unshift(job);
      return limit;
    }
    const to = Math.min(known.sheet.size, job.from + limit);
    for (let row = job.from; row < to; row++) {
      const isMeant = job.kind === 'supersede' || this.#isCovered(known, row, job.ranges);
      if (isMeant) this.#asker.apply(known, row, { kind: 'covered' }, at, out);
    }
    if (to < known.sheet.size) this.jobs.unshift({ ...job, from: to });
    return to - job.from;
  }

  #isCovered(known: Inquiry, row: number, ranges: readonly SubscriberRange[]): boolean {
    if (isTerminal(known.sheet.stateOf(row))) return false;
    const number = this.#asker.columns!.numberOf(known.sheet.keyOf(row)) ?? -1;
    return number >= 0 && holds(ranges, number);
  }
}

/** How many are still to be asked, or to be chosen from. */
export const leftToAsk = ({ attached, told, reserve }: Inquiry): number =>
  attached.length + told.left + (reserve?.left ?? 0);

interface Slice {
  readonly limit: number;
  readonly at: Instant;
  readonly out: Out;
}
