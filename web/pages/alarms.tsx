/** Every raised alarm, ten thousand and more, worst first; take or shelve one where it stands. */
import type { AlarmRowJson } from '../../src/edge/http/contract.ts';
import { ActButton } from '../parts/act-button.tsx';
import { Filter, matches } from '../parts/filter.tsx';
import { type Column, Grid } from '../parts/grid.tsx';
import { Severity } from '../parts/severity.tsx';
import { Empty } from '../parts/states.tsx';
import { alarms, stream, totals } from '../state/live.ts';
import { addressOf, go, route } from '../state/route.ts';
import { causeName } from '../words/cause-name.ts';
import { number, time, words } from '../words/speak.ts';

export function AlarmsPage() {
  const say = words.value;
  const filter = route.value.query.get('q') ?? '';
  const all = alarms.value;
  const shown = filter === '' ? all : all.filter((alarm) => matches(filter, textsOf(alarm)));
  const raised = totals.value?.alarmsRaised ?? all.length;
  return (
    <div class="fill">
      <div class="head">
        <h1>{say.pages.alarms}</h1>
        <Filter shown={shown.length} total={all.length} />
        {raised > all.length && (
          <span class="muted">
            {number(all.length)} {say.alarm.newest} {number(raised)}
          </span>
        )}
      </div>
      {shown.length > 0 ? (
        <Grid
          label={say.pages.alarms}
          items={shown}
          columns={columns()}
          rowHeight={36}
          onOpen={(alarm) => alarm.incident !== null && go(addressOf('incidents', alarm.incident))}
        />
      ) : stream.value === 'connecting' ? (
        <p class="loading">{say.loading}…</p>
      ) : (
        <Empty text={all.length > 0 ? say.empty.filtered : say.empty.alarms} />
      )}
    </div>
  );
}

const textsOf = (alarm: AlarmRowJson): readonly string[] => [
  alarm.resource,
  alarm.cause,
  causeName(alarm.cause),
  alarm.device ?? '',
  alarm.by ?? '',
  alarm.perceivedSeverity,
  alarm.source ?? '',
  alarm.incident ?? '',
];

function columns(): readonly Column<AlarmRowJson>[] {
  const say = words.value;
  return [
    {
      title: say.column.severity,
      class: 'severitycolumn',
      cell: (alarm) => <Severity of={alarm.perceivedSeverity} isTaken={alarm.ackState === 'acknowledged'} />,
    },
    { title: say.column.since, class: 'timecolumn', cell: (alarm) => time(alarm.raisedAt) },
    {
      title: say.column.resource,
      class: 'clip',
      cell: (alarm) => (
        <span title={alarm.resource}>
          {alarm.device === null ? (
            alarm.resource
          ) : (
            <a href={addressOf('devices', alarm.device)}>{alarm.resource}</a>
          )}
        </span>
      ),
    },
    {
      title: say.column.cause,
      class: 'twolines',
      cell: (alarm) => (
        <span title={`${causeName(alarm.cause)} (${alarm.cause})`}>
          <span class="said">{causeName(alarm.cause)}</span>
          <small class="beside">
            {alarm.cause} {alarm.source ?? ''}
          </small>
        </span>
      ),
    },
    { title: say.column.state, class: 'statecolumn', cell: (alarm) => <AlarmState alarm={alarm} /> },
    {
      title: say.column.incident,
      class: 'incidentcolumn',
      cell: (alarm) =>
        alarm.incident === null ? (
          <span class="muted">–</span>
        ) : (
          <a class="open" href={addressOf('incidents', alarm.incident)}>
            {alarm.incident}
          </a>
        ),
    },
    { title: say.column.actions, class: 'actionscolumn', cell: (alarm) => <AlarmActions alarm={alarm} /> },
  ];
}

export function AlarmState({ alarm }: { readonly alarm: AlarmRowJson }) {
  const say = words.value.state;
  if (alarm.state === 'cleared') return <>✓ {say.cleared}</>;
  if (alarm.shelvedUntil !== null) return <>{`${say.shelved} ${time(alarm.shelvedUntil)}`}</>;
  const taken =
    alarm.ackState === 'acknowledged' ? `${say.acknowledged}: ${alarm.ackBy ?? ''}` : say.unacknowledged;
  const times = alarm.count > 1 ? ` ×${number(alarm.count)}` : '';
  return <>{`${taken}${times}${alarm.flapping ? `, ${say.flapping}` : ''}`}</>;
}

function AlarmActions({ alarm }: { readonly alarm: AlarmRowJson }) {
  const say = words.value.alarm;
  const path = `/alarms/${encodeURIComponent(alarm.id)}`;
  const isTaken = alarm.ackState === 'acknowledged';
  return (
    <span class="actions">
      <ActButton
        path={`${path}/${isTaken ? 'unacknowledge' : 'acknowledge'}`}
        text={isTaken ? say.unacknowledge : say.acknowledge}
      />
      {alarm.shelvedUntil === null && (
        <ActButton path={`${path}/shelve`} body={{ minutes: 60 }} text={say.shelve} />
      )}
    </span>
  );
}
