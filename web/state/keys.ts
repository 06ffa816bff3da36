/** Single keys of the console: move, open, filter, back, help. They can be turned off (WCAG 2.1.4). */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { goUp } from './route.ts';

export const areKeysOn = signal(true);
export const isHelpOpen = signal(false);
/** Set by the list that is on screen. */
export const listKeys = signal<
  | {
      /** False when there is no row to go to. */
      move(by: 1 | -1): boolean;
      showNew(): void;
      /** The row that was chosen last; keys may come faster than the focus. */
      active?(): string | undefined;
    }
  | undefined
>(undefined);

type KeyTable = Readonly<Record<string, (() => void) | undefined>>;
const pageKeys = new Set<{ readonly current: KeyTable }>();

/** What single letters do as long as that part of the page is there, beside what they do everywhere. */
export function usePageKeys(keys: KeyTable): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    pageKeys.add(latest);
    return () => void pageKeys.delete(latest);
  }, []);
}

/** The row of a list that is chosen or has the focus, by its key. */
export const focusedRow = (): string | undefined =>
  listKeys.value?.active?.() ?? document.activeElement?.closest<HTMLElement>('tr[data-key]')?.dataset['key'];

export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return onEscape(event);
    const target = event.target as HTMLElement;
    const isTyping = target.matches('input:not([type=checkbox]), textarea, select');
    if (isTyping || !areKeysOn.value || document.querySelector('dialog[open]') !== null) return;
    if (onKey(event.key)) event.preventDefault();
  });
}

/** True when the key did something; else the browser does what it does with it, e.g. scroll. */
function onKey(key: string): boolean {
  if (key === 'j' || key === 'ArrowDown') return listKeys.value?.move(1) ?? false;
  if (key === 'k' || key === 'ArrowUp') return listKeys.value?.move(-1) ?? false;
  if (key === '?') isHelpOpen.value = true;
  else if (key === '/') document.querySelector<HTMLElement>('[data-filter]')?.focus();
  else if (key === 'N') listKeys.value?.showNew();
  else return doOnPage(key);
  return true;
}

function doOnPage(key: string): boolean {
  for (const { current } of pageKeys) {
    const does = Object.hasOwn(current, key) ? current[key] : undefined;
    if (does === undefined) continue;
    does();
    return true;
  }
  return false;
}

function onEscape(event: KeyboardEvent): void {
  if (isHelpOpen.value) isHelpOpen.value = false;
  // An open dialog closes by itself.
  else if (document.querySelector('dialog[open]') !== null) return;
  else if ((event.target as HTMLElement).matches('[data-filter]')) (event.target as HTMLElement).blur();
  else if (!(event.target as HTMLElement).matches('input, textarea, select')) goUp();
}
