/** A short list as a plain table whose rows can be walked with j and k. */
import { useEffect, useRef } from 'preact/hooks';
import { listKeys } from '../state/keys.ts';
import { plural, words } from '../words/speak.ts';
import { type Column, openUnlessControl } from './grid.tsx';
import { Empty } from './states.tsx';
import { useStillOrder } from './still-order.ts';

interface TableProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  /** Said instead of a table without rows. */
  readonly empty?: string | undefined;
  /** A list that lives: no row moves while the hand is in it. */
  readonly isStill?: boolean | undefined;
  /** It stands beside the list of the page: keys walk that one. */
  readonly isAside?: boolean | undefined;
  /** On a narrow screen the cells of a row stand below each other: numbers with their titles, or all but the first. */
  readonly isStacked?: boolean | 'titled' | undefined;
  keyOf(item: T): string;
  rowClass?(item: T): string;
  onOpen?: ((item: T) => void) | undefined;
}

export function Table<T>(props: TableProps<T>) {
  if (props.items.length === 0 && props.empty !== undefined) return <Empty text={props.empty} />;
  return <Filled {...props} />;
}

function Filled<T>(props: TableProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const still = useStillOrder(props.items, props.keyOf);
  const latest = useRef(still.showNew);
  latest.current = still.showNew;
  useEffect(() => {
    const keys = { move: (by: 1 | -1) => focusRow(body.current!, by), showNew: () => latest.current() };
    // Of several on a page the one that lives is walked.
    if (props.isStill === true || (props.isAside !== true && listKeys.value === undefined))
      listKeys.value = keys;
    return () => {
      if (listKeys.value === keys) listKeys.value = undefined;
    };
  }, []);
  return (
    <div
      class={props.isAside === true ? 'scroll aside' : 'scroll'}
      {...(props.isStill === true ? still.hand : {})}
    >
      {still.newRows > 0 && (
        <button type="button" class="pill" onClick={still.showNew}>
          {plural(still.newRows, words.value.alarm.newRows)} – {words.value.alarm.show} <kbd>N</kbd>
        </button>
      )}
      <table class={`plain${stacking(props.isStacked)}`} aria-label={props.label}>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.title} scope="col" class={column.class}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {still.rows.map((item) => (
            <tr
              key={props.keyOf(item)}
              data-key={props.keyOf(item)}
              class={`${props.rowClass?.(item) ?? ''}${props.onOpen === undefined ? '' : ' opens'}${still.isGone(item) ? ' gone' : ''}`}
              onClick={(event) =>
                props.onOpen !== undefined && openUnlessControl(event, () => props.onOpen?.(item))
              }
            >
              {props.columns.map((column) => (
                <td key={column.title} class={column.class} data-title={column.title}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const stacking = (how: boolean | 'titled' | undefined): string =>
  how === 'titled' ? ' stacked titled' : how === true ? ' stacked' : '';

/** Focus goes to the link of the next row; Enter then opens it as any link. */
function focusRow(body: HTMLElement, by: 1 | -1): boolean {
  const links = [...body.querySelectorAll<HTMLElement>('tr > td :is(a.open, input.pick)')];
  const now = links.indexOf(document.activeElement as HTMLElement);
  const next = links[Math.min(links.length - 1, Math.max(0, now === -1 ? 0 : now + by))];
  next?.focus();
  return next !== undefined;
}
