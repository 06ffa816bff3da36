/** Every raised alarm, ten thousand and more, worst first; take or shelve one where it stands. */

import { useState } from 'preact/hooks';
import type { AlarmRowJson } from '../../src/edge/http/contract.ts';
import {
  AlarmState,
  NoteButton,
  NoteDialog,
  ShelveButton,
  ShelveDialog,
  TakeButton,
  takePath,
} from '../parts/alarm-actions.tsx';
import { Chooser } from '../parts/chooser.tsx';
import { Filter, matches } from '../parts/filter.tsx';
import { type Column, Grid } from '../parts/grid.tsx';
import { Severity } from '../parts/severity.tsx';
import { Empty } from '../parts/states.tsx';
import { act } from '../state/api.ts';
import { plannedDeed, putIn } from '../state/deeds.ts';
import { focusedRow, usePageKeys } from '../state/keys.ts';
import { alarms, incidents, isOver, stream, totals } from '../state/live.ts';
import { addressOf, go, route, setQuery } from '../state/route.ts';
import { causeName } from '../words/cause-name.ts';
import { language, number, plural, time, words } from '../words/speak.ts';

/** Which alarm a dialog is open for. */
interface Open {
  readonly what: 'shelf' | 'note' | 'move';
  readonly alarm: AlarmRowJson;
}

export function AlarmsPage() {
  const say = words.value;
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const close = (): void => setOpen(undefined);
  const filter = route.value.query.get('q') ?? '';
  const { shelved, others } = apart(alarms.value);
  const isShelf = route.value.query.get('shelved') === '1';
  const all = isShelf ? shelved : others;
  const shown = filter === '' ? all : all.filter((alarm) => matches(filter, textsOf(alarm)));
  const known = alarms.value.length;
  const raised = totals.value?.alarmsRaised ?? known;
  const onFocused = (does: (alarm: AlarmRowJson) => void) => () => {
    const key = focusedRow();
    const alarm = alarms.value.find(({ id }) => id === key);
    if (alarm !== undefined) does(alarm);
  };
  usePageKeys({
    a: onFocused((alarm) => void act(takePath(alarm))),
    s: onFocused((alarm) => setOpen({ what: 'shelf', alarm })),
    n: onFocused((alarm) => setOpen({ what: 'note', alarm })),
    m: onFocused((alarm) => setOpen({ what: 'move', alarm })),
  });
  const openFor = (what: Open['what']): AlarmRowJson | undefined =>
    open?.what === what ? open.alarm : undefined;
  return (
    <div class="fill">
      <div class="head">
        <h1>{say.pages.alarms}</h1>
        <Filter shown={shown.length} total={all.length} />
        {(shelved.length > 0 || isShelf) && (
          <button
            type="button"
            aria-pressed={isShelf}
            onClick={() => setQuery('shelved', isShelf ? '' : '1')}
          >
            {plural(shelved.length, say.alarm.onShelf)}
          </button>
        )}
        {raised > known && (
          <span class="muted">
            {number(known)} {say.alarm.newest} {number(raised)}
          </span>
        )}
      </div>
      {shown.length > 0 ? (
        <Grid
          label={say.pages.alarms}
          items={shown}
          columns={columns(setOpen)}
          rowHeight={36}
          narrowHeight={116}
          onOpen={(alarm) => alarm.incident !== null && go(addressOf('incidents', alarm.incident))}
        />
      ) : stream.value === 'connecting' ? (
        <p class="loading">{say.loading}…</p>
      ) : (
        <Empty text={all.length > 0 ? say.empty.filtered : say.empty.alarms} />
      )}
      <ShelveDialog alarm={openFor('shelf')} onClose={close} />
      <NoteDialog alarm={openFor('note')} onClose={close} />
      <MoveDialog alarm={openFor('move')} onClose={close} />
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

/** What is on the shelf is hidden until it is asked for, and counted. */
function apart(all: readonly AlarmRowJson[]): {
  readonly shelved: readonly AlarmRowJson[];
  readonly others: readonly AlarmRowJson[];
} {
  const shelved = all.filter(({ shelvedUntil }) => shelvedUntil !== null);
  return { shelved, others: shelved.length === 0 ? all : all.filter((one) => one.shelvedUntil === null) };
}

function MoveDialog({ alarm, onClose }: { readonly alarm: AlarmRowJson | undefined; onClose(): void }) {
  const say = words.value.feedback;
  const homes = incidents.value.filter((one) => one.id !== alarm?.incident && !isOver(one));
  return (
    <Chooser
      title={alarm === undefined ? say.title.move : `${say.title.move}: ${alarm.resource}`}
      label={say.findIncident}
      none={say.refused.none}
      isOpen={alarm !== undefined}
      setOpen={(isOpen) => !isOpen && onClose()}
      items={homes}
      keyOf={({ id }) => id}
      texts={(one) => [one.id, one.words[language.value].title]}
      row={(one) => (
        <>
          <Severity of={one.severity} /> {one.words[language.value].title} <small>{one.id}</small>
        </>
      )}
      onChoose={({ id }) => {
        if (alarm !== undefined) plannedDeed.value = putIn(alarm, { id, isOver: false, title: id });
      }}
    />
  );
}

function columns(open: (what: Open) => void): readonly Column<AlarmRowJson>[] {
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
    {
      title: say.column.actions,
      class: 'actionscolumn',
      cell: (alarm) => <Actions alarm={alarm} open={open} />,
    },
  ];
}

function Actions({ alarm, open }: { readonly alarm: AlarmRowJson; open(what: Open): void }) {
  return (
    <span class="actions">
      <TakeButton alarm={alarm} />
      <ShelveButton alarm={alarm} onOpen={() => open({ what: 'shelf', alarm })} />
      <NoteButton alarm={alarm} onOpen={() => open({ what: 'note', alarm })} />
    </span>
  );
}
