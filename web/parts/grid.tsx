/** A list of any length: only the rows in sight are in the document, the order holds still under the hand. */
import type { ComponentChild, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isNarrow } from '../state/width.ts';
import { number, plural, words } from '../words/speak.ts';
import { useChosenRow } from './chosen-row.ts';
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
  const view = useView(scroller);
  const { rows, newRows, isGone, hand, showNew } = useStillOrder(props.items, (item) => item.id);
  const rowHeight = isNarrow.value ? props.narrowHeight : props.rowHeight;
  const { chosen, chooseFocused } = useChosenRow({ scroller, rows, rowHeight, showNew });
  const onFocusIn = (event: FocusEvent): void => {
    hand.onFocusIn();
    chooseFocused(event);
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
                data-active={row.id === chosen ? true : undefined}
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

/** Which part of the list its frame shows, in pixels. */
function useView(scroller: RefObject<HTMLElement | null>): { readonly top: number; readonly height: number } {
  const [view, setView] = useState({ top: 0, height: 800 });
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
  return view;
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
