/** The load of an operator position as the JSON of the outside contract, with names looked up and targets beside it. */
import type { AlarmLoadReport, Few, Frequents, SpanLoad } from '../../model/alarm-load.ts';
import type { FaultGlossary } from '../../model/fault-words.ts';
import type { AlarmId } from '../../model/ids.ts';
import type { AlarmLoadJson, NamedAlarmJson, SpanLoadJson } from './contract.ts';
import { wordsOf } from './incident-words.ts';
import type { FrontPorts } from './ports.ts';
import { iso } from './views.ts';

/** ISA-18.2-2016 clause 16, table 7, for four priorities; EEMUA 191 has the same rates. */
const targets: AlarmLoadJson['targets'] = {
  perTenMinutes: 1,
  mostInTenMinutes: 10,
  floodShare: 0.01,
  topTenShare: 0.05,
  chattering: 0,
  stale: 5,
  severityShares: { critical: 0.01, major: 0.05, minor: 0.15, warning: 0.8 },
};

export async function alarmLoadJson(ports: FrontPorts): Promise<AlarmLoadJson> {
  const report = ports.alarmLoad();
  const named = nameAlarms(ports);
  const [mostRaised, flapping, shelved] = await Promise.all([
    frequent(report.mostRaised, async ({ alarm, count }) => ({ ...(await named(alarm)), count })),
    few(report.flapping, named),
    few(report.shelved, async ({ alarm, until }) => ({ ...(await named(alarm)), until: iso(until) })),
  ]);
  return { ...incidentsOf(report, ports.faults()), mostRaised, flapping, shelved };
}

type OfIncidents = Omit<AlarmLoadJson, 'mostRaised' | 'flapping' | 'shelved'>;

function incidentsOf(report: AlarmLoadReport, faults: FaultGlossary): OfIncidents {
  const words = (kind: string, root: string) => {
    const title = wordsOf(faults, kind)?.title;
    const at = root === '' ? '' : `: ${root}`;
    return { en: { title: `${title?.en ?? kind}${at}` }, ru: { title: `${title?.ru ?? kind}${at}` } };
  };
  const { mostPresented, chattering, stale } = report;
  return {
    at: iso(report.at),
    positions: report.positions,
    targets,
    intervals: report.intervals.map(({ from, presented, raised, isFlood }) => ({
      from: iso(from),
      presented,
      raised,
      flood: isFlood,
    })),
    day: span(report.day),
    month: span(report.month),
    bySeverity: report.bySeverity,
    mostPresented: {
      ...mostPresented,
      from: iso(mostPresented.from),
      items: mostPresented.items.map((one) => ({ ...one, words: words(one.kind, one.root) })),
    },
    chattering: {
      total: chattering.total,
      items: chattering.items.map(({ lastAt, ...one }) => ({
        ...one,
        lastAt: iso(lastAt),
        words: words(one.kind, one.root),
      })),
    },
    standing: report.standing,
    stale: {
      total: stale.total,
      items: stale.items.map(({ incident, since, severity, kind, root }) => ({
        incident,
        since: iso(since),
        severity,
        words: words(kind, root),
      })),
    },
    crowdedOut: report.crowdedOut,
  };
}

const span = ({ from, intervals, floodIntervals, most, presented, raised }: SpanLoad): SpanLoadJson => ({
  from: iso(from),
  intervals,
  floodIntervals,
  most,
  presented,
  raised,
});

/** The line knows alarms by id; what they are about stands in the book. */
const nameAlarms =
  ({ query }: FrontPorts) =>
  async (alarm: AlarmId): Promise<NamedAlarmJson> => {
    const known = await query.alarm(alarm);
    return { alarm, resource: known?.resource ?? null, cause: known?.cause ?? null };
  };

const few = async <T, J>({ total, items }: Few<T>, convert: (one: T) => Promise<J>) => ({
  total,
  items: await Promise.all(items.map(convert)),
});

const frequent = async <T, J>(
  { from, total, within, items }: Frequents<T>,
  convert: (one: T) => Promise<J>,
) => ({ from: iso(from), total, within, items: await Promise.all(items.map(convert)) });
