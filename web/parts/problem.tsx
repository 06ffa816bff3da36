/** Why what was asked for was not done, beside what asked for it. */
import { words } from '../words/speak.ts';

export function Problem({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <span class="problem" role="alert">
      {words.value.notDone} {text}
    </span>
  );
}
