/** The row of a list that keys act on: walked to by keys, pressed, or tabbed to. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { listKeys } from '../state/keys.ts';

interface ChosenRow {
  /** Its id. */
  readonly chosen: string | undefined;
  /** The row of a button that was pressed or tabbed to is the chosen one. */
  chooseFocused(event: FocusEvent): void;
}

export function useChosenRow(list: {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rows: readonly { readonly id: string }[];
  readonly rowHeight: number;
  showNew(): void;
}): ChosenRow {
  const { scroller, rows, rowHeight, showNew } = list;
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const isMoving = useRef(false);
  const index = rows.findIndex((row) => row.id === chosen);
  // Keys may come faster than the page is drawn: they move from what was chosen last, not from what is drawn.
  const latest = useRef({ rows, index, rowHeight, showNew });
  latest.current = { rows, index, rowHeight, showNew };
  useEffect(() => {
    const move = (by: 1 | -1): boolean => {
      const { rows: known, index: from } = latest.current;
      const next = Math.min(known.length - 1, Math.max(0, from === -1 ? 0 : from + by));
      const row = known[next];
      if (row === undefined) return false;
      latest.current.index = next;
      setChosen(row.id);
      bringIntoSight(scroller.current!, next * latest.current.rowHeight, latest.current.rowHeight);
      return true;
    };
    const active = (): string | undefined => latest.current.rows[latest.current.index]?.id;
    listKeys.value = { move, showNew: () => latest.current.showNew(), active };
    return () => {
      listKeys.value = undefined;
    };
  }, []);
  useEffect(() => {
    const row = chosen === undefined ? null : scroller.current?.querySelector('[data-active]');
    if (row?.contains(document.activeElement) === true) return;
    const target = row?.querySelector<HTMLElement>('a.open') ?? row?.querySelector<HTMLElement>('a, button');
    isMoving.current = true;
    target?.focus({ preventScroll: true });
    isMoving.current = false;
  }, [chosen, index]);
  const chooseFocused = (event: FocusEvent): void => {
    // What follows a key comes after it, and keys may have gone on.
    if (isMoving.current) return;
    const key = (event.target as Element).closest<HTMLElement>('tr[data-key]')?.dataset['key'];
    if (key === undefined) return;
    latest.current.index = rows.findIndex((row) => row.id === key);
    setChosen(key);
  };
  return { chosen, chooseFocused };
}

function bringIntoSight(scroller: HTMLElement, top: number, rowHeight: number): void {
  const head = rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight + head > scroller.scrollTop + scroller.clientHeight) {
    scroller.scrollTop = top + rowHeight + head - scroller.clientHeight;
  }
}
