/** Asks one device again and again: keeps its session, its cells, what it learned of it, and the last whole reading. */
import { paused } from '../../base/slices.ts';
import {
  type FillOutcome,
  type Profile,
  planOf,
  readDevice,
  readingOfCells,
  TableCells,
} from '../../collect/collect.ts';
import type { Session, WalkBudget } from '../../collect/session.ts';
import type { DeviceNames, FullAnswer, PolledPlan } from '../../flow/polled-device.ts';
import type { DeviceReading } from '../../model/reading.ts';
import { type Learned, nothingLearned } from './learned.ts';
import { PackedReading } from './packed-reading.ts';
import { chosenProfile, openDeviceSession, orderNow, type PollOutcome, type PollRequest } from './poll.ts';
import { timedSession } from './timed-session.ts';

const sysUpTime = '1.3.6.1.2.1.1.3.0';
/** ifTableLastChange (RFC 2863), entLastChangeTime (RFC 6933), ifStackLastChange. */
const changeMarks = ['1.3.6.1.2.1.31.1.5.0', '1.3.6.1.2.1.47.1.4.1.0', '1.3.6.1.2.1.31.1.6.0'];

/** Numbers and states of a device that is polled without an interval. */
const usualWithinMs = 60_000;
/** Everything with its names is read once an hour and may last longer than a short interval. */
const leastFullMs = 30_000;

const nothingAnswered = (count: number): FillOutcome => ({
  problems: Array.from({ length: count }, () => ({ kind: 'timeout' }) as const),
  upTimeTicks: undefined,
  answeredAtMs: undefined,
});

const nobody = { kind: 'problem', problem: { kind: 'timeout' } } as const;

interface Known {
  readonly profile: Profile;
  readonly planned: ReturnType<typeof planOf>;
}

/** One plan a profile, so that devices share what is made of it. */
const plans = new WeakMap<Profile, ReturnType<typeof planOf>>();

/** What `PolledDevice` asks of the wire; one call at a time. */
export class DevicePoller {
  /** What its answers taught: kept over restarts. */
  readonly pace: Learned;
  readonly #request: PollRequest;
  #session: Session | undefined;
  #known: Known | undefined;
  #plan: PolledPlan | undefined;
  /** The last whole reading, packed: thousands of devices keep theirs. */
  #full: PackedReading | undefined;
  #looking: Promise<DeviceReading | undefined> | undefined;
  /** For good: whoever still waits for an answer hears nothing more, and no session is opened that nobody would close. */
  #isClosed = false;

  constructor(request: PollRequest) {
    const learned = request.target.learned ?? nothingLearned();
    this.pace = learned;
    this.#request = { ...request, target: { ...request.target, learned } };
  }

  plan(): PolledPlan | undefined {
    return this.#plan;
  }

  named(): DeviceNames | undefined {
    return this.#full?.named();
  }

  /** Whoever looks while it is being made gets the same one. */
  reading(): Promise<DeviceReading | undefined> {
    const { world } = this.#request;
    this.#looking ??= paused(world, this.#seen()).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  *#seen(): Generator<void, DeviceReading | undefined> {
    const plan = this.#plan;
    if (this.#full === undefined) return undefined;
    const full = yield* this.#full.unpacked();
    if (plan === undefined) return full;
    const at = Math.max(...plan.cells.map(({ readAtMs }) => (Number.isNaN(readAtMs) ? 0 : readAtMs)));
    const reading = yield* readingOfCells(full, plan.groups, plan.cells);
    return at === 0 ? reading : { ...reading, at: new Date(at).toISOString() };
  }

  profile(): string | undefined {
    return this.#known?.profile.id;
  }

  /** Everything with its names; without `costly`, tables that are asked on suspicion are left out. */
  async readAll(costly: boolean): Promise<FullAnswer> {
    const outcome = await this.#read(costly);
    if (this.#isClosed) return { kind: 'silent' };
    // After a failure the name is looked up, the device detected and a v3 engine discovered anew.
    if (outcome.kind !== 'reading') {
      this.#forget();
      return answerTo(outcome);
    }
    this.#makePlan(outcome.reading.device.version);
    this.#full = await paused(this.#request.world, PackedReading.of(outcome.reading));
    return { kind: 'reading', reading: outcome.reading, incomplete: outcome.incomplete.length };
  }

  fill(groups: readonly number[], done: (outcome: FillOutcome) => void): void {
    void this.#open().then((session) => {
      const plan = this.#plan;
      const planned = this.#known?.planned;
      if (plan === undefined || planned === undefined || 'kind' in session) {
        done(nothingAnswered(groups.length));
        return;
      }
      const tables = groups.map((group) => plan.cells[group]!);
      session.fill(tables, this.#budget(planned.budget), (outcome) => {
        if (outcome.answeredAtMs === undefined) this.#endSession();
        done(outcome);
      });
    });
  }

  async probe(): Promise<boolean> {
    const session = await this.#open();
    if ('kind' in session) return false;
    const answer = await session.get([sysUpTime]);
    const isAlive = answer.varbinds.length > 0;
    if (!isAlive) this.#endSession();
    return isAlive;
  }

  async changeMarks(): Promise<string | undefined> {
    const session = await this.#open();
    if ('kind' in session) return undefined;
    const { varbinds } = await session.get(changeMarks);
    if (varbinds.length === 0) return undefined;
    return JSON.stringify(varbinds.map(({ value }) => ('number' in value ? value.number : value.type)));
  }

  close(): void {
    this.#isClosed = true;
    this.#endSession();
    this.#forget();
  }

  #forget(): void {
    this.#endSession();
    this.#known = undefined;
    this.#plan = undefined;
  }

  /** The next question opens another one; what is known of the device stays. */
  #endSession(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  async #open(): Promise<Session | Exclude<PollOutcome, { kind: 'reading' }>> {
    if (this.#session !== undefined) return this.#session;
    if (this.#isClosed) return nobody;
    const { transport, target } = this.#request;
    const opened = await openDeviceSession(transport, target);
    if ('kind' in opened) return { kind: 'problem', problem: opened };
    if (this.#isClosed) {
      opened.close();
      return nobody;
    }
    this.#session = opened;
    return opened;
  }

  async #read(costly: boolean): Promise<PollOutcome> {
    const session = await this.#open();
    if ('kind' in session) return session;
    // What answers at the address may be another device by now.
    const chosen = await chosenProfile(session, this.#request);
    if ('kind' in chosen) return chosen;
    const { profile } = chosen;
    if (this.#isClosed) return nobody;
    if (this.#known?.profile !== profile) {
      const planned = plans.get(profile) ?? planOf(profile);
      plans.set(profile, planned);
      this.#known = { profile, planned };
      this.#plan = undefined;
    }
    const tables = costly ? profile.tables : profile.tables.filter(({ onSuspicion }) => !onSuspicion);
    const { world } = this.#request;
    const inTime = timedSession(session, world, Math.max(this.#withinMs, leastFullMs));
    return readDevice(inTime, { ...profile, tables }, orderNow(world));
  }

  get #withinMs(): number {
    return this.#request.withinMs ?? usualWithinMs;
  }

  /** One reading ends before the next one begins. */
  #budget(ofTable: WalkBudget): WalkBudget {
    const totalMs = this.#withinMs;
    return { ...ofTable, timeMs: Math.min(ofTable.timeMs, totalMs), totalMs };
  }

  /** The same plan as long as the device is the same kind of device. */
  #makePlan(version: string | undefined): void {
    const { groups } = this.#known!.planned;
    if (this.#plan?.groups === groups && this.#plan.version === version) return;
    const cells = groups.map(({ columns }) => new TableCells({ columns }));
    this.#plan = { groups, cells, version };
  }
}

function answerTo(outcome: Exclude<PollOutcome, { kind: 'reading' }>): FullAnswer {
  if (outcome.kind === 'unknownProfile') return { kind: 'refused', reason: 'unknownProfile' };
  const { problem } = outcome;
  if (problem.kind === 'timeout') return { kind: 'silent' };
  if (problem.kind === 'refused') return { kind: 'refused', reason: problem.detail ?? problem.reason };
  return { kind: 'refused', reason: problem.kind === 'overBudget' ? problem.kind : problem.reason };
}
