/** Pages whose code comes when they are first opened, or while nobody waits: the first screen need not carry them. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { words } from '../words/speak.ts';
import { Loading } from './states.tsx';

const all: (() => void)[] = [];

/** After the first screen stands: a page must open too while the daemon is away. */
export function bringAll(): void {
  for (const bring of all) bring();
}

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const page = signal<{ readonly shown?: ComponentType<P>; readonly isMissing?: boolean }>({});
  let isUnderWay = false;
  const bring = (): void => {
    if (isUnderWay) return;
    isUnderWay = true;
    load().then(
      (shown) => {
        page.value = { shown };
      },
      () => {
        isUnderWay = false;
        page.value = { isMissing: true };
      },
    );
  };
  all.push(bring);
  return function Later(given: P) {
    useEffect(bring, []);
    const { shown: Shown, isMissing } = page.value;
    if (Shown !== undefined) return <Shown {...given} />;
    return isMissing === true ? <Outdated /> : <Loading />;
  };
}

/** The daemon is away, or was renewed and has other files now. */
function Outdated() {
  const say = words.value;
  return (
    <div class="empty" role="alert">
      <p>{say.failed}</p>
      <button type="button" onClick={() => location.reload()}>
        {say.retry}
      </button>
    </div>
  );
}
