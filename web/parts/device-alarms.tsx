/** The open alarms of one device and the incidents that they belong to, worst first. */
import type { AlarmRowJson } from '../../src/edge/http/contract.ts';
import { incidents } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { causeName } from '../words/cause-name.ts';
import { language, number, time, words } from '../words/speak.ts';
import { Folded } from './folded.tsx';
import { Severity } from './severity.tsx';
import { Table } from './table.tsx';

export function DeviceAlarms({ alarms }: { readonly alarms: readonly AlarmRowJson[] }) {
  const say = words.value;
  return (
    <section class="panel whole">
      <h2>
        {say.device.alarms} <b>{number(alarms.length)}</b>
      </h2>
      <Incidents alarms={alarms} />
      <Folded items={alarms}>
        {(shown) => (
          <Table
            label={say.device.alarms}
            items={shown}
            empty={say.device.noAlarms}
            keyOf={({ id }) => id}
            columns={[
              {
                title: say.column.severity,
                class: 'fit',
                cell: (alarm) => (
                  <Severity of={alarm.perceivedSeverity} isTaken={alarm.ackState === 'acknowledged'} />
                ),
              },
              { title: say.column.since, class: 'fit', cell: (alarm) => time(alarm.raisedAt) },
              {
                title: say.column.cause,
                cell: (alarm) => (
                  <>
                    {causeName(alarm.cause)} <small class="beside">{alarm.cause}</small>
                  </>
                ),
              },
              { title: say.column.resource, cell: (alarm) => alarm.by ?? alarm.resource },
              {
                title: say.column.incident,
                class: 'fit',
                cell: (alarm) =>
                  alarm.incident === null ? (
                    '–'
                  ) : (
                    <a class="open" href={addressOf('incidents', alarm.incident)}>
                      {alarm.incident}
                    </a>
                  ),
              },
            ]}
          />
        )}
      </Folded>
    </section>
  );
}

function Incidents({ alarms }: { readonly alarms: readonly AlarmRowJson[] }) {
  const ids = new Set(alarms.flatMap(({ incident }) => (incident === null ? [] : [incident])));
  const open = incidents.value.filter(({ incident }) => ids.has(incident));
  if (open.length === 0) return null;
  return (
    <ul class="lines" aria-label={words.value.device.incidents}>
      {open.map(({ incident, severity, words: said }) => (
        <li key={incident}>
          <Severity of={severity} />{' '}
          <a href={addressOf('incidents', incident)}>{said[language.value].title}</a>
        </li>
      ))}
    </ul>
  );
}
