/** A list of any length: only the rows in sight are in the document, the order holds still under the hand. */
import type { ComponentChild } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { listKeys } from '../state/keys.ts';
import { isNarrow } from '../state/width.ts';
import { number, plural, words } from '../words/speak.ts';
import { useStillOrder } from './still-order.ts';

export interface Column<T> {
  readonly title: string;
  readonly class?: string;
  cell(item: T): ComponentChild;
}

interface GridProps<T extends { readonly id: string }> {
  readonly label: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly rowHeight: number;
  /** Of a row on a narrow screen, where its cells stand below each other. */
  readonly narrowHeight: number;
  rowClass?(item: T): string;
  onOpen(item: T): void;
}

const spareRows = 8;

export function Grid<T extends { readonly id: string }>(props: GridProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const isMoving = useRef(false);
  const [active, setActive] = useState<string | undefined>(undefined);
  const { rows, newRows, isGone, hand, showNew } = useStillOrder(props.items, (item) => item.id);
  const rowHeight = isNarrow.value ? props.narrowHeight : props.rowHeight;

  useLayoutEffect(() => {
    const element = scroller.current!;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const activeIndex = rows.findIndex((row) => row.id === active);
  // Keys may come faster than the page is drawn: they move from what was chosen last, not from what is drawn.
  const latest = useRef({ rows, activeIndex, rowHeight, showNew });
  latest.current = { rows, activeIndex, rowHeight, showNew };
  useEffect(() => {
    const move = (by: 1 | -1): boolean => {
      const { rows: known, activeIndex: index } = latest.current;
      const next = Math.min(known.length - 1, Math.max(0, index === -1 ? 0 : index + by));
      const row = known[next];
      if (row === undefined) return false;
      latest.current.activeIndex = next;
      setActive(row.id);
      bringIntoSight(scroller.current!, next * latest.current.rowHeight, latest.current.rowHeight);
      return true;
    };
    const chosen = (): string | undefined => latest.current.rows[latest.current.activeIndex]?.id;
    listKeys.value = { move, showNew: () => latest.current.showNew(), active: chosen };
    return () => {
      listKeys.value = undefined;
    };
  }, []);
  useEffect(() => {
    const row = active === undefined ? null : scroller.current?.querySelector('[data-active]');
    if (row?.contains(document.activeElement) === true) return;
    const target = row?.querySelector<HTMLElement>('a.open') ?? row?.querySelector<HTMLElement>('a, button');
    isMoving.current = true;
    target?.focus({ preventScroll: true });
    isMoving.current = false;
  }, [active, activeIndex]);

  // The row of a button that was pressed or tabbed to is the chosen one.
  const onFocusIn = (event: FocusEvent): void => {
    hand.onFocusIn();
    // What follows a key comes after it, and keys may have gone on.
    if (isMoving.current) return;
    const key = (event.target as Element).closest<HTMLElement>('tr[data-key]')?.dataset['key'];
    if (key === undefined) return;
    latest.current.activeIndex = rows.findIndex((row) => row.id === key);
    setActive(key);
  };
  const first = Math.max(0, Math.floor(view.top / rowHeight) - spareRows);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + spareRows);
  return (
    <div class="gridframe" {...hand} onFocusIn={onFocusIn}>
      {newRows > 0 && (
        <button type="button" class="pill" onClick={showNew}>
          {plural(newRows, words.value.alarm.newRows)} – {words.value.alarm.show} <kbd>N</kbd>
        </button>
      )}
      <section class="grid" ref={scroller} aria-label={props.label}>
        <table aria-rowcount={rows.length + 1} aria-label={`${props.label}, ${number(rows.length)}`}>
          <thead>
            <tr aria-rowindex={1}>
              {props.columns.map((column) => (
                <th key={column.title} scope="col" class={column.class}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Space height={first * rowHeight} columns={props.columns.length} />
            {rows.slice(first, last).map((row, offset) => (
              <tr
                key={row.id}
                aria-rowindex={first + offset + 2}
                data-key={row.id}
                data-active={row.id === active ? true : undefined}
                class={`${props.rowClass?.(row) ?? ''}${isGone(row) ? ' gone' : ''}`}
                style={{ height: `${rowHeight}px` }}
                onClick={(event) => openUnlessControl(event, () => props.onOpen(row))}
              >
                {props.columns.map((column) => (
                  <td key={column.title} class={column.class}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            <Space height={(rows.length - last) * rowHeight} columns={props.columns.length} />
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    <tr style={{ height: `${height}px` }}>
      <td colSpan={columns} class="space" />
    </tr>
  );
}

/** A click on a row opens it, a click on a link or button in it does what that says. */
export function openUnlessControl(event: Event, open: () => void): void {
  if ((event.target as Element).closest('a, button') === null) open();
}

function bringIntoSight(scroller: HTMLElement, top: number, rowHeight: number): void {
  const head = rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight + head > scroller.scrollTop + scroller.clientHeight) {
    scroller.scrollTop = top + rowHeight + head - scroller.clientHeight;
  }
}
