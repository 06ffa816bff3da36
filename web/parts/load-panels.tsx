/** What to tune first: the most frequent, the severities against the standard's, what chatters, stands or is hidden. */
import type { ComponentChild } from 'preact';
import type { AlarmLoadJson, FewJson, NamedAlarmJson } from '../../src/edge/http/contract.ts';
import { addressOf } from '../state/route.ts';
import { causeName } from '../words/cause-name.ts';
import { language, number, percent, time, words } from '../words/speak.ts';
import { Bar } from './bar.tsx';
import { Severity } from './severity.tsx';

interface Props {
  readonly load: AlarmLoadJson;
}

export function MostPanel({ load }: Props) {
  const say = words.value.load;
  const { mostPresented, mostRaised } = load;
  return (
    <>
      <section class="panel">
        <h2>{say.mostShown}</h2>
        <Ranking
          from={mostPresented.from}
          total={mostPresented.total}
          within={mostPresented.within}
          rows={mostPresented.items.filter(comesAgain).map(({ kind, root, count, words: spoken }) => ({
            key: `${kind} ${root}`,
            count,
            name: <a href={`/incidents?q=${encodeURIComponent(root)}`}>{spoken[language.value].title}</a>,
          }))}
        />
      </section>
      <section class="panel">
        <h2>{say.mostRaised}</h2>
        <Ranking
          from={mostRaised.from}
          total={mostRaised.total}
          within={mostRaised.within}
          rows={mostRaised.items.filter(comesAgain).map(({ count, ...alarm }) => ({
            key: alarm.alarm,
            count,
            name: <AlarmName alarm={alarm} />,
          }))}
        />
      </section>
    </>
  );
}

/** What came once is not frequent. */
const comesAgain = ({ count }: { readonly count: number }): boolean => count > 1;

interface Ranked {
  readonly key: string;
  readonly count: number;
  readonly name: ComponentChild;
}

function Ranking({
  from,
  total,
  within,
  rows,
}: {
  readonly from: string;
  readonly total: number;
  readonly within: number;
  readonly rows: readonly Ranked[];
}) {
  const say = words.value.load;
  if (rows.length === 0) return <p class="muted">{say.noneTwice}</p>;
  const named = rows.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <ol class="bars named">
        {rows.map(({ key, count, name }) => (
          <li key={key}>
            <span class="barname">{name}</span>
            <Bar share={count / Math.max(1, total)} />
            <span class="barvalue">{number(count)}</span>
          </li>
        ))}
        {total > named && (
          <li>
            <span class="barname muted">{say.rest}</span>
            <Bar share={(total - named) / total} />
            <span class="barvalue">{number(total - named)}</span>
          </li>
        )}
      </ol>
      <p class="muted">
        {say.interval} {time(from)} · {say.mostHint}
        {within > 0 && ` · ${say.accuracy} ${number(within)}`}
      </p>
    </>
  );
}

function AlarmName({ alarm }: { readonly alarm: NamedAlarmJson }) {
  if (alarm.resource === null || alarm.cause === null) {
    return (
      <span class="mono" title={words.value.load.forgotten}>
        {alarm.alarm}
      </span>
    );
  }
  return (
    <>
      {alarm.resource} <small>{causeName(alarm.cause)}</small>
    </>
  );
}

const priorities = ['critical', 'major', 'minor', 'warning'] as const;

export function PriorityPanel({ load }: Props) {
  const say = words.value.load;
  const { bySeverity, targets } = load;
  const total = Object.values(bySeverity).reduce((sum, count) => sum + count, 0);
  return (
    <section class="panel">
      <h2>{say.priority}</h2>
      <p class="muted">{say.priorityHint}</p>
      <ul class="bars named">
        {priorities.map((severity) => {
          // What nobody rated is of the lowest priority until somebody does.
          const count = bySeverity[severity] + (severity === 'warning' ? bySeverity.indeterminate : 0);
          const aim = targets.severityShares[severity];
          return (
            <li key={severity}>
              <span class="barname">
                <Severity of={severity} isTaken />{' '}
                <small>
                  {say.target} {severity === 'critical' ? say.lessThan : say.about} {percent(aim)}
                </small>
              </span>
              <Bar share={count / Math.max(1, total)} />
              <span class="barvalue">
                {number(count)} · {percent(count / Math.max(1, total))}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function StandingPanels({ load }: Props) {
  const say = words.value.load;
  return (
    <>
      <Few title={say.stale} few={load.stale}>
        {({ incident, since, severity, words: spoken }) => (
          <li key={incident}>
            <Severity of={severity} isTaken />{' '}
            <a href={addressOf('incidents', incident)}>{spoken[language.value].title}</a>{' '}
            <small>{time(since)}</small>
          </li>
        )}
      </Few>
      <Few title={say.chattering} few={load.chattering}>
        {({ kind, root, count, lastAt, words: spoken }) => (
          <li key={`${kind} ${root}`}>
            {spoken[language.value].title} ×{number(count)}{' '}
            <small>
              {say.last} {time(lastAt)}
            </small>
          </li>
        )}
      </Few>
      <Few title={say.flapping} few={load.flapping}>
        {(alarm) => (
          <li key={alarm.alarm}>
            <AlarmName alarm={alarm} />
          </li>
        )}
      </Few>
      <Few title={say.shelved} few={load.shelved}>
        {({ until, ...alarm }) => (
          <li key={alarm.alarm}>
            <AlarmName alarm={alarm} />{' '}
            <small>
              {say.until} {time(until)}
            </small>
          </li>
        )}
      </Few>
    </>
  );
}

function Few<T>({
  title,
  few,
  children,
}: {
  readonly title: string;
  readonly few: FewJson<T>;
  readonly children: (item: T) => ComponentChild;
}) {
  const say = words.value.load;
  return (
    <section class="panel">
      <h2>
        {title} <b>{number(few.total)}</b>
      </h2>
      {few.total === 0 ? (
        <p class="muted">{say.nothing}</p>
      ) : (
        <ul class="lines">{few.items.map((item) => children(item))}</ul>
      )}
      {few.total > few.items.length && (
        <p class="muted">
          {say.more} {number(few.total - few.items.length)}
        </p>
      )}
    </section>
  );
}
