/** Single keys of the console: move, open, filter, back, help. They can be turned off (WCAG 2.1.4). */
import { signal } from '@preact/signals';
import { goUp } from './route.ts';

export const areKeysOn = signal(true);
export const isHelpOpen = signal(false);
/** Set by the list that is on screen. */
export const listKeys = signal<{ move(by: 1 | -1): void; showNew(): void } | undefined>(undefined);

export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return onEscape(event);
    const target = event.target as HTMLElement;
    const isTyping = target.matches('input, textarea, select');
    if (isTyping || !areKeysOn.value || isHelpOpen.value) return;
    if (event.key === '?') isHelpOpen.value = true;
    else if (event.key === '/') document.querySelector<HTMLElement>('[data-filter]')?.focus();
    else if (event.key === 'j' || event.key === 'ArrowDown') move(1, event);
    else if (event.key === 'k' || event.key === 'ArrowUp') move(-1, event);
    else if (event.key === 'N') listKeys.value?.showNew();
    else return;
    event.preventDefault();
  });
}

function onEscape(event: KeyboardEvent): void {
  if (isHelpOpen.value) isHelpOpen.value = false;
  else if ((event.target as HTMLElement).matches('[data-filter]')) (event.target as HTMLElement).blur();
  else if (!(event.target as HTMLElement).matches('input, textarea, select')) goUp();
}

function move(by: 1 | -1, event: KeyboardEvent): void {
  // Arrows scroll where there is no list.
  if (listKeys.value === undefined) return;
  listKeys.value.move(by);
  event.preventDefault();
}
