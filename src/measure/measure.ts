/**
 * The last stage of the line: figures from what the other rooms changed. Records come whole, so a transition is told by
 * its own instant being now; each is counted once however often the record changes within that instant. Beside that, off
 * the line, the scoreboard: what was said of a recorded stream against what is known to have happened.
 */
import { neverHappens } from '../base/fault.ts';
import { type Instant, instant, since } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { AlarmLoadReport } from '../model/alarm-load.ts';
import type { Change } from '../model/change.ts';
import type { Confirmation } from '../model/confirmation.ts';
import type { Incident } from '../model/incident.ts';
import type { NoticeState, Tell } from '../model/notice.ts';
import type { Policy } from '../model/policy.ts';
import type { Task } from '../model/task.ts';
import type { Ticket } from '../model/ticket.ts';
import type { AlarmLoadSnapshot } from './alarm-load.ts';
import { OperatorLoad, type OperatorLoadSnapshot } from './operator-load.ts';
import { Promises, type PromisesSnapshot } from './promises.ts';
import { promoterScore } from './promoter-score.ts';

export { type Plant, type PresentRules, type Revision, reviseRules } from './faults/revise.ts';
export { learnRelations, type Relation, usualBar } from './relations/learn.ts';
export type { LoggedAlarm } from './relations/onsets.ts';
export { type Score, scoreIncidents } from './score/score.ts';
export { parseIncidents } from './score/stated.ts';
export { parseTruth } from './score/truth.ts';

interface MeasureSnapshot {
  readonly counts: Readonly<Record<string, number>>;
  readonly marks: readonly number[];
  readonly at: Instant;
  readonly seen: readonly string[];
  /** Absent in what older versions kept. */
  readonly load?: AlarmLoadSnapshot | undefined;
  readonly operators?: OperatorLoadSnapshot | undefined;
  readonly promises?: PromisesSnapshot | undefined;
}

const noMarks: readonly number[] = Array<number>(11).fill(0);

export class Measure {
  /** Names are fixed in this file, so that the map cannot grow. */
  #counts = new Map<string, number>();
  #marks = [...noMarks];
  #at = instant(0);
  /** Transitions already counted at `#at`. */
  #seen = new Set<string>();
  readonly #load = new OperatorLoad();
  readonly #promises = new Promises();

  setPolicy({ positions }: Policy): void {
    this.#load.setPositions(positions);
  }

  take(changes: readonly Change[], at: Instant): void {
    if (at !== this.#at) {
      this.#at = at;
      this.#seen.clear();
    }
    this.#load.at(at);
    for (const change of changes) this.#takeOne(change);
  }

  /** Notices planned: the recipients of each, and those left out on purpose. */
  told(tells: readonly Tell[]): void {
    for (const tell of tells) {
      this.#add('noticesPlanned', tell.to - tell.from - tell.except.length);
      this.#add('noticesSuppressed', tell.except.length);
    }
  }

  /** What became of notices. */
  receipts(counts: readonly { readonly state: NoticeState; readonly count: number }[]): void {
    for (const { state, count } of counts) this.#add(receiptNames[state], count);
  }

  /** Counts, mean lengths in ms, and the promoter score in points with its 95 % interval; a mean of nothing is left out. */
  kpis(): Readonly<Record<string, number>> {
    const kpis: Record<string, number> = {};
    for (const name of [...this.#counts.keys()].sort()) kpis[name] = this.#counts.get(name) ?? 0;
    for (const length of ['decide', 'resolve', 'close', 'taskDone'] as const) {
      const count = kpis[`${length}Count`] ?? 0;
      if (count > 0) kpis[`${length}MeanMs`] = Math.round((kpis[`${length}SumMs`] ?? 0) / count);
    }
    const nps = promoterScore(this.#marks);
    if (nps !== undefined) {
      kpis['ratings'] = nps.ratings;
      kpis['nps'] = nps.score;
      kpis['npsLow'] = nps.low;
      kpis['npsHigh'] = nps.high;
    }
    return { ...kpis, ...this.#promises.figures(), ...this.#load.figures(this.#at) };
  }

  /** What an operator position was shown; `at` is not before the last input. */
  alarmLoad(at: Instant): AlarmLoadReport {
    return this.#load.report(at);
  }

  snapshot(): unknown {
    const counts = Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      counts,
      marks: [...this.#marks],
      at: this.#at,
      seen: [...this.#seen].sort(),
      ...this.#load.snapshot(),
      promises: this.#promises.snapshot(),
    } satisfies MeasureSnapshot;
  }

  /** Takes what `snapshot` gave. */
  restore(snapshot: unknown): void {
    const { counts, marks, at, seen, load, operators, promises } = snapshot as MeasureSnapshot;
    this.#counts = new Map(Object.entries(counts));
    this.#marks = [...marks];
    this.#at = at;
    this.#seen = new Set(seen);
    this.#load.restore(load, operators);
    if (promises !== undefined) this.#promises.restore(promises);
  }

  #takeOne(change: Change): void {
    switch (change.kind) {
      case 'alarm':
        this.#alarm(change.alarm);
        return;
      case 'incident':
        this.#incident(change.incident);
        return;
      case 'impact':
        this.#promises.made(change.impact);
        this.#load.impact(change.impact);
        return;
      case 'ticket':
        this.#ticket(change.ticket);
        return;
      case 'confirmation':
        this.#confirmation(change.confirmation);
        return;
      case 'task':
        this.#task(change.task);
        return;
      default:
        neverHappens(change);
    }
  }

  #alarm(alarm: Alarm): void {
    this.#load.alarm(alarm);
    if (alarm.state === 'raised' && this.#isNew('alarmsRaised', alarm.id, alarm.raisedAt)) {
      this.#add('alarmsRaised', 1);
      this.#load.raise(alarm.id, alarm.raisedAt);
    }
    if (alarm.state === 'cleared') this.#once('alarmsCleared', alarm.id, alarm.clearedAt);
  }

  #incident(incident: Incident): void {
    const { id, startedAt, history } = incident;
    for (const [position, { event, at }] of history.entries()) {
      const name = incidentNames[event];
      if (name !== undefined) this.#once(name, `${id} ${position}`, at);
    }
    this.#load.incident(incident);
    this.#promises.over(incident);
    if (!incident.actionable) return;
    const last = history.findLast(({ event }) => event === 'decide' || event === 'reopen');
    if (last !== undefined && !incident.planned && this.#isNew('presented', id, last.at))
      this.#load.present(incident, last.at);
    this.#length('decide', id, startedAt, incident.decidedAt);
    this.#length('resolve', id, startedAt, incident.resolvedAt);
    this.#length('close', id, startedAt, incident.closedAt);
  }

  #ticket(ticket: Ticket): void {
    const name = ticket.kind === 'incident' ? 'incidentTickets' : 'subscriberTickets';
    this.#once(`${name}Opened`, ticket.id, ticket.openedAt);
    this.#once(`${name}Closed`, ticket.id, ticket.closedAt);
  }

  #confirmation(confirmation: Confirmation): void {
    const { id, askedAt, answers, rating } = confirmation;
    this.#once('asked', id, askedAt);
    for (const [position, { answer, at }] of answers.entries()) {
      this.#once(answerNames[answer], `${id} ${position}`, at);
    }
    if (rating === undefined || !this.#isNew('rated', id, rating.at)) return;
    const mark = Math.max(0, Math.min(10, Math.round(rating.score)));
    this.#marks[mark] = (this.#marks[mark] ?? 0) + 1;
  }

  #task(task: Task): void {
    this.#once('tasksCreated', task.id, task.createdAt);
    if (task.state === 'done' && task.doneAt !== undefined && task.doneAt > task.dueAt) {
      this.#once('tasksLate', task.id, task.doneAt);
    }
    this.#length('taskDone', task.id, task.createdAt, task.doneAt);
  }

  #once(name: string, id: string, at: Instant | undefined): void {
    if (this.#isNew(name, id, at)) this.#add(name, 1);
  }

  #length(name: string, id: string, from: Instant, to: Instant | undefined): void {
    if (to === undefined || !this.#isNew(name, id, to)) return;
    this.#add(`${name}Count`, 1);
    this.#add(`${name}SumMs`, since(from, to));
  }

  #isNew(name: string, id: string, at: Instant | undefined): boolean {
    const key = `${name} ${id}`;
    if (at !== this.#at || this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #add(name: string, count: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }
}

const incidentNames: Readonly<Partial<Record<Incident['history'][number]['event'], string>>> = {
  open: 'incidentsOpened',
  merge: 'incidentsMerged',
  resolve: 'incidentsResolved',
  reopen: 'incidentsReopened',
  close: 'incidentsClosed',
};

const answerNames = {
  fixed: 'answersFixed',
  notFixed: 'answersNotFixed',
  contactMe: 'answersContactMe',
} as const;

const receiptNames: Readonly<Record<NoticeState, string>> = {
  held: 'noticesHeld',
  queued: 'noticesQueued',
  sending: 'noticesSending',
  sent: 'noticesSent',
  delivered: 'noticesDelivered',
  failed: 'noticesFailed',
  uncertain: 'noticesUncertain',
  expired: 'noticesExpired',
  suppressed: 'noticesSuppressedLater',
};
