/** Work on many tickets at once, cut into slices: what is left of it waits here until it is its turn (design L5). */
import { holds, sizeOf } from '../base/ranges.ts';
import type { IncidentId, SubscriberKey, SubscriberRange, TicketId } from '../model/ids.ts';
import { subscriberKey } from '../model/ids.ts';
import type { SubscriberColumns } from '../model/subscriber-columns.ts';
import type { TicketEvent, TicketStatus } from '../model/ticket.ts';

/** `from`: how far it has come. `attach` and `policy` go through subscribers, the others through tickets. */
export type Job =
  | {
      readonly kind: 'attach';
      readonly incident: IncidentId;
      readonly ranges: readonly SubscriberRange[];
      readonly from: number;
    }
  /** Of these subscribers the policy may name some. */
  | {
      readonly kind: 'policy';
      readonly incident: IncidentId;
      readonly ranges: readonly SubscriberRange[];
      readonly from: number;
    }
  | {
      readonly kind: 'attachListed';
      readonly incident: IncidentId;
      /** They hang on this one, of which the incident was a part; absent: on none. */
      readonly of?: IncidentId | undefined;
      readonly ranges: readonly SubscriberRange[];
      readonly tickets: readonly TicketId[];
      readonly from: number;
    }
  | FollowJob
  /** The incident was found to be none. */
  | { readonly kind: 'release'; readonly tickets: readonly TicketId[]; readonly from: number };

export interface FollowJob {
  readonly kind: 'follow';
  readonly parent: TicketId;
  /** Absent: only what else is handed down is taken over. */
  readonly status?: TicketStatus | undefined;
  readonly reason: TicketEvent['reason'];
  readonly tickets: readonly TicketId[];
  readonly from: number;
}

/** What is done to one ticket when it is its turn. */
export interface Hands {
  attach(ticket: TicketId, incident: IncidentId): void;
  move(ticket: TicketId, incident: IncidentId, of: IncidentId): void;
  follow(ticket: TicketId, job: FollowJob): void;
  release(ticket: TicketId): void;
  open(number: number, incident: IncidentId): void;
  looseOf(subscriber: SubscriberKey): TicketId | undefined;
  subscriberOf(ticket: TicketId): SubscriberKey | undefined;
}

export class Backlog {
  #columns: SubscriberColumns | undefined;
  #jobs: Job[] = [];

  /** Jobs in numbers of an older version are dropped: the impacts of the new version bring them again. */
  setSubscribers(columns: SubscriberColumns): void {
    const isOfVersion = ({ kind }: Job): boolean => kind !== 'follow' && kind !== 'release';
    if (this.#columns !== undefined) this.#jobs = this.#jobs.filter((job) => !isOfVersion(job));
    this.#columns = columns;
  }

  get isEmpty(): boolean {
    return this.#jobs.length === 0;
  }

  add(job: Job): void {
    if (isOfPeople(job) || job.tickets.length > 0) this.#jobs.push(job);
  }

  /** Looks through whichever is shorter: the joined subscribers or the tickets without an incident. */
  addAttaching(incident: IncidentId, ranges: readonly SubscriberRange[], loose: readonly TicketId[]): void {
    if (loose.length === 0 || this.#columns === undefined) return;
    if (sizeOf(ranges) < loose.length) this.add({ kind: 'attach', incident, ranges, from: 0 });
    else this.add({ kind: 'attachListed', incident, ranges, tickets: loose, from: 0 });
  }

  /** At most `budget` tickets or subscribers. */
  run(budget: number, hands: Hands): void {
    let left = budget;
    while (left > 0) {
      const job = this.#jobs.shift();
      if (job === undefined) return;
      const size = isOfPeople(job) ? sizeOf(job.ranges) : job.tickets.length;
      const to = Math.min(size, job.from + left);
      left -= to - job.from;
      this.#slice(job, to, hands);
      if (to < size) this.#jobs.unshift({ ...job, from: to });
    }
  }

  snapshot(): readonly Job[] {
    return this.#jobs;
  }

  restore(jobs: readonly Job[]): void {
    this.#jobs = [...jobs];
  }

  #slice(job: Job, to: number, hands: Hands): void {
    if (isOfPeople(job)) {
      for (const number of numbersOf(job.ranges, job.from, to)) {
        if (job.kind === 'policy') {
          hands.open(number, job.incident);
          continue;
        }
        const ticket = hands.looseOf(subscriberKey(this.#columns!.keyOf(number)));
        if (ticket !== undefined) hands.attach(ticket, job.incident);
      }
      return;
    }
    for (const id of job.tickets.slice(job.from, to)) {
      if (job.kind === 'follow') hands.follow(id, job);
      else if (job.kind === 'release') hands.release(id);
      else if (this.#isWithin(hands.subscriberOf(id), job.ranges)) {
        if (job.of === undefined) hands.attach(id, job.incident);
        else hands.move(id, job.incident, job.of);
      }
    }
  }

  #isWithin(subscriber: SubscriberKey | undefined, ranges: readonly SubscriberRange[]): boolean {
    const number = subscriber === undefined ? undefined : this.#columns?.numberOf(subscriber);
    return number !== undefined && number >= 0 && holds(ranges, number);
  }
}

const isOfPeople = (job: Job): job is Extract<Job, { kind: 'attach' | 'policy' }> =>
  job.kind === 'attach' || job.kind === 'policy';

/** The numbers at positions [from, to) of the ranges laid end to end. */
function* numbersOf(ranges: readonly SubscriberRange[], from: number, to: number): Generator<number> {
  let position = 0;
  for (const range of ranges) {
    const size = range.to - range.from;
    for (let i = Math.max(0, from - position); i < Math.min(size, to - position); i++) yield range.from + i;
    position += size;
  }
}
