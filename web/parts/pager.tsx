/** Which part of a very long list is shown, in the address; [ and ] turn its pages. */
import { usePageKeys } from '../state/keys.ts';
import { route, setQuery } from '../state/route.ts';
import { number, words } from '../words/speak.ts';

export const pageSize = 100;

/** Counted from 1. */
export function pageInAddress(): number {
  const page = Number(route.value.query.get('page') ?? 1);
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}

export function Pager({ total }: { readonly total: number }) {
  const say = words.value;
  const page = pageInAddress();
  const last = Math.max(1, Math.ceil(total / pageSize));
  const turn = (to: number): void => {
    if (to === page || to < 1 || to > last) return;
    setQuery('page', to === 1 ? '' : String(to));
    window.scrollTo(0, 0);
  };
  usePageKeys({ '[': () => turn(page - 1), ']': () => turn(page + 1) });
  if (last === 1 && page === 1) return null;
  const { list } = say.ticket;
  const turner = (to: number, text: string, key?: string) => (
    <button type="button" disabled={to === page || to < 1 || to > last} onClick={() => turn(to)}>
      {text} {key !== undefined && <kbd>{key}</kbd>}
    </button>
  );
  return (
    <nav class="more actions" aria-label={list.pages}>
      <span role="status">
        {number(Math.min(total, (page - 1) * pageSize + 1))}–{number(Math.min(total, page * pageSize))}{' '}
        {say.of} {number(total)}
      </span>
      {turner(1, list.first)}
      {turner(Math.min(page, last + 1) - 1, list.previous, '[')}
      {turner(page + 1, list.next, ']')}
      {turner(last, list.last)}
    </nav>
  );
}
