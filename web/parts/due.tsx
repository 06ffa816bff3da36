/** A time by which something is promised: with what is left, and loud when it has passed. */
import { clock } from '../state/live.ts';
import { length, time, words } from '../words/speak.ts';

export function Due({ at, isOver = false }: { readonly at: string; readonly isOver?: boolean }) {
  const say = words.value.etr;
  const left = Date.parse(at) - clock.value;
  if (isOver) return <>{time(at)}</>;
  return (
    <span class={left <= 0 ? 'overdue' : ''}>
      <b>{time(at)}</b>{' '}
      <small>{left <= 0 ? `! ${say.passed} ${length(-left)}` : `${say.left} ${length(left)}`}</small>
    </span>
  );
}
