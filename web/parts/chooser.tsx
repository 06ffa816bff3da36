/** A dialog to choose one of many: words narrow the list, arrows and Enter choose, only the first matches are drawn. */
import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { session } from '../state/api.ts';
import { number, words } from '../words/speak.ts';
import { matches } from './filter.tsx';

interface ChooserProps<T> {
  readonly title: string;
  /** Words of the button that opens it; without them it is opened from elsewhere. */
  readonly button?: string | undefined;
  readonly hotkey?: string | undefined;
  /** Of the field with the words. */
  readonly label: string;
  /** Said when there is nothing to choose from. */
  readonly none: string;
  readonly isOpen: boolean;
  setOpen(isOpen: boolean): void;
  readonly items: readonly T[];
  keyOf(item: T): string;
  texts(item: T): readonly string[];
  row(item: T): ComponentChild;
  onChoose(item: T): void;
}

const shown = 30;

export function Chooser<T>(props: ChooserProps<T>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [filter, setFilter] = useState('');
  useEffect(() => {
    if (props.isOpen && dialog.current?.open === false) {
      setFilter('');
      dialog.current.showModal();
    } else if (!props.isOpen) dialog.current?.close();
  }, [props.isOpen]);
  if (session.value?.role === 'viewer') return null;
  const say = words.value.feedback;
  const found = props.isOpen ? props.items.filter((item) => matches(filter, props.texts(item))) : [];
  return (
    <>
      {props.button !== undefined && (
        <button type="button" onClick={() => props.setOpen(true)}>
          {props.button} {props.hotkey !== undefined && <kbd>{props.hotkey}</kbd>}
        </button>
      )}
      <dialog ref={dialog} class="chooser" onClose={() => props.setOpen(false)} aria-label={props.title}>
        {props.isOpen && (
          <>
            <h2>{props.title}</h2>
            {props.items.length === 0 ? (
              <p>{props.none}</p>
            ) : (
              <>
                <input
                  type="search"
                  aria-label={props.label}
                  placeholder={props.label}
                  value={filter}
                  onInput={(event) => setFilter(event.currentTarget.value)}
                />
                <ul class="choices" onKeyDown={walk}>
                  {found.slice(0, shown).map((item) => (
                    <li key={props.keyOf(item)}>
                      <button
                        type="button"
                        onClick={() => {
                          props.setOpen(false);
                          props.onChoose(item);
                        }}
                      >
                        {props.row(item)}
                      </button>
                    </li>
                  ))}
                </ul>
                {found.length > shown && (
                  <p class="muted">
                    {number(found.length - shown)} {say.more}
                  </p>
                )}
                {found.length === 0 && <p>{words.value.empty.filtered}</p>}
              </>
            )}
            <button type="button" onClick={() => props.setOpen(false)}>
              {say.cancel}
            </button>
          </>
        )}
      </dialog>
    </>
  );
}

function walk(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const buttons = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('button')];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}
