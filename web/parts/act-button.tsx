/** A button that orders something and says when it was not done. */
import { useState } from 'preact/hooks';
import { act, type Method, session } from '../state/api.ts';
import { Problem } from './problem.tsx';

interface ActButtonProps {
  readonly path: string;
  readonly body?: unknown;
  readonly method?: Method;
  readonly text: string;
  /** Asked before what cannot be undone. */
  readonly sure?: string | undefined;
  readonly isPrimary?: boolean;
}

export function ActButton({ path, body, method, text, sure, isPrimary = false }: ActButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const onClick = async (): Promise<void> => {
    if (sure !== undefined && !window.confirm(sure)) return;
    setBusy(true);
    setProblem(await act(path, body, method));
    setBusy(false);
  };
  if (session.value?.role === 'viewer') return null;
  return (
    <>
      <button
        type="button"
        class={isPrimary ? 'primary' : ''}
        disabled={isBusy}
        onClick={() => void onClick()}
      >
        {text}
      </button>
      <Problem text={problem} />
    </>
  );
}
