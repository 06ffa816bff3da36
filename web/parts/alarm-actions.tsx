/** What a person does with one alarm: take it, put it on the shelf, write a note, move it to another incident. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlarmJson, AlarmRowJson } from '../../src/edge/http/contract.ts';
import { act, session, useFetched } from '../state/api.ts';
import { lastDone } from '../state/deeds.ts';
import { causeName } from '../words/cause-name.ts';
import { number, time, timeWithSeconds, words } from '../words/speak.ts';
import { ActButton } from './act-button.tsx';
import { Shown } from './states.tsx';

const alarmPath = (id: string): string => `/alarms/${encodeURIComponent(id)}`;

export function AlarmState({ alarm }: { readonly alarm: AlarmRowJson }) {
  const say = words.value.state;
  if (alarm.state === 'cleared') return <>✓ {say.cleared}</>;
  if (alarm.shelvedUntil !== null) {
    const until = alarm.shelvedUntilCleared
      ? say.shelvedUntilCleared
      : `${say.shelved} ${time(alarm.shelvedUntil)}`;
    return <>{`◷ ${until}${alarm.shelvedBy === null ? '' : `, ${alarm.shelvedBy}`}`}</>;
  }
  const taken =
    alarm.ackState === 'acknowledged' ? `${say.acknowledged}: ${alarm.ackBy ?? ''}` : say.unacknowledged;
  const times = alarm.count > 1 ? ` ×${number(alarm.count)}` : '';
  return <>{`${taken}${times}${alarm.flapping ? `, ${say.flapping}` : ''}`}</>;
}

export const takePath = ({ id, ackState }: AlarmRowJson): string =>
  `${alarmPath(id)}/${ackState === 'acknowledged' ? 'unacknowledge' : 'acknowledge'}`;

export function TakeButton({ alarm }: { readonly alarm: AlarmRowJson }) {
  const say = words.value.alarm;
  if (alarm.state === 'cleared') return null;
  return (
    <ActButton
      path={takePath(alarm)}
      text={alarm.ackState === 'acknowledged' ? say.unacknowledge : say.acknowledge}
    />
  );
}

export function ShelveButton({ alarm, onOpen }: { readonly alarm: AlarmRowJson; onOpen(): void }) {
  const say = words.value.feedback;
  if (alarm.state === 'cleared' || session.value?.role === 'viewer') return null;
  if (alarm.shelvedUntil !== null)
    return <ActButton path={`${alarmPath(alarm.id)}/unshelve`} text={say.unshelve} />;
  return (
    <button type="button" onClick={onOpen}>
      {say.shelve}
    </button>
  );
}

export function NoteButton({ alarm, onOpen }: { readonly alarm: AlarmRowJson; onOpen(): void }) {
  const say = words.value.feedback;
  return (
    <button type="button" onClick={onOpen}>
      {say.note}
      {alarm.noteCount > 0 && ` (${number(alarm.noteCount)})`}
    </button>
  );
}

const lengths = [
  ['hour', { minutes: 60 }],
  ['shift', { minutes: 480 }],
  ['day', { minutes: 1_440 }],
  ['cleared', { untilCleared: true }],
] as const;

interface DialogProps {
  /** Undefined: closed. */
  readonly alarm: AlarmRowJson | undefined;
  onClose(): void;
}

export function ShelveDialog({ alarm, onClose }: DialogProps) {
  const say = words.value.feedback;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const shelve = async ({ id, resource, cause }: AlarmRowJson, body: unknown): Promise<void> => {
    const refused = await act(`${alarmPath(id)}/shelve`, body);
    setProblem(refused);
    if (refused !== undefined) return;
    lastDone.value = {
      text: `${resource} ${cause} ${say.didShelve}`,
      undo: () => act(`${alarmPath(id)}/unshelve`),
    };
    onClose();
  };
  return (
    <Modal title={say.shelveTitle} alarm={alarm} onClose={onClose}>
      <p class="muted">{say.shelveHint}</p>
      <p class="column">
        {lengths.map(([name, body]) => (
          <button key={name} type="button" onClick={() => alarm !== undefined && void shelve(alarm, body)}>
            {say.shelveFor[name]}
          </button>
        ))}
      </p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {words.value.notDone} {problem}
        </p>
      )}
    </Modal>
  );
}

export function NoteDialog({ alarm, onClose }: DialogProps) {
  const say = words.value.feedback;
  return (
    <Modal title={say.noteTitle} alarm={alarm} onClose={onClose}>
      {alarm !== undefined && <Notes id={alarm.id} />}
    </Modal>
  );
}

function Notes({ id }: { readonly id: string }) {
  const say = words.value.feedback;
  const fetched = useFetched<AlarmJson>(alarmPath(id));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const refused = await act(`${alarmPath(id)}/notes`, { text: String(new FormData(form).get('text')) });
    setProblem(refused);
    if (refused === undefined) form.reset();
  };
  return (
    <Shown fetched={fetched}>
      {(alarm) => (
        <>
          {alarm.notes.length === 0 && <p class="muted">{say.noNotes}</p>}
          <ol class="timeline">
            {alarm.notes.map(({ at, by, text }) => (
              <li key={`${at} ${by} ${text}`}>
                <time dateTime={at}>{timeWithSeconds(at)}</time> <b>{by}</b>
                <p class="said">{text ?? say.lostText}</p>
              </li>
            ))}
          </ol>
          {alarm.unshelved !== null && (
            <p class="muted">
              {time(alarm.unshelved.at)} {say.offShelf}: {say.unshelvedBecause[alarm.unshelved.because]}
            </p>
          )}
          {session.value?.role !== 'viewer' && (
            <form onSubmit={(event) => void onSubmit(event)}>
              <label>
                <span class="hiddenlabel">{say.note}</span>
                <textarea name="text" rows={3} maxLength={4000} required placeholder={say.noteHint} />
              </label>
              <button type="submit" class="primary">
                {say.write}
              </button>
            </form>
          )}
          {problem !== undefined && (
            <p class="problem" role="alert">
              {words.value.notDone} {problem}
            </p>
          )}
        </>
      )}
    </Shown>
  );
}

function Modal({
  title,
  alarm,
  onClose,
  children,
}: DialogProps & { readonly title: string; readonly children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (alarm !== undefined && dialog.current?.open === false) dialog.current.showModal();
    else if (alarm === undefined) dialog.current?.close();
  }, [alarm === undefined]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-label={title} class="deed">
      {alarm !== undefined && (
        <>
          <h2>{title}</h2>
          <p class="mono">
            {alarm.resource} {alarm.cause} · {causeName(alarm.cause)}
          </p>
          {children}
          <p>
            <button type="button" onClick={onClose}>
              {words.value.feedback.close}
            </button>
          </p>
        </>
      )}
    </dialog>
  );
}
