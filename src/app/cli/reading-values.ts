/** The readings of a device as lines: each object is named once with everything of it below, those with something bad first. */
import { severities } from '../../model/observation.ts';
import type { DeviceReading, MetricReading, ObjectReading } from '../../model/reading.ts';
import type { ReportOptions } from './reading-report.ts';
import { absences } from './reading-words.ts';
import type { Language } from './session-problem.ts';
import { shownValue } from './shown-value.ts';
import { printable } from './table.ts';
import type { Verdict } from './verdicts.ts';

interface ReadingLine {
  readonly isBad: boolean;
  readonly row: readonly unknown[];
}

type Judging = Pick<ReportOptions, 'language' | 'verdicts'>;

export function readingLines({ readings, objects }: DeviceReading, judging: Judging): readonly ReadingLine[] {
  const { language, verdicts } = judging;
  const named = namesOf(objects);
  const byObject = new Map<string, MetricReading[]>();
  for (const one of readings) {
    const same = byObject.get(one.object);
    if (same === undefined) byObject.set(one.object, [one]);
    else same.push(one);
  }
  const rank = (one: MetricReading): number => rankOf(one, verdicts.get(one.oid));
  return [...byObject]
    .map(([object, own]) => ({ object, own: [...own].sort((a, b) => rank(a) - rank(b)) }))
    .sort((a, b) => rank(a.own[0]!) - rank(b.own[0]!))
    .flatMap(({ object, own }) =>
      own.map((one, place): ReadingLine => {
        const verdict = verdicts.get(one.oid);
        const isBad = rankOf(one, verdict) < good;
        // In a summary the bad ones stand alone, so each of those has its object's name.
        const name = isBad || place === 0 ? named(object) : '';
        const why = verdict === undefined ? '' : `${verdict.severity} ${verdict.cause}`;
        return { isBad, row: [isBad ? '!' : '', name, one.metric, valueText(one, language), why] };
      }),
    );
}

/** Needs a look: by an alarm of the profile, or beyond a limit that the device itself sends. */
export const isBad = (one: MetricReading, { verdicts }: Pick<Judging, 'verdicts'>): boolean =>
  rankOf(one, verdicts.get(one.oid)) < good;

const good = severities.length + 1;

function rankOf(one: MetricReading, verdict: Verdict | undefined): number {
  if (verdict !== undefined) return severities.indexOf(verdict.severity);
  return isBeyond(one) ? severities.length : good;
}

function valueText({ value, absent, unit }: MetricReading, language: Language): string {
  if (value === null) return `(${absences[language][absent ?? 'no-such']})`;
  return typeof value === 'number' ? shownValue(value, unit) : value;
}

function isBeyond({ value, limits }: MetricReading): boolean {
  if (typeof value !== 'number' || limits === undefined) return false;
  const high = Object.values(limits.high ?? {}).some((limit) => value >= limit);
  return high || Object.values(limits.low ?? {}).some((limit) => value <= limit);
}

function namesOf(objects: readonly ObjectReading[]): (id: string) => string {
  const names = new Map(objects.map(({ id, attributes }) => [id, attributes['name']]));
  return (id) => {
    const name = names.get(id);
    return name === undefined || name === id ? id : `${id}  ${printable(name, 32)}`;
  };
}
