/** What a page shows when there is nothing, not yet, not any more, or an error. */
import type { ComponentChild } from 'preact';
import type { Fetched } from '../state/api.ts';
import { words } from '../words/speak.ts';

interface EmptyGiven {
  readonly text: string;
  readonly hint?: string;
  /** What can be done about it. */
  readonly children?: ComponentChild;
}

export function Empty({ text, hint, children }: EmptyGiven) {
  return (
    <div class="empty">
      <p>{text}</p>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {children}
    </div>
  );
}

export function Missing() {
  return <Empty text={words.value.missing} />;
}

export function Loading() {
  return (
    <p class="loading" aria-busy="true">
      {words.value.loading}…
    </p>
  );
}

/** Shows the value once it is there, else the state it is in. */
export function Shown<T>({
  fetched,
  children,
}: {
  fetched: Fetched<T>;
  children: (value: T) => ComponentChild;
}) {
  const say = words.value;
  switch (fetched.kind) {
    case 'loading':
      return <Loading />;
    case 'missing':
      return <Missing />;
    case 'failed':
      return (
        <div class="empty" role="alert">
          <p>{say.failed}</p>
          <button type="button" onClick={fetched.retry}>
            {say.retry}
          </button>
        </div>
      );
    case 'ready':
      return <>{children(fetched.value)}</>;
  }
}

/** The button under a list that has more than is shown. */
export function More({ shown, total, onMore }: { shown: number; total: number; onMore: () => void }) {
  if (shown >= total) return null;
  return (
    <p class="more">
      {shown} {words.value.of} {total}{' '}
      {shown < 1_000 && (
        <button type="button" onClick={onMore}>
          {words.value.more}
        </button>
      )}
    </p>
  );
}
