/**
 * What subscribers are owed for outages, by the rules of the policy: each service from its own start to its own end.
 *
 * Invariants: one outage of a service is counted once, in the incident that holds it at its end, whichever it passed
 * through; nothing is owed before it has ended and been stable; what is owed is said whole each time it may have changed,
 * so that the book can tell the difference; without rules nothing is kept; no call looks at more than 5,000 subscribers
 * (design L5). A new topology version renumbers them: what happens meanwhile waits until that is done.
 */
import {
  after,
  type DurationMs,
  days,
  type Instant,
  instant,
  milliseconds,
  seconds,
} from '../base/instant.ts';
import { firstOf, type Range, shared, sizeOf, without } from '../base/ranges.ts';
import { rangesOf } from '../base/spans.ts';
import { Timers } from '../base/timers.ts';
import type { Compensation, Owed } from '../model/compensation.ts';
import type { IncidentId } from '../model/ids.ts';
import type { ImpactChange, Incident, IncidentChange, LostRanges } from '../model/incident.ts';
import type { Policy } from '../model/policy.ts';
import type { Subscribers } from '../topology/topology.ts';
import {
  type Account,
  begin,
  end,
  handOver,
  newAccount,
  nextDue,
  release,
  settleLater,
  strandOf,
  takeDue,
} from './account.ts';
import { type CarriedSnapshot, Carrying } from './carrying.ts';
import { type Claim, type Loose, meet, takeFrom } from './meeting.ts';
import { type Apology, isOwed, type Ledger, settle } from './settling.ts';

export interface CompensateOutcome {
  readonly owed: readonly Owed[];
  readonly apologies: readonly (Apology & { readonly incident: IncidentId })[];
  readonly rest?: string | undefined;
}

/** What became of incidents and of whom they touch, at one instant. */
interface News {
  readonly at: Instant;
  readonly changes: readonly Pick<IncidentChange, 'kind' | 'incident'>[];
  readonly impacts: readonly Lasting[];
}

interface Lasting {
  readonly incident: Incident;
  readonly version: number;
  readonly lost: readonly LostRanges[];
}

interface CompensationsSnapshot {
  readonly accounts: readonly Account[];
  readonly timers: readonly [string, Instant][];
  readonly busy: readonly IncidentId[];
  readonly carrying: readonly CarriedSnapshot[];
  readonly waiting: readonly News[];
  readonly isContinuing: boolean;
  readonly forgotten: number;
}

const sliceSize = 5_000;
const minuteMs = 60_000;
const restToken = 'more';
/** A late "no" reopens a week after closing; a day more is a margin. */
const keepsClosedMs = days(8);
const mostAccounts = 20_000;

export class Compensations {
  readonly #accounts = new Map<IncidentId, Account>();
  readonly #timers = new Timers();
  /** Accounts with something to settle now, first come first. */
  readonly #busy = new Set<IncidentId>();
  readonly #carrying = new Carrying();
  readonly #worksToldMs: Ledger['worksToldMs'];
  #waiting: News[] = [];
  #compensation: Compensation | undefined;
  #stableForMs: DurationMs = milliseconds(0);
  #subscribers: Subscribers | undefined;
  #version = 0;
  #isContinuing = false;
  #forgotten = 0;

  /** `worksToldMs`: how long ahead planned works were announced. */
  constructor(worksToldMs: Ledger['worksToldMs']) {
    this.#worksToldMs = worksToldMs;
  }

  /** Incidents of which it is not known any more what is owed for them: there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  setPolicy(policy: Policy): void {
    this.#compensation = policy.compensation;
    this.#stableForMs = policy.confirm.stableForMs;
    if (this.#isOn) return;
    this.#accounts.clear();
    this.#busy.clear();
    this.#timers.restore([]);
    this.#carrying.clear();
    this.#waiting = [];
  }

  setSubscribers(subscribers: Subscribers, version: number): void {
    const older = this.#subscribers;
    this.#subscribers = subscribers;
    if (older !== undefined && version !== this.#version)
      this.#carrying.start(this.#accounts.values(), older);
    this.#version = version;
  }

  get wakeAt(): Instant | undefined {
    return this.#timers.next;
  }

  shift(deltaMs: number): void {
    this.#timers.shift(deltaMs, () => true);
  }

  take(changes: readonly IncidentChange[], impacts: readonly ImpactChange[], at: Instant): CompensateOutcome {
    if (!this.#isOn) return { owed: [], apologies: [] };
    const news: News = {
      at,
      changes: changes.map(({ kind, incident }) => ({ kind, incident })),
      impacts: impacts.flatMap(({ incident, impact, lost }) =>
        lost === undefined ? [] : [{ incident, version: impact.topologyVersion, lost }],
      ),
    };
    if (news.changes.length + news.impacts.length === 0) return { owed: [], apologies: [] };
    if (this.#carrying.isDone) this.#apply(news);
    else this.#waiting.push(news);
    return this.#finish();
  }

  wake(at: Instant): CompensateOutcome {
    for (const key of this.#timers.due(at)) {
      const [what, incident] = key.split(' ') as [string, IncidentId];
      const account = this.#accounts.get(incident);
      if (account === undefined) continue;
      if (what === 'forget') this.#accounts.delete(incident);
      else if (!this.#carrying.isDone) this.#timers.set(key, after(at, seconds(1)));
      else {
        takeDue(account, at);
        this.#busy.add(incident);
        this.#arm(account);
      }
    }
    return this.#finish();
  }

  continue(token: string): CompensateOutcome {
    if (token === restToken) this.#isContinuing = false;
    return this.#finish();
  }

  /** The notice that it works again is left to the apology: something is owed to that subscriber. */
  owes(incident: IncidentId, number: number): boolean {
    const account = this.#accounts.get(incident);
    const ledger = this.#ledger();
    return account !== undefined && ledger !== undefined && isOwed(account, number, ledger);
  }

  snapshot(): CompensationsSnapshot {
    return {
      accounts: structuredClone([...this.#accounts.values()]),
      timers: this.#timers.entries(),
      busy: [...this.#busy],
      carrying: this.#carrying.snapshot(this.#subscribers),
      waiting: [...this.#waiting],
      isContinuing: this.#isContinuing,
      forgotten: this.#forgotten,
    };
  }

  /** Subscribers and policy must have been set as they were. */
  restore(snapshot: unknown): void {
    const kept = snapshot as CompensationsSnapshot;
    this.#accounts.clear();
    for (const account of structuredClone(kept.accounts)) this.#accounts.set(account.incident, account);
    this.#timers.restore(kept.timers);
    this.#busy.clear();
    for (const incident of kept.busy) this.#busy.add(incident);
    this.#carrying.restore(kept.carrying, this.#subscribers);
    this.#waiting = [...kept.waiting];
    this.#isContinuing = kept.isContinuing;
    this.#forgotten = kept.forgotten;
  }

  get #isOn(): boolean {
    return (this.#compensation?.rules.length ?? 0) > 0;
  }

  #ledger(): Ledger | undefined {
    const subscribers = this.#subscribers;
    if (subscribers === undefined || this.#compensation === undefined) return undefined;
    return { rules: this.#compensation.rules, subscribers, worksToldMs: this.#worksToldMs };
  }

  #apply({ at, changes, impacts }: News): void {
    const loose: Loose[] = [];
    const claims: Claim[] = [];
    for (const change of changes) this.#incidentChanged(change, at, { loose, claims });
    for (const impact of impacts) this.#impactChanged(impact, at, { loose, claims });
    // What left one incident may be held by another, which goes on with it as one outage.
    for (const account of loose.length === 0 ? [] : this.#accounts.values()) {
      for (const strand of account.isOver ? [] : account.strands) {
        const left = loose.filter(({ strand: { service } }) => service === strand.service);
        const ranges = left.length === 0 ? [] : without(strand.affected, rangesOf(strand.out));
        for (const one of left) {
          const taken = takeFrom(one, ranges);
          begin(strand, taken);
          if (one.strand !== strand) this.#settleEarlier(one, rangesOf(taken), at);
        }
      }
    }
    for (const claim of claims) meet(claim, this.#accounts.values());
    for (const { account, strand, spans, endedAt } of loose) {
      if (spans.length === 0) continue;
      end(strand, spans, { at: endedAt, dueAt: this.#stableAt(at) });
      this.#arm(account);
    }
  }

  #incidentChanged(
    { kind, incident }: News['changes'][number],
    at: Instant,
    { loose, claims }: { readonly loose: Loose[]; readonly claims: Claim[] },
  ): void {
    const account = this.#accounts.get(incident.id);
    if (account === undefined) return;
    account.kind = incident.kind;
    account.works = incident.planned ? incident.works : undefined;
    const all = (endedAt: Instant): void => {
      for (const strand of account.strands) {
        const spans = release(strand, rangesOf(strand.out));
        loose.push({ account, strand, endedAt, spans });
      }
    };
    if (kind === 'resolved') {
      all(incident.resolvedAt ?? at);
      account.isOver = true;
    } else if (kind === 'reopened') {
      account.isOver = false;
      this.#timers.clear(`forget ${account.incident}`);
      for (const strand of account.strands) claims.push({ strand, since: at, ranges: strand.affected });
    } else if (kind === 'closed') {
      all(incident.resolvedAt ?? at);
      account.isOver = true;
      this.#timers.set(`forget ${account.incident}`, after(at, keepsClosedMs));
    } else if (kind === 'merged') this.#merge(account, incident, { at, loose });
    else if (!incident.actionable) {
      all(at);
      this.#void(account, at);
    }
  }

  /** Its outages are those of the incident that it turned out to be a part of. */
  #merge(
    account: Account,
    { into }: Incident,
    { at, loose }: { readonly at: Instant; readonly loose: Loose[] },
  ): void {
    const dueAt = this.#stableAt(at);
    const survivor =
      into === undefined
        ? undefined
        : (this.#accounts.get(into) ?? this.#keep({ ...account, incident: into, strands: [], todo: [] }));
    for (const strand of account.strands) {
      const heir = survivor === undefined ? undefined : strandOf(survivor, strand.service);
      const spans = release(strand, rangesOf(strand.out));
      loose.push({ account: survivor ?? account, strand: heir ?? strand, endedAt: at, spans });
      if (heir !== undefined) handOver(strand, heir, dueAt);
    }
    account.isOver = true;
    account.isMerged = true;
    this.#timers.set(`forget ${account.incident}`, after(at, keepsClosedMs));
    this.#arm(account);
    if (survivor !== undefined) this.#arm(survivor);
  }

  /** It was noise: nothing is owed for it. */
  #void(account: Account, at: Instant): void {
    for (const strand of account.strands) {
      strand.lost = [];
      strand.ended = [];
      settleLater(strand, strand.owed, at);
    }
    this.#arm(account);
  }

  #impactChanged(
    { incident, version, lost }: Lasting,
    at: Instant,
    { loose, claims }: { readonly loose: Loose[]; readonly claims: Claim[] },
  ): void {
    if (version !== this.#version || !incident.actionable || incident.suspected === true) return;
    let account = this.#accounts.get(incident.id);
    const isNew = account === undefined;
    const isRunning = ['open', 'uncertain', 'mitigated'].includes(incident.state);
    if (account === undefined && !isRunning) return;
    account ??= this.#keep(newAccount(incident));
    for (const { service } of lost) strandOf(account, service);
    for (const strand of account.strands) {
      strand.affected = lost.find(({ service }) => service === strand.service)?.ranges ?? [];
      if (account.isOver) continue;
      const out = rangesOf(strand.out);
      const spans = release(strand, without(out, strand.affected));
      if (spans.length > 0) loose.push({ account, strand, endedAt: at, spans });
      const ranges = without(strand.affected, out);
      const since = isNew ? incident.startedAt : at;
      if (ranges.length > 0) claims.push({ strand, since, ranges });
    }
  }

  /** What they lost in that incident before this outage, which now goes on in another, waits for its end no more. */
  #settleEarlier({ account, strand }: Loose, ranges: readonly Range[], at: Instant): void {
    settleLater(strand, shared(ranges, rangesOf(strand.lost)), this.#stableAt(at));
    this.#arm(account);
  }

  /** With the minute that has begun then: of very many who come back one by one, those of one minute are one. */
  #stableAt(at: Instant): Instant {
    return instant(Math.ceil(after(at, this.#stableForMs) / minuteMs) * minuteMs);
  }

  #keep(account: Account): Account {
    if (this.#accounts.size >= mostAccounts) {
      const oldest = [...this.#accounts.values()].find(({ isOver }) => isOver) ?? account;
      if (this.#accounts.delete(oldest.incident)) this.#forgotten++;
    }
    this.#accounts.set(account.incident, account);
    return account;
  }

  #arm(account: Account): void {
    const due = nextDue(account);
    const key = `settle ${account.incident}`;
    if (due === undefined) this.#timers.clear(key);
    else this.#timers.set(key, due);
  }

  #finish(): CompensateOutcome {
    const owed: Owed[] = [];
    const apologies: CompensateOutcome['apologies'][number][] = [];
    let left = sliceSize;
    const subscribers = this.#subscribers;
    while (left > 0 && subscribers !== undefined && !this.#carrying.isDone)
      left -= this.#carrying.step(this.#accounts, subscribers, left);
    if (this.#carrying.isDone) for (const news of this.#waiting.splice(0)) this.#apply(news);
    const ledger = this.#carrying.isDone ? this.#ledger() : undefined;
    for (const incident of ledger === undefined ? [] : this.#busy) {
      if (left <= 0) break;
      const account = this.#accounts.get(incident);
      const slice = firstOf(account?.todo ?? [], left);
      left -= sizeOf(slice);
      if (account === undefined || slice.length === 0) {
        this.#busy.delete(incident);
        continue;
      }
      account.todo = without(account.todo, slice);
      if (account.todo.length === 0) this.#busy.delete(incident);
      const settled = settle(account, slice, ledger!);
      owed.push(...settled.owed);
      apologies.push(...settled.apologies.map((apology) => ({ ...apology, incident })));
    }
    const isMore = !this.#carrying.isDone || this.#busy.size > 0;
    if (!isMore || this.#isContinuing) return { owed, apologies };
    this.#isContinuing = true;
    return { owed, apologies, rest: restToken };
  }
}
