/** Whether the screen is as narrow as a telephone's; the style sheet draws the same line. */
import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 800px)');

export const isNarrow = signal(query.matches);

query.addEventListener('change', () => {
  isNarrow.value = query.matches;
});
