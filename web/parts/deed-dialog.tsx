/** The dialog that says what will happen before it does, and the line that says what was done and takes it back. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Deed, lastDone, plannedDeed } from '../state/deeds.ts';
import { usePageKeys } from '../state/keys.ts';
import { addressOf } from '../state/route.ts';
import { number, words } from '../words/speak.ts';
import { letListsMove } from './still-order.ts';

const listed = 8;

export function DeedDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const deed = plannedDeed.value;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    setProblem(undefined);
    if (deed !== undefined && dialog.current?.open === false) dialog.current.showModal();
    else if (deed === undefined) dialog.current?.close();
  }, [deed]);
  const say = words.value;
  const close = (): void => {
    plannedDeed.value = undefined;
  };
  const onDo = async (): Promise<void> => {
    if (deed === undefined) return;
    setBusy(true);
    const refused = await deed.run();
    letListsMove();
    setBusy(false);
    if (refused === undefined) close();
    else setProblem(refused);
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="deed-title" class="deed">
      {deed !== undefined && (
        <>
          <Announced deed={deed} />
          {problem !== undefined && (
            <p class="problem" role="alert">
              {say.notDone} {problem}
            </p>
          )}
          <p class="inline">
            {deed.refused === undefined && (
              <button type="button" class="primary" disabled={isBusy} onClick={() => void onDo()}>
                {say.feedback.do}
              </button>
            )}
            <button type="button" onClick={close}>
              {say.feedback.cancel}
            </button>
          </p>
        </>
      )}
    </dialog>
  );
}

function Announced({ deed }: { readonly deed: Deed }) {
  return (
    <>
      <h2 id="deed-title">{deed.title}</h2>
      {deed.about.length > 0 && (
        <ul class="about">
          {deed.about.slice(0, listed).map((text) => (
            <li key={text} class="mono">
              {text}
            </li>
          ))}
          {deed.about.length > listed && <li>+ {number(deed.about.length - listed)}</li>}
        </ul>
      )}
      {deed.refused === undefined ? (
        <>
          <h3>{words.value.feedback.whatHappens}</h3>
          <ul>
            {deed.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ul>
        </>
      ) : (
        <p class="problem" role="alert">
          {deed.refused}
        </p>
      )}
    </>
  );
}

export function DoneLine() {
  const done = lastDone.value;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const undo = done?.undo;
  const onUndo = async (): Promise<void> => {
    if (undo === undefined) return;
    setBusy(true);
    const refused = await undo();
    letListsMove();
    setBusy(false);
    setProblem(refused);
    if (refused === undefined) lastDone.value = { text: words.value.feedback.undone };
  };
  useEffect(() => {
    setProblem(undefined);
  }, [done]);
  usePageKeys({ z: undo === undefined ? undefined : () => void onUndo() });
  if (done === undefined) return null;
  const say = words.value.feedback;
  return (
    <div class="done" role="status">
      <span>
        {undo === undefined && done.open === undefined ? '' : `${say.done} `}
        {done.text}
      </span>
      {done.open !== undefined && <a href={addressOf('incidents', done.open)}>{say.open}</a>}
      {undo !== undefined && (
        <button type="button" disabled={isBusy} onClick={() => void onUndo()}>
          {say.undo} <kbd>z</kbd>
        </button>
      )}
      {problem !== undefined && (
        <span class="problem">
          {words.value.notDone} {problem}
        </span>
      )}
      <button
        type="button"
        onClick={() => {
          lastDone.value = undefined;
        }}
      >
        {say.close}
      </button>
    </div>
  );
}
