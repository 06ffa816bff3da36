/** The load of the operator positions from what the line changed: rates, what comes most often, and what stands. */
import type { Instant } from '../base/instant.ts';
import type { Alarm } from '../model/alarm.ts';
import type { AlarmLoadReport, FrequentIncident, SpanLoad } from '../model/alarm-load.ts';
import type { AlarmId, IncidentId } from '../model/ids.ts';
import { type Impact, type Incident, severityByPeople } from '../model/incident.ts';
import type { PerceivedSeverity } from '../model/observation.ts';
import { AlarmLoad, type AlarmLoadSnapshot } from './alarm-load.ts';
import { Frequent, type FrequentSnapshot } from './frequent.ts';
import { StandingLoad, type StandingLoadSnapshot } from './standing-load.ts';

export interface OperatorLoadSnapshot {
  readonly mostPresented: FrequentSnapshot;
  readonly mostRaised: FrequentSnapshot;
  readonly standing: StandingLoadSnapshot;
}

/** Things counted at once, of which ten are shown. */
const counted = 250;
const top = 10;

export class OperatorLoad {
  readonly #load = new AlarmLoad();
  readonly #mostPresented = new Frequent(counted);
  readonly #mostRaised = new Frequent(counted);
  readonly #standing = new StandingLoad();

  setPositions(positions: number): void {
    this.#load.positions = positions;
  }

  /** Time goes on. */
  at(at: Instant): void {
    this.#load.at(at);
  }

  /** An incident is shown, or shown again because it opened anew. */
  present(shown: Incident, at: Instant): void {
    const { id: incident, kind, root = '' } = shown as Omit<Incident, 'root'> & { readonly root?: string };
    const key = `${kind}\n${root}`;
    this.#load.present();
    this.#load.rate('indeterminate', at);
    this.#mostPresented.add(key, at);
    this.#standing.present({ incident, kind, root, since: at, severity: 'indeterminate' }, key);
    this.incident(shown);
  }

  /** Whatever became of it. */
  incident({ id, state }: Incident): void {
    if (state === 'resolved' || state === 'closed' || state === 'merged') this.#standing.end(id);
  }

  alarm(alarm: Alarm): void {
    this.#standing.alarm(alarm);
    if (alarm.incident !== undefined && alarm.state === 'raised')
      this.#rate(alarm.incident, alarm.perceivedSeverity);
  }

  /** What people see of an incident is also how many it touches. */
  impact({ incident, subscribers }: Impact): void {
    const severity = severityByPeople(subscribers);
    if (severity !== undefined) this.#rate(incident, severity);
  }

  #rate(incident: IncidentId, severity: PerceivedSeverity): void {
    const rated = this.#standing.rate(incident, severity);
    if (rated !== undefined) this.#load.rate(severity, rated.shownAt, rated.before);
  }

  raise(alarm: AlarmId, at: Instant): void {
    this.#load.raise();
    this.#mostRaised.add(alarm, at);
  }

  figures(at: Instant): Readonly<Record<string, number>> {
    const { standing, stale, chattering, flapping, shelved } = this.#standing.counts(at);
    const { items, total } = this.#mostPresented.top(top, at);
    const month = this.#load.lastMonth();
    return {
      ...this.#load.figures(),
      operatorPositions: this.#load.positions,
      presentedStanding: standing,
      presentedStale: stale,
      presentedChattering: chattering,
      presentedTopTenShare:
        total === 0 ? 0 : rounded(items.reduce((sum, { count }) => sum + count, 0) / total),
      presentedFloodShare: month.intervals === 0 ? 0 : rounded(month.floodIntervals / month.intervals),
      alarmsFlapping: flapping,
      alarmsShelved: shelved,
      operatorLoadCrowdedOut: this.#standing.crowdedOut,
    };
  }

  /** As it is at that instant; asking changes nothing. */
  report(at: Instant): AlarmLoadReport {
    const load = new AlarmLoad();
    load.restore(this.#load.snapshot());
    load.positions = this.#load.positions;
    load.at(at);
    const intervals = load.lastDay();
    const { bySeverity, ...month } = load.lastMonth();
    const presented = this.#mostPresented.top(top, at);
    const raised = this.#mostRaised.top(top, at);
    return {
      at,
      positions: this.#load.positions,
      intervals,
      day: spanOf(intervals, at),
      month,
      bySeverity,
      mostPresented: { ...presented, items: presented.items.map(({ key, count }) => named(key, count)) },
      mostRaised: {
        ...raised,
        items: raised.items.map(({ key, count }) => ({ alarm: key as AlarmId, count })),
      },
      chattering: this.#standing.chattering(at, named),
      flapping: this.#standing.flapping(),
      standing: this.#standing.counts(at).standing,
      stale: this.#standing.stale(at),
      shelved: this.#standing.shelved(),
      crowdedOut: this.#standing.crowdedOut,
    };
  }

  snapshot(): { readonly load: AlarmLoadSnapshot; readonly operators: OperatorLoadSnapshot } {
    const operators = {
      mostPresented: this.#mostPresented.snapshot(),
      mostRaised: this.#mostRaised.snapshot(),
      standing: this.#standing.snapshot(),
    };
    return { load: this.#load.snapshot(), operators };
  }

  /** Takes what `snapshot` gave; older versions kept less. */
  restore(load: AlarmLoadSnapshot | undefined, operators: OperatorLoadSnapshot | undefined): void {
    if (load !== undefined) this.#load.restore(load);
    if (operators === undefined) return;
    this.#mostPresented.restore(operators.mostPresented);
    this.#mostRaised.restore(operators.mostRaised);
    this.#standing.restore(operators.standing);
  }
}

function named(key: string, count: number): FrequentIncident {
  const end = key.indexOf('\n');
  return { kind: key.slice(0, end), root: key.slice(end + 1), count };
}

/** The running interval counts with what was presented in it, but is not judged yet. */
function spanOf(intervals: AlarmLoadReport['intervals'], at: Instant): SpanLoad {
  const complete = intervals.slice(0, -1);
  const sum = (of: (one: AlarmLoadReport['intervals'][number]) => number): number =>
    intervals.reduce((all, one) => all + of(one), 0);
  return {
    from: intervals[0]?.from ?? at,
    intervals: complete.length,
    floodIntervals: complete.filter(({ isFlood }) => isFlood).length,
    most: intervals.reduce((most, { presented }) => Math.max(most, presented), 0),
    presented: sum(({ presented }) => presented),
    raised: sum(({ raised }) => raised),
  };
}

const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
