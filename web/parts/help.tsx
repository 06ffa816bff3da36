/** The overlay of keys; also where single keys are turned off. */
import { useEffect, useRef } from 'preact/hooks';
import { areKeysOn, isHelpOpen } from '../state/keys.ts';
import { words } from '../words/speak.ts';

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const say = words.value.keys;
  const rows: readonly (readonly [string, string])[] = [
    ['j  k', say.move],
    ['Enter', say.open],
    ['Esc', say.back],
    ['/', say.filter],
    ['N', say.show],
    ['a', say.take],
    ['s', say.shelve],
    ['n', say.note],
    ['m', say.moveAlarm],
    ['x', say.select],
    ['Shift M', say.takeOut],
    ['z', say.undo],
    ['?', say.help],
  ];
  const close = (): void => {
    isHelpOpen.value = false;
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <h2 id="keys-title">{say.title}</h2>
      <dl class="keys">
        {rows.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <label class="tick">
        <input
          type="checkbox"
          checked={areKeysOn.value}
          onChange={(event) => {
            areKeysOn.value = event.currentTarget.checked;
          }}
        />
        {say.off}
      </label>
      <button type="button" onClick={close}>
        {say.close}
      </button>
    </dialog>
  );
}
