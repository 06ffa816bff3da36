/** The first rows of a long list, and a button for the rest: what is bad stands first. */
import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { number, words } from '../words/speak.ts';

const usual = 40;

export function Folded<T>(props: {
  readonly items: readonly T[];
  readonly most?: number | undefined;
  readonly children: (shown: readonly T[]) => ComponentChild;
}) {
  const [isOpen, setOpen] = useState(false);
  const { most = usual } = props;
  const { device } = words.value;
  const isLong = props.items.length > most;
  return (
    <>
      {props.children(isLong && !isOpen ? props.items.slice(0, most) : props.items)}
      {isLong && (
        <p class="more">
          <button type="button" onClick={() => setOpen(!isOpen)}>
            {isOpen ? device.fewer : `${device.all} (${number(props.items.length)})`}
          </button>
        </p>
      )}
    </>
  );
}
