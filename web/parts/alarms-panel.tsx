/** The alarms of one incident, and the word of an operator on which of them belong to it. */
import { useState } from 'preact/hooks';
import type { AlarmJson, AlarmRowJson, IncidentJson } from '../../src/edge/http/contract.ts';
import { act, session, useList } from '../state/api.ts';
import { type Home, plannedDeed, putIn, takeOut } from '../state/deeds.ts';
import { focusedRow, usePageKeys } from '../state/keys.ts';
import { alarms as raisedAlarms } from '../state/live.ts';
import { causeName } from '../words/cause-name.ts';
import { number, plural, time, words } from '../words/speak.ts';
import {
  AlarmState,
  NoteButton,
  NoteDialog,
  ShelveButton,
  ShelveDialog,
  TakeButton,
  takePath,
} from './alarm-actions.tsx';
import { Chooser } from './chooser.tsx';
import type { Column } from './grid.tsx';
import { homeOf } from './incident-head.tsx';
import { Severity } from './severity.tsx';
import { More, Shown } from './states.tsx';
import { Table } from './table.tsx';

export function AlarmsPanel({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value;
  const { fetched, more } = useList<AlarmJson>(`/alarms?incident=${encodeURIComponent(incident.id)}`);
  return (
    <section class="panel whole members">
      <h2>
        {say.incident.alarms} <b>{fetched.kind === 'ready' ? number(fetched.value.total) : ''}</b>
      </h2>
      <Shown fetched={fetched}>
        {({ items, total }) => (
          <>
            <Members incident={incident} items={items} total={total} />
            <More shown={items.length} total={total} onMore={more} />
          </>
        )}
      </Shown>
    </section>
  );
}

function Members({
  incident,
  items,
  total,
}: {
  readonly incident: IncidentJson;
  readonly items: readonly AlarmJson[];
  readonly total: number;
}) {
  const say = words.value;
  const home = homeOf(incident);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [shelving, setShelving] = useState<AlarmRowJson | undefined>(undefined);
  const [noting, setNoting] = useState<AlarmRowJson | undefined>(undefined);
  const selected = items.filter(({ id }) => chosen.has(id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const plan = (which: readonly AlarmRowJson[]): void => {
    if (which.length === 0) return;
    const deed = takeOut(home, which, total);
    const run = async (): Promise<string | undefined> => {
      const refused = await deed.run();
      // What was done is not to be done once more: neither to these nor, taken back, to them again.
      if (refused === undefined) setChosen(new Set());
      return refused;
    };
    plannedDeed.value = { ...deed, run };
  };
  const focused = (): AlarmJson | undefined => items.find(({ id }) => id === focusedRow());
  const onFocused = (does: (alarm: AlarmJson) => void) => () => {
    const alarm = focused();
    if (alarm !== undefined) does(alarm);
  };
  usePageKeys({
    x: onFocused(({ id }) => toggle(id)),
    M: () => plan(selected),
    a: onFocused((alarm) => void act(takePath(alarm))),
    s: onFocused(setShelving),
    n: onFocused(setNoting),
  });
  return (
    <>
      {session.value?.role !== 'viewer' && !home.isOver && (
        <Toolbar selected={selected} home={home} onTakeOut={() => plan(selected)} />
      )}
      <Table
        label={say.incident.alarms}
        items={items}
        empty={say.empty.history}
        isStill
        isStacked
        keyOf={(alarm) => alarm.id}
        rowClass={({ id }) => (chosen.has(id) ? 'chosen' : '')}
        columns={columns({ chosen, toggle, plan, home, onShelve: setShelving, onNote: setNoting })}
      />
      <ShelveDialog alarm={shelving} onClose={() => setShelving(undefined)} />
      <NoteDialog alarm={noting} onClose={() => setNoting(undefined)} />
    </>
  );
}

function Toolbar({
  selected,
  home,
  onTakeOut,
}: {
  readonly selected: readonly AlarmRowJson[];
  readonly home: Home;
  onTakeOut(): void;
}) {
  const say = words.value.feedback;
  return (
    <div class="toolbar">
      {selected.length === 0 ? (
        <span class="muted">{say.nothingSelected}</span>
      ) : (
        <>
          <b>{plural(selected.length, say.selected)}</b>
          <button type="button" class="primary" onClick={onTakeOut}>
            {say.takeOut} <kbd>M</kbd>
          </button>
        </>
      )}
      <AddAlarm home={home} />
    </div>
  );
}

/** Any raised alarm that stands elsewhere may be said to belong here. */
function AddAlarm({ home }: { readonly home: Home }) {
  const say = words.value.feedback;
  const [isOpen, setOpen] = useState(false);
  const others = isOpen ? raisedAlarms.value.filter(({ incident }) => incident !== home.id) : [];
  return (
    <Chooser
      title={say.title.putIn}
      button={say.addAlarm}
      label={say.findAlarm}
      none={say.refused.noAlarm}
      isOpen={isOpen}
      setOpen={setOpen}
      items={others}
      keyOf={({ id }) => id}
      texts={({ resource, cause, incident }) => [resource, cause, causeName(cause), incident ?? '']}
      row={(alarm) => (
        <>
          <Severity of={alarm.perceivedSeverity} /> {alarm.resource} · {causeName(alarm.cause)}{' '}
          <small>
            {time(alarm.raisedAt)} {alarm.incident ?? ''}
          </small>
        </>
      )}
      onChoose={(alarm) => {
        plannedDeed.value = putIn(alarm, home);
      }}
    />
  );
}

interface Doing {
  readonly chosen: ReadonlySet<string>;
  readonly home: Home;
  toggle(id: string): void;
  plan(which: readonly AlarmRowJson[]): void;
  onShelve(alarm: AlarmRowJson): void;
  onNote(alarm: AlarmRowJson): void;
}

function columns({ chosen, toggle, plan, home, onShelve, onNote }: Doing): readonly Column<AlarmJson>[] {
  const say = words.value;
  const mayChange = session.value?.role !== 'viewer' && !home.isOver;
  return [
    {
      title: say.column.severity,
      class: 'fit',
      cell: (alarm) => (
        <label class="pickrow">
          <input
            type="checkbox"
            class="pick"
            disabled={!mayChange}
            checked={chosen.has(alarm.id)}
            onChange={() => toggle(alarm.id)}
            aria-label={`${say.feedback.select} ${alarm.resource} ${alarm.cause}`}
          />{' '}
          <Severity of={alarm.perceivedSeverity} isTaken={alarm.ackState === 'acknowledged'} />
        </label>
      ),
    },
    { title: say.column.since, class: 'fit', cell: (alarm) => time(alarm.raisedAt) },
    { title: say.column.resource, cell: (alarm) => <b>{alarm.resource}</b> },
    {
      title: say.column.cause,
      cell: (alarm) => (
        <>
          {causeName(alarm.cause)} <small class="beside">{alarm.cause}</small>
        </>
      ),
    },
    { title: say.column.state, cell: (alarm) => <AlarmState alarm={alarm} /> },
    {
      title: say.column.actions,
      class: 'doing',
      cell: (alarm) => (
        <span class="actions">
          <TakeButton alarm={alarm} />
          {mayChange && (
            <button type="button" title={say.feedback.notThisHint} onClick={() => plan([alarm])}>
              {say.feedback.notThis}
            </button>
          )}
          <ShelveButton alarm={alarm} onOpen={() => onShelve(alarm)} />
          <NoteButton alarm={alarm} onOpen={() => onNote(alarm)} />
        </span>
      ),
    },
  ];
}
