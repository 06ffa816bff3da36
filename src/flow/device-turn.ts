/**
 * One device and what is due of it: which groups in this turn, when everything with its names, and how it is asked while
 * it is silent.
 */
import { spreadHash } from '../base/random.ts';
import { type FillOutcome, isOfPorts } from '../collect/collect.ts';
import type { SessionProblem } from '../collect/session.ts';
import { endsWithProofOfLife } from '../model/alarm.ts';
import { DeviceColumns, type PortColumnsOf } from './device-columns.ts';
import type { PolledDevice, PolledPlan } from './polled-device.ts';

/** Names are read anew at least so often, and when something says that they changed. */
const fullEveryMs = 3_600_000;
/** What says so is asked this often. */
const marksEveryMs = 300_000;
/** Costly tables that are asked on suspicion are asked at most so often. */
const suspicionApartMs = 60_000;
/** Without a schedule of their own, tables that are asked on suspicion are asked for all this often. */
const costlyEveryMs = 6 * 3_600_000;
/** Rows that come and go all the time cost so many full readings out of turn, and one more each `marksEveryMs`. */
const mostExtra = 3;
/** Tables that a device does not have are looked for this often. */
const emptyEveryMs = 600_000;
/** Turns without an answer after which only a small question is asked. */
const slowAfter = 2;

export type TurnOutcome =
  /** The groups that answered whole, by number; the others stand in `problems` of the outcome. */
  | {
      readonly kind: 'answered';
      readonly groups: readonly number[];
      readonly columns: DeviceColumns;
      readonly outcome: FillOutcome;
    }
  /** It lives; nothing was due. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly reason: string };

export class DeviceTurn {
  readonly device: PolledDevice;
  readonly turn: number;
  readonly #intervalMs: number;
  readonly #columnsOf: PortColumnsOf;
  #columns: DeviceColumns | undefined;
  /** By group: when it is due next. */
  #dueMs: number[] = [];
  readonly #incomplete = new Map<number, SessionProblem>();
  #fullAtMs = Number.NEGATIVE_INFINITY;
  #lastFullMs = Number.NEGATIVE_INFINITY;
  #extra = mostExtra;
  #cutTables = 0;
  #marksAtMs = Number.NEGATIVE_INFINITY;
  #marks: string | undefined;
  #suspectedAtMs = Number.NEGATIVE_INFINITY;
  #upTimeTicks: number | undefined;
  #engineBoots: number | undefined;
  #silent = 0;
  isBusy = false;
  /** Something looks wrong: costly tables are asked too. */
  isSuspect = false;
  /** It is asked out of turn: nothing but costly tables waits for its schedule. */
  isHurried = false;
  /** The line wants to know who is alive: whatever tells that is asked now. */
  isAsked = false;

  constructor(options: {
    readonly device: PolledDevice;
    readonly turn: number;
    readonly intervalMs: number;
    readonly columnsOf: PortColumnsOf;
  }) {
    this.device = options.device;
    this.turn = options.turn;
    this.#intervalMs = options.intervalMs;
    this.#columnsOf = options.columnsOf;
  }

  /** What did not arrive whole when it was asked last, by the first column asked. */
  get incomplete(): readonly { readonly column: string; readonly problem: SessionProblem }[] {
    const groups = this.#columns?.plan.groups ?? [];
    return [...this.#incomplete].flatMap(([group, problem]) => {
      const column = groups[group]?.columns[0];
      return column === undefined ? [] : [{ column, problem }];
    });
  }

  /** How often it has a turn: its most frequent table. */
  get everyMs(): number {
    const groups = this.#columns?.plan.groups ?? [];
    return groups.reduce((least, { everyMs }) => Math.min(least, everyMs ?? least), this.#intervalMs);
  }

  /** Tables of whole readings that ended early since the last call. */
  takeCutTables(): number {
    const count = this.#cutTables;
    this.#cutTables = 0;
    return count;
  }

  /** Names may have changed: everything is read in the next turn. */
  wantFull(): void {
    this.#fullAtMs = Number.NEGATIVE_INFINITY;
  }

  async take(nowMs: number): Promise<TurnOutcome> {
    const outcome = await this.#ask(nowMs);
    this.#silent = outcome.kind === 'silent' ? this.#silent + 1 : 0;
    return outcome;
  }

  async #ask(nowMs: number): Promise<TurnOutcome> {
    // A silent device must not occupy the window with all its tables and their retries.
    if (this.#silent >= slowAfter && !(await this.#isThere())) return { kind: 'silent' };
    if (this.#plan() === undefined || nowMs >= this.#fullAtMs || (await this.#hasChanged(nowMs))) {
      const full = await this.#readAll(nowMs);
      if (full !== undefined) return full;
    }
    const columns = this.#columns;
    if (columns === undefined) return { kind: 'silent' };
    const groups = this.#due(columns.plan, nowMs);
    if (groups.length === 0) return (await this.device.probe()) ? { kind: 'alive' } : { kind: 'silent' };
    const outcome = await new Promise<FillOutcome>((resolve) => this.device.fill(groups, resolve));
    groups.forEach((group, i) => {
      const problem = outcome.problems[i];
      if (problem === undefined) this.#incomplete.delete(group);
      else this.#incomplete.set(group, problem);
    });
    if (outcome.answeredAtMs === undefined) return silence(outcome);
    if (this.#wantsNames(outcome, groups, nowMs)) await this.#readAll(nowMs);
    // It may have become another device meanwhile.
    if (this.#columns !== columns) return { kind: 'alive' };
    const whole = groups.filter((_, i) => outcome.problems[i] === undefined);
    this.#spare(columns.plan, whole, nowMs);
    return { kind: 'answered', groups: whole, columns, outcome };
  }

  /** Asked twice before it is called unreachable: a line that loses a third of all datagrams may swallow one question. */
  async #isThere(): Promise<boolean> {
    return (await this.device.probe()) || (this.#silent === slowAfter && (await this.device.probe()));
  }

  /** Most devices lack some tables of their profile: asking for them each time costs as much as the others. */
  #spare({ cells }: PolledPlan, groups: readonly number[], nowMs: number): void {
    for (const group of groups) {
      if (cells[group]!.rows === 0) this.#dueMs[group] = Math.max(this.#dueMs[group]!, nowMs + emptyEveryMs);
    }
  }

  /** New rows have no names yet, and a restart may have given old ones other names. */
  #wantsNames(outcome: FillOutcome, groups: readonly number[], nowMs: number): boolean {
    const hasRestarted = this.#hasRestarted(outcome);
    if (this.#lastFullMs === nowMs) return false;
    if (hasRestarted) return true;
    if (this.#columns?.hasNewRows(groups) !== true || this.#extra <= 0) return false;
    this.#extra--;
    return true;
  }

  #plan(): PolledPlan | undefined {
    const plan = this.device.plan();
    if (plan === undefined) this.#columns = undefined;
    else if (this.#columns?.plan !== plan) {
      this.#columns = new DeviceColumns(this.device, plan, this.#columnsOf);
      this.#dueMs = [];
      this.#incomplete.clear();
    }
    return plan;
  }

  /** Undefined when names are known now. */
  async #readAll(nowMs: number): Promise<TurnOutcome | undefined> {
    const isFirst = this.#columns === undefined;
    const answer = await this.device.readAll(isFirst);
    if (answer.kind !== 'reading') return answer;
    this.#cutTables += answer.incomplete ?? 0;
    this.#fullAtMs = nowMs + fullEveryMs;
    this.#lastFullMs = nowMs;
    // Something may have been put in: every table is looked for.
    this.#columns?.plan.cells.forEach((cells, i) => {
      if (cells.rows === 0) this.#dueMs[i] = Math.min(this.#dueMs[i] ?? nowMs, nowMs);
    });
    this.#plan();
    this.#columns?.forgetNames();
    return undefined;
  }

  async #hasChanged(nowMs: number): Promise<boolean> {
    if (nowMs < this.#marksAtMs) return false;
    this.#marksAtMs = nowMs + marksEveryMs;
    this.#extra = Math.min(mostExtra, this.#extra + 1);
    const before = this.#marks;
    const marks = await this.device.changeMarks();
    if (marks !== undefined) this.#marks = marks;
    return before !== undefined && marks !== undefined && marks !== before;
  }

  #hasRestarted({ upTimeTicks, engineBoots }: FillOutcome): boolean {
    const [before, bootsBefore] = [this.#upTimeTicks, this.#engineBoots];
    if (upTimeTicks !== undefined) this.#upTimeTicks = upTimeTicks;
    if (engineBoots !== undefined) this.#engineBoots = engineBoots;
    const hasBooted = bootsBefore !== undefined && engineBoots !== undefined && engineBoots > bootsBefore;
    return hasBooted || (before !== undefined && upTimeTicks !== undefined && upTimeTicks < before);
  }

  #due({ groups }: PolledPlan, nowMs: number): number[] {
    const slack = this.everyMs / 2;
    const isSuspect = this.isSuspect && nowMs >= this.#suspectedAtMs + suspicionApartMs;
    const due = groups.flatMap((group, i) => {
      const { everyMs, onSuspicion } = group;
      const every = everyMs ?? (onSuspicion ? costlyEveryMs : this.#intervalMs);
      // Costly tables of many devices are not all asked after a start.
      this.#dueMs[i] ??= onSuspicion ? nowMs + (spreadHash(`${this.device.id} ${i}`) % every) : nowMs;
      const isHurried = onSuspicion ? isSuspect : this.isHurried && every <= this.#intervalMs;
      const isOutOfTurn = isHurried || (this.isAsked && tellsOfLife(group));
      if (!isOutOfTurn && nowMs < this.#dueMs[i]! - slack) return [];
      this.#dueMs[i] = nowMs + every;
      return [i];
    });
    this.isHurried = false;
    this.isAsked = false;
    if (isSuspect) {
      this.isSuspect = false;
      this.#suspectedAtMs = nowMs;
    }
    return due;
  }
}

const tellsOfLife = ({ parts }: PolledPlan['groups'][number]): boolean =>
  parts.some(
    ({ table }) => isOfPorts(table) || table.alarms.some(({ cause }) => endsWithProofOfLife.has(cause)),
  );

function silence({ problems }: FillOutcome): TurnOutcome {
  const refused = problems.find((problem) => problem?.kind === 'refused');
  if (refused?.kind !== 'refused') return { kind: 'silent' };
  return { kind: 'refused', reason: refused.detail ?? refused.reason };
}
