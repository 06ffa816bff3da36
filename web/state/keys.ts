/** Single keys of the console: move, open, filter, back, help. They can be turned off (WCAG 2.1.4). */
import { signal } from '@preact/signals';
import { goUp } from './route.ts';

export const areKeysOn = signal(true);
export const isHelpOpen = signal(false);
/** Set by the list that is on screen. */
export const listKeys = signal<
  | {
      /** False when there is no row to go to. */
      move(by: 1 | -1): boolean;
      showNew(): void;
    }
  | undefined
>(undefined);

export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return onEscape(event);
    const target = event.target as HTMLElement;
    const isTyping = target.matches('input, textarea, select');
    if (isTyping || !areKeysOn.value || isHelpOpen.value) return;
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
  else return false;
  return true;
}

function onEscape(event: KeyboardEvent): void {
  if (isHelpOpen.value) isHelpOpen.value = false;
  else if ((event.target as HTMLElement).matches('[data-filter]')) (event.target as HTMLElement).blur();
  else if (!(event.target as HTMLElement).matches('input, textarea, select')) goUp();
}
