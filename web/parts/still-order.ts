/** The order of a list that is looked at: nothing moves under the hand. */
import { useEffect, useState } from 'preact/hooks';

let freeUntil = 0;

/** What the operator does himself is seen at once, also in a list that is held: for as long as it takes to arrive. */
export function letListsMove(): void {
  freeUntil = Date.now() + 5_000;
}

interface Held<T> {
  readonly order: readonly string[];
  /** As they were when the hand came. */
  readonly known: ReadonlyMap<string, T>;
}

export interface StillOrder<T> {
  readonly rows: readonly T[];
  /** Those that came since and wait. */
  readonly newRows: number;
  isGone(item: T): boolean;
  /** What the frame of the list listens to. */
  readonly hand: {
    onPointerEnter(): void;
    onPointerLeave(event: Event): void;
    onFocusIn(): void;
    onFocusOut(event: FocusEvent): void;
  };
  /** The order is made anew, and held again. */
  showNew(): void;
}

/**
 * While the pointer or the focus is in the list its order is kept: contents change in place, rows that go stay as they were
 * and are marked, rows that come are counted and wait.
 */
export function useStillOrder<T>(items: readonly T[], keyOf: (item: T) => string): StillOrder<T> {
  const [held, setHeld] = useState<Held<T> | undefined>(undefined);
  const asNow = (): Held<T> => ({
    order: items.map(keyOf),
    known: new Map(items.map((item) => [keyOf(item), item])),
  });
  useEffect(() => {
    if (held !== undefined && Date.now() < freeUntil) setHeld(asNow());
  }, [items]);
  const hold = (): void => setHeld((before) => before ?? asNow());
  const letGo = (): void => setHeld(undefined);
  const hand: StillOrder<T>['hand'] = {
    onPointerEnter: hold,
    onPointerLeave: (event) => {
      // Who walks the rows by keys is still in the list.
      if ((event.currentTarget as Element).querySelector(':focus-visible') === null) letGo();
    },
    onFocusIn: hold,
    onFocusOut: (event) => {
      const list = event.currentTarget as Element;
      if (!list.contains(event.relatedTarget as Node | null) && !list.matches(':hover')) letGo();
    },
  };
  const showNew = (): void => setHeld((before) => (before === undefined ? undefined : asNow()));
  if (held === undefined) return { rows: items, newRows: 0, isGone: () => false, hand, showNew };
  const now = new Map(items.map((item) => [keyOf(item), item]));
  return {
    rows: held.order.map((key) => now.get(key) ?? held.known.get(key)!),
    newRows: items.reduce((count, item) => count + Number(!held.known.has(keyOf(item))), 0),
    isGone: (item) => !now.has(keyOf(item)),
    hand,
    showNew,
  };
}
